"""Sums and products of columns, NULL where they do not fit into 64 bits."""

from __future__ import annotations

from typing import Any

from ringwall.on.django.rows.sql import Sql
from ringwall.policy.expression import Operator

_LONGEST = 2**63


def computed(operator: Operator, left: Any, right: Any) -> Sql:
    """``left operator right`` as a 64-bit integer, or NULL.

    In subqueries, so that each operand stands in the statement once, however deep the sum.
    """
    # SQLite answers with a float where an integer overflows; PostgreSQL would end the statement.
    on_sqlite = "CASE typeof(w) WHEN 'integer' THEN w END"
    on_postgresql = f"CASE WHEN w BETWEEN {-_LONGEST} AND {_LONGEST - 1} THEN CAST(w AS bigint) END"
    wide = "CAST({} AS numeric)"
    shapes = {
        "sqlite": f"SELECT {on_sqlite} FROM (SELECT {{}} {operator} {{}} AS w) AS s",  # noqa: S608  our own text
        "postgresql": f"SELECT {on_postgresql} FROM (SELECT {wide} {operator} {wide} AS w) AS s",  # noqa: S608
    }
    return Sql(shapes, left, right)
