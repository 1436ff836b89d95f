"""Random worlds of Cedar's entities, and the same worlds as Python objects."""

from __future__ import annotations

import datetime
import decimal
import ipaddress
import random
from dataclasses import replace
from typing import Any, NamedTuple

from tests.policy.random_cedar import ACTIONS, UIDS, RandomCedar

from ringwall.caller import Caller
from ringwall.policy.actions import groups_of
from ringwall.policy.entities.entities import Entities
from ringwall.policy.entities.entity import Entity
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.evaluation.request import Request
from ringwall.policy.objects.context import Context
from ringwall.policy.policy import Policy
from ringwall.policy.scope import ANYTHING, EqualTo, OfType, Within
from ringwall.policy.values.cedar_set import CedarSet
from ringwall.policy.values.datetime import Datetime
from ringwall.policy.values.decimal import Decimal
from ringwall.policy.values.duration import Duration
from ringwall.policy.values.ip_address import IpAddress
from ringwall.policy.values.record import Record
from ringwall.policy.values.value import Value

ANN = EntityUid("Person", "ann")
SHOP = EntityUid("Service", "spiffe://ringwall.internal/shop")
PRINCIPALS = (
    *(ANYTHING, ANYTHING, EqualTo(ANN), EqualTo(EntityUid("Person", "sue")), OfType("Person"), OfType("Service")),
    *(Within(EntityUid("Role", "a")), Within(EntityUid("Role", "b")), OfType("Person", EntityUid("Role", "a"))),
)


class World(NamedTuple):
    """One question, asked both ways; ``objects`` has every entity but the caller."""

    policies: tuple[Policy, ...]
    caller: Caller
    objects: dict[EntityUid, Any]
    context: Context
    request: Request
    entities: Entities


def world(seed: int) -> World:
    """A caller, objects below others, and policies that read them."""
    rng, cedar = random.Random(seed), RandomCedar(seed)
    case = cedar.case(6, 1)
    policies = tuple(replace(policy, principal=rng.choice(PRINCIPALS)) for policy in case.policies)
    claims = dict(rng.choice(list(case.entities.values())).attributes) if case.entities else {}
    roles = frozenset(role for role in "abc" if rng.random() < 0.4)
    context = Context(rng.choice((None, 0.0, 1.7e9)), rng.choice(("", "10.0.0.1", "::1", "unix:/run/x")))
    actor = Caller(SHOP.id, kind="service") if rng.random() < 0.3 else None
    each = [entity for entity in case.entities.values() if entity.uid.type != "Action"]
    actions = [Entity(uid, parents=[EntityUid("Action", group) for group in groups_of(uid.id)]) for uid in ACTIONS]
    own: dict[str, Value] = {"id": ANN.id, "kind": "person", "proof": "test", "issuer": ""}
    ann = Entity(ANN, {**claims, **own}, [EntityUid("Role", role) for role in roles])
    objects = _objects(each, rng)
    caller = Caller("ann", roles=roles, attributes={n: python(v, objects, rng) for n, v in claims.items()}, actor=actor)
    around: dict[str, Value] = {"actor": SHOP} if actor else {}
    if context.time is not None:
        around["time"] = Datetime(int(context.time) * 1000)
    if context.ip in ("10.0.0.1", "::1"):
        around["ip"] = IpAddress.parse(context.ip)
    resource = rng.choice([entity.uid for entity in each] or UIDS[:1])
    objects.setdefault(resource, _bare(resource))
    request = Request(ANN, ACTIONS[0], resource, Record(around))
    return World(policies, caller, objects, context, request, Entities([*each, *actions, ann]))


def python(value: Value, objects: dict[EntityUid, Any], rng: random.Random) -> Any:
    """The value as a program would hold it; sometimes as Cedar does."""
    if isinstance(value, EntityUid):
        return objects.get(value, value)
    if isinstance(value, CedarSet):
        return [python(member, objects, rng) for member in value]
    if isinstance(value, Record):
        return {name: python(field, objects, rng) for name, field in value.items()} | {"nothing": None}
    if rng.random() < 0.2:
        return value
    match value:
        case Decimal():
            return decimal.Decimal(value.ten_thousandths).scaleb(-4)
        case Duration() if abs(value.milliseconds) < 2**50:
            return datetime.timedelta(milliseconds=value.milliseconds)
        case Datetime() if abs(value.milliseconds) < 2**45:
            epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
            # What is finer than a millisecond is not looked at, before 1970 either.
            return epoch + datetime.timedelta(milliseconds=value.milliseconds, microseconds=rng.choice((0, 999)))
        case IpAddress():
            return ipaddress.ip_interface(value.text)
    return value


def _objects(entities: list[Entity], rng: random.Random) -> dict[EntityUid, Any]:
    objects = {entity.uid: _bare(entity.uid) for entity in entities}
    for entity in entities:
        made = vars(objects[entity.uid])
        made.update({name: python(value, objects, rng) for name, value in entity.attributes.items()})
        made["above"] = [objects.get(parent, parent) for parent in entity.parents]
        made["labels"] = {name: python(value, objects, rng) for name, value in entity.tags.items()} or None
    return objects


def _bare(uid: EntityUid) -> Any:
    made = type(uid.type, (), {"__cedar_parents__": ("above",), "__cedar_tags__": "labels"})()
    made.id, made.above, made.labels = uid.id, None, None
    return made
