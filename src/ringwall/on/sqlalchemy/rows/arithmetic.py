"""Sums and products of columns, NULL where they do not fit into 64 bits.

PostgreSQL writes each once, in a SELECT of its own. SQLite's parser has no room for those inside each other, and writes
it twice, which the few steps that are taken at all bear.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from ringwall.policy.expression import Operator

if TYPE_CHECKING:
    from sqlalchemy.sql.compiler import SQLCompiler

_LONGEST = 2**63


def computed(operator: Operator, left: Any, right: Any) -> sa.ColumnElement[int]:
    """``left operator right`` as a 64-bit integer, or NULL."""
    return _Computed(sa.literal_column(f"'{operator}'"), left, right)


class _Computed(GenericFunction[int]):
    type = sa.BigInteger()
    inherit_cache = True
    name = "ringwall_computed"


@compiles(_Computed, "sqlite")
def _on_sqlite(element: _Computed, compiler: SQLCompiler, **keywords: Any) -> str:
    # SQLite answers with a float where an integer overflows.
    whole = _whole(element, compiler, keywords, "({})")
    return f"CASE typeof({whole}) WHEN 'integer' THEN {whole} END"


@compiles(_Computed)
def _on_postgresql(element: _Computed, compiler: SQLCompiler, **keywords: Any) -> str:
    # PostgreSQL would end the statement.
    whole = _whole(element, compiler, keywords, "CAST({} AS numeric)")
    fits = f"n.v BETWEEN {-_LONGEST} AND {_LONGEST - 1}"
    return f"(SELECT CASE WHEN {fits} THEN CAST(n.v AS bigint) END FROM (SELECT {whole} AS v) AS n)"  # noqa: S608


def _whole(element: _Computed, compiler: SQLCompiler, keywords: dict[str, Any], wide: str) -> str:
    operator, left, right = (compiler.process(argument, **keywords) for argument in element.clauses)
    return f"({wide.format(left)} {operator.strip(chr(39))} {wide.format(right)})"
