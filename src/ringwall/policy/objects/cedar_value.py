"""A Python value as Cedar's: decided exactly, or not at all."""

from __future__ import annotations

import datetime
import decimal
import ipaddress
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any

from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.objects.entity import SealedRead, entity_uid
from ringwall.policy.values.cedar_set import CedarSet
from ringwall.policy.values.datetime import Datetime
from ringwall.policy.values.decimal import Decimal
from ringwall.policy.values.duration import Duration
from ringwall.policy.values.evaluation_error import EvaluationError
from ringwall.policy.values.ip_address import IpAddress
from ringwall.policy.values.long import in_64_bits
from ringwall.policy.values.record import Record
from ringwall.policy.values.value import Value
from ringwall.secret import Secret

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_MILLISECOND = datetime.timedelta(milliseconds=1)
_SMALLEST_EXPONENT = -64  # of a decimal that is looked at: what is finer cannot be exact, and costs memory
_PLAIN_MODULES = frozenset({"builtins", "datetime", "decimal", "fractions", "pathlib", "uuid", "ipaddress"})


def cedar_value(value: Any) -> Value:
    """The value of one attribute. An object is the entity that it stands for.

    A list, tuple or set is a set; a dictionary with text keys a record, without those that are ``None``; a string that
    is a member of an ``Enum`` its value; a time with a zone, and a timedelta, are rounded down to Cedar's milliseconds.
    Raises ``EvaluationError`` for everything else: ``None`` (absent), a float, bytes, a time without a zone, a number
    that Cedar's 64 bits or four decimals do not hold; ``SealedRead`` for a secret.
    """
    kind = value.__class__
    if kind is str or kind is bool:
        return value  # type: ignore[no-any-return]
    if kind is int:
        return in_64_bits(value)
    convert = _CONVERSIONS.get(kind) or _conversion(kind)
    return convert(value)


def is_entity(value: object) -> bool:
    """Whether an object stands for an entity, key or no key, and has attributes that can be read."""
    kind = value.__class__
    return (_CONVERSIONS.get(kind) or _conversion(kind)) is entity_uid


def _conversion(kind: type) -> Callable[[Any], Value]:
    """How values of a class are converted. Subclasses are taken for what they are, but not those of plain values."""
    if issubclass(kind, Enum) and issubclass(kind, str) and kind.__eq__ is str.__eq__:
        return _member
    for base in (Secret, datetime.datetime, datetime.timedelta, decimal.Decimal, Mapping):
        if issubclass(kind, base):
            return _CONVERSIONS[base]
    if kind.__module__ in _PLAIN_MODULES or issubclass(kind, (str, int, float, bytes, Enum)):
        return _none
    return entity_uid


def _itself(value: Value) -> Value:
    return value


def _none(value: object) -> Value:
    raise EvaluationError(f"a {type(value).__name__} is no value of Cedar")


def _absent(_: None) -> Value:
    raise EvaluationError("the attribute is absent")


def _secret(value: object) -> Value:
    raise SealedRead(f"a {type(value).__name__} is never read")


def _member(member: Any) -> Value:
    value: str = member.value
    return value


def _set(values: Any) -> CedarSet:
    return CedarSet(map(cedar_value, values))


def _record(values: Mapping[Any, Any]) -> Record:
    if not all(name.__class__ is str for name in values):
        raise EvaluationError("a record has names that are strings")
    return Record({name: cedar_value(value) for name, value in values.items() if value is not None})


def _datetime(value: datetime.datetime) -> Datetime:
    if value.utcoffset() is None:
        raise EvaluationError("a time without a zone is no moment")
    return Datetime((value - _EPOCH) // _MILLISECOND)


def _duration(value: datetime.timedelta) -> Duration:
    return Duration(value // _MILLISECOND)


def _decimal(value: decimal.Decimal) -> Decimal:
    if not value.is_finite() or value.adjusted() > 15 or value.normalize().as_tuple().exponent < _SMALLEST_EXPONENT:  # type: ignore[operator]
        raise EvaluationError("the number is no decimal of four digits in 64 bits")
    numerator, denominator = value.as_integer_ratio()
    amount, rest = divmod(numerator * 10**4, denominator)
    if rest:
        raise EvaluationError(f"the number {value} has more than four digits after its point")
    return Decimal(in_64_bits(amount))


def _address(value: ipaddress.IPv4Address | ipaddress.IPv6Address) -> IpAddress:
    return _within(value, value.max_prefixlen)


def _interface(value: ipaddress.IPv4Interface | ipaddress.IPv6Interface) -> IpAddress:
    _within(value, value.max_prefixlen)  # its ``ip`` would no longer tell the zone
    return _within(value.ip, value.network.prefixlen)


def _network(value: ipaddress.IPv4Network | ipaddress.IPv6Network) -> IpAddress:
    return _within(value.network_address, value.prefixlen)


def _within(address: ipaddress.IPv4Address | ipaddress.IPv6Address, prefix: int) -> IpAddress:
    if isinstance(address, ipaddress.IPv6Address) and address.scope_id is not None:
        raise EvaluationError(f"the address {address} has a zone")
    return IpAddress(address, prefix)


_CONVERSIONS: dict[type, Callable[[Any], Value]] = {
    **dict.fromkeys((EntityUid, CedarSet, Record, Decimal, Datetime, Duration, IpAddress), _itself),
    **dict.fromkeys((list, tuple, set, frozenset), _set),
    **dict.fromkeys((ipaddress.IPv4Address, ipaddress.IPv6Address), _address),
    **dict.fromkeys((ipaddress.IPv4Interface, ipaddress.IPv6Interface), _interface),
    **dict.fromkeys((ipaddress.IPv4Network, ipaddress.IPv6Network), _network),
    type(None): _absent,
    dict: _record,
    Mapping: _record,
    Secret: _secret,
    datetime.datetime: _datetime,
    datetime.timedelta: _duration,
    decimal.Decimal: _decimal,
}
