"""``like``: by GLOB on SQLite and LIKE on PostgreSQL, both byte for byte."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

if TYPE_CHECKING:
    from sqlalchemy.sql.compiler import SQLCompiler


def matches(text: Any, parts: tuple[str, ...]) -> sa.ColumnElement[bool]:
    """Whether ``text`` is the parts with anything between them; NULL where it is NULL.

    No part holds a NUL. A text with one is never matched: SQLite's GLOB would end at it.
    """
    glob = "*".join("".join(f"[{c}]" if c in "*?[" else c for c in part) for part in parts)
    like = "%".join("".join(f"\\{c}" if c in "%_\\" else c for c in part) for part in parts)
    return _Matches(text, sa.literal(glob, sa.String()), sa.literal(like, sa.String()))


def without_nul(text: Any) -> sa.ColumnElement[bool]:
    """The text has no NUL in it; PostgreSQL's never has."""
    return _WithoutNul(text)


class _Matches(GenericFunction[bool]):
    type = sa.Boolean()
    inherit_cache = True
    name = "ringwall_matches"


class _WithoutNul(GenericFunction[bool]):
    type = sa.Boolean()
    inherit_cache = True
    name = "ringwall_without_nul"


@compiles(_Matches, "sqlite")
def _on_sqlite(element: _Matches, compiler: SQLCompiler, **keywords: Any) -> str:
    text, glob, _ = element.clauses
    return f"({compiler.process(text, **keywords)} GLOB {compiler.process(glob, **keywords)})"


@compiles(_Matches)
def _on_postgresql(element: _Matches, compiler: SQLCompiler, **keywords: Any) -> str:
    text, _, like = element.clauses
    return f"({compiler.process(text, **keywords)} LIKE {compiler.process(like, **keywords)} COLLATE \"C\" ESCAPE '\\')"


@compiles(_WithoutNul, "sqlite")
def _nul_on_sqlite(element: _WithoutNul, compiler: SQLCompiler, **keywords: Any) -> str:
    (text,) = element.clauses
    return f"(instr({compiler.process(text, **keywords)}, char(0)) = 0)"


@compiles(_WithoutNul)
def _nul_on_postgresql(element: _WithoutNul, compiler: SQLCompiler, **keywords: Any) -> str:
    (text,) = element.clauses
    return f"({compiler.process(text, **keywords)} IS NOT NULL)"
