"""Questions about related rows, each asked inside an EXISTS, by the key that a reference holds.

Not by a join: a row whose reference leads nowhere is then neither lost nor let in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from django.db.models import Exists, F, ForeignKey, OuterRef, Q

from ringwall.on.django.row_value import Column, Value, bound
from ringwall.on.django.sql import Question

Path: TypeAlias = tuple[str, ...]
Reference: TypeAlias = Callable[[Path, str], Any]
"""A column, by path and name, as it is called in the innermost query."""


class Related:
    """The to-one relations on the way from a row. A path is the names of relations; the row itself is ``()``."""

    def __init__(self) -> None:
        self.keys: dict[Path, ForeignKey[Any, Any]] = {}

    def asked(self, shape: str, *values: Value) -> Q:
        """A question about values that are known or columns, inside the EXISTS of every row that they come from."""
        columns = [value for value in values if isinstance(value, Column)]
        paths = {column.path[:length] for column in columns for length in range(1, len(column.path) + 1)}

        def question(reference: Reference) -> Question:
            return Question(shape, *(_term(value, reference) for value in values))

        return self._nested(sorted(paths, key=len), question)

    def asked_of(self, path: Path, shape: str, name: str) -> Q:
        """A question about one column of the row at the end of ``path``."""
        return self._nested(_prefixes(path), lambda reference: Question(shape, reference(path, name)))

    def exists(self, path: Path) -> Q:
        """There is a row at the end of ``path``, which is not the row itself."""
        return self._nested(_prefixes(path), None)

    def _nested(self, paths: list[Path], question: Callable[[Reference], Question] | None) -> Q:
        levels = [(), *paths]

        def seen_from(level: int) -> Reference:
            return lambda path, name: _outward(level - levels.index(path), name)

        found: Any = None if question is None else question(seen_from(len(paths)))
        for level in range(len(paths), 0, -1):
            path, key = levels[level], self.keys[levels[level]]
            same = Question("{} = {}", F(key.target_field.attname), seen_from(level)(path[:-1], key.attname))
            # The manager by which Django itself follows a reference in Python.
            rows = key.related_model._base_manager.filter(same)
            found = Exists(rows if found is None else rows.filter(found))
        return Q(found)


def _term(value: Value, reference: Reference) -> Any:
    if isinstance(value, Column):
        return reference(value.path, value.name)
    return bound(value)


def _prefixes(path: Path) -> list[Path]:
    return [path[:length] for length in range(1, len(path) + 1)]


def _outward(levels: int, name: str) -> Any:
    """A column of the query that lies so many levels outside."""
    found: Any = F(name)
    for level in range(levels):
        found = OuterRef(name if level == 0 else found)
    return found
