"""The functions of Cedar's extension types (Cedar 4.5), constructors and methods alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from ringwall.policy.values.datetime import Datetime
from ringwall.policy.values.decimal import Decimal
from ringwall.policy.values.duration import Duration
from ringwall.policy.values.evaluation_error import EvaluationError
from ringwall.policy.values.ip_address import IpAddress
from ringwall.policy.values.value import Value, expect

T = TypeVar("T", str, Decimal, Datetime, Duration, IpAddress)
U = TypeVar("U", Decimal, Datetime, Duration, IpAddress)


class Function(NamedTuple):
    """``apply`` takes the values of as many arguments as there are ``takes``, and raises ``EvaluationError``."""

    takes: tuple[type, ...]
    apply: Callable[..., Value]


def call(name: str, arguments: Sequence[Value]) -> Value:
    """``name(arguments…)``. Raises ``EvaluationError`` for a wrong number of arguments, or of a wrong type."""
    function = FUNCTIONS[name]
    takes = len(function.takes)
    if len(arguments) != takes:
        raise EvaluationError(f"{name} takes {takes} argument{'s' * (takes > 1)}, and {len(arguments)} came")
    return function.apply(*arguments)


def _of_one(kind: type[T], apply: Callable[[T], Value]) -> Function:
    return Function((kind,), lambda a: apply(expect(kind, a)))


def _of_two(kind: type[T], other: type[U], apply: Callable[[T, U], Value]) -> Function:
    def checked(a: Any, b: Any) -> Value:
        return apply(expect(kind, a), expect(other, b))

    return Function((kind, other), checked)


CONSTRUCTORS: Mapping[str, Callable[[str], Value]] = {
    "decimal": Decimal.parse,
    "datetime": Datetime.parse,
    "duration": Duration.parse,
    "ip": IpAddress.parse,
}

FUNCTIONS: Mapping[str, Function] = {
    **{name: _of_one(str, parse) for name, parse in CONSTRUCTORS.items()},
    "lessThan": _of_two(Decimal, Decimal, lambda a, b: a < b),
    "lessThanOrEqual": _of_two(Decimal, Decimal, lambda a, b: a <= b),
    "greaterThan": _of_two(Decimal, Decimal, lambda a, b: a > b),
    "greaterThanOrEqual": _of_two(Decimal, Decimal, lambda a, b: a >= b),
    "offset": _of_two(Datetime, Duration, Datetime.offset),
    "durationSince": _of_two(Datetime, Datetime, Datetime.since),
    "toDate": _of_one(Datetime, Datetime.to_date),
    "toTime": _of_one(Datetime, Datetime.to_time),
    "toMilliseconds": _of_one(Duration, lambda a: a.milliseconds),
    "toSeconds": _of_one(Duration, Duration.to_seconds),
    "toMinutes": _of_one(Duration, Duration.to_minutes),
    "toHours": _of_one(Duration, Duration.to_hours),
    "toDays": _of_one(Duration, Duration.to_days),
    "isIpv4": _of_one(IpAddress, lambda a: a.address.version == 4),
    "isIpv6": _of_one(IpAddress, lambda a: a.address.version == 6),
    "isLoopback": _of_one(IpAddress, IpAddress.is_loopback),
    "isMulticast": _of_one(IpAddress, IpAddress.is_multicast),
    "isInRange": _of_two(IpAddress, IpAddress, IpAddress.is_in_range),
}
