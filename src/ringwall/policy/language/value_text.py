"""A value as Cedar text, which reads back as the same value."""

from __future__ import annotations

from ringwall.policy.entity_uid import EntityUid, quoted
from ringwall.policy.language.vocabulary import is_name
from ringwall.policy.values.cedar_set import CedarSet
from ringwall.policy.values.duration import Duration
from ringwall.policy.values.record import Record
from ringwall.policy.values.value import Value


def value_text(value: Value) -> str:
    """``["a", "b"]``, ``{ level: 3 }``, ``datetime("2026-11-24T00:00:00.000Z")``."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return quoted(value)
        case EntityUid() | int():
            return str(value)
        case CedarSet():
            return f"[{', '.join(sorted(value_text(item) for item in value))}]"
        case Record():
            return record_text(value)
        case Duration():
            return f'duration("{_duration(value.milliseconds)}")'
    return str(value)


def record_text(record: Record) -> str:
    """``{ level: 3 }``; ``{}`` where it is empty."""
    fields = [f"{name if is_name(name) else quoted(name)}: {value_text(value)}" for name, value in record.items()]
    return f"{{ {', '.join(fields)} }}" if fields else "{}"


def _duration(milliseconds: int) -> str:
    """``9h30m``: the units that are not zero."""
    parts, left = [], abs(milliseconds)
    for unit, size in _UNITS:
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count}{unit}")
    return ("-" if milliseconds < 0 else "") + ("".join(parts) or "0ms")


_UNITS = (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1))
