"""Of which kind a value in a condition about a row is: a type of Cedar, or one that SQL may compare otherwise."""

from __future__ import annotations

from typing import Literal, TypeAlias

from ringwall.policy.values.datetime import Datetime
from ringwall.policy.values.decimal import Decimal
from ringwall.policy.values.duration import Duration
from ringwall.policy.values.ip_address import IpAddress

Kind: TypeAlias = Literal["string", "long", "bool", "decimal", "datetime", "duration", "ip", "set", "other"]


def kind_of(value: object) -> Kind | None:
    """The kind of a known value; ``None`` for one that Cedar does not have."""
    kind = _KNOWN.get(value.__class__)
    return None if kind == "long" and not -_LONGEST <= value < _LONGEST else kind  # type: ignore[operator]


_LONGEST = 2**63
_KNOWN: dict[type, Kind] = {
    str: "string",
    int: "long",
    bool: "bool",
    Decimal: "decimal",
    Datetime: "datetime",
    Duration: "duration",
    IpAddress: "ip",
}
