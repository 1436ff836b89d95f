"""Policies found by what their scopes say, so that a request pays for those that may speak about it and no others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from ringwall.policy.entities.entities import Entities
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.evaluation.request import Request
from ringwall.policy.policy import Policy
from ringwall.policy.scope import EqualTo, OfType, Scope, Slot, Within, WithinAny

T = TypeVar("T")
K = TypeVar("K", EntityUid, str)


class Index(Generic[T]):
    """Items by action, then principal, then resource.

    What is found has a scope that includes the request, except that the type of ``principal is User in Team::"a"`` is
    not looked at where the entity is: see ``unsettled``.
    """

    def __init__(self) -> None:
        self._by_action: _Level[_Level[_Level[list[T]]]] = _Level(lambda: _Level(lambda: _Level(list)))

    def add(self, policy: Policy, item: T) -> None:
        """Put ``item`` where the scope of ``policy`` says."""
        for by_principal in self._by_action.places(policy.action):
            for by_resource in by_principal.places(policy.principal):
                for items in by_resource.places(policy.resource):
                    items.append(item)

    def find(self, request: Request, entities: Entities) -> list[list[T]]:
        """The items for a request. ``action in [a, b]`` is found twice where an action is below both."""
        principal, action, resource, _ = request
        above_principal, above_resource = entities.ancestors(principal), entities.ancestors(resource)
        found: list[list[T]] = []
        for by_principal in self._by_action.including(action, entities.ancestors(action)):
            for by_resource in by_principal.including(principal, above_principal):
                found += by_resource.including(resource, above_resource)
        return found


class _Level(Generic[T]):
    """What stands below each scope of one variable."""

    __slots__ = ("_equal", "_new", "_of_type", "_open", "_within")

    def __init__(self, new: Callable[[], T]) -> None:
        self._new = new
        self._open: T | None = None
        self._equal: dict[EntityUid, T] = {}
        self._within: dict[EntityUid, T] = {}
        self._of_type: dict[str, T] = {}

    def places(self, scope: Scope) -> list[T]:
        """Where policies with this scope stand, made where they are not yet."""
        match scope:
            case EqualTo(entity=Slot()) | Within(entity=Slot()) | OfType(within=Slot()):
                return []  # a template decides nothing
            case EqualTo(entity=EntityUid() as uid):
                return [self._made(self._equal, uid)]
            case Within(entity=EntityUid() as uid) | OfType(within=EntityUid() as uid):
                return [self._made(self._within, uid)]
            case WithinAny():
                return [self._made(self._within, uid) for uid in dict.fromkeys(scope.entities)]
            case OfType():
                return [self._made(self._of_type, scope.type)]
        if self._open is None:
            self._open = self._new()
        return [self._open]

    def including(self, uid: EntityUid, above: frozenset[EntityUid]) -> list[T]:
        """What stands below the scopes that include an entity."""
        found = [] if self._open is None else [self._open]
        if self._equal and uid in self._equal:
            found.append(self._equal[uid])
        if self._within:
            if uid in self._within:
                found.append(self._within[uid])
            if above:
                found += [self._within[group] for group in self._within.keys() & above]
        if self._of_type and uid.type in self._of_type:
            found.append(self._of_type[uid.type])
        return found

    def _made(self, among: dict[K, T], key: K) -> T:
        if key not in among:
            among[key] = self._new()
        return among[key]
