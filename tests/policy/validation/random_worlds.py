"""Random entities and requests that conform to a schema. All that one refers to exists, and numbers are small."""

from __future__ import annotations

import random

from ringwall.policy.entities.entities import Entities
from ringwall.policy.entities.entity import Entity
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.evaluation.request import Request
from ringwall.policy.schema.schema import EntityDeclaration, Schema
from ringwall.policy.schema.types import (
    BoolType,
    EntityType,
    ExtensionType,
    LongType,
    RecordType,
    SetType,
    StringType,
    Type,
)
from ringwall.policy.values.cedar_set import CedarSet
from ringwall.policy.values.functions import CONSTRUCTORS
from ringwall.policy.values.record import Record
from ringwall.policy.values.value import Value

_IDS = ("ann", "bob", "t", "o", "r", "1", "f")
_STRINGS = ("a", "b", "", "aé*")
_WRITTEN = {
    "ipaddr": ("ip", ("10.0.0.1", "10.0.0.0/8", "::1", "ff02::1")),
    "decimal": ("decimal", ("1.5", "-0.0001", "12.0")),
    "datetime": ("datetime", ("2024-01-01", "1969-12-31T23:59:59Z")),
    "duration": ("duration", ("1h", "-1d2h", "0ms")),
}


class RandomWorlds:
    """``entities()`` is the next world, and ``request()`` a question in any of them; equal seeds give equal ones."""

    def __init__(self, schema: Schema, seed: int) -> None:
        self._schema = schema
        self._chance = random.Random(seed)

    def entities(self) -> Entities:
        """Seven entities of each type, with all ids of an enum, and the actions."""
        found = [Entity(action.uid, parents=action.parents) for action in self._schema.actions.values()]
        for declared in self._schema.entity_types.values():
            for place, id_ in enumerate(declared.enum or _IDS):
                found.append(self._entity(declared, id_, place))
        return Entities(found)

    def request(self) -> Request:
        """A request of any kind that the schema allows."""
        kind = self._chance.choice(list(self._schema.environments()))
        principal, resource = (EntityUid(name, self._id(name)) for name in (kind.principal, kind.resource))
        return Request(principal, kind.action.uid, resource, Record(self._fields(kind.action.context)))

    def _entity(self, declared: EntityDeclaration, id_: str, place: int) -> Entity:
        parents = {
            EntityUid(parent, self._chance.choice(_IDS[place + 1 :]))  # only later ones, so that there is no circle
            for parent in sorted(declared.parents)
            if place + 1 < len(_IDS) and self._chance.random() < 0.5
        }
        tags = {}
        if declared.tags is not None:
            tags = {tag: self._value(declared.tags) for tag in _STRINGS if self._chance.random() < 0.5}
        return Entity(EntityUid(declared.name, id_), self._fields(declared.shape), parents, tags)

    def _fields(self, record: RecordType) -> dict[str, Value]:
        present = {name: f for name, f in record.fields.items() if f.required or self._chance.random() < 0.5}
        return {name: self._value(field.type) for name, field in present.items()}

    def _id(self, name: str) -> str:
        return self._chance.choice(self._schema.entity_types[name].enum or _IDS)

    def _value(self, known: Type) -> Value:
        match known:
            case BoolType():
                return self._chance.random() < 0.5
            case LongType():
                return self._chance.randint(-2, 3)
            case StringType():
                return self._chance.choice(_STRINGS)
            case EntityType():
                return EntityUid(known.name, self._id(known.name))
            case SetType():
                return CedarSet(self._value(known.element) for _ in range(self._chance.randrange(4)))
            case RecordType():
                return Record(self._fields(known))
            case ExtensionType():
                function, texts = _WRITTEN[known.name]
                return CONSTRUCTORS[function](self._chance.choice(texts))
