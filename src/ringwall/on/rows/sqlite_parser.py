"""How deep SQLite lets a condition nest: its parser is asked, because the limit differs by build and by what is nested.

SQLite parses before it looks for tables, so an empty database can tell.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from functools import lru_cache

from ringwall.errors import Misconfigured
from ringwall.policy.policy import Policy

SHALLOW = 10
"""A text with so few parentheses is never too deep."""

_LIMITS = ("parser stack overflow", "Expression tree is too large")


def must_parse(where: str, policies: Sequence[Policy]) -> None:
    """Raise ``Misconfigured`` for a WHERE, made of ``policies``, that SQLite cannot parse one SELECT further down."""
    if where.count("(") > SHALLOW and (limit := _limit_met(where)):
        one = policies[0].where if len(policies) == 1 else ""
        raise Misconfigured(
            f"the WHERE of policy {', '.join(policy.id for policy in policies)} nests too deep for SQLite: {limit}",
            hint="divide the condition into several policies, use PostgreSQL, or decide row by row",
            where=one,
        )


@lru_cache(256)
def _limit_met(where: str) -> str:
    with closing(sqlite3.connect(":memory:")) as database:
        try:
            database.execute(f"EXPLAIN SELECT count(*) FROM (SELECT 1 WHERE {where})")  # noqa: S608  it is not run
        except sqlite3.Error as error:
            # Any other complaint is of a table that is not there, or a parameter that was not given: it was parsed.
            said = str(error)
            return said if any(limit in said for limit in _LIMITS) else ""
    return ""
