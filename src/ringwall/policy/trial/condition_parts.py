"""A condition as the parts that a person wrote: ``a && b && c`` is three, ``a != b`` and ``a has b.c`` are one."""

from __future__ import annotations

from ringwall.policy.expression import And, Expression, IfThenElse, Not, Or, parts_of


def is_group(condition: Expression) -> bool:
    """A join that somebody wrote; what sugar stands for is a join too, but all of it has one place."""
    return _is_join(condition) and not _is_written_as_one(condition)


def joined(condition: Expression) -> list[Expression]:
    """The members of a group; those of a chain of one operator all together."""
    if not isinstance(condition, (And, Or)):
        return list(parts_of(condition))
    found: list[Expression] = []
    for part in parts_of(condition):
        chained = type(part) is type(condition) and part.span == condition.span and is_group(part)
        found += joined(part) if chained else [part]
    return found


def join_of(condition: Expression) -> str:
    """What is said of a group: all of its members, any, not."""
    match condition:
        case And():
            return "all of"
        case Or():
            return "any of"
        case Not():
            return "not"
    return "if, then, else"


def _is_join(condition: Expression) -> bool:
    return isinstance(condition, (And, Or, Not, IfThenElse))


def _is_written_as_one(join: Expression) -> bool:
    return all(part.span == join.span and (not _is_join(part) or _is_written_as_one(part)) for part in parts_of(join))
