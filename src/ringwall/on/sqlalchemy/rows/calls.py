"""The functions of Cedar's extension types, on terms of SQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from ringwall.on.rows.kind import Kind
from ringwall.on.sqlalchemy.rows.arithmetic import computed

_DAY = 86_400_000


def answered(function: str, kinds: Sequence[Kind | str | None], sql: Sequence[Any]) -> tuple[Any, Any] | None:
    """What makes a question true and what makes it false; ``None`` where its arguments are of wrong types."""
    wanted, ask = _QUESTIONS[function]
    if tuple(kinds) != wanted:
        return None
    found = ask(*sql)
    return found, sa.not_(found)


def made(function: str, kinds: Sequence[Kind | str | None], sql: Sequence[Any]) -> tuple[Kind, Any] | None:
    """The kind and the term of what a function returns; ``None`` where its arguments are of wrong types."""
    wanted, kind, make = _VALUES[function]
    return (kind, make(*sql)) if tuple(kinds) == wanted else None


def is_question(function: str) -> bool:
    """Whether a function answers with a bool."""
    return function in _QUESTIONS


def is_value(function: str) -> bool:
    """Whether a function of columns can be told in SQL."""
    return function in _VALUES


def _in_range(address: Any, of: Any) -> Any:
    return address.op("<<=", is_comparison=True)(of)


def _one_of(*ranges: str) -> Callable[[Any], Any]:
    def ask(address: Any) -> Any:
        each = [_in_range(address, sa.cast(sa.literal(one, sa.String()), postgresql.INET)) for one in ranges]
        return sa.or_(*each)

    return ask


def _time_of_day(moment: Any) -> Any:
    return ((moment % _DAY) + _DAY) % _DAY


def _in_units(milliseconds: int) -> Callable[[Any], Any]:
    # Both databases divide whole numbers towards zero, as Cedar does.
    return lambda duration: sa.cast(duration, sa.BigInteger()).op("/")(sa.literal(milliseconds, sa.BigInteger()))


_QUESTIONS: Mapping[str, tuple[tuple[Kind, ...], Callable[..., Any]]] = {
    "lessThan": (("decimal", "decimal"), lambda a, b: a < b),
    "lessThanOrEqual": (("decimal", "decimal"), lambda a, b: a <= b),
    "greaterThan": (("decimal", "decimal"), lambda a, b: a > b),
    "greaterThanOrEqual": (("decimal", "decimal"), lambda a, b: a >= b),
    "isIpv4": (("ip",), lambda a: sa.func.family(a) == 4),
    "isIpv6": (("ip",), lambda a: sa.func.family(a) == 6),
    "isLoopback": (("ip",), _one_of("127.0.0.0/8", "::1/128")),
    "isMulticast": (("ip",), _one_of("224.0.0.0/4", "ff00::/8")),
    "isInRange": (("ip", "ip"), _in_range),
}
_VALUES: Mapping[str, tuple[tuple[Kind, ...], Kind, Callable[..., Any]]] = {
    "offset": (("datetime", "duration"), "datetime", lambda a, b: computed("+", a, b)),
    "durationSince": (("datetime", "datetime"), "duration", lambda a, b: computed("-", a, b)),
    "toDate": (("datetime",), "datetime", lambda a: computed("-", a, _time_of_day(a))),
    "toTime": (("datetime",), "duration", _time_of_day),
    "toMilliseconds": (("duration",), "long", lambda a: a),
    "toSeconds": (("duration",), "long", _in_units(1_000)),
    "toMinutes": (("duration",), "long", _in_units(60_000)),
    "toHours": (("duration",), "long", _in_units(3_600_000)),
    "toDays": (("duration",), "long", _in_units(_DAY)),
}
