"""The values in a condition about a row: known before the query, a row, a term of SQL, or a piece of a document.

A value is a tuple of cases, each with the predicate under which it is the value. The predicates exclude each other, and
where none holds there is no value, which is Cedar's error. Most values have one case, which always holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy import orm

from ringwall.on.rows.kind import Kind
from ringwall.on.sqlalchemy.rows.predicate import TRUE, Predicate
from ringwall.policy.source import NOWHERE, Span

Path: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """A value that does not depend on the row."""

    value: object


@dataclass(frozen=True, slots=True)
class Row:
    """The row, or the one that a path of to-one relations leads to."""

    mapped: Any
    path: Path = ()

    @property
    def mapper(self) -> orm.Mapper[Any]:
        """The mapper of its class."""
        found: orm.Mapper[Any] = sa.inspect(self.mapped).mapper
        return found


@dataclass(frozen=True, slots=True)
class Term:
    """A term of SQL, NULL where it has no value. ``paths`` are the related rows whose columns it is made of.

    ``surely``: it always has one, a column of the row itself that is declared NOT NULL.
    """

    sql: Any
    kind: Kind
    paths: frozenset[Path] = frozenset()
    span: Span = NOWHERE
    surely: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A JSON column, or what ``steps`` lead to in it."""

    column: Any
    steps: tuple[str, ...]
    paths: frozenset[Path]
    span: Span = NOWHERE


One: TypeAlias = Known | Row | Term | Document


@dataclass(frozen=True, slots=True)
class Case:
    """``one`` is the value where ``guard`` holds."""

    one: One
    guard: Predicate = TRUE


Value: TypeAlias = tuple[Case, ...]


def always(one: One) -> Value:
    """The value that has but one case."""
    return (Case(one),)
