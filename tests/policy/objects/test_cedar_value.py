"""A Python value is one of Cedar's, exactly, or none."""

from __future__ import annotations

import datetime
import decimal
import ipaddress
import uuid
from collections import OrderedDict
from enum import Enum, IntEnum, StrEnum
from types import MappingProxyType
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


class Moment(datetime.datetime): ...


class Span(datetime.timedelta): ...


class Price(decimal.Decimal): ...


class Hidden(Secret[str]): ...


class Number(int): ...


class Ratio(float): ...


class Raw(bytes): ...


class Level(IntEnum):
    HIGH = 3


class Plain(Enum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "cedar"),
    [
        (MappingProxyType({"a": 1, "b": None}), Record({"a": 1})),
        (OrderedDict(a=[1]), Record({"a": CedarSet([1])})),
        (Moment(1970, 1, 1, 0, 0, 1, tzinfo=UTC), Datetime(1000)),
        (Span(seconds=1), Duration(1000)),
        (Price("1.5"), Decimal(15_000)),
        (decimal.Decimal("1." + "0" * 200), Decimal(10_000)),
        (decimal.Decimal("0E-200"), Decimal(0)),
        (decimal.Decimal("-922337203685477.5808"), Decimal(-(2**63))),
        (ipaddress.ip_interface("::1/64"), IpAddress.parse("::1/64")),
        (ipaddress.ip_network("fe80::/10"), IpAddress.parse("fe80::/10")),
        (Order(0), EntityUid("Order", "0")),
    ],
)
def test_a_subclass_of_what_is_exact_is_taken_for_it(value: object, cedar: object) -> None:
    found = cedar_value(value)
    assert found.__class__ is cedar.__class__
    assert found == cedar


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "the attribute is absent"),
        (["a", None], "the attribute is absent"),
        (1.5, "a float is no value of Cedar"),
        (Number(1), "a Number is no value of Cedar"),
        (Ratio(1), "a Ratio is no value of Cedar"),
        (Raw(b"a"), "a Raw is no value of Cedar"),
        (Text("a"), "a Text is no value of Cedar"),
        (Odd.RED, "a Odd is no value of Cedar"),
        (Level.HIGH, "a Level is no value of Cedar"),
        (Plain.RED, "a Plain is no value of Cedar"),
        (uuid.UUID(int=1), "a UUID is no value of Cedar"),
        ({1: "a", "b": "c"}, "a record has names that are strings"),
        (datetime.datetime(2026, 1, 1), "a time without a zone is no moment"),  # noqa: DTZ001
        (decimal.Decimal("NaN"), "the number is no decimal of four digits in 64 bits"),
        (decimal.Decimal("1E+16"), "the number is no decimal of four digits in 64 bits"),
        (decimal.Decimal("1E+15"), "the number overflows 64 bits"),
        (decimal.Decimal("1E-64"), "the number 1E-64 has more than four digits after its point"),
        (decimal.Decimal("1E-65"), "the number is no decimal of four digits in 64 bits"),
        (decimal.Decimal("1E-5"), "the number 0.00001 has more than four digits after its point"),
        (decimal.Decimal("922337203685477.5808"), "the number overflows 64 bits"),
        (ipaddress.ip_address("fe80::1%eth0"), "the address fe80::1%eth0 has a zone"),
        (ipaddress.ip_interface("fe80::1%eth0/64"), "the address fe80::1%eth0/64 has a zone"),
        (ipaddress.ip_network("fe80::%eth0/64"), "the address fe80::%eth0 has a zone"),
        (Order(), "the Order has no key, so nothing tells which it is"),
    ],
)
def test_the_error_says_what_is_wrong(value: object, said: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        cedar_value(value)
    assert str(caught.value) == said


def test_no_kind_of_secret_is_read() -> None:
    with pytest.raises(SealedRead, match=r"^a Hidden is never read$"):
        cedar_value(Hidden("4111"))
    assert not is_entity(Hidden("4111"))
