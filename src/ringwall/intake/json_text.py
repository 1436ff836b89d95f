"""JSON that is safe to parse: bounded in depth, each key once, UTF-8, no ``NaN`` (RFC 8259, as I-JSON restricts it)."""

from __future__ import annotations

import json
import re
from typing import Any

from ringwall.errors import Invalid

_ESCAPE = re.compile(rb"\\.", re.DOTALL)
_BEFORE_JSON = b" \t\r\n\0\xef\xbb\xbf\xff\xfe"
_NOT_STRUCTURE = bytes(set(range(256)) - set(b'"[]{}'))


def parse(text: bytes, depth: int) -> Any:
    """The value. ``depth`` is how many levels of arrays and objects there may be.

    Raises ``Invalid`` (400): not JSON, too deep, a key twice in one object, not UTF-8, a number that is none.
    """
    if nesting(text) > depth:
        raise Invalid(f"the JSON is nested more than {depth} levels deep")
    try:
        return json.loads(text.decode(), object_pairs_hook=_each_key_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Invalid("the body is not valid JSON") from error


def nesting(text: bytes) -> int:
    """How many levels deep the arrays and objects in ``text`` are, found without parsing it."""
    if b"[" not in text and b"{" not in text:
        return 0
    outside_strings = _ESCAPE.sub(b"", text).translate(None, _NOT_STRUCTURE).split(b'"')[::2]
    deepest = level = 0
    for sign in b"".join(outside_strings):
        # "[" and "{" are 0x5b and 0x7b, "]" and "}" are 0x5d and 0x7d.
        if sign & 0x0F == 0x0B:
            level += 1
            deepest = max(deepest, level)
        else:
            level -= 1
    return deepest


def may_be_json(content_type: str, start: bytes) -> bool:
    """Whether somebody may parse the body as JSON: its type says so, or it has no type and begins like JSON, in any
    of JSON's encodings. So may what begins with nothing but white space."""
    return is_json(content_type) if content_type else start.lstrip(_BEFORE_JSON)[:1] in (b"{", b"[", b'"', b"")


def is_json(content_type: str) -> bool:
    """Whether a ``Content-Type`` value says JSON: ``application/json``, or any ``…+json`` (RFC 6839)."""
    kind = content_type.partition(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json")


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Invalid("the JSON has the same key twice in one object")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(name)
