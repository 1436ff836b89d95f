"""Which fields compare in SQL as their values compare in Cedar, and how a known value is bound beside them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from ringwall.errors import Misconfigured
from ringwall.on.django.rows.sql import Sql
from ringwall.on.django.rows.value import Path, Reference, Term
from ringwall.on.rows.encodable import must_be_encodable
from ringwall.on.rows.kind import Kind
from ringwall.policy.source import NOWHERE, Span
from ringwall.policy.values.datetime import Datetime
from ringwall.policy.values.decimal import Decimal
from ringwall.policy.values.duration import Duration

# Exactly these classes: a subclass of a project may store and compare in its own way.
_STRINGS = (models.CharField, models.TextField, models.EmailField, models.SlugField, models.URLField)
_LONGS = (
    *(models.IntegerField, models.BigIntegerField, models.SmallIntegerField, models.PositiveIntegerField),
    *(models.PositiveBigIntegerField, models.PositiveSmallIntegerField),
    *(models.AutoField, models.BigAutoField, models.SmallAutoField),
)
_REFERENCES = (models.ForeignKey, models.OneToOneField)
_BYTEWISE = (None, "", "BINARY", "C", "POSIX")
_LONGEST = 2**63
# Since 1970, as Cedar counts; NULL for infinity.
_MILLISECONDS = "CASE WHEN isfinite({0}) THEN CAST(floor(extract(epoch FROM {0}) * 1000) AS bigint) END"
# As Cedar counts; NULL for what is too large, and for NaN.
_TEN_THOUSANDTHS = (
    f"CASE WHEN {{0}} * 10000 BETWEEN {-_LONGEST} AND {_LONGEST - 1} THEN CAST({{0}} * 10000 AS bigint) END"
)


def column_term(field: models.Field[Any, Any], path: Path = (), span: Span = NOWHERE) -> Term:
    """The field's column; of kind ``other`` where SQL may compare it otherwise than Cedar."""
    kind, name = column_kind(field), field.attname

    def sql(reference: Reference) -> Any:
        column = reference(path, name)
        if kind == "datetime":
            return Sql({"postgresql": _MILLISECONDS}, column, reason="SQLite keeps times as text")
        if kind == "decimal":
            return Sql({"postgresql": _TEN_THOUSANDTHS}, column, reason="SQLite keeps decimals as floats")
        return column

    surely = not path and not field.null and kind in ("string", "long", "bool")
    return Term(sql, kind, frozenset([path]), span, type(field).__name__, surely=surely)


def column_kind(field: models.Field[Any, Any]) -> Kind:
    """The Cedar type of a field's values; ``other`` for any that may compare otherwise."""
    found = type(field)
    if isinstance(field, models.ForeignKey):
        return column_kind(field.target_field)
    if found in _STRINGS:
        return "string" if getattr(field, "db_collation", None) in _BYTEWISE else "other"
    if found is models.DateTimeField and settings.USE_TZ:
        return "datetime"
    if found is models.DecimalField and getattr(field, "decimal_places", 0) <= 4:
        return "decimal"
    return "long" if found in _LONGS else "bool" if found is models.BooleanField else "other"


def is_null_when_absent(field: models.Field[Any, Any]) -> bool:
    """Whether the attribute is None exactly where the column is NULL. A document, a file or a project's own field may
    make something else of either."""
    return type(field).__module__ == models.Field.__module__ or type(field) in _REFERENCES


def bound(value: object) -> models.Value | Sql:
    """A known value as a parameter, of the widest type of its kind.

    Raises ``Misconfigured`` for a string that cannot be encoded.
    """
    match value:
        case bool():
            return models.Value(value, models.BooleanField())
        case int():
            return models.Value(value, models.BigIntegerField())
        case Decimal():
            return models.Value(value.ten_thousandths, models.BigIntegerField())
        case Datetime() | Duration():
            return models.Value(value.milliseconds, models.BigIntegerField())
        case str():
            must_be_encodable(value)
            if "\0" in value:
                text = models.Value(value, models.TextField())
                return Sql({"sqlite": "{}"}, text, reason="it is compared with a text that has a NUL")
    return models.Value(value, models.TextField())


def must_be_plain(model: type[models.Model]) -> None:
    """Refuse a model whose objects are kept in more than one table, or are known by more than one class."""
    if model._meta.proxy or model._meta.parents or _has_tables_below(model):
        raise Misconfigured(
            f"{model.__name__} is a proxy, or is inherited by tables of its own, and a policy speaks of one class",
            hint="list a model that stands alone or has an abstract base",
        )


def _has_tables_below(model: type[models.Model]) -> bool:
    return any(not child._meta.proxy or _has_tables_below(child) for child in model.__subclasses__())
