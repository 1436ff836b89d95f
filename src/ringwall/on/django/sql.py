"""A question of SQL about columns and values, as an expression that a queryset can be filtered by."""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, Func

from ringwall.errors import Misconfigured

_EXACT_ON = ("sqlite", "postgresql")


class Question(Func):
    """``Question("{} = {}", F("owner"), Value("ann"))``. It compiles only where comparisons mean what the rules say."""

    def __init__(self, shape: str, *terms: Any) -> None:
        super().__init__(*terms, output_field=BooleanField())
        self.shape = shape

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, tuple[Any, ...]]:  # type: ignore[override]
        if connection.vendor not in _EXACT_ON:
            raise Misconfigured(
                f"a list filter is not exact on {connection.vendor}",
                hint="SQLite and PostgreSQL compare strings byte for byte; elsewhere decide row by row",
            )
        terms = [compiler.compile(term) for term in self.get_source_expressions()]
        sql = self.shape.format(*(sql for sql, _ in terms))
        return f"({sql})", tuple(parameter for _, given in terms for parameter in given)
