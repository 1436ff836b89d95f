"""The changes of single facts that might turn a condition: to the value it is compared with, or next to it."""

from __future__ import annotations

from collections.abc import Iterator

from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.evaluation.evaluate import evaluate
from ringwall.policy.explanation.entity_world import EntityWorld
from ringwall.policy.explanation.facts import Change, Field, Parent
from ringwall.policy.expression import (
    And,
    Attribute,
    Expression,
    GetTag,
    Has,
    HasTag,
    IfThenElse,
    In,
    Like,
    Not,
    Or,
    Variable,
)
from ringwall.policy.policy import Policy
from ringwall.policy.scope_condition import scope_condition
from ringwall.policy.values.cedar_set import CedarSet
from ringwall.policy.values.datetime import Datetime
from ringwall.policy.values.decimal import Decimal
from ringwall.policy.values.duration import Duration
from ringwall.policy.values.evaluation_error import EvaluationError
from ringwall.policy.values.ip_address import IpAddress
from ringwall.policy.values.long import LARGEST, SMALLEST
from ringwall.policy.values.value import Value
from ringwall.policy.walk import parts_of, walk

_OUTSIDE = tuple(map(IpAddress.parse, ("127.0.0.1", "::1", "224.0.0.1", "192.0.2.1")))  # something of each kind
_JOINS = (And, Or, Not, IfThenElse)


def candidates(policy: Policy, world: EntityWorld) -> Iterator[Change]:
    """The changes for each condition of a policy that speaks of the action, and of its scope; each once, and none that
    changes nothing.
    """
    spoken = scope_condition("action", policy.action)
    if spoken is not None and _value(spoken, world) is not True:
        return
    conditions = [scope_condition("principal", policy.principal), scope_condition("resource", policy.resource)]
    conditions.append(policy.condition)
    seen: set[tuple[Field | Parent, str]] = set()
    for condition in conditions:
        for atom in _atoms(condition) if condition is not None else ():
            for change in (*_of_parents(atom, world), *_of_values(atom, world)):
                key = (change.fact, repr(change.after))  # True and 1 are two
                if key not in seen and repr(change.before) != repr(change.after):
                    seen.add(key)
                    yield change


def _atoms(expression: Expression) -> Iterator[Expression]:
    """The conditions that are joined."""
    if isinstance(expression, _JOINS):
        for part in parts_of(expression):
            yield from _atoms(part)
    else:
        yield expression


def _of_parents(atom: Expression, world: EntityWorld) -> Iterator[Change]:
    if not isinstance(atom, In):
        return
    child, places = _value(atom.left, world), _value(atom.right, world)
    if not isinstance(child, EntityUid):
        return
    parents = world.entities.find(child).parents
    each = places if isinstance(places, CedarSet) else [places]
    for place in each:
        if isinstance(place, EntityUid) and place not in {child, *parents}:
            yield Change(Parent(child, place), False, True)
    for parent in sorted(parents):
        yield Change(Parent(child, parent), True, False)


def _of_values(atom: Expression, world: EntityWorld) -> Iterator[Change]:
    for place in walk(atom):
        found = _fact(place, world)
        if found is None:
            continue
        before = _value(_as_read(place), world)
        for after in _offered(atom, place, before, world):
            yield Change(found, before, after)


def _fact(place: Expression, world: EntityWorld) -> Field | None:
    """The fact that an expression reads, if it reads one."""
    if isinstance(place, HasTag | GetTag):
        owner, name = _value(place.of, world), _value(place.tag, world)
        return Field(owner, name, tag=True) if isinstance(owner, EntityUid) and isinstance(name, str) else None
    if not isinstance(place, Attribute | Has):
        return None
    names, of = [place.name], place.of
    while isinstance(of, Attribute) and not isinstance(_value(of, world), EntityUid):
        names.append(of.name)
        of = of.of
    owner, (first, *inside) = _value(of, world), reversed(names)
    if of == Variable(name="context"):
        return Field(None, first, tuple(inside))
    return Field(owner, first, tuple(inside)) if isinstance(owner, EntityUid) else None


def _as_read(place: Expression) -> Expression:
    match place:
        case Has():
            return Attribute(of=place.of, name=place.name)
        case HasTag():
            return GetTag(of=place.of, tag=place.tag)
    return place


def _offered(atom: Expression, place: Expression, before: Value | None, world: EntityWorld) -> Iterator[Value | None]:
    """What a fact could become: what stands beside it in its condition, what is next to that, or nothing."""
    if isinstance(place, Has | HasTag):
        yield from (None,) if before is not None else (True, "", 0)
        return
    if place == atom:
        yield from (True, False)
    inside = set(map(id, walk(place)))
    for other in walk(atom):
        value = None if id(other) in inside or other == atom else _value(other, world)
        if isinstance(other, Like):
            text = "".join(other.parts)
            yield from (text, f"{text}~", "", "~")
        if value is not None:
            yield value
            yield from _near(value)
            yield from _sets(before, value)
    yield from _near(before)
    yield None


def _near(value: Value | None) -> Iterator[Value]:
    match value:
        case bool():
            yield not value
        case int():
            yield from _beside(value)
        case str():
            yield f"{value}~"
        case EntityUid():
            yield EntityUid(value.type, f"{value.id}~")
        case CedarSet():
            yield CedarSet()
        case IpAddress():
            yield from _OUTSIDE
        case Datetime() | Duration():
            yield from map(type(value), _beside(value.milliseconds))
        case Decimal():
            yield from map(Decimal, _beside(value.ten_thousandths))


def _beside(number: int) -> list[int]:
    return [near for near in (number + 1, number - 1) if SMALLEST <= near <= LARGEST]


def _sets(before: Value | None, value: Value) -> Iterator[Value]:
    """A set with one member more, with all of another, or without them."""
    members = tuple(value) if isinstance(value, CedarSet) else (value,)
    if isinstance(before, CedarSet):
        yield CedarSet((*before, *members))
        yield CedarSet(member for member in before if member not in CedarSet(members))
    elif before is None:
        yield CedarSet(members)
    yield from members


def _value(expression: Expression, world: EntityWorld) -> Value | None:
    try:
        return evaluate(expression, world.request, world.entities)
    except (EvaluationError, RecursionError):
        return None
