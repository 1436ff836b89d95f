"""The common types of a schema in the order in which they can be filled in."""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from typing import Final, NamedTuple

from ringwall.policy.language.cursor import DEEPEST
from ringwall.policy.language.problem import Problem, Unreadable
from ringwall.policy.schema.declared import Declared
from ringwall.policy.schema.written import Builtin, Name, Namespace, WrittenRecord, WrittenSet, WrittenType

LARGEST: Final = 10_000
"""How many parts a common type may have when those that it is made of are filled in: each can double the next."""


class _Measure(NamedTuple):
    deep: int
    large: int


def in_order(declared: Declared) -> list[str]:
    """The full names, each after those that it is made of.

    Raises ``Unreadable`` for one that is made of itself, and for one that is too deep or too large when filled in.
    """
    made_of = {
        name: [full for used in _names(common.type) if (full := declared.common(used.name, namespace))]
        for name, (namespace, common) in declared.common_types.items()
    }
    try:
        order = list(TopologicalSorter(made_of).static_order())
    except CycleError as error:
        cycle: list[str] = error.args[1]
        message = f"the common type `{cycle[0]}` is made of itself: {' of '.join(reversed(cycle))}"
        raise _refused(cycle[0], message, "make one of them an entity type", declared) from None
    measures: dict[str, _Measure] = {}
    for name in order:
        namespace, common = declared.common_types[name]
        measures[name] = measure = _measure(common.type, namespace, declared, measures)
        if measure.deep > DEEPEST:
            message = f"the common type `{name}` is nested more than {DEEPEST} deep"
            raise _refused(name, message, "make one of its parts an entity type", declared)
        if measure.large > LARGEST:
            message = f"the common type `{name}` has more than {LARGEST} parts"
            raise _refused(name, message, "make one of its parts an entity type", declared)
    return order


def _names(written: WrittenType) -> Iterator[Name]:
    match written:
        case Name() if written.kind != "entity":
            yield written
        case WrittenSet():
            yield from _names(written.element)
        case WrittenRecord():
            for inner in written.fields.values():
                yield from _names(inner.type)


def _measure(written: WrittenType, namespace: Namespace, declared: Declared, known: dict[str, _Measure]) -> _Measure:
    match written:
        case Name():
            full = declared.common(written.name, namespace) if written.kind != "entity" else None
            return known[full] if full is not None else _Measure(1, 1)
        case Builtin():
            return _Measure(1, 1)
        case WrittenSet():
            inner = [_measure(written.element, namespace, declared, known)]
        case WrittenRecord():
            inner = [_measure(field.type, namespace, declared, known) for field in written.fields.values()]
    return _Measure(1 + max((each.deep for each in inner), default=0), 1 + sum(each.large for each in inner))


def _refused(name: str, message: str, hint: str, declared: Declared) -> Unreadable:
    return Unreadable([Problem(message, declared.common_types[name][1].span, hint)])
