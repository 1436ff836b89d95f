"""A text with a NUL as a parameter: SQLite compares it exactly, and the drivers of PostgreSQL do not take it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import Grouping

from ringwall.errors import Misconfigured

if TYPE_CHECKING:
    from sqlalchemy.sql.compiler import SQLCompiler


class WithNul(Grouping[Any]):
    """``element``, in parentheses. On any database but SQLite the statement is refused when it is compiled."""

    inherit_cache = True

    def self_group(self, against: Any = None) -> Any:  # noqa: ARG002
        return self


@compiles(WithNul)
def _compile(element: WithNul, compiler: SQLCompiler, **keywords: Any) -> str:
    if compiler.dialect.name not in ("sqlite", "default"):
        raise Misconfigured(
            f"a list filter compares with a text that has a NUL, which no text on {compiler.dialect.name} has",
            hint="refuse such a text where it comes in, or decide row by row",
        )
    return f"({compiler.process(element.element, **keywords)})"
