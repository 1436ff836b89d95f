"""Sorts and functions of z3 for Cedar's types."""

from __future__ import annotations

import z3

from ringwall.policy.comparison.symbolic.limit import Inexpressible
from ringwall.policy.comparison.symbolic.logic import FALSE, TRUE
from ringwall.policy.schema.types import BoolType, EntityType, ExtensionType, LongType, SetType, StringType, Type

BITS = 128
"""The width of an address: 4 or 16 bytes, in as many bits as the longer needs."""

_LONGEST = 2**63


def in_64_bits(term: z3.ExprRef) -> z3.BoolRef:
    """Whether an integer is one of Cedar's."""
    if z3.is_int_value(term):
        return TRUE if -_LONGEST <= term.as_long() < _LONGEST else FALSE
    return z3.And(term >= -_LONGEST, term < _LONGEST)


def sort_of(type_: Type) -> z3.SortRef:
    """The sort of a type that takes one term. Raises ``Inexpressible`` for one that does not."""
    match type_:
        case BoolType():
            return z3.BoolSort()
        case StringType():
            return z3.StringSort()
        case LongType() | EntityType():
            return z3.IntSort()
        case ExtensionType(name="decimal" | "datetime" | "duration"):
            return z3.IntSort()
        case SetType(element=BoolType() | StringType() | LongType() | EntityType() | ExtensionType()):
            return z3.SetSort(sort_of(type_.element))
    raise Inexpressible(f"values of the type {type_}")


def apply(name: str, arguments: tuple[z3.ExprRef, ...], sort: z3.SortRef) -> z3.ExprRef:
    """The function ``name`` of its arguments; without any, a constant."""
    if not arguments:
        return z3.Const(name, sort)
    return z3.Function(name, *(argument.sort() for argument in arguments), sort)(*arguments)


def bits(number: int) -> z3.BitVecNumRef:
    """A part of an address."""
    return z3.BitVecVal(number, BITS)
