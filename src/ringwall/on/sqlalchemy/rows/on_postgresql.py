"""A term that is exact on PostgreSQL alone. On any other database the statement is refused when it is compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import Grouping

from ringwall.errors import Misconfigured

if TYPE_CHECKING:
    from sqlalchemy.sql.compiler import SQLCompiler


class OnPostgresql(Grouping[Any]):
    """``element``, in parentheses. ``reason`` says why it is not exact elsewhere."""

    inherit_cache = True

    def __init__(self, element: Any, reason: str) -> None:
        super().__init__(element)
        self.reason = reason

    def self_group(self, against: Any = None) -> Any:  # noqa: ARG002
        return self


@compiles(OnPostgresql)
def _compile(element: OnPostgresql, compiler: SQLCompiler, **keywords: Any) -> str:
    if compiler.dialect.name not in ("postgresql", "default"):
        raise Misconfigured(
            f"a list filter over this column is not exact on {compiler.dialect.name}: {element.reason}",
            hint="use PostgreSQL for it, or decide row by row",
        )
    return f"({compiler.process(element.element, **keywords)})"
