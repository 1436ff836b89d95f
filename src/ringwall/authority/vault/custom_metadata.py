"""What people write beside a secret: a few short strings. One of them, ``rotate``, is ours to act upon."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringwall.authority.vault import fields
from ringwall.authority.vault.call import Refused
from ringwall.authority.vault.times import parse_duration

KEYS, KEY_BYTES, VALUE_BYTES = 64, 128, 512
ROTATE = "rotate"
_FAILED = "custom_metadata validation failed"


def checked(raw: Mapping[str, Any]) -> Mapping[str, str]:
    """``raw`` with every value as a string. Raises ``Refused`` with 400, naming everything that is wrong."""
    found: dict[str, str] = {}
    for name, value in raw.items():
        try:
            found[name] = fields.text(value)
        except ValueError as error:
            raise Refused(400, f"{_FAILED}: {error}") from None
    if wrong := _objections(found):
        count = "1 error" if len(wrong) == 1 else f"{len(wrong)} errors"
        bullets = "".join(f"\n\t* {_FAILED}: {words}" for words in wrong)
        raise Refused(400, f"{count} occurred:{bullets}\n\n")
    return found


def rotation(custom: Mapping[str, str] | None) -> int | None:
    """After how many seconds the secret is to be renewed; ``None`` for never, or when it is no positive span."""
    try:
        span = parse_duration((custom or {}).get(ROTATE, ""))
    except ValueError:
        return None
    return span if span > 0 else None


def _objections(found: Mapping[str, str]) -> list[str]:
    if len(found) > KEYS:
        return [f"payload must contain at most {KEYS} keys, provided {len(found)}"]
    wrong = []
    for name, value in found.items():
        size = len(name.encode("utf-8", "surrogatepass"))
        if not 0 < size <= KEY_BYTES:
            wrong.append(f'length of key "{name}" is {size} but must be 0 < len(key) <= {KEY_BYTES}')
        size = len(value.encode("utf-8", "surrogatepass"))
        if not 0 < size <= VALUE_BYTES:
            wrong.append(f'length of value for key "{name}" is {size} but must be 0 < len(value) <= {VALUE_BYTES}')
        if not name.isprintable():
            wrong.append(f'key "{name!a}" contains unprintable characters')
        if not value.isprintable():
            wrong.append(f'value for key "{name}" contains unprintable characters')
    return wrong
