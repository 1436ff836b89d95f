"""A value as the solver knows it: what it may be, and when. An error is what is left where no case holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import z3

from ringwall.policy.comparison.symbolic.logic import TRUE, every, some
from ringwall.policy.schema.types import RecordType, Type


@dataclass(frozen=True, slots=True)
class Scalar:
    """A value of ``type`` in terms of z3: one term each, but three for an ``ipaddr`` (is v6, address, prefix).

    Entities are numbers, each type with its own; sets are z3's arrays from members to truth.
    """

    type: Type
    terms: tuple[z3.ExprRef, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A set written out: ``[a, b]``."""

    items: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Built:
    """A record written out: every field is there."""

    fields: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class Stored:
    """A record in the request or in an entity: its fields are functions called ``name.field`` of ``arguments``."""

    name: str
    arguments: tuple[z3.ExprRef, ...]
    type: RecordType


What: TypeAlias = Scalar | Listed | Built | Stored


@dataclass(frozen=True, slots=True)
class Case:
    """What a value is where ``when`` holds. The cases of one value exclude each other."""

    when: z3.BoolRef
    what: What


Value: TypeAlias = tuple[Case, ...]


def always(what: What) -> Value:
    """A value that is this and never errs."""
    return (Case(TRUE, what),)


def scalar(type_: Type, *terms: z3.ExprRef) -> Value:
    """A scalar that never errs."""
    return always(Scalar(type_, terms))


def fine(value: Value) -> z3.BoolRef:
    """Where the value is no error."""
    return some(case.when for case in value)


def guarded(when: z3.BoolRef, value: Value) -> Iterator[Case]:
    """The value's cases, where ``when`` holds too."""
    for case in value:
        yield Case(every((when, case.when)), case.what)


def mapped(value: Value, change: Callable[[What], Value]) -> Value:
    """What ``change`` makes of each case; it gives no case for what is an error."""
    return tuple(made for case in value for made in guarded(case.when, change(case.what)))


def pairs(left: Value, right: Value) -> Iterator[tuple[z3.BoolRef, What, What]]:
    """Each way in which two values may meet."""
    for one in left:
        for other in right:
            yield every((one.when, other.when)), one.what, other.what
