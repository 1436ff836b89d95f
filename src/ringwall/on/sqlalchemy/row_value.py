"""The values in a condition about a row: known before the query, a column of the row, or a row itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import sqlalchemy as sa

from ringwall.policy.objects import value as cedar
from ringwall.policy.source import Span

Predicate: TypeAlias = sa.ColumnElement[bool]
Kind = Literal["string", "long", "bool", "other", "none"]

# Exactly these types: a subclass (Enum, CHAR with its padding, CITEXT) may compare in its own way.
_STRINGS = (sa.String, sa.Text, sa.Unicode, sa.UnicodeText, sa.VARCHAR, sa.TEXT)
_LONGS = (sa.Integer, sa.BigInteger, sa.SmallInteger, sa.INTEGER, sa.BIGINT, sa.SMALLINT)
_BOOLS = (sa.Boolean, sa.BOOLEAN)
_BYTEWISE = (None, "BINARY", "C", "POSIX")
_PYTHON: dict[type, Kind] = {str: "string", int: "long", bool: "bool"}


@dataclass(frozen=True, slots=True)
class Known:
    """A value that does not depend on the row."""

    value: object


@dataclass(frozen=True, slots=True)
class Row:
    """The row, or the one that a path of to-one relations leads to."""

    mapped: Any
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the row, or of a related one."""

    sql: Any
    kind: Kind
    path: tuple[str, ...]
    span: Span


Value: TypeAlias = Known | Row | Column


def kind_of(value: Value) -> Kind:
    """The Cedar type of a value; ``none`` for one that Cedar does not have, ``other`` for what it cannot compare."""
    if isinstance(value, Known):
        return _PYTHON[type(value.value)] if cedar.is_scalar(value.value) else "none"
    return value.kind if isinstance(value, Column) else "other"


def column_kind(column: sa.Column[Any]) -> Kind:
    """The Cedar type of a column whose comparisons in SQL are the ones of Cedar; ``other`` for any that may differ."""
    found = type(column.type)
    if column.type._variant_mapping:  # there is no public way to ask, and a variant may compare otherwise
        return "other"
    if found in _STRINGS:
        return "string" if getattr(column.type, "collation", None) in _BYTEWISE else "other"
    return "long" if found in _LONGS else "bool" if found in _BOOLS else "other"


def bound(value: object) -> Any:
    """A bind parameter of the widest type of its kind, so that no driver narrows the value to the column's."""
    if isinstance(value, bool):
        return sa.true() if value else sa.false()
    return sa.literal(value, sa.BigInteger() if isinstance(value, int) else sa.String())


def sql_of(value: Value) -> Any:
    """The value as a term of SQL."""
    assert not isinstance(value, Row)
    return value.sql if isinstance(value, Column) else bound(value.value)


def there(column: Any) -> Predicate:
    """The column is not NULL."""
    made: Predicate = column.is_not(None)
    return made
