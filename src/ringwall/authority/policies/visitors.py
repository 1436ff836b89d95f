"""The entities of a policy set, with those of one question beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ringwall.policy.entities.entities import Entities
from ringwall.policy.entities.entity import Entity
from ringwall.policy.entity_uid import EntityUid


class Visitors(Entities):
    """``stored``, and entities that it does not have; nothing is copied. Visitors have no parents."""

    __slots__ = ("_stored", "_visiting")

    def __init__(self, stored: Entities, visiting: Iterable[Entity]) -> None:
        self._stored = stored
        self._visiting = {entity.uid: entity for entity in visiting}

    def __getitem__(self, uid: EntityUid) -> Entity:
        return self._visiting[uid] if uid in self._visiting else self._stored[uid]

    def __iter__(self) -> Iterator[EntityUid]:
        yield from self._stored
        yield from self._visiting

    def __len__(self) -> int:
        return len(self._stored) + len(self._visiting)

    def find(self, uid: EntityUid) -> Entity:
        return self._visiting.get(uid) or self._stored.find(uid)

    def ancestors(self, uid: EntityUid) -> frozenset[EntityUid]:
        return self._stored.ancestors(uid)
