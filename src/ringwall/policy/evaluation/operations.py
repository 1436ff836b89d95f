"""Cedar's operators on values. Whoever evaluates, by walking a tree or by compiled code, asks these.

Each raises ``EvaluationError`` for a value of a wrong type, and where it says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ringwall.policy.entities.entities import Entities
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.expression import (
    Contains,
    ContainsAll,
    ContainsAny,
    Expression,
    GetTag,
    HasTag,
    In,
    IsEmpty,
    Negate,
)
from ringwall.policy.values.cedar_set import CedarSet
from ringwall.policy.values.datetime import Datetime
from ringwall.policy.values.duration import Duration
from ringwall.policy.values.evaluation_error import EvaluationError
from ringwall.policy.values.like import like
from ringwall.policy.values.long import in_64_bits
from ringwall.policy.values.record import Record
from ringwall.policy.values.value import Value, expect, kind_of


def boolean(value: Value) -> bool:
    """The value, which must be a bool."""
    return expect(bool, value)


def attribute(of: Value, name: str, entities: Entities) -> Value:
    """``of.name``. An error where there is none."""
    try:
        return _owner(of, entities)[name]
    except KeyError:
        raise EvaluationError(f"{of if isinstance(of, EntityUid) else 'the record'} has no attribute {name}") from None


def has(of: Value, name: str, entities: Entities) -> bool:
    """``of has name``."""
    return name in _owner(of, entities)


def is_type(of: Value, type_: str) -> bool:
    """``of is type``."""
    return expect(EntityUid, of).type == type_


def matches(text: Value, parts: tuple[str, ...]) -> bool:
    """``text like "…"``."""
    return like(expect(str, text), parts)


def less(left: Value, right: Value) -> bool:
    """``left < right``."""
    _comparable(left, right)
    return left < right  # type: ignore[operator]


def less_or_equal(left: Value, right: Value) -> bool:
    """``left <= right``."""
    _comparable(left, right)
    return left <= right  # type: ignore[operator]


def within(left: Value, right: Value, entities: Entities) -> bool:
    """``left in right``, an entity or a set of them. Every member of the set must be an entity."""
    entity = expect(EntityUid, left)
    if isinstance(right, EntityUid):
        return entity == right or right in entities.ancestors(entity)
    groups = [expect(EntityUid, member) for member in expect(CedarSet, right)]
    above = entities.ancestors(entity)
    return any(group == entity or group in above for group in groups)


def contains(among: Value, item: Value) -> bool:
    """``among.contains(item)``."""
    return item in expect(CedarSet, among)


def contains_all(among: Value, other: Value) -> bool:
    """``among.containsAll(other)``."""
    return expect(CedarSet, among).covers(expect(CedarSet, other))


def contains_any(among: Value, other: Value) -> bool:
    """``among.containsAny(other)``."""
    return expect(CedarSet, among).meets(expect(CedarSet, other))


def is_empty(of: Value) -> bool:
    """``of.isEmpty()``."""
    return not expect(CedarSet, of).members


def has_tag(of: Value, tag: Value, entities: Entities) -> bool:
    """``of.hasTag(tag)``."""
    return expect(str, tag) in entities.find(expect(EntityUid, of)).tags


def get_tag(of: Value, tag: Value, entities: Entities) -> Value:
    """``of.getTag(tag)``. An error where there is none."""
    try:
        return entities.find(expect(EntityUid, of)).tags[expect(str, tag)]
    except KeyError:
        raise EvaluationError(f"{of} has no tag {tag}") from None


def negate(of: Value) -> int:
    """``-of``. An error where it overflows."""
    return in_64_bits(-expect(int, of))


def add(left: Value, right: Value) -> int:
    """``left + right``. An error where it overflows."""
    return in_64_bits(expect(int, left) + expect(int, right))


def subtract(left: Value, right: Value) -> int:
    """``left - right``. An error where it overflows."""
    return in_64_bits(expect(int, left) - expect(int, right))


def multiply(left: Value, right: Value) -> int:
    """``left * right``. An error where it overflows."""
    return in_64_bits(expect(int, left) * expect(int, right))


def _owner(of: Value, entities: Entities) -> Record:
    if isinstance(of, EntityUid):
        return entities.find(of).attributes
    return expect(Record, of)


def _comparable(left: Value, right: Value) -> None:
    kind = left.__class__
    if kind is not right.__class__ or (kind is not int and kind is not Datetime and kind is not Duration):
        raise EvaluationError(f"{kind_of(left)} and {kind_of(right)} have no order")


OPERATIONS: Mapping[type[Expression], Callable[..., Value]] = {
    Contains: contains,
    ContainsAll: contains_all,
    ContainsAny: contains_any,
    IsEmpty: is_empty,
    Negate: negate,
}
"""What needs the values of its parts alone, in their order."""

OPERATIONS_ON_ENTITIES: Mapping[type[Expression], Callable[..., Value]] = {In: within, HasTag: has_tag, GetTag: get_tag}
"""What needs the entities too, after them."""

ARITHMETIC: Mapping[str, Callable[[Value, Value], int]] = {"+": add, "-": subtract, "*": multiply}
