"""The facts around one request, and single changes of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from ringwall.policy.entities.entities import Entities
from ringwall.policy.entities.entity import Entity
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.evaluation.request import Request
from ringwall.policy.explanation.short_value import short_value
from ringwall.policy.expression import Literal
from ringwall.policy.policy import Policy
from ringwall.policy.values.cedar_set import CedarSet
from ringwall.policy.values.record import Record
from ringwall.policy.values.value import Value
from ringwall.policy.walk import walk


@dataclass(frozen=True, slots=True)
class Field:
    """A fact: an attribute of an entity, or of the context where there is no ``owner``; ``inside`` are the names of
    records further in. A ``tag`` is an attribute that is looked up by ``getTag``.
    """

    owner: EntityUid | None
    name: str
    inside: tuple[str, ...] = ()
    tag: bool = False

    def __str__(self) -> str:
        owner = "context" if self.owner is None else str(self.owner)
        if self.tag:
            return f"{owner} tag {self.name}"
        return ".".join((owner, self.name, *self.inside))


@dataclass(frozen=True, slots=True)
class Parent:
    """A fact: an entity is directly in another."""

    child: EntityUid
    parent: EntityUid

    def __str__(self) -> str:
        return f"{self.child} in {self.parent}"


@dataclass(frozen=True, slots=True)
class Change:
    """One fact made another. ``before`` and ``after`` are values, ``None`` where there is none; of a parent, bools."""

    fact: Field | Parent
    before: Value | None
    after: Value | None

    def __str__(self) -> str:
        return f"{self.fact}: {short_value(self.before)} → {short_value(self.after)}"


@dataclass(frozen=True, slots=True)
class Facts:
    """A request and the entities around it; immutable."""

    request: Request
    entities: Mapping[EntityUid, Entity]

    @classmethod
    def around(cls, request: Request, entities: Entities, policies: Iterable[Policy]) -> Facts:
        """The entities that request and policies lead to, over parents and what attributes and tags refer to."""
        found: dict[EntityUid, Entity] = {}
        waiting = [*request[:3], *_named(request.context)]
        for policy in policies:
            parts = () if policy.condition is None else walk(policy.condition)
            waiting += [part.value for part in parts if isinstance(part, Literal) and isinstance(part.value, EntityUid)]
        while waiting:
            uid = waiting.pop()
            if uid not in found:
                found[uid] = entity = entities.find(uid)
                waiting += [*entity.parents, *_named(entity.attributes), *_named(entity.tags)]
        return cls(request, found)

    def changed(self, changes: Iterable[Change]) -> Facts:
        """The facts with these changes."""
        facts = self
        for change in changes:
            facts = facts._with_parent(change) if isinstance(change.fact, Parent) else facts._with_value(change)
        return facts

    def world(self) -> Entities:
        """The entities. Raises ``Misconfigured`` where a change has put one above itself."""
        return Entities(self.entities.values())

    def _with_parent(self, change: Change) -> Facts:
        assert isinstance(change.fact, Parent)
        child = self.entities.get(change.fact.child) or Entity(change.fact.child)
        parents = child.parents | {change.fact.parent} if change.after else child.parents - {change.fact.parent}
        return self._with(Entity(child.uid, child.attributes, parents, child.tags))

    def _with_value(self, change: Change) -> Facts:
        fact = change.fact
        assert isinstance(fact, Field)
        if fact.owner is None:
            context = _put(self.request.context, (fact.name, *fact.inside), change.after)
            return replace(self, request=self.request._replace(context=context))
        of = self.entities.get(fact.owner) or Entity(fact.owner)
        if fact.tag:
            return self._with(Entity(of.uid, of.attributes, of.parents, _put(of.tags, (fact.name,), change.after)))
        attributes = _put(of.attributes, (fact.name, *fact.inside), change.after)
        return self._with(Entity(of.uid, attributes, of.parents, of.tags))

    def _with(self, entity: Entity) -> Facts:
        return replace(self, entities={**self.entities, entity.uid: entity})


def _put(record: Mapping[str, Value], names: tuple[str, ...], value: Value | None) -> Record:
    first, *rest = names
    if rest:
        inner = record.get(first)
        return Record({**record, first: _put(inner if isinstance(inner, Record) else Record(), tuple(rest), value)})
    others = {name: kept for name, kept in record.items() if name != first}
    return Record(others if value is None else {**others, first: value})


def _named(values: Value | Mapping[str, Value]) -> list[EntityUid]:
    """The entities that a value holds."""
    if isinstance(values, EntityUid):
        return [values]
    if isinstance(values, CedarSet):
        return [uid for member in values for uid in _named(member)]
    if isinstance(values, Mapping):
        return [uid for field in values.values() for uid in _named(field)]
    return []
