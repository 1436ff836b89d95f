"""A model of the solver as a request and entities that any engine can be asked about."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

import z3

from ringwall.policy.comparison.symbolic.ancestry import Asked
from ringwall.policy.comparison.symbolic.hierarchy import Hierarchy, Node
from ringwall.policy.comparison.symbolic.limit import Inexpressible
from ringwall.policy.comparison.symbolic.plain_value import Plain, default
from ringwall.policy.comparison.symbolic.value import Scalar, Stored
from ringwall.policy.comparison.symbolic.value import Value as Known
from ringwall.policy.comparison.symbolic.world import World
from ringwall.policy.entities.entities import Entities
from ringwall.policy.entities.entity import Entity
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.evaluation.request import Request
from ringwall.policy.schema.types import STRING, EntityType, Field
from ringwall.policy.values.record import Record
from ringwall.policy.values.value import Value


class Witness:
    """One model. Where it breaks a law of hierarchies, ``broken`` has it, and there are no entities."""

    def __init__(self, world: World, model: z3.ModelRef, asked: Iterable[Asked]) -> None:
        self._world = world
        self._plain = Plain(model, lambda type_, number: self._meet((type_, number)), tuple(world.items.values()))
        self._met: dict[Node, EntityUid] = {}
        self._waiting: deque[Node] = deque()
        self._taken = set(world.names.values())
        context = next(case.what for case in world.context if self._plain.holds(case.when))
        assert isinstance(context, Stored)
        self.request = Request(
            self._variable(world.principal_type, world.principal_id),
            self._variable(world.action_type, world.action_id),
            self._variable(world.resource_type, world.resource_id),
            self._record(context),
        )
        self._hierarchy = Hierarchy(self._plain, asked)
        self.broken = self._hierarchy.broken()
        if self.broken:
            self.entities = Entities()
            return
        self._name_others()
        made = dict(self._entities())
        self.entities = Entities([*self._placed(made), *self._actions()])

    def _variable(self, type_: z3.ArithRef, id_: z3.ArithRef) -> EntityUid:
        return self._meet((self._world.types[self._plain.integer(type_)], self._plain.integer(id_)))

    def _name_others(self) -> None:
        """Entities that policies name and read, and those of the hierarchy."""
        read = {type_ for type_, _ in self._world.read}
        for number, uid in self._world.names.items():
            if uid.type in read or self._world.tag_keys:
                self._meet((uid.type, number))
        for node in self._hierarchy.nodes:
            for one in (node, *self._hierarchy.closure(node)):
                self._meet(one)

    def _meet(self, node: Node) -> EntityUid:
        if node not in self._met:
            self._met[node] = self._name(node)
            if node[0] in self._world.universe.entity_types:
                self._waiting.append(node)
        return self._met[node]

    def _name(self, node: Node) -> EntityUid:
        type_, number = node
        known = self._world.names.get(number)
        if known is not None and known.type == type_:
            return known
        count = 1
        while (uid := EntityUid(type_, f"{type_.rpartition('::')[2].lower()} {count}")) in self._taken:
            count += 1
        self._taken.add(uid)
        return uid

    def _entities(self) -> Iterator[tuple[Node, tuple[dict[str, Value], dict[str, Value]]]]:
        while self._waiting:
            node = self._waiting.popleft()
            entity = Scalar(EntityType(node[0]), (z3.IntVal(node[1]),))
            yield node, (dict(self._attributes(entity, node[0])), dict(self._tags(entity)))

    def _attributes(self, entity: Scalar, type_: str) -> Iterator[tuple[str, Value]]:
        for name, field in self._world.universe.entity_types[type_].shape.fields.items():
            if (type_, name) in self._world.read:
                value = self._field(entity, name, field)
                if value is not None:
                    yield name, value
            elif field.required:
                yield name, default(field.type, self._any)

    def _tags(self, entity: Scalar) -> Iterator[tuple[str, Value]]:
        for key in tuple(self._world.tag_keys):
            try:
                value = self._stored(*self._world.tag(entity, key))
            except Inexpressible:
                return
            if value is not None:
                yield str(self._plain.value(Scalar(STRING, (key,)))), value

    def _stored(self, there: z3.BoolRef, value: Known) -> Value | None:
        if not self._plain.holds(there):
            return None
        for case in value:
            if self._plain.holds(case.when):
                if isinstance(case.what, Stored):
                    return self._record(case.what)
                assert isinstance(case.what, Scalar)
                return self._plain.value(case.what)
        return None

    def _record(self, stored: Stored) -> Record:
        found = ((name, self._field(stored, name, field)) for name, field in stored.type.fields.items())
        return Record({name: value for name, value in found if value is not None})

    def _field(self, owner: Scalar | Stored, name: str, field: Field) -> Value | None:
        try:
            return self._stored(*self._world.field(owner, name))
        except Inexpressible:
            # Whatever reads it was not said either: any value will do.
            return default(field.type, self._any) if field.required else None

    def _any(self, type_: str) -> EntityUid:
        """Some entity of a type."""
        allowed = self._world.enumerated(type_)
        if allowed is not None:
            return self._world.names[allowed[0]]
        met = next((uid for node, uid in self._met.items() if node[0] == type_), None)
        return met if met is not None else self._meet((type_, -1))

    def _placed(self, made: dict[Node, tuple[dict[str, Value], dict[str, Value]]]) -> Iterator[Entity]:
        for node, (attributes, tags) in made.items():
            above = self._hierarchy.closure(node)
            # What stands above a parent needs no mention of its own.
            parents = above.difference(*(self._hierarchy.closure(parent) for parent in above)) if above else above
            yield Entity(self._met[node], attributes, [self._met[parent] for parent in sorted(parents)], tags)

    def _actions(self) -> Iterator[Entity]:
        for uid, groups in (self._world.universe.groups or {}).items():
            if uid == self.request.action:
                yield Entity(uid, {}, groups)
