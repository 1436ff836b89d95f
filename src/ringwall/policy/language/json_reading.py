"""Reading decoded JSON whose every surprise is one error with the path where it stands."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from ringwall.errors import Misconfigured
from ringwall.policy.language.hints import nearest


def read_object(
    value: object, path: str, allowed: Collection[str] | None = None, required: Collection[str] = ()
) -> dict[str, Any]:
    """A JSON object, with these names and no others. Raises ``Misconfigured``."""
    if not isinstance(value, dict) or not all(isinstance(name, str) for name in value):
        raise Misconfigured(f"{_kind(value)} stands where an object belongs", where=path)
    for name in value:
        if allowed is not None and name not in allowed:
            hint = nearest(name, allowed, otherwise=f"it may have {', '.join(sorted(allowed))}")
            raise Misconfigured(f"`{name}` is not known here", where=path, hint=hint)
    for name in required:
        if name not in value:
            raise Misconfigured(f"`{name}` is missing", where=path)
    return value


def read_list(value: object, path: str) -> list[Any]:
    """A JSON array. Raises ``Misconfigured``."""
    if not isinstance(value, list):
        raise Misconfigured(f"{_kind(value)} stands where an array belongs", where=path)
    return value


def read_string(value: object, path: str) -> str:
    """A JSON string. Raises ``Misconfigured``."""
    if not isinstance(value, str):
        raise Misconfigured(f"{_kind(value)} stands where a string belongs", where=path)
    return value


def read_bool(value: object, path: str) -> bool:
    """``true`` or ``false``. Raises ``Misconfigured``."""
    if not isinstance(value, bool):
        raise Misconfigured(f"{_kind(value)} stands where true or false belongs", where=path)
    return value


_KINDS: dict[type, str] = {
    type(None): "null",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    str: "a string",
    list: "an array",
    dict: "an object",
}


def _kind(value: object) -> str:
    return _KINDS.get(type(value), f"a {type(value).__name__}")
