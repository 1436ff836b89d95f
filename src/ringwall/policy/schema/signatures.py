"""What each function of Cedar's extension types takes and gives (Cedar 4.5)."""

from __future__ import annotations

from typing import NamedTuple

from ringwall.policy.schema.types import BOOL, LONG, STRING, ExtensionType, Type

DECIMAL, IPADDR = ExtensionType("decimal"), ExtensionType("ipaddr")
DATETIME, DURATION = ExtensionType("datetime"), ExtensionType("duration")


class Signature(NamedTuple):
    """The types of the arguments, the receiver of a method first, and of the result."""

    takes: tuple[Type, ...]
    gives: Type


SIGNATURES: dict[str, Signature] = {
    "decimal": Signature((STRING,), DECIMAL),
    "ip": Signature((STRING,), IPADDR),
    "datetime": Signature((STRING,), DATETIME),
    "duration": Signature((STRING,), DURATION),
    "lessThan": Signature((DECIMAL, DECIMAL), BOOL),
    "lessThanOrEqual": Signature((DECIMAL, DECIMAL), BOOL),
    "greaterThan": Signature((DECIMAL, DECIMAL), BOOL),
    "greaterThanOrEqual": Signature((DECIMAL, DECIMAL), BOOL),
    "isIpv4": Signature((IPADDR,), BOOL),
    "isIpv6": Signature((IPADDR,), BOOL),
    "isLoopback": Signature((IPADDR,), BOOL),
    "isMulticast": Signature((IPADDR,), BOOL),
    "isInRange": Signature((IPADDR, IPADDR), BOOL),
    "offset": Signature((DATETIME, DURATION), DATETIME),
    "durationSince": Signature((DATETIME, DATETIME), DURATION),
    "toDate": Signature((DATETIME,), DATETIME),
    "toTime": Signature((DATETIME,), DURATION),
    "toMilliseconds": Signature((DURATION,), LONG),
    "toSeconds": Signature((DURATION,), LONG),
    "toMinutes": Signature((DURATION,), LONG),
    "toHours": Signature((DURATION,), LONG),
    "toDays": Signature((DURATION,), LONG),
}
