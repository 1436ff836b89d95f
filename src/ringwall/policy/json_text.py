"""JSON text that someone wrote by hand: schemas, entities and policies in files."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from ringwall.errors import Misconfigured


def json_from_text(text: str, *, where: str = "") -> Any:
    """What the text says. Raises ``Misconfigured`` for what is no JSON (``NaN`` is none), for an object with one key
    twice, whose second value would silently count, and for nesting that Python does not read.
    """
    try:
        return json.loads(text, object_pairs_hook=_each_key_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Misconfigured(f"not valid JSON: {_shortly(error)}", where=where) from None


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        (twice, _), *_ = Counter(key for key, _ in pairs).most_common(1)
        raise ValueError(f"the key {twice[:40]!r} stands twice in one object")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"there is no {name} in JSON")


def _shortly(error: Exception) -> str:
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)[:1].lower() + str(error)[1:]
