"""The values in a condition about a row: known before the query, a row, or a term of SQL.

A value is a tuple of cases, each with the predicate under which it is the value. The predicates exclude each other, and
where none holds there is no value, which is Cedar's error. Most values have one case, which always holds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.db.models import Model

from ringwall.on.django.rows.predicate import TRUE, Predicate
from ringwall.on.rows.kind import Kind
from ringwall.policy.source import NOWHERE, Span

Path: TypeAlias = tuple[str, ...]
Reference: TypeAlias = Callable[[Path, str], Any]
"""A column, by path and name, as it is called in the innermost query."""


@dataclass(frozen=True, slots=True)
class Known:
    """A value that does not depend on the row."""

    value: object


@dataclass(frozen=True, slots=True)
class Row:
    """The row, or the one that a path of to-one relations leads to. ``annotated``: what its queryset adds to it."""

    model: type[Model]
    path: Path = ()
    annotated: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Term:
    """A term of SQL, NULL where it has no value. ``sql`` makes it for the query in which it is asked; ``paths`` are the
    rows whose columns it is made of. ``what`` is its field's class, ``steps`` how often it was computed of others.
    ``surely``: it always has a value, a column of the row itself that is declared NOT NULL."""

    sql: Callable[[Reference], Any]
    kind: Kind
    paths: frozenset[Path] = frozenset()
    span: Span = NOWHERE
    what: str = ""
    steps: int = 0
    surely: bool = False


One: TypeAlias = Known | Row | Term


@dataclass(frozen=True, slots=True)
class Case:
    """``one`` is the value where ``guard`` holds."""

    one: One
    guard: Predicate = TRUE


Value: TypeAlias = tuple[Case, ...]


def always(one: One) -> Value:
    """The value that has but one case."""
    return (Case(one),)
