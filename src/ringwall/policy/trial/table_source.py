"""The TOML file of a table: its keys, and the line on which each row stands."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from ringwall.errors import Misconfigured

_KEYS = ("policies", "schema", "entities_from", "entities", "contexts", "table")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of cells and its place, ``file:line``."""

    cells: tuple[str, ...]
    where: str


@dataclass(frozen=True, slots=True)
class WrittenTable:
    """The lines of one ``[[table]]``, the names of the columns first."""

    about: str
    lines: tuple[Line, ...]


class TableSource:
    """A parsed file. Raises ``Misconfigured`` where it is no TOML, or has a key that means nothing here."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self._lines = text.splitlines()
        try:
            self._data: dict[str, Any] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            line = re.search(r"line (\d+)", str(error))
            raise Misconfigured(f"not valid TOML: {error}", where=f"{file}:{line[1]}" if line else file) from None
        for key in self._data:
            if key not in _KEYS:
                near = get_close_matches(key, _KEYS, 1)
                hint = f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(_KEYS)}"
                raise Misconfigured(f"unknown key {key!r}", where=self.where(key), hint=hint)

    def where(self, *words: str) -> str:
        """``file:line`` of the first line that has the last of ``words``, after one that has each before it."""
        number = 0
        for word in words:
            number = self._next(word, number)
        return self._place(number)

    def names(self, key: str) -> list[str]:
        """A string, or a list of them."""
        value = self._data.get(key, [])
        names = [value] if isinstance(value, str) else value
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise Misconfigured(f"{key} takes the name of a file, or a list of them", where=self.where(key))
        return names

    def group(self, key: str) -> Mapping[str, Any]:
        """A table of TOML."""
        value = self._data.get(key, {})
        if not isinstance(value, dict):
            raise Misconfigured(f"{key} is a table", where=self.where(key), hint=f"write [{key}] and a line for each")
        return value

    def tables(self) -> Iterator[WrittenTable]:
        """Every ``[[table]]`` with its lines."""
        tables = self._data.get("table", [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            raise Misconfigured("a table is a list", where=self.where("table"), hint="write [[table]]")
        number = 0
        for table in tables:
            number = self._next("[[table]]", number)
            about, rows = table.get("about", ""), table.get("rows", "")
            if not isinstance(about, str) or not isinstance(rows, str) or set(table) - {"about", "rows"}:
                where = self._place(number)
                raise Misconfigured("a [[table]] has about = \"…\" and rows = '''…'''", where=where)
            lines = []
            for text in filter(str.strip, rows.splitlines()):
                # Equal lines stand in the file in the order in which they are met here.
                number = self._next(text, number)
                if not text.lstrip().startswith("#"):
                    lines.append(Line(tuple(cell.strip() for cell in text.split("|")), self._place(number)))
            yield WrittenTable(about, tuple(lines))

    def _next(self, text: str, after: int) -> int:
        """The number of the first line that has ``text``, below line ``after``; that one again where none has."""
        return next((number for number, line in enumerate(self._lines[after:], after + 1) if text in line), after)

    def _place(self, number: int) -> str:
        return f"{self.file}:{max(number, 1)}"
