"""Mistakes in a condition: an operator, a bound, a side, a constant that is another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ringwall.policy.expression import (
    And,
    Arithmetic,
    Call,
    ContainsAll,
    ContainsAny,
    Equal,
    Expression,
    Has,
    IfThenElse,
    In,
    Is,
    Less,
    Like,
    Literal,
    Not,
    Operator,
    Or,
    SetOf,
)
from ringwall.policy.trial.mistaken_text import mistaken_texts
from ringwall.policy.trial.rewriting import places
from ringwall.policy.walk import parts_of

_OTHER: dict[Operator, Operator] = {"+": "-", "-": "+", "*": "+"}


def mistakes(condition: Expression) -> Iterator[tuple[Expression, Expression, Expression]]:
    """Each mistake: the part that was right, what stands there instead, and the whole condition with it."""
    for part, place in places(condition):
        for wrong in _instead(part):
            yield part, wrong, place(wrong)


def _instead(part: Expression) -> Iterator[Expression]:
    match part:
        case And() | Or():
            yield (
                Or(left=part.left, right=part.right, span=part.span)
                if isinstance(part, And)
                else And(left=part.left, right=part.right, span=part.span)
            )
            yield part.left
            yield part.right
        case Not():
            yield part.of
        case Equal() | Has() | Is() | In():
            yield Not(of=part, span=part.span)
        case Less():
            yield replace(part, or_equal=not part.or_equal)
            yield replace(part, left=part.right, right=part.left)
        case ContainsAll():
            yield ContainsAny(set=part.set, other=part.other, span=part.span)
            yield replace(part, set=part.other, other=part.set)
        case ContainsAny():
            yield ContainsAll(set=part.set, other=part.other, span=part.span)
        case Arithmetic():
            yield replace(part, operator=_OTHER[part.operator])
        case IfThenElse():
            yield replace(part, then=part.otherwise, otherwise=part.then)
        case SetOf():
            for number in range(len(part.items)):
                yield replace(part, items=part.items[:number] + part.items[number + 1 :])
        case Like():
            yield from _patterns(part)
        case Literal():
            yield from _constants(part)
        case Call():
            yield from _calls(part)


def _patterns(part: Like) -> Iterator[Expression]:
    """``a*`` without its ``*``, and with nothing but it."""
    if len(part.parts) > 1:
        yield replace(part, parts=("".join(part.parts),))
    if any(part.parts):
        yield replace(part, parts=("", ""))


def _constants(part: Literal) -> Iterator[Expression]:
    match part.value:
        case bool():
            yield replace(part, value=not part.value)
        case int():
            for near in (part.value - 1, part.value + 1):
                if -(2**63) <= near < 2**63:
                    yield replace(part, value=near)
        case str():
            yield replace(part, value=part.value + "x")


def _calls(part: Call) -> Iterator[Expression]:
    """A date, a time, a range that is off by the least; a comparison of decimals that is another."""
    if part.function in _COMPARED:
        yield replace(part, function=_COMPARED[part.function])
    match parts_of(part):
        case (Literal(value=str() as text) as argument,):
            for wrong in mistaken_texts(part.function, text):
                yield replace(part, arguments=(replace(argument, value=wrong),))


_COMPARED = {
    "lessThan": "lessThanOrEqual",
    "lessThanOrEqual": "lessThan",
    "greaterThan": "greaterThanOrEqual",
    "greaterThanOrEqual": "greaterThan",
    "isIpv4": "isIpv6",
    "isIpv6": "isIpv4",
    "isLoopback": "isMulticast",
    "isMulticast": "isLoopback",
}
