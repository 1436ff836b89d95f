"""What is written down: one thing that happened, and its canonical form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_encode = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, check_circular=False
).encode


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened.

    ``kind`` is ``room.verb`` (``token.issued``), ``at`` is wall time in seconds, ``actor`` is who did it (a caller's
    id, or empty for nobody), ``subject`` what it was done to. ``detail`` holds strings, whole numbers, booleans,
    ``None``, and lists and mappings of them; never a secret value.
    """

    kind: str
    at: float
    actor: str = ""
    subject: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def microseconds(self) -> int:
        """``at`` as whole microseconds since 1970-01-01 UTC, the unit in which it is stored."""
        return round(self.at * 1_000_000)

    def canonical(self) -> bytes:
        """The bytes that the chain covers: RFC 8785 restricted to values that need no number formatting.

        JSON in UTF-8 with sorted keys and no white space. Raises ``TypeError`` for a float or any other type in
        ``detail``, because two writers could spell it in two ways.
        """
        for value in self.detail.values():
            _check(value)
        return _encode(
            {
                "actor": self.actor,
                "at": self.microseconds,
                "detail": dict(self.detail),
                "kind": self.kind,
                "subject": self.subject,
            }
        ).encode()


def _check(value: object) -> None:
    kind = type(value)
    if kind is str or kind is int or kind is bool or value is None:
        return
    if kind is list or kind is tuple:
        for member in value:  # type: ignore[attr-defined]
            _check(member)
    elif kind is dict:
        for name, member in value.items():  # type: ignore[attr-defined]
            if type(name) is not str:
                raise TypeError("an audit event's names are strings")
            _check(member)
    else:
        raise TypeError(f"an audit event holds no {kind.__name__}; write it as a string or a whole number")
