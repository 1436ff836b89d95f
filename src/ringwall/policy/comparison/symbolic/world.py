"""The unknown request and its entities, as terms and functions of z3.

Attributes are functions of the entity's number, so that two ways to one entity read one value. What must hold of the
terms (an integer's 64 bits, an action's principals) is gathered as ``facts`` while they are made. Only that a parent's
parent is an ancestor is left out: whoever asks the solver checks it in each answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import z3

from ringwall.policy.comparison.symbolic.logic import FALSE, TRUE, every, same, some
from ringwall.policy.comparison.symbolic.terms import BITS, apply, bits, in_64_bits, sort_of
from ringwall.policy.comparison.symbolic.value import Case, Scalar, Stored, Value, always, guarded
from ringwall.policy.comparison.universe import Requests, Universe
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.schema.schema import EntityDeclaration
from ringwall.policy.schema.types import (
    EntityType,
    ExtensionType,
    LongType,
    RecordType,
    Type,
)


class World:
    """The symbolic request. ``names`` has the entity of each number that a policy names."""

    def __init__(self, universe: Universe) -> None:
        self.universe = universe
        self.facts: list[z3.BoolRef] = []
        self.names: dict[int, EntityUid] = {}
        self.read: set[tuple[str, str]] = set()
        """Which attributes (type, name) were asked for; a witness needs no others."""
        self.items: dict[int, z3.ExprRef] = {}
        """Whatever was asked to be a member of a set."""
        self.tag_keys: list[z3.SeqRef] = []
        """The tags that were asked for."""
        self._numbers: dict[EntityUid, int] = {}
        self._fields: dict[tuple[str, tuple[int, ...]], tuple[z3.BoolRef, Value]] = {}
        self._bounded: dict[int, z3.ExprRef] = {}  # the term too: z3 gives the id of a term that is gone to another
        self.principal_type, self.resource_type = z3.Int("principal's type"), z3.Int("resource's type")
        self.action_type, self.family = z3.Int("action's type"), z3.Int("family")
        self.principal_id, self.action_id, self.resource_id = z3.Ints("principal action resource")
        requests = universe.requests
        self.types: list[str] = sorted(
            {name for one in requests for name in (*one.principals, *one.resources)} | set(universe.action_types)
        )
        self.principal = self._variable(self.principal_type, self.principal_id, _union(r.principals for r in requests))
        self.resource = self._variable(self.resource_type, self.resource_id, _union(r.resources for r in requests))
        self.action = self._variable(self.action_type, self.action_id, universe.action_types)
        self.context: Value = tuple(
            Case(TRUE if len(requests) == 1 else self.family == number, Stored(_context(number), (), one.context))
            for number, one in enumerate(requests)
        )
        self.facts.append(some(self._allows(number, one) for number, one in enumerate(requests)))

    def entity(self, uid: EntityUid) -> Value:
        """An entity that is named."""
        return always(Scalar(EntityType(uid.type), (z3.IntVal(self.number(uid)),)))

    def number(self, uid: EntityUid) -> int:
        """The number of a named entity."""
        if uid not in self._numbers:
            self._numbers[uid] = len(self._numbers)
            self.names[self._numbers[uid]] = uid
        return self._numbers[uid]

    def field(self, owner: Scalar | Stored, name: str) -> tuple[z3.BoolRef, Value]:
        """Whether ``owner``, an entity or a record, has the attribute, and what it is then."""
        if isinstance(owner, Stored):
            fields, prefix, arguments = owner.type.fields, owner.name, owner.arguments
        else:
            assert isinstance(owner.type, EntityType)
            declared = self.universe.entity_types.get(owner.type.name)
            if declared is None:
                return FALSE, ()
            fields, prefix, arguments = declared.shape.fields, owner.type.name, owner.terms
        if name not in fields:
            return FALSE, ()
        if isinstance(owner, Scalar):
            self.read.add((prefix, name))
        path = f"{prefix}.{name}"
        key = path, tuple(argument.get_id() for argument in arguments)
        if key not in self._fields:
            there = TRUE if fields[name].required else apply(f"{path}?", arguments, z3.BoolSort())
            self._fields[key] = there, self._stored(path, arguments, fields[name].type)
        return self._fields[key]

    def tag(self, owner: Scalar, key: z3.ExprRef) -> tuple[z3.BoolRef, Value]:
        """Whether an entity has the tag, and what it is then."""
        assert isinstance(owner.type, EntityType)
        declared = self.universe.entity_types.get(owner.type.name)
        if declared is None or declared.tags is None:
            return FALSE, ()
        if not any(key.eq(other) for other in self.tag_keys):
            self.tag_keys.append(key)
        arguments = (*owner.terms, key)
        name = f"{owner.type.name} tag"
        return apply(f"{name}?", arguments, z3.BoolSort()), self._stored(name, arguments, declared.tags)

    def _stored(self, name: str, arguments: tuple[z3.ExprRef, ...], type_: Type) -> Value:
        """What stands in the request or in an entity under ``name``. Raises ``Inexpressible``."""
        types = self.universe.choices.get(name)
        if types is None:
            return self._of_type(name, arguments, type_)
        kind = apply(f"{name} kind", arguments, z3.IntSort())
        self._once(kind, lambda: some(kind == number for number in range(len(types))))
        return tuple(
            case
            for number, one in enumerate(types)
            for case in guarded(kind == number, self._of_type(f"{name} as {one}", arguments, one))
        )

    def _of_type(self, name: str, arguments: tuple[z3.ExprRef, ...], type_: Type) -> Value:
        if isinstance(type_, RecordType):
            return always(Stored(name, arguments, type_))
        if type_ == ExtensionType("ipaddr"):
            v6 = apply(f"{name} v6", arguments, z3.BoolSort())
            address, prefix = (apply(f"{name} {part}", arguments, z3.BitVecSort(BITS)) for part in ("address", "bits"))
            self._once(address, lambda: z3.ULE(prefix, z3.If(v6, bits(128), bits(32))))
            self._once(prefix, lambda: z3.Or(v6, z3.ULE(address, bits(2**32 - 1))))
            return always(Scalar(type_, (v6, address, prefix)))
        term = apply(name, arguments, sort_of(type_))
        if isinstance(type_, (LongType, ExtensionType)):
            self._once(term, lambda: in_64_bits(term))
        if isinstance(type_, EntityType) and (allowed := self.enumerated(type_.name)) is not None:
            self._once(term, lambda: some(same(term, z3.IntVal(number)) for number in allowed))
        return always(Scalar(type_, (term,)))

    def has_member(self, type_: Type, of: z3.ArrayRef) -> z3.BoolRef:
        """Whether a set of ``type_`` is not empty. Where it is not, a member of it has a name in every model."""
        found = z3.Not(of == z3.EmptySet(sort_of(type_)))
        member = z3.FreshConst(sort_of(type_), "member")
        self.items[member.get_id()] = member
        self.facts.append(z3.Implies(found, z3.Select(of, member)))
        if isinstance(type_, (LongType, ExtensionType)):
            self.facts.append(in_64_bits(member))
        return found

    def numbered(self, types: tuple[str, ...]) -> list[int]:
        """The numbers of types, as ``principal_type`` and its like have them."""
        return [self.types.index(name) for name in types]

    def is_known(self, type_: str) -> bool:
        """Whether the type is of actions whose groups are all known."""
        return self.universe.groups is not None and type_ in self.universe.action_types

    def enumerated(self, type_: str) -> list[int] | None:
        """The numbers of all entities of a type that has no others; ``None`` where any may be one."""
        if self.is_known(type_):
            assert self.universe.groups is not None
            return [self.number(uid) for uid in self.universe.groups if uid.type == type_]
        declared: EntityDeclaration | None = self.universe.entity_types.get(type_)
        if declared is None or declared.enum is None:
            return None
        return [self.number(EntityUid(type_, id_)) for id_ in declared.enum]

    def _variable(self, type_: z3.ArithRef, id_: z3.ArithRef, types: tuple[str, ...]) -> Value:
        for name in types:
            if (allowed := self.enumerated(name)) is not None:
                inside = some(id_ == number for number in allowed)
                self.facts.append(some((type_ != self.types.index(name), inside)))
        self.facts.append(some(type_ == number for number in self.numbered(types)))
        if len(types) == 1:
            return always(Scalar(EntityType(types[0]), (id_,)))
        return tuple(Case(type_ == self.types.index(name), Scalar(EntityType(name), (id_,))) for name in types)

    def _allows(self, number: int, one: Requests) -> z3.BoolRef:
        parts = [
            self.family == number,
            some(self.principal_type == kind for kind in self.numbered(one.principals)),
            some(self.resource_type == kind for kind in self.numbered(one.resources)),
        ]
        if one.actions is not None:
            parts.append(some(self.action_id == self.number(action) for action in one.actions))
        return every(parts)

    def _once(self, term: z3.ExprRef, fact: Callable[[], z3.BoolRef]) -> None:
        if term.get_id() not in self._bounded:
            self._bounded[term.get_id()] = term
            self.facts.append(fact())


def _context(number: int) -> str:
    return f"context {number}" if number else "context"


def _union(types: Iterator[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for one in types for name in one))
