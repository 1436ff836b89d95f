"""One request and the entities around it, for the tests of this folder; some values stand at the edge of their kind."""

from __future__ import annotations

from ringwall.policy.entities.entities import Entities
from ringwall.policy.entities.entity import Entity
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.evaluation.request import Request
from ringwall.policy.explanation.entity_world import EntityWorld
from ringwall.policy.values.cedar_set import CedarSet
from ringwall.policy.values.datetime import Datetime
from ringwall.policy.values.decimal import Decimal
from ringwall.policy.values.duration import Duration
from ringwall.policy.values.ip_address import IpAddress
from ringwall.policy.values.long import LARGEST, SMALLEST
from ringwall.policy.values.record import Record
from ringwall.policy.values.value import Value

ANN, PLAN, READ, SEA = EntityUid("P", "ann"), EntityUid("D", "plan"), EntityUid("Action", "read"), EntityUid("T", "sea")
PERSON: dict[str, Value] = {
    "level": 1,
    "groups": CedarSet(["a", "b"]),
    "ip": IpAddress.parse("::2"),
    "big": LARGEST,
    "small": SMALLEST,
    "last": Duration(LARGEST),
    "first": Datetime(-LARGEST),
    "most": Decimal(LARGEST),
}
DOC: dict[str, Value] = {
    "owner": ANN,
    "open": False,
    "name": "x",
    "info": Record({"n": 1}),
    "least": Decimal(SMALLEST),
}
REQUEST = Request(ANN, READ, PLAN, Record({"vip": False, "at": Record({"home": True})}))
ENTITIES = Entities([Entity(ANN, PERSON, [SEA]), Entity(PLAN, DOC, tags={"team": "red"})])
WORLD = EntityWorld(REQUEST, ENTITIES)
