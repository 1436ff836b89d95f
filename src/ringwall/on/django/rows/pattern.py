"""``like``: by GLOB on SQLite and LIKE on PostgreSQL, both byte for byte."""

from __future__ import annotations

from typing import Any

from ringwall.on.django.rows.column import bound
from ringwall.on.django.rows.sql import Sql

_MATCHES = "{0} GLOB {1}", "{0} LIKE {2} COLLATE \"C\" ESCAPE '\\'"
# GLOB would end at a NUL, so a text with one neither matches nor differs; PostgreSQL's text never has one.
_WITHOUT_NUL = "instr({0}, char(0)) = 0"


def matches(text: Any, parts: tuple[str, ...]) -> Sql:
    """Whether ``text`` is the parts with anything between them; NULL where it is NULL. No part holds a NUL."""
    return _asked(text, parts, "")


def differs(text: Any, parts: tuple[str, ...]) -> Sql:
    """The opposite."""
    return _asked(text, parts, "NOT ")


def _asked(text: Any, parts: tuple[str, ...], negation: str) -> Sql:
    glob = "*".join("".join(f"[{c}]" if c in "*?[" else c for c in part) for part in parts)
    like = "%".join("".join(f"\\{c}" if c in "%_\\" else c for c in part) for part in parts)
    on_sqlite, on_postgresql = (f"{negation}({shape})" for shape in _MATCHES)
    shapes = {"sqlite": f"{_WITHOUT_NUL} AND {on_sqlite}", "postgresql": on_postgresql}
    return Sql(shapes, text, bound(glob), bound(like))
