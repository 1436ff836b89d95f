"""SQLite's own parser says what is too deep for it, and nothing else that it says is taken for that."""

from __future__ import annotations

import re

import pytest

from ringwall.errors import Misconfigured
from ringwall.on.rows.sqlite_parser import must_parse
from ringwall.policy.language.parse import parse_policies

ONE, OTHER = parse_policies(
    "permit (principal, action, resource);\nforbid (principal, action, resource);", file="a.cedar"
)
PARENTHESES, CHAIN = "(" * 200 + "a.b = ?" + ")" * 200, " AND ".join(["(a.b = ?)"] * 2_000)


@pytest.mark.parametrize(
    "where", ["(a.b = ?)", "((((((((((((a.b = ?))))))))))))", "EXISTS ((((((((((SELECT 1 FROM a))))))))))"]
)
def test_what_it_parses_passes_though_tables_and_parameters_are_missing(where: str) -> None:
    must_parse(where, [ONE])


@pytest.mark.parametrize(
    ("where", "limit"), [(PARENTHESES, "parser stack overflow"), (CHAIN, "Expression tree is too large")]
)
def test_what_it_cannot_parse_is_refused_with_the_policy_and_the_limit(where: str, limit: str) -> None:
    with pytest.raises(
        Misconfigured, match=rf"a\.cedar:1: the WHERE of policy policy0 nests too deep for SQLite: {limit}"
    ) as one:
        must_parse(where, [ONE])
    assert one.value.hint == "divide the condition into several policies, use PostgreSQL, or decide row by row"
    with pytest.raises(Misconfigured, match=re.escape("the WHERE of policy policy0, policy1 nests too deep")):
        must_parse(where, [ONE, OTHER])
