"""What of a condition a person wrote as a join: ``a && b`` is one, ``a != b`` and ``a has b.c`` are not."""

from __future__ import annotations

from ringwall.policy.expression import And, Expression, IfThenElse, Not, Or, parts_of


def is_group(condition: Expression) -> bool:
    """A join that somebody wrote; what sugar stands for is a join too, but all of it has one place."""
    return _is_join(condition) and not _is_written_as_one(condition)


def _is_join(condition: Expression) -> bool:
    return isinstance(condition, (And, Or, Not, IfThenElse))


def _is_written_as_one(join: Expression) -> bool:
    return all(part.span == join.span and (not _is_join(part) or _is_written_as_one(part)) for part in parts_of(join))
