"""One Python expression over a caller and a resource → Cedar's expression with the same answers.

Python's ``None`` is Cedar's absent attribute. The two languages differ there, and where ``True == 1``, so the
translation adds the ``has`` that Python's answer implies, and refuses what has no exact counterpart.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.expression import (
    And,
    Attribute,
    Contains,
    Equal,
    Expression,
    Has,
    IfThenElse,
    In,
    Less,
    Literal,
    Not,
    Or,
    SetOf,
    Variable,
)
from ringwall.policy.rules.python_operand import Operand, Present, RuleSource

_PRINCIPAL = Variable(name="principal")
_LIMIT = 400  # nodes of one rule; what a person can read ends far below


@dataclass(frozen=True, slots=True)
class _Known:
    """A translated condition, and the paths that are surely present where it is true, and where it is false."""

    expression: Expression
    if_true: Present
    if_false: Present


class PythonCondition:
    """Translates the returned expression of one rule.

    The subset: ``caller.id``, ``.kind``, ``.proof``, ``.issuer``, ``caller.<claim>``, ``caller.has_role("a", …)``,
    ``caller.actor`` with ``.id`` and ``.kind``; attributes of the resource, over to-one relations too; constants;
    ``==  !=  <  <=  >  >=`` also chained; ``in`` and ``not in`` with constants or a set; ``is None``, ``is not None``,
    ``is True``, ``is False``; ``and``, ``or``, ``not``; ``a if c else b`` between conditions.
    """

    def __init__(self, source: RuleSource) -> None:
        self._source = source
        self.requires: list[Expression] = []  # see Policy.requires

    def translate(self, returned: ast.expr) -> Expression:
        """The Cedar expression. Raises ``Misconfigured`` naming the part that has none, and what to write instead."""
        if sum(1 for _ in ast.walk(returned)) > _LIMIT:
            raise self._source.refused(
                returned, "is too large for one rule", "split it: each permit is a rule of its own"
            )
        return self._condition(returned, frozenset()).expression

    def _condition(self, node: ast.expr, present: Present) -> _Known:
        span = self._source.span(node)
        match node:
            case ast.BoolOp():
                return self._fold(node, node.values, isinstance(node.op, ast.And), present)
            case ast.UnaryOp(op=ast.Not()):
                return self._negated(node, self._condition(node.operand, present))
            case ast.IfExp():
                test = self._condition(node.test, present)
                then, other = self._condition(node.body, test.if_true), self._condition(node.orelse, test.if_false)
                branch = IfThenElse(test=test.expression, then=then.expression, otherwise=other.expression, span=span)
                return _Known(branch, then.if_true & other.if_true, then.if_false & other.if_false)
            case ast.Compare():
                return self._chain(node, present)
            case ast.Call():
                return _Known(self._has_role(node), present, present)
            case ast.Constant(value=bool() as value):
                return _Known(Literal(value=value, span=span), present, present)
        return self._truth(node, present)

    def _fold(self, node: ast.expr, values: list[ast.expr], is_and: bool, present: Present) -> _Known:
        first = self._condition(values[0], present)
        if len(values) == 1:
            return first
        rest = self._fold(node, values[1:], is_and, first.if_true if is_and else first.if_false)
        join = And if is_and else Or
        whole = join(left=first.expression, right=rest.expression, span=self._source.span(node))
        if is_and:
            return _Known(whole, rest.if_true, first.if_false & rest.if_false)
        return _Known(whole, first.if_true & rest.if_true, rest.if_false)

    def _chain(self, node: ast.Compare, present: Present) -> _Known:
        """``a < b < c`` is ``a < b and b < c``: reading an attribute twice has no effect."""
        sides = [node.left, *node.comparators]
        if len(sides) == 2:
            return self._compare(node, present)
        pairs: list[ast.expr] = []
        for left, op, right in zip(sides, node.ops, sides[1:], strict=False):
            pair = ast.copy_location(ast.Compare(left, [op], [right]), left)
            pair.end_lineno, pair.end_col_offset = right.end_lineno, right.end_col_offset
            pairs.append(pair)
        return self._fold(node, pairs, True, present)

    def _compare(self, node: ast.Compare, present: Present) -> _Known:
        op = node.ops[0]
        if isinstance(op, (ast.Is, ast.IsNot)):
            return self._is(node, present)
        if isinstance(op, (ast.Eq, ast.NotEq)):
            found = self._equal(node, present)
        elif isinstance(op, (ast.In, ast.NotIn)):
            found = self._in(node, present)
        else:
            return self._order(node, op, present)
        return self._negated(node, found) if isinstance(op, (ast.NotEq, ast.NotIn)) else found

    def _is(self, node: ast.Compare, present: Present) -> _Known:
        source, right = self._source, node.comparators[0]
        operand = source.operand(node.left, present)
        match right:
            case ast.Constant(value=None):
                if operand.has is None:
                    raise source.refused(node, "never changes", "this is never None")
                has = replace(operand.has, span=source.span(node))
                there = present | {operand.path}
                if isinstance(node.ops[0], ast.IsNot):
                    return _Known(has, there, present)
                return _Known(Not(of=has, span=has.span), present, there)
            case ast.Constant(value=bool() as value) if operand.path and operand.kind in ("bool", "unknown"):
                truth = Equal(left=operand.expression, right=Literal(value=value), span=source.span(node))
                found = self._guarded(node, truth, (operand,), present)
                return self._negated(node, found) if isinstance(node.ops[0], ast.IsNot) else found
        raise source.refused(
            node, "asks for identity", "`is` goes with None, or a bool with True and False; else write =="
        )

    def _equal(self, node: ast.Compare, present: Present) -> _Known:
        source = self._source
        operands = a, b = source.scalar(node.left, present), source.scalar(node.comparators[0], present)
        if len({a.kind, b.kind} - {"unknown"}) > 1:
            raise source.refused(node, f"compares a {a.kind} with a {b.kind}", "compare values of one type")
        if a.absent and b.absent:
            guard = f"{a.path} is not None and {source.span(node).text}"
            raise source.refused(node, "matches or differs by both being None", f"write `{guard}`")
        if a.absent or b.absent:
            self.requires += [_there(side.has) for side in operands if side.has is not None and side.declared]
        equal = Equal(left=a.expression, right=b.expression, span=source.span(node))
        return self._guarded(node, equal, operands, present)

    def _order(self, node: ast.Compare, op: ast.cmpop, present: Present) -> _Known:
        source = self._source
        a, b = source.scalar(node.left, present), source.scalar(node.comparators[0], present)
        for side in (a, b):
            if side.absent:
                raise source.refused(node, f"fails where {side.path} is None", self._write_guard(node, side))
        kinds = {a.kind, b.kind}
        if "long" not in kinds or kinds - {"long", "unknown"}:
            raise source.refused(
                node, "orders what is not known to be a number", "only ints are ordered; annotate a side as int"
            )
        less = Less(
            left=a.expression, right=b.expression, or_equal=isinstance(op, (ast.LtE, ast.Gt)), span=source.span(node)
        )
        whole = less if isinstance(op, (ast.Lt, ast.LtE)) else Not(of=less, span=source.span(node))
        return _Known(whole, present, present)

    def _in(self, node: ast.Compare, present: Present) -> _Known:
        source, right = self._source, node.comparators[0]
        item = source.scalar(node.left, present)
        if isinstance(right, (ast.Tuple, ast.List, ast.Set)):
            members = [source.scalar(element, present) for element in right.elts]
            kinds = {member.kind for member in members}
            if not members or any(member.path for member in members) or len(kinds) > 1:
                raise source.refused(
                    right, "is not a set of constants of one type", 'write for example ("open", "paid")'
                )
            if item.kind not in (*kinds, "unknown"):
                raise source.refused(
                    node, f"looks for a {item.kind} among {kinds.pop()}s", "compare values of one type"
                )
            whole: Expression = SetOf(items=tuple(member.expression for member in members), span=source.span(right))
        else:
            among = source.operand(right, present)
            if among.kind not in ("set", "unknown"):
                raise source.refused(
                    node, "does not look into a set", "the right side is a set of constants or a set attribute"
                )
            for side in (among, item):
                if side.absent:
                    raise source.refused(node, f"depends on None in {side.path}", self._write_guard(node, side))
            whole = among.expression
        contains = Contains(set=whole, item=item.expression, span=source.span(node))
        return self._guarded(node, contains, (item,), present)

    def _has_role(self, node: ast.Call) -> Expression:
        source = self._source
        match node.func:
            case ast.Attribute(value=ast.Name(id=name), attr="has_role") if name == source.caller:
                names = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
                roles = [role for role in names if isinstance(role, str)]
                if not roles or len(roles) != len(node.args) or node.keywords:
                    raise source.refused(node, "does not name its roles", f'write {source.caller}.has_role("support")')
                uids = tuple(Literal(value=EntityUid("Role", role)) for role in roles)
                return In(
                    left=_PRINCIPAL, right=uids[0] if len(uids) == 1 else SetOf(items=uids), span=source.span(node)
                )
        raise source.refused(
            node, "calls a function", f"write the condition itself; only {source.caller}.has_role(…) is called"
        )

    def _truth(self, node: ast.expr, present: Present) -> _Known:
        operand = self._source.operand(node, present)
        if operand.kind not in ("bool", "unknown"):
            raise self._source.refused(node, "is not a condition", "compare it with something")
        if operand.kind == "unknown":
            raise self._source.refused(node, "is not known to be a bool", f"write `{operand.path} is True`")
        return self._guarded(node, operand.expression, (operand,), present)

    def _negated(self, node: ast.expr, found: _Known) -> _Known:
        return _Known(Not(of=found.expression, span=self._source.span(node)), found.if_false, found.if_true)

    def _guarded(
        self, node: ast.expr, expression: Expression, operands: tuple[Operand, ...], present: Present
    ) -> _Known:
        """The expression behind ``has`` for what may be absent: there Python says no, and Cedar would err."""
        whole = expression
        for operand in operands:
            if operand.absent and operand.has is not None:
                # All three carry the span of the whole: to a reader they are the one comparison that was written.
                span = self._source.span(node)
                whole = And(left=replace(operand.has, span=span), right=whole, span=span)
        return _Known(whole, present | {operand.path for operand in operands}, present)

    def _write_guard(self, node: ast.expr, operand: Operand) -> str:
        return f"write `{operand.path} is not None and {self._source.span(node).text}`"


def _there(has: Has) -> Expression:
    """``has``, where all before it is present: ``!(resource has customer) || resource.customer has name``."""
    found: Expression = has
    owner = has.of
    while isinstance(owner, Attribute):
        found = Or(left=Not(of=Has(of=owner.of, name=owner.name)), right=found)
        owner = owner.of
    return found
