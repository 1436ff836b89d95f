"""Reading decoded JSON whose every surprise is one error with the path where it stands."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, TypeAlias

from ringwall.errors import Misconfigured
from ringwall.policy.json_place import Place
from ringwall.policy.language.hints import nearest

Where: TypeAlias = Place | str


def below(owner: Where, name: str) -> Place:
    """The value that is called ``name`` in the object at ``owner``."""
    return Place("{}.{}", owner, name)


def nth(owner: Where, place: int) -> Place:
    """The value at a place of the array at ``owner``."""
    return Place("{}[{}]", owner, place)


def read_object(
    value: object, path: Where, allowed: Collection[str] | None = None, required: Collection[str] = ()
) -> dict[str, Any]:
    """A JSON object, with these names and no others. Raises ``Misconfigured``."""
    if not isinstance(value, dict) or not all(isinstance(name, str) for name in value):
        raise Misconfigured(f"{_kind(value)} stands where an object belongs", where=str(path))
    for name in value:
        if allowed is not None and name not in allowed:
            hint = nearest(name, allowed, otherwise=f"it may have {', '.join(sorted(allowed))}")
            raise Misconfigured(f"`{name}` is not known here", where=str(path), hint=hint)
    for name in required:
        if name not in value:
            raise Misconfigured(f"`{name}` is missing", where=str(path))
    return value


def read_list(value: object, path: Where) -> list[Any]:
    """A JSON array. Raises ``Misconfigured``."""
    if not isinstance(value, list):
        raise Misconfigured(f"{_kind(value)} stands where an array belongs", where=str(path))
    return value


def read_string(value: object, path: Where) -> str:
    """A JSON string. Raises ``Misconfigured``."""
    if not isinstance(value, str):
        raise Misconfigured(f"{_kind(value)} stands where a string belongs", where=str(path))
    return value


def read_bool(value: object, path: Where) -> bool:
    """``true`` or ``false``. Raises ``Misconfigured``."""
    if not isinstance(value, bool):
        raise Misconfigured(f"{_kind(value)} stands where true or false belongs", where=str(path))
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
