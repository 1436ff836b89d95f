"""A condition written for one caller, one action and one context: only what is read of the resource is left to ask."""

from __future__ import annotations

import ast

from ringwall.policy.chain import terms
from ringwall.policy.evaluation import python_syntax as py
from ringwall.policy.expression import And, Expression, Has, Literal, Or, Variable
from ringwall.policy.objects.compiled import compiled, reading
from ringwall.policy.objects.question import Question
from ringwall.policy.objects.writer import ObjectWriter
from ringwall.policy.policy import Policy
from ringwall.policy.walk import parts_of

_RESOURCE = Variable(name="resource")


class KnownWriter(ObjectWriter):
    """What does not read the resource is asked now, and its answer stands in its place.

    What errs stays as it is, and errs in its turn: before it, another condition may have decided.
    """

    def __init__(self, policy: Policy, question: Question, constants: list[object]) -> None:
        super().__init__(in_python=policy.in_python)
        self.constants = constants  # shared by all conditions of one function
        self._policy, self._question = policy, question

    def condition(self, expression: Expression) -> ast.expr:
        if isinstance(expression, And | Or):
            return self._joined(expression)
        known = self.known(expression)
        return super().condition(expression) if known is None else py.constant(known)

    def has(self, expression: Has) -> ast.expr:
        known = self.known(expression)
        return super().has(expression) if known is None else py.constant(known)

    def raw(self, expression: Expression) -> ast.expr:
        if isinstance(expression, Literal) or not _is_settled(expression):
            return super().raw(expression)
        try:
            value = reading(expression, self._policy)(*self._question)
        except Exception:  # noqa: BLE001  it will err for each row
            return super().raw(expression)
        return py.constant(value) if value.__class__ in (str, bool, int) else self.bound(value)

    def known(self, expression: Expression) -> bool | None:
        """The answer, where it is the same for every resource and no error."""
        if not _is_settled(expression):
            return None
        try:
            return bool(compiled(expression, self._policy)(*self._question))
        except Exception:  # noqa: BLE001  it will err for each row
            return None

    def _joined(self, expression: And | Or) -> ast.expr:
        """Terms that change nothing are left out; nothing stands behind one that decides."""
        decides = isinstance(expression, Or)
        asked: list[ast.expr] = []
        for term in terms(expression):
            known = self.known(term)
            if known is None:
                asked.append(self.condition(term))
            elif known is decides:
                asked.append(py.constant(known))
                break
        if not asked:
            return py.constant(not decides)
        return asked[0] if len(asked) == 1 else py.joined(ast.Or() if decides else ast.And(), asked)


def _is_settled(expression: Expression) -> bool:
    return expression != _RESOURCE and all(map(_is_settled, parts_of(expression)))
