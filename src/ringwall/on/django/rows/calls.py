"""The functions of Cedar's extension types, on terms of SQL; those of addresses are not among them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ringwall.on.django.rows.arithmetic import computed
from ringwall.on.django.rows.sql import Sql
from ringwall.on.rows.kind import Kind

QUESTIONS: Mapping[str, tuple[str, str]] = {
    "lessThan": ("{} < {}", "{} >= {}"),
    "lessThanOrEqual": ("{} <= {}", "{} > {}"),
    "greaterThan": ("{} > {}", "{} <= {}"),
    "greaterThanOrEqual": ("{} >= {}", "{} < {}"),
}
"""What is asked of two decimals: the shape that makes it true, and the one that makes it false."""

_DAY = 86_400_000


def _time_of_day(moment: Any) -> Sql:
    return Sql(f"mod(mod({{}}, {_DAY}) + {_DAY}, {_DAY})", moment)


def _in_units(milliseconds: int) -> Callable[[Any], Sql]:
    # Whole numbers are divided towards zero, as in Cedar.
    return lambda duration: Sql(f"CAST({{}} AS bigint) / {milliseconds}", duration)


VALUES: Mapping[str, tuple[Sequence[Kind], Kind, Callable[..., Any]]] = {
    "offset": (["datetime", "duration"], "datetime", lambda a, b: computed("+", a, b)),
    "durationSince": (["datetime", "datetime"], "duration", lambda a, b: computed("-", a, b)),
    "toDate": (["datetime"], "datetime", lambda a: computed("-", a, _time_of_day(a))),
    "toTime": (["datetime"], "duration", _time_of_day),
    "toMilliseconds": (["duration"], "long", lambda a: a),
    "toSeconds": (["duration"], "long", _in_units(1_000)),
    "toMinutes": (["duration"], "long", _in_units(60_000)),
    "toHours": (["duration"], "long", _in_units(3_600_000)),
    "toDays": (["duration"], "long", _in_units(_DAY)),
}
"""The functions that make a value: of which kinds, of which kind, and how."""
