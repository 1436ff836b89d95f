"""Which joins of conditions a person wrote: ``a && b`` is one, ``a != b`` and ``a has b.c`` are not."""

from __future__ import annotations

from ringwall.policy.expression import And, Expression, IfThenElse, Not, Or
from ringwall.policy.source import NOWHERE
from ringwall.policy.walk import parts_of


def is_join(expression: Expression) -> bool:
    """Whether it joins conditions to one."""
    return isinstance(expression, (And, Or, Not, IfThenElse))


def is_group(expression: Expression) -> bool:
    """Whether it is a join that somebody wrote, so that its parts are conditions of their own."""
    return is_join(expression) and not is_written_as_one(expression)


def is_written_as_one(expression: Expression) -> bool:
    """Whether all of a join has one place, as what sugar stands for has. Of a long chain the joins alone have one."""
    return is_join(expression) and expression.span != NOWHERE and _has_one_place(expression)


def _has_one_place(join: Expression) -> bool:
    return all(part.span == join.span and (not is_join(part) or _has_one_place(part)) for part in parts_of(join))
