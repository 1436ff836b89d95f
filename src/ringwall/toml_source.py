"""A TOML file whose every key knows its line, so that an error can point at it."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ringwall.errors import Misconfigured

_HEADER = re.compile(r"^\s*\[([^\[\]]+)\]\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")


class TomlSource:
    """The parsed document, its path, and the line of each table and key."""

    def __init__(self, path: Path) -> None:
        """Read and parse ``path``. Raises ``Misconfigured`` when it cannot be read or is not TOML."""
        self.path = path
        try:
            text = path.read_text(encoding="utf-8")
            self.data: dict[str, Any] = tomllib.loads(text)
        except (OSError, UnicodeDecodeError) as error:
            raise Misconfigured(f"cannot read {path.name}: {error}", where=str(path)) from error
        except tomllib.TOMLDecodeError as error:
            line = re.search(r"line (\d+)", str(error))
            where = f"{path}:{line[1]}" if line else str(path)
            raise Misconfigured(f"not valid TOML: {error}", where=where) from error
        self._lines = _lines(text)

    def where(self, *keys: str) -> str:
        """``file:line`` of the deepest part of ``keys`` that the file spells out."""
        for depth in range(len(keys), 0, -1):
            if (line := self._lines.get(keys[:depth])) is not None:
                return f"{self.path}:{line}"
        return str(self.path)

    def error(self, message: str, *keys: str, hint: str = "") -> Misconfigured:
        """An error that points at ``keys``."""
        return Misconfigured(f"[{'.'.join(keys)}] {message}", hint=hint, where=self.where(*keys))

    def refuse_unknown(self, table: Mapping[str, Any], known: Iterable[str], *keys: str) -> None:
        """Raise for the first key of ``table`` that is not in ``known``, naming the nearest right word."""
        allowed = sorted(known)
        for key in table:
            if key not in allowed:
                near = difflib.get_close_matches(key, allowed, n=1)
                hint = f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(allowed)}"
                raise self.error(f"unknown key {key!r}", *keys, key, hint=hint)


def _lines(text: str) -> dict[tuple[str, ...], int]:
    found: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = _path(header[1])
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            found.setdefault((*table, *_path(key[1])), number)
    return found


def _path(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))
