"""The rows that to-one relations lead to, and the EXISTS in which a question about their columns is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from sqlalchemy import orm

from ringwall.on.sqlalchemy.rows.predicate import FALSE, TRUE, Predicate, absent_or, inside
from ringwall.on.sqlalchemy.rows.value import Document, Known, Path, Row, Term


class Related:
    """Gives each path of relations one alias, for one condition."""

    def __init__(self) -> None:
        self._aliases: dict[Path, tuple[Any, Any]] = {}

    def row(self, owner: Row, relation: orm.RelationshipProperty[Any]) -> Row:
        """The row that ``relation`` leads to from ``owner``."""
        path = (*owner.path, relation.key)
        if path not in self._aliases:
            self._aliases[path] = (owner.mapped, orm.aliased(relation.mapper.class_))
        return Row(self._aliases[path][1], path)

    def there(self, row: Row) -> Predicate:
        """The row exists, and so does every row on the way to it."""
        return self._inside(_prefixes([row.path]), TRUE)

    def absent(self, row: Row) -> Predicate:
        """The row does not exist, and every row on the way to it does."""
        *way, last = sorted(_prefixes([row.path]), key=len)
        return self._inside(set(way), absent_or((id(self), last), FALSE, partial(self._exists, last)))

    def ask(self, values: Iterable[Known | Row | Term | Document], question: Callable[[], Predicate]) -> Predicate:
        """A question about the columns of ``values``, where all the rows that they come from exist."""
        paths: set[Path] = set()
        for value in values:
            if isinstance(value, Row):
                paths |= _prefixes([value.path])
            elif not isinstance(value, Known):
                paths |= value.paths
        return self._inside(paths, question())

    def _inside(self, paths: set[Path], found: Predicate) -> Predicate:
        for path in sorted(paths, key=len, reverse=True):
            found = inside((id(self), path), found, partial(self._exists, path))
        return found

    def _exists(self, path: Path, found: Predicate) -> Predicate:
        owner, related = self._aliases[path]
        made: Predicate = getattr(owner, path[-1]).of_type(related).has(None if found is TRUE else found)
        return made


def is_reference(relation: orm.RelationshipProperty[Any]) -> bool:
    """Whether a relation leads to one row, by that row's primary key."""
    keys = {remote for _, remote in relation.local_remote_pairs or ()}
    to_one = relation.direction is orm.RelationshipDirection.MANYTOONE
    return to_one and keys == set(relation.mapper.primary_key) and len(list(relation.mapper.self_and_descendants)) == 1


def _prefixes(paths: Iterable[Path]) -> set[Path]:
    return {path[:length] for path in paths for length in range(1, len(path) + 1)}
