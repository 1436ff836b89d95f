"""Whether one scope lies inside another, for every request."""

from __future__ import annotations

from collections.abc import Iterator

from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.schema.schema import Schema
from ringwall.policy.scope import Anything, EqualTo, OfType, Place, Scope, Slot, Within, WithinAny


class Above:
    """What is known to stand above an entity, itself included. Of others than actions nothing is known beforehand."""

    def __init__(self, schema: Schema | None) -> None:
        self._actions = schema.actions if schema is not None else {}

    def of(self, place: Place) -> frozenset[Place]:
        """The entity and its groups."""
        if isinstance(place, EntityUid) and place in self._actions:
            return self._actions[place].ancestors | {place}
        return frozenset({place})


def scope_covers(outer: Scope, inner: Scope, above: Above) -> bool:
    """Whether all that ``inner`` matches is matched by ``outer``."""
    match outer:
        case Anything():
            return True
        case EqualTo():
            return inner == outer
        case Within(entity=group):
            return _all_within({group}, inner, above)
        case WithinAny(entities=groups):
            return _all_within(set(groups), inner, above)
        case OfType(type=type_, within=within):
            return _type_of(inner) == type_ and (within is None or _all_within({within}, inner, above))


def keys_of_covering(scope: Scope) -> Iterator[object]:
    """What a scope is found under by ``keys_of_covered`` of every scope inside it."""
    match scope:
        case Anything():
            yield None
        case EqualTo() | Within():
            yield scope.entity
        case WithinAny():
            yield from scope.entities
        case OfType():
            yield scope.type


def keys_of_covered(scope: Scope, above: Above) -> Iterator[object]:
    """The keys of all scopes that may cover this one."""
    yield None
    if (type_ := _type_of(scope)) is not None:
        yield type_
    for place in _roots(scope) or ():
        yield from sorted(above.of(place), key=str)


def _all_within(groups: set[Place], inner: Scope, above: Above) -> bool:
    roots = _roots(inner)
    return roots is not None and all(not groups.isdisjoint(above.of(root)) for root in roots)


def _roots(scope: Scope) -> tuple[Place, ...] | None:
    """Entities at or below which everything stands that the scope matches; ``None`` where there are none such."""
    match scope:
        case EqualTo() | Within():
            return (scope.entity,)
        case WithinAny():
            return scope.entities
        case OfType(within=EntityUid() | Slot() as group):
            return (group,)
    return None


def _type_of(scope: Scope) -> str | None:
    match scope:
        case EqualTo(entity=EntityUid() as uid):
            return uid.type
        case OfType():
            return scope.type
    return None
