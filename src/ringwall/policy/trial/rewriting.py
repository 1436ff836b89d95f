"""Every part of an expression, with a way to put another in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from ringwall.policy.expression import (
    And,
    Arithmetic,
    Attribute,
    Call,
    Contains,
    ContainsAll,
    ContainsAny,
    Equal,
    Expression,
    GetTag,
    Has,
    HasTag,
    IfThenElse,
    In,
    Is,
    IsEmpty,
    Less,
    Like,
    Literal,
    Negate,
    Not,
    Or,
    RecordOf,
    SetOf,
    Variable,
)
from ringwall.policy.values.functions import CONSTRUCTORS
from ringwall.policy.walk import parts_of

Place = Callable[[Expression], Expression]
"""Gives the whole expression with another part in this place."""


def places(expression: Expression) -> Iterator[tuple[Expression, Place]]:
    """The expression itself and everything in it, each with its place; ``ip("10.0.0.1")`` is one part."""
    yield expression, lambda new: new
    if isinstance(expression, Call) and expression.function in CONSTRUCTORS:
        return
    parts = parts_of(expression)
    for number, part in enumerate(parts):
        for inner, place in places(part):
            yield inner, _outer(expression, parts, number, place)


def _outer(expression: Expression, parts: tuple[Expression, ...], number: int, place: Place) -> Place:
    return lambda new: with_parts(expression, (*parts[:number], place(new), *parts[number + 1 :]))


def with_parts(expression: Expression, parts: tuple[Expression, ...]) -> Expression:
    """The expression with other parts, in the order of ``parts_of``."""
    match expression:
        case Literal() | Variable():
            return expression
        case Attribute() | Has() | Is() | Like() | Not() | IsEmpty() | Negate():
            return replace(expression, of=parts[0])
        case Equal() | Less() | In() | And() | Or() | Arithmetic():
            return replace(expression, left=parts[0], right=parts[1])
        case Contains():
            return replace(expression, set=parts[0], item=parts[1])
        case ContainsAll() | ContainsAny():
            return replace(expression, set=parts[0], other=parts[1])
        case HasTag() | GetTag():
            return replace(expression, of=parts[0], tag=parts[1])
        case RecordOf():
            names = [name for name, _ in expression.fields]
            return replace(expression, fields=tuple(zip(names, parts, strict=True)))
        case Call():
            return replace(expression, arguments=parts)
        case SetOf():
            return replace(expression, items=parts)
        case IfThenElse():
            return replace(expression, test=parts[0], then=parts[1], otherwise=parts[2])
