"""A condition as one Python function of a caller, an action, a resource and a context, made when it is first needed."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn, TypeAlias

from ringwall.caller import Caller
from ringwall.policy.evaluation import python_syntax as py
from ringwall.policy.expression import Expression
from ringwall.policy.objects.context import Context
from ringwall.policy.objects.operations import NAMES_OF_CEDAR, NAMES_OF_PYTHON
from ringwall.policy.objects.resource import asked
from ringwall.policy.objects.writer import PARAMETERS, ObjectWriter
from ringwall.policy.policy import Policy
from ringwall.policy.values.evaluation_error import EvaluationError

Condition: TypeAlias = Callable[[Caller, str, Any, Context], bool]
Reading: TypeAlias = Callable[[Caller, str, Any, Context], Any]


def compiled_policy(policy: Policy) -> Condition | None:
    """All that is asked of a request that the index found; ``None`` where that is nothing.

    The function answers, or raises: whatever is raised is an error of the policy.
    """
    whole = asked(policy)
    return None if whole is None else compiled(whole, policy, policy.requires)


def compiled(expression: Expression, policy: Policy, requires: Sequence[Expression] = ()) -> Condition:
    """One condition of a policy. Where something that it requires is not true, it errs."""
    writer = ObjectWriter()
    return _made(promised(writer, expression, requires), writer, policy)


def reading(expression: Expression, policy: Policy) -> Reading:
    """The expression as Python's own object, ``None`` where it is absent; for an explanation."""
    writer = ObjectWriter()
    return _made(writer.raw(expression), writer, policy)


def promised(writer: ObjectWriter, expression: Expression, requires: Sequence[Expression]) -> ast.expr:
    """The condition, behind what its policy requires."""
    condition = writer.condition(expression)
    terms = [writer.condition(required) for required in dict.fromkeys(requires)]
    if not terms:
        return condition
    return py.choice(py.joined(ast.And(), terms) if len(terms) > 1 else terms[0], condition, py.call("broken"))


def names_of(policy: Policy) -> Mapping[str, object]:
    """What the code of a policy may call."""
    return _OF_PYTHON if policy.in_python else _OF_CEDAR


def _made(body: ast.expr, writer: ObjectWriter, policy: Policy) -> Any:
    function = py.function(PARAMETERS, body)
    # The constants are parameters of an outer function, so that every condition shares one set of names.
    outer = py.made(py.function([f"k{n}" for n in range(len(writer.constants))], function), names_of(policy))
    return outer(*writer.constants)


def broken() -> NoReturn:
    """An attribute that its class says is never None, is."""
    raise EvaluationError("an attribute is absent that never is")


_OF_CEDAR = {**NAMES_OF_CEDAR, "broken": broken}
_OF_PYTHON = {**NAMES_OF_PYTHON, "broken": broken}
