"""Times and spans as Go writes them, because that is what Vault's clients read."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PART = re.compile(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d)")
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
LONGEST = 100 * 365 * 86400
"""The longest span, in seconds, that anybody may ask for."""

_LONGEST_TEXT = 64


def stamp(micros: int | None) -> str:
    """Microseconds since 1970 in RFC 3339, without trailing zeros; empty for ``None``."""
    if micros is None:
        return ""
    moment = _EPOCH + timedelta(microseconds=micros)
    fraction = f".{moment.microsecond:06}".rstrip("0").rstrip(".")
    return f"{moment:%Y-%m-%dT%H:%M:%S}{fraction}Z"


def span(seconds: int) -> str:
    """Seconds as ``1h0m0s``."""
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    if hours:
        return f"{sign}{hours}h{minutes}m{left}s"
    return f"{sign}{minutes}m{left}s" if minutes else f"{sign}{left}s"


def parse_duration(text: str) -> int:
    """``90``, ``90s``, ``1h30m``, ``30d`` as whole seconds. Raises ``ValueError``."""
    if len(text) > _LONGEST_TEXT:  # the search for its parts takes the square of its length
        raise ValueError(f'time: invalid duration "{_shown(text)}"')
    bare = text.strip()
    negative = bare.startswith("-")
    body = bare.lstrip("+-") if bare[:1] in ("+", "-") else bare
    if not body:
        if not bare:
            return 0
        raise ValueError(f'time: invalid duration "{_shown(text)}"')
    if body.isascii() and body.isdigit():
        total = float(body) if len(body) < 16 else LONGEST + 1.0
    else:
        parts = _PART.findall(body)
        if "".join(number + unit for number, unit in parts) != body:
            raise ValueError(f'time: invalid duration "{_shown(text)}"')
        total = sum(float(number) * _SECONDS[unit] for number, unit in parts)
    if total > LONGEST:
        raise ValueError(f'time: invalid duration "{_shown(text)}"')
    return int(-total if negative else total)


def _shown(text: str) -> str:
    return text[:_LONGEST_TEXT]
