"""The identity of an entity: its type and its id."""

from __future__ import annotations

from typing import NamedTuple


class EntityUid(NamedTuple):
    """``Role::"support"``. ``type`` may be a path (``Shop::Order``); ``id`` is any text."""

    type: str
    id: str

    def __str__(self) -> str:
        return f"{self.type}::{quoted(self.id)}"


def quoted(text: str) -> str:
    """A Cedar string literal."""
    if text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{{{ord(c):x}}}" for c in escaped) + '"'
