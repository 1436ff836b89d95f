"""The functions of Cedar's extension types as terms of z3: milliseconds and ten-thousandths are plain integers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import z3

from ringwall.policy.comparison.symbolic.limit import Inexpressible
from ringwall.policy.comparison.symbolic.logic import every, no, same, truth
from ringwall.policy.comparison.symbolic.terms import bits, in_64_bits
from ringwall.policy.comparison.symbolic.texts import plain_text
from ringwall.policy.comparison.symbolic.value import Case, Scalar, Value, guarded, scalar
from ringwall.policy.schema.signatures import DATETIME, DECIMAL, DURATION, IPADDR, SIGNATURES
from ringwall.policy.schema.types import BOOL, LONG, STRING, Type
from ringwall.policy.values.datetime import Datetime
from ringwall.policy.values.decimal import Decimal
from ringwall.policy.values.duration import Duration
from ringwall.policy.values.evaluation_error import EvaluationError
from ringwall.policy.values.functions import CONSTRUCTORS
from ringwall.policy.values.ip_address import IpAddress

Terms = tuple[z3.ExprRef, ...]

_DAY = 86_400_000


def call(name: str, arguments: Sequence[Value]) -> Value:
    """``name(arguments…)``; no case where it errs. Raises ``Inexpressible``."""
    if name in CONSTRUCTORS:
        return _constructed(name, arguments)
    types, apply = SIGNATURES[name].takes, _APPLY[name]
    if len(types) != len(arguments):
        return ()
    found: list[Case] = []
    for first in arguments[0]:
        for second in arguments[1] if len(arguments) == 2 else (None,):
            met = [case for case in (first, second) if case is not None]
            parts = [case.what for case in met]
            scalars = [part for part in parts if isinstance(part, Scalar)]
            if [part.type for part in scalars] == list(types):
                found += guarded(every(case.when for case in met), apply(*(part.terms for part in scalars)))
    return tuple(found)


def _constructed(name: str, arguments: Sequence[Value]) -> Value:
    if len(arguments) != 1:
        return ()
    made: list[Case] = []
    for case in arguments[0]:
        if isinstance(case.what, Scalar) and case.what.type == STRING:
            text = case.what.terms[0]
            if not z3.is_string_value(text):
                raise Inexpressible(f"{name}(…) of a text that is not written out")
            made += guarded(case.when, _literal(name, plain_text(text)))
    return tuple(made)


def _literal(name: str, text: str) -> Value:
    try:
        value = CONSTRUCTORS[name](text)
    except EvaluationError:
        return ()
    match value:
        case Decimal():
            return scalar(DECIMAL, z3.IntVal(value.ten_thousandths))
        case Datetime():
            return scalar(DATETIME, z3.IntVal(value.milliseconds))
        case Duration():
            return scalar(DURATION, z3.IntVal(value.milliseconds))
    assert isinstance(value, IpAddress)
    return scalar(IPADDR, *_range(value))


def _range(value: IpAddress) -> Terms:
    v6 = value.address.version == 6
    return truth(v6), bits(int(value.address)), bits(value.prefix)


def bounded(type_: Type, result: z3.ArithRef) -> Value:
    """An integer, where it fits in 64 bits."""
    return (Case(in_64_bits(result), Scalar(type_, (result,))),)


def towards_zero(number: z3.ArithRef, by: int) -> z3.ArithRef:
    """The whole part of ``number / by``: z3's own division goes down."""
    return z3.If(number >= 0, number / by, -(-number / by))


def _in_range(one: Terms, other: Terms) -> z3.BoolRef:
    inside = z3.And(z3.ULE(_first(other), _first(one)), z3.ULE(_last(one), _last(other)))
    return every((same(one[0], other[0]), inside))


def _first(ip: Terms) -> z3.BitVecRef:
    return z3.simplify(ip[1] & ~_hosts(ip))


def _last(ip: Terms) -> z3.BitVecRef:
    return z3.simplify(ip[1] | _hosts(ip))


def _hosts(ip: Terms) -> z3.BitVecRef:
    v6, v4 = (z3.LShR(bits(ones), ip[2]) for ones in (-1, 2**32 - 1))
    return z3.If(ip[0], v6, v4)


def _in_any(ip: Terms, *ranges: str) -> Value:
    return scalar(BOOL, z3.Or([_in_range(ip, _range(IpAddress.parse(text))) for text in ranges]))


def _compared(compare: Callable[[z3.ArithRef, z3.ArithRef], z3.BoolRef]) -> Callable[[Terms, Terms], Value]:
    return lambda one, other: scalar(BOOL, compare(one[0], other[0]))


def _whole(unit: int) -> Callable[[Terms], Value]:
    return lambda duration: scalar(LONG, towards_zero(duration[0], unit))


_APPLY: dict[str, Callable[..., Value]] = {
    "lessThan": _compared(lambda a, b: a < b),
    "lessThanOrEqual": _compared(lambda a, b: a <= b),
    "greaterThan": _compared(lambda a, b: a > b),
    "greaterThanOrEqual": _compared(lambda a, b: a >= b),
    "offset": lambda a, b: bounded(DATETIME, a[0] + b[0]),
    "durationSince": lambda a, b: bounded(DURATION, a[0] - b[0]),
    "toDate": lambda a: bounded(DATETIME, a[0] - a[0] % _DAY),
    "toTime": lambda a: scalar(DURATION, a[0] % _DAY),
    "toMilliseconds": lambda a: scalar(LONG, a[0]),
    "toSeconds": _whole(1_000),
    "toMinutes": _whole(60_000),
    "toHours": _whole(3_600_000),
    "toDays": _whole(_DAY),
    "isIpv4": lambda a: scalar(BOOL, no(a[0])),
    "isIpv6": lambda a: scalar(BOOL, a[0]),
    "isLoopback": lambda a: _in_any(a, "127.0.0.0/8", "::1"),
    "isMulticast": lambda a: _in_any(a, "224.0.0.0/4", "ff00::/8"),
    "isInRange": lambda a, b: scalar(BOOL, _in_range(a, b)),
}
