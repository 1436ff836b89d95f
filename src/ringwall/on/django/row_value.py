"""The values in a condition about a row: known before the query, a column of the row, or a row itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from django.db import models

from ringwall.errors import Misconfigured
from ringwall.policy.objects import value as cedar
from ringwall.policy.source import Span

Kind = Literal["string", "long", "bool", "other", "none"]

# Exactly these classes: a subclass of a project may store and compare in its own way.
_STRINGS = (models.CharField, models.TextField, models.EmailField, models.SlugField, models.URLField)
_LONGS = (
    *(models.IntegerField, models.BigIntegerField, models.SmallIntegerField, models.PositiveIntegerField),
    *(models.PositiveBigIntegerField, models.PositiveSmallIntegerField),
    *(models.AutoField, models.BigAutoField, models.SmallAutoField),
)
_BYTEWISE = (None, "", "BINARY", "C", "POSIX")
_PYTHON: dict[type, Kind] = {str: "string", int: "long", bool: "bool"}
_WIDEST: dict[type, models.Field[Any, Any]] = {
    str: models.TextField(),
    int: models.BigIntegerField(),
    bool: models.BooleanField(),
}


@dataclass(frozen=True, slots=True)
class Known:
    """A value that does not depend on the row."""

    value: object


@dataclass(frozen=True, slots=True)
class Row:
    """The row, or the one that a path of to-one relations leads to."""

    model: type[models.Model]
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the row, or of a related one. ``name`` is the attribute that holds the bare value."""

    name: str
    kind: Kind
    path: tuple[str, ...]
    span: Span
    field: models.Field[Any, Any]


Value: TypeAlias = Known | Row | Column


def kind_of(value: Value) -> Kind:
    """The Cedar type of a value; ``none`` for one that Cedar does not have, ``other`` for what it cannot compare."""
    if isinstance(value, Known):
        return _PYTHON[type(value.value)] if cedar.is_scalar(value.value) else "none"
    return value.kind if isinstance(value, Column) else "other"


def column_kind(field: models.Field[Any, Any]) -> Kind:
    """The Cedar type of a field whose comparisons in SQL are the ones of Cedar; ``other`` for any that may differ."""
    if isinstance(field, models.ForeignKey):
        return column_kind(field.target_field)
    if type(field) in _STRINGS:
        return "string" if getattr(field, "db_collation", None) in _BYTEWISE else "other"
    return "long" if type(field) in _LONGS else "bool" if type(field) is models.BooleanField else "other"


def bound(value: Known | Row) -> models.Value:
    """A parameter of the widest type of its kind."""
    assert isinstance(value, Known)
    return models.Value(value.value, output_field=_WIDEST[type(value.value)])


def must_be_plain(model: type[models.Model]) -> None:
    """Refuse a model whose objects are kept in more than one table, or are known by more than one class."""
    if model._meta.proxy or model._meta.parents or _has_tables_below(model):
        raise Misconfigured(
            f"{model.__name__} is a proxy, or is inherited by tables of its own, and a rule speaks of one class",
            hint="list a model that stands alone or has an abstract base",
        )


def _has_tables_below(model: type[models.Model]) -> bool:
    return any(not child._meta.proxy or _has_tables_below(child) for child in model.__subclasses__())
