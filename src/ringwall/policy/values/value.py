"""The values of Cedar 4.5, and the questions that any two of them can be asked."""

from __future__ import annotations

from typing import Any, TypeAlias, TypeVar

from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.values.cedar_set import CedarSet
from ringwall.policy.values.datetime import Datetime
from ringwall.policy.values.decimal import Decimal
from ringwall.policy.values.duration import Duration
from ringwall.policy.values.evaluation_error import EvaluationError
from ringwall.policy.values.ip_address import IpAddress
from ringwall.policy.values.record import Record

Value: TypeAlias = bool | int | str | EntityUid | CedarSet | Record | Decimal | Datetime | Duration | IpAddress
T = TypeVar("T", bool, int, str, EntityUid, CedarSet, Record, Decimal, Datetime, Duration, IpAddress)

_KINDS: dict[type, str] = {
    bool: "a bool",
    int: "a long",
    str: "a string",
    EntityUid: "an entity",
    CedarSet: "a set",
    Record: "a record",
    Decimal: "a decimal",
    Datetime: "a datetime",
    Duration: "a duration",
    IpAddress: "an ipaddr",
}


def kind_of(value: object) -> str:
    """The Cedar type of a value, with its article: ``a long``."""
    return _KINDS.get(value.__class__, value.__class__.__name__)


def expect(kind: type[T], value: Any) -> T:
    """``value``, which must be of this very type: ``True`` is no long. Raises ``EvaluationError``."""
    if value.__class__ is kind:
        return value
    raise EvaluationError(f"{_KINDS[kind]} is needed, and {kind_of(value)} came")


def equal(left: object, right: object) -> bool:
    """``left == right``: values of two types are never equal, ``True`` and ``1`` included."""
    return left.__class__ is right.__class__ and left == right
