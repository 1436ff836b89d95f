"""Pieces of SQL over columns and values, as expressions that a queryset can be filtered by."""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter
from typing import Any

from django.db.models import BooleanField, Func

from ringwall.errors import Misconfigured

_EXACT_ON = ("sqlite", "postgresql")


class Sql(Func):
    """``Sql("{} = {}", F("owner"), Value("ann"))``, or one shape for each of the two databases.

    It compiles only where comparisons mean what the policies say. ``reason`` says why a shape is missing.
    """

    def __init__(self, shape: str | Mapping[str, str], *terms: Any, reason: str = "") -> None:
        super().__init__(*terms, output_field=BooleanField())
        self._shapes = dict.fromkeys(_EXACT_ON, shape) if isinstance(shape, str) else shape
        self._reason = reason

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, tuple[Any, ...]]:  # type: ignore[override]
        terms = [compiler.compile(term) for term in self.get_source_expressions()]
        sql, parameters, count = "", tuple[Any, ...](), 0
        for text, place, _format, _conversion in Formatter().parse(self._shape_on(connection.vendor)):
            sql += text
            if place is not None:
                term, given = terms[int(place) if place else count]
                sql, parameters, count = sql + term, (*parameters, *given), count + 1
        return f"({sql})", parameters

    def _shape_on(self, vendor: str) -> str:
        if vendor not in _EXACT_ON:
            raise Misconfigured(
                f"a list filter is not exact on {vendor}",
                hint="SQLite and PostgreSQL compare strings byte for byte; elsewhere decide row by row",
            )
        if vendor not in self._shapes:
            raise Misconfigured(
                f"a list filter over this column is not exact on {vendor}: {self._reason}",
                hint="use PostgreSQL for it, or decide row by row",
            )
        return self._shapes[vendor]
