"""Which joins somebody wrote, and which are what sugar stands for."""

from __future__ import annotations

import pytest

from ringwall.policy.expression import And, Literal, Not
from ringwall.policy.joins import is_group, is_join, is_written_as_one
from ringwall.policy.language.parse import parse_expression


@pytest.mark.parametrize(
    ("text", "join", "as_one"),
    [
        ("context.a && context.b", True, False),
        ("context.a || context.b && context.c", True, False),
        ("!context.a", True, False),
        ("if context.a then context.b else context.c", True, False),
        ("context.a != context.b", True, True),
        ("context.a == context.b", False, False),
        ("context.a", False, False),
        ("true", False, False),
    ],
)
def test_joins(text: str, join: bool, as_one: bool) -> None:
    expression = parse_expression(text)
    assert (is_join(expression), is_written_as_one(expression)) == (join, as_one)
    assert is_group(expression) == (join and not as_one)


@pytest.mark.parametrize("text", ["context has a.b", "context has a.b.c", 'principal is User in Team::"a"'])
def test_sugar_is_one_condition(text: str) -> None:
    expression = parse_expression(text)
    assert is_join(expression)
    assert is_written_as_one(expression)
    assert not is_group(expression)


def test_what_was_written_nowhere_is_joined_as_it_stands() -> None:
    expression = And(left=Literal(value=True), right=Not(of=Literal(value=True)))
    assert is_group(expression)
    assert not is_written_as_one(expression)
