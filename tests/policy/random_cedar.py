"""Random worlds and policies from one seed, mostly well typed: what a differential test asks several engines about.

Values come from small pools, so that things are often equal, often absent and often at the edge of what 64 bits hold.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

from ringwall.policy.entities.entities import Entities
from ringwall.policy.entities.entity import Entity
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.evaluation.request import Request
from ringwall.policy.expression import (
    And,
    Arithmetic,
    Attribute,
    Call,
    Contains,
    ContainsAll,
    ContainsAny,
    Equal,
    Expression,
    GetTag,
    Has,
    HasTag,
    IfThenElse,
    In,
    Is,
    IsEmpty,
    Less,
    Like,
    Literal,
    Name,
    Negate,
    Not,
    Or,
    RecordOf,
    SetOf,
    Variable,
)
from ringwall.policy.policy import Clause, Policy
from ringwall.policy.scope import ANYTHING, EqualTo, OfType, Place, Scope, Slot, Within, WithinAny
from ringwall.policy.values.cedar_set import CedarSet
from ringwall.policy.values.datetime import Datetime
from ringwall.policy.values.decimal import Decimal
from ringwall.policy.values.duration import Duration
from ringwall.policy.values.ip_address import IpAddress
from ringwall.policy.values.record import Record
from ringwall.policy.values.value import Value

Kind: TypeAlias = str
Made: TypeAlias = Callable[[Kind], Expression]

UIDS = tuple(EntityUid(type_, id_) for type_ in ("User", "Team", "Shop::Order") for id_ in ("a", "b", 'é"'))
ACTIONS = tuple(EntityUid("Action", id_) for id_ in ("read", "write", "all"))
TYPES = ("User", "Team", "Shop::Order", "Action")
NAMES = {"flag": "bool", "level": "long", "name": "string", "owner": "entity", "groups": "set", "info": "record"} | {
    "since": "datetime",
    "for": "duration",
    "price": "decimal",
    "from": "ip",
    "a b": "long",
}
POOLS: dict[Kind, tuple[Value, ...]] = {
    "bool": (True, False),
    "long": (0, 1, 2, -1, 7, 2**63 - 1, -(2**63), 2**62),
    "string": ("", "a", "ab", "aXb", "a*b", "é", '"\\\n', "name", "1.0"),
    "entity": (*UIDS, ACTIONS[0]),
    "decimal": tuple(map(Decimal, (0, 1, 10_000, -10_000, 2**63 - 1, -(2**63)))),
    "datetime": tuple(map(Datetime, (0, -1, 1, 86_400_000, -86_400_001, 1_700_000_000_000, -62_167_219_200_000))),
    "duration": tuple(map(Duration, (0, 1, -1, 999, -1_001, 90_061_001, 2**63 - 1, -(2**63)))),
    "ip": tuple(
        map(IpAddress.parse, ("127.0.0.1", "127.0.0.0/7", "10.1.0.0/16", "0.0.0.0/0", "::1", "ff00::/8", "::/0"))
    ),
}
MADE_BY = {"decimal": "decimal", "datetime": "datetime", "duration": "duration", "ip": "ip"}
KINDS = (*POOLS, "set", "record")
BAD_TEXTS = ("", "1", "2024-02-30", "1.00000", "::%1", "9999999999999d", "1d2", "300.0.0.1")


class Case(NamedTuple):
    """One world, some policies with the templates among them, and the requests to ask."""

    entities: Entities
    policies: tuple[Policy, ...]
    requests: tuple[Request, ...]


class RandomCedar:
    """Makes cases. ``strange`` is how often something of another kind stands where one kind is meant.

    ``longest`` bounds the numbers in entities and contexts, not those in policies: JavaScript's JSON knows no others.
    """

    def __init__(self, seed: int, strange: float = 0.06, longest: int = 2**63) -> None:
        self._random = random.Random(seed)
        self._strange, self._longest = strange, longest

    def case(self, policies: int = 8, requests: int = 6, *, slots: bool = False) -> Case:
        """A case. Half of all sets are of permits alone, where what each policy comes to is to be seen."""
        permits_alone = self._chance(0.5)
        made = tuple(self.policy(f"policy{n}", permits_alone=permits_alone, slots=slots) for n in range(policies))
        return Case(self.entities(), made, tuple(self.request() for _ in range(requests)))

    def entities(self) -> Entities:
        """Some of all entities, each with some attributes, below others that stand later in the list."""
        found = []
        for at, uid in enumerate(UIDS):
            if self._chance(0.8):
                parents = [above for above in UIDS[at + 1 :] if self._chance(0.25)]
                tags = {tag: self.value() for tag in ("a", "name", "level") if self._chance(0.5)}
                found.append(Entity(uid, self._fields(), parents, tags))
        return Entities([*found, *(Entity(uid, parents=ACTIONS[2:]) for uid in ACTIONS[:1])])

    def request(self) -> Request:
        """A request about entities that may or may not be there."""
        return Request(self._any(UIDS), self._any(ACTIONS[:2]), self._any(UIDS), Record(self._fields()))

    def value(self, kind: Kind = "", depth: int = 2) -> Value:
        """A value of a kind; of any, where none is said."""
        kind = kind or self._any(KINDS)
        if kind == "set":
            inner = self._any(KINDS if depth else tuple(POOLS))
            return CedarSet(self.value(inner, depth - 1) for _ in range(self._random.randrange(3)))
        if kind == "record":
            return Record(
                {name: self.value(kind_ if depth else "long", depth - 1) for name, kind_ in self._some_names()}
            )
        pool = POOLS[kind]
        return self._any([n for n in pool if abs(n) <= self._longest] if kind == "long" else pool)  # type: ignore[arg-type]

    def policy(self, id_: str, *, permits_alone: bool = False, slots: bool = False) -> Policy:
        """A policy; with ``slots``, perhaps a template."""
        kinds = [self._any(("when", "when", "unless")) for _ in range(self._any((0, 1, 1, 1, 2)))]
        return Policy(
            id_,
            effect="permit" if permits_alone or self._chance(0.6) else "forbid",
            principal=self._scope("principal", slots=slots),
            action=self._action_scope(),
            resource=self._scope("resource", slots=slots),
            clauses=tuple(Clause(kind, self.expression("bool", 4)) for kind in kinds),  # type: ignore[arg-type]
        )

    def expression(self, kind: Kind, depth: int) -> Expression:
        """An expression that is meant to be of a kind."""
        if self._chance(self._strange):
            kind = self._any(KINDS)
        if depth <= 0 or self._chance(0.15):
            return self._leaf(kind)

        def of(kind: Kind) -> Expression:
            return self.expression(kind, depth - 1)

        match self._random.randrange(12):
            case 0:
                return IfThenElse(test=of("bool"), then=of(kind), otherwise=of(kind))
            case 1:
                return GetTag(of=of("entity"), tag=Literal(value=self._any(("a", "name", "level"))))
            case 2 | 3:
                return Attribute(of=of(self._any(("entity", "record"))), name=self._name(kind))
        match kind:
            case "bool":
                return self._truth(of)
            case "long" if self._chance(0.2):
                return Negate(of=of("long"))
            case "long" if self._chance(0.6):
                return Arithmetic(operator=self._any(("+", "-", "*")), left=of("long"), right=of("long"))
            case "long":
                units = ("toMilliseconds", "toSeconds", "toMinutes", "toHours", "toDays")
                return Call(function=self._any(units), arguments=(of("duration"),))
            case "datetime" if self._chance(0.5):
                return Call(function="toDate", arguments=(of("datetime"),))
            case "datetime":
                return Call(function="offset", arguments=(of("datetime"), of("duration")))
            case "duration" if self._chance(0.5):
                return Call(function="toTime", arguments=(of("datetime"),))
            case "duration":
                return Call(function="durationSince", arguments=(of("datetime"), of("datetime")))
            case "set":
                inner = self._any(KINDS)
                return SetOf(items=tuple(of(inner) for _ in range(self._random.randrange(3))))
            case "record":
                return RecordOf(fields=tuple((name, of(kind_)) for name, kind_ in self._some_names()))
        return self._leaf(kind)

    def _truth(self, of: Made) -> Expression:
        match self._random.randrange(20):
            case 0:
                return Not(of=of("bool"))
            case 1 | 2 | 3:
                return And(left=of("bool"), right=of("bool"))
            case 4 | 5 | 6:
                return Or(left=of("bool"), right=of("bool"))
            case 7 | 8:
                kind = self._any(KINDS)
                return Equal(left=of(kind), right=of(kind))
            case 9:
                kind = self._any(("long", "long", "datetime", "duration"))
                return Less(left=of(kind), right=of(kind), or_equal=self._chance(0.5))
            case 10 | 11:
                groups = SetOf(items=tuple(of("entity") for _ in range(self._random.randrange(3))))
                return In(left=of("entity"), right=self._any((of("entity"), groups)))
            case 12:
                return Has(of=of(self._any(("entity", "record"))), name=self._any(tuple(NAMES)))
            case 13:
                return Is(of=of("entity"), type=self._any(TYPES))
            case 14:
                return Like(
                    of=of("string"), parts=tuple(self._any(("", "a", "b", "*")) for _ in range(self._any((1, 2, 3))))
                )
            case 15:
                return Contains(set=of("set"), item=of(self._any(KINDS)))
            case 16:
                return self._any((ContainsAll, ContainsAny))(set=of("set"), other=of("set"))
            case 17:
                return self._any((IsEmpty(of=of("set")), HasTag(of=of("entity"), tag=of("string"))))
            case 18:
                methods = ("lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual")
                return Call(function=self._any(methods), arguments=(of("decimal"), of("decimal")))
        if self._chance(0.5):
            return Call(function="isInRange", arguments=(of("ip"), of("ip")))
        one = self._any(("isIpv4", "isIpv6", "isLoopback", "isMulticast"))
        return Call(function=one, arguments=(of("ip"), of("ip"))[: 1 + self._chance(0.03)])

    def _leaf(self, kind: Kind) -> Expression:
        owners: tuple[Name, ...] = ("principal", "resource", "context", "context")
        owner = Variable(name=self._any(owners))
        match kind:
            case "record" if self._chance(0.5):
                return Variable(name="context")
            case "entity" if self._chance(0.5):
                return Variable(name=self._any(("principal", "action", "resource")))
            case "set":
                pool = POOLS[self._any(("bool", "long", "string", "entity"))]
                return SetOf(items=tuple(Literal(value=self._any(pool)) for _ in range(self._random.randrange(3))))  # type: ignore[arg-type]
            case "record":
                return RecordOf(fields=tuple((name, self._leaf("long")) for name, _ in self._some_names()))
        if self._chance(0.5):
            return Attribute(of=owner, name=self._name(kind))
        if kind in MADE_BY:
            text = self._any(BAD_TEXTS) if self._chance(0.1) else self._any(POOLS[kind]).text  # type: ignore[union-attr]
            return Call(function=MADE_BY[kind], arguments=(Literal(value=text),))
        return Literal(value=self._any(POOLS[kind]))  # type: ignore[arg-type]

    def _scope(self, name: str, *, slots: bool) -> Scope:
        def place() -> Place:
            return Slot(name) if slots and self._chance(0.5) else self._any(UIDS)

        match self._random.randrange(8):
            case 0:
                return EqualTo(place())
            case 1:
                return Within(place())
            case 2:
                return OfType(self._any(TYPES))
            case 3:
                return OfType(self._any(TYPES), place())
        return ANYTHING

    def _action_scope(self) -> Scope:
        match self._random.randrange(6):
            case 0:
                return EqualTo(self._any(ACTIONS))
            case 1:
                return Within(self._any(ACTIONS))
            case 2:
                return WithinAny(tuple(action for action in ACTIONS if self._chance(0.6)))
        return ANYTHING

    def _fields(self) -> dict[str, Value]:
        strange = self._strange
        return {
            name: self.value("" if self._chance(strange) else kind)
            for name, kind in NAMES.items()
            if self._chance(0.75)
        }

    def _name(self, kind: Kind) -> str:
        return self._any([name for name, its in NAMES.items() if its == kind] or tuple(NAMES))

    def _some_names(self) -> list[tuple[str, Kind]]:
        return [(name, kind) for name, kind in NAMES.items() if self._chance(0.2)]

    def _any(self, among: Any) -> Any:
        return self._random.choice(among)

    def _chance(self, often: float) -> bool:
        return self._random.random() < often
