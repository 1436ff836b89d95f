"""A Python value is one of Cedar's, exactly, or none."""

from __future__ import annotations

import datetime
import decimal
import ipaddress
import uuid
from enum import Enum, StrEnum
from typing import Any

import pytest

from ringwall.caller import Caller
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.objects.cedar_value import cedar_value, is_entity
from ringwall.policy.objects.entity import SealedRead
from ringwall.policy.values.cedar_set import CedarSet
from ringwall.policy.values.datetime import Datetime
from ringwall.policy.values.decimal import Decimal
from ringwall.policy.values.duration import Duration
from ringwall.policy.values.evaluation_error import EvaluationError
from ringwall.policy.values.ip_address import IpAddress
from ringwall.policy.values.record import Record
from ringwall.secret import Secret


class Colour(StrEnum):
    RED = "red"


class Old(str, Enum):  # noqa: UP042  what programs of Python 3.10 wrote
    RED = "red"


class Odd(str, Enum):  # noqa: UP042
    RED = "red"

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = str.__hash__


class Text(str):
    """Might have an equality of its own."""


class Order:
    def __init__(self, id_: object = None) -> None:
        self.id = id_


UTC = datetime.UTC
EAST = datetime.timezone(datetime.timedelta(hours=2))


@pytest.mark.parametrize(
    ("value", "cedar"),
    [
        ("a", "a"),
        (True, True),
        (2**63 - 1, 2**63 - 1),
        (Colour.RED, "red"),
        (Old.RED, "red"),
        (["a", "a"], CedarSet(["a"])),
        ({1, 2}, CedarSet([2, 1])),
        ((), CedarSet()),
        ([[True], [1]], CedarSet([CedarSet([True]), CedarSet([1])])),
        ({"a": 1, "b": None}, Record({"a": 1})),
        (datetime.datetime(1970, 1, 1, 2, 0, 0, 999, EAST), Datetime(0)),
        (datetime.datetime(1969, 12, 31, 23, 59, 59, 999999, UTC), Datetime(-1)),
        (datetime.datetime(1, 1, 1, tzinfo=UTC), Datetime(-62_135_596_800_000)),
        (datetime.timedelta(days=-1, microseconds=1), Duration(-86_400_000)),
        (decimal.Decimal("1.25000000"), Decimal(12_500)),
        (decimal.Decimal("-0"), Decimal(0)),
        (decimal.Decimal("922337203685477.5807"), Decimal(2**63 - 1)),
        (ipaddress.ip_address("10.0.0.1"), IpAddress.parse("10.0.0.1")),
        (ipaddress.ip_interface("10.0.0.1/8"), IpAddress.parse("10.0.0.1/8")),
        (ipaddress.ip_network("10.0.0.0/8"), IpAddress.parse("10.0.0.0/8")),
        (ipaddress.ip_address("::1"), IpAddress.parse("::1")),
        (Order(17), EntityUid("Order", "17")),
        ([Order("a")], CedarSet([EntityUid("Order", "a")])),
        (Caller("ann"), EntityUid("Person", "ann")),
        (Caller("spiffe://x/shop", kind="service"), EntityUid("Service", "spiffe://x/shop")),
        (EntityUid("Role", "a"), EntityUid("Role", "a")),
        (Decimal(1), Decimal(1)),
    ],
)
def test_what_is_exact_is_taken(value: object, cedar: object) -> None:
    found = cedar_value(value)
    assert found.__class__ is cedar.__class__
    assert found == cedar


@pytest.mark.parametrize(
    "value",
    [
        *(None, 1.0, b"a", 2**63, -(2**63) - 1, 1j, print, range(3), Text("a"), Odd.RED, object, ...),
        *(uuid.UUID(int=1), datetime.date(2026, 1, 1), datetime.time(1)),
        datetime.datetime(2026, 1, 1),  # noqa: DTZ001
        *(decimal.Decimal("0.00001"), decimal.Decimal("NaN"), decimal.Decimal("Infinity")),
        *(decimal.Decimal("1E+999999"), decimal.Decimal("1E-999999"), decimal.Decimal("922337203685477.5808")),
        *(ipaddress.ip_address("fe80::1%eth0"), {1: "a"}, ["a", None], {"a": 1.5}, Order(), [Order()]),
    ],
)
def test_what_is_not_is_an_error(value: object) -> None:
    with pytest.raises(EvaluationError):
        cedar_value(value)


def test_a_secret_is_never_read() -> None:
    for value in (Secret("4111"), [Secret("4111")], {"card": Secret("4111")}):
        with pytest.raises(SealedRead):
            cedar_value(value)


def test_a_list_within_itself_is_an_error() -> None:
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(RecursionError):
        cedar_value(loop)


def test_an_entity_is_an_object_that_is_no_value() -> None:
    assert is_entity(Order())
    assert is_entity(Caller("ann"))
    for value in (None, 1, True, "a", [], {}, 1.5, datetime.datetime.now(UTC), Secret("a"), EntityUid("A", "b")):
        assert not is_entity(value)
