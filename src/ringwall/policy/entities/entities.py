"""All entities that a request is asked against, and what is above each of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from ringwall.errors import Misconfigured
from ringwall.policy.entities.entity import Entity
from ringwall.policy.entity_uid import EntityUid

_REMEMBERED = 1_000_000  # ancestors in all; of a chain of 10,000 entities there are fifty million


class Entities(Mapping[EntityUid, Entity]):
    """Immutable; any number of threads may read it. A parent need not be here itself.

    Raises ``Misconfigured`` for an entity that stands twice, and for one that is above itself.
    """

    __slots__ = ("_above", "_by_uid", "_remembered")

    def __init__(self, entities: Iterable[Entity] = ()) -> None:
        self._by_uid: dict[EntityUid, Entity] = {}
        for entity in entities:
            if entity.uid in self._by_uid:
                raise Misconfigured(f"the entity {entity.uid} stands twice", hint="each entity stands once")
            self._by_uid[entity.uid] = entity
        self._above: dict[EntityUid, frozenset[EntityUid]] = {}
        self._remembered = 0
        _refuse_cycles(self._by_uid)

    def __getitem__(self, uid: EntityUid) -> Entity:
        return self._by_uid[uid]

    def __iter__(self) -> Iterator[EntityUid]:
        return iter(self._by_uid)

    def __len__(self) -> int:
        return len(self._by_uid)

    def find(self, uid: EntityUid) -> Entity:
        """The entity; one that is not here has no attributes, no parents and no tags."""
        return self._by_uid.get(uid) or Entity(uid)

    def ancestors(self, uid: EntityUid) -> frozenset[EntityUid]:
        """Everything above an entity, however far; not the entity itself. Found when first asked, and remembered."""
        known = self._above.get(uid)
        if known is None:
            known = self._climb(uid)
            if uid in self._by_uid:  # what is not here is not remembered either: anything may be asked
                self._remember(uid, known)
        return known

    def _remember(self, uid: EntityUid, above: frozenset[EntityUid]) -> None:
        if self._remembered + len(above) > _REMEMBERED:
            self._above, self._remembered = {}, 0
        self._above[uid] = above
        self._remembered += len(above)

    def _climb(self, uid: EntityUid) -> frozenset[EntityUid]:
        found: set[EntityUid] = set()
        waiting = [uid]
        while waiting:
            entity = self._by_uid.get(waiting.pop())
            if entity is not None:
                waiting.extend(entity.parents - found)
                found |= entity.parents
        return frozenset(found)


def _refuse_cycles(by_uid: Mapping[EntityUid, Entity]) -> None:
    try:
        TopologicalSorter({uid: entity.parents for uid, entity in by_uid.items()}).prepare()
    except CycleError as error:
        cycle = [str(uid) for uid in error.args[1]]
        shown = " in ".join(reversed(cycle[:4])) + (" …" if len(cycle) > 4 else "")
        raise Misconfigured(
            f"the entity {cycle[0]} is above itself: {shown}", hint="remove one of these parents"
        ) from None
