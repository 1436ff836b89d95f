"""An entity as Cedar sees it: who or what it is, its attributes, its parents and its tags."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.values.record import Record
from ringwall.policy.values.value import Value

_NOTHING: Mapping[str, Value] = MappingProxyType({})


class Entity:
    """An immutable entity. ``parents`` are the direct ones; what is above those is for ``Entities`` to say."""

    __slots__ = ("attributes", "parents", "tags", "uid")

    def __init__(
        self,
        uid: EntityUid,
        attributes: Mapping[str, Value] = _NOTHING,
        parents: Iterable[EntityUid] = (),
        tags: Mapping[str, Value] = _NOTHING,
    ) -> None:
        self.uid = uid
        self.attributes = attributes if isinstance(attributes, Record) else Record(attributes)
        self.parents = frozenset(parents)
        self.tags = tags if isinstance(tags, Record) else Record(tags)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Entity) and (self.uid, self.attributes, self.parents, self.tags) == (
            other.uid,
            other.attributes,
            other.parents,
            other.tags,
        )

    def __hash__(self) -> int:
        return hash(self.uid)

    def __repr__(self) -> str:
        return f"Entity({self.uid}, {dict(self.attributes)!r}, {sorted(map(str, self.parents))}, {dict(self.tags)!r})"
