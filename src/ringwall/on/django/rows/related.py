"""Questions about related rows, each asked inside an EXISTS, by the key that a reference holds.

Not by a join: a row whose reference leads nowhere is then neither lost nor let in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Exists, F, ForeignKey, OuterRef, Q

from ringwall.on.django.rows.predicate import FALSE, TRUE, Predicate
from ringwall.on.django.rows.sql import Sql
from ringwall.on.django.rows.value import Known, One, Path, Reference, Row


class Related:
    """The to-one relations on the way from a row. A path is the names of relations; the row itself is ``()``."""

    def __init__(self) -> None:
        self._keys: dict[Path, ForeignKey[Any, Any]] = {}

    def row(self, owner: Row, field: ForeignKey[Any, Any]) -> Row:
        """The row that ``field`` leads to from ``owner``."""
        path = (*owner.path, field.name)
        self._keys[path] = field
        return Row(field.related_model, path, owner.annotated)

    def there(self, row: Row) -> Predicate:
        """The row exists, and so does every row on the way to it."""
        return self._inside(_prefixes([row.path]), None)

    def is_null(self, row: Row) -> Predicate:
        """The reference to the row is empty, and its owner exists."""
        owner, key = row.path[:-1], self._keys[row.path].attname
        return self._inside(_prefixes([owner]), lambda reference: Sql("{} IS NULL", reference(owner, key)))

    def ask(self, values: Iterable[One], question: Callable[[Reference], Any]) -> Predicate:
        """A question about the columns of ``values``, where all the rows that they come from exist."""
        paths: set[Path] = set()
        for value in values:
            if isinstance(value, Row):
                paths |= _prefixes([value.path])
            elif not isinstance(value, Known):
                paths |= _prefixes(value.paths)
        return self._inside(paths, question)

    def at(self, row: Row, found: Predicate) -> Predicate:
        """A predicate about the columns of ``row`` itself, where it exists."""
        if found is FALSE or (found is TRUE and not row.path):
            return found
        # The row comes last of its path, so its own columns are those of the innermost query.
        return self._inside(_prefixes([row.path]), None if found is TRUE else lambda _: found)

    def _inside(self, paths: set[Path], question: Callable[[Reference], Any] | None) -> Predicate:
        levels = [(), *sorted(paths, key=len)]

        def seen_from(level: int) -> Reference:
            return lambda path, name: _outward(level - levels.index(path), name)

        found: Any = None if question is None else question(seen_from(len(paths)))
        for level in range(len(paths), 0, -1):
            path, key = levels[level], self._keys[levels[level]]
            same = Sql("{} = {}", F(key.target_field.attname), seen_from(level)(path[:-1], key.attname))
            # The manager by which Django itself follows a reference in Python.
            rows = key.related_model._base_manager.filter(same)
            found = Exists(rows if found is None else rows.filter(found))
        return TRUE if found is None else Q(found)


def _prefixes(paths: Iterable[Path]) -> set[Path]:
    return {path[:length] for path in paths for length in range(1, len(path) + 1)}


def _outward(levels: int, name: str) -> Any:
    """A column of the query that lies so many levels outside."""
    found: Any = F(name)
    for level in range(levels):
        found = OuterRef(name if level == 0 else found)
    return found
