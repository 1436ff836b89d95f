"""The prompt reads Cedar, and nothing else."""

from __future__ import annotations

import pytest
from tests.policy.trial.sample import policies, table

from ringwall.errors import Misconfigured
from ringwall.policy.trial.prompt import Prompt


@pytest.fixture
def prompt() -> Prompt:
    return Prompt(policies(), table()[1])


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("1 + 2", "3"),
        ('"a" like "*"', "true"),
        ("true == 1", "false"),
        ('User::"ann".age', "30"),
        ('User::"eva" in Team::"a"', "true"),
        ('User::"eva".getTag("floor")', '"1"'),
        ('["b", "a", "b"]', '["a", "b"]'),
        ('{ a: decimal("1.5"), "b c": -3 }', '{ a: decimal("1.5"), "b c": -3 }'),
        ('principal == User::"x"', "false"),
        ("", ""),
    ],
)
def test_expressions(prompt: Prompt, line: str, answer: str) -> None:
    assert prompt.answer(line) == answer


def test_a_request_is_set_part_by_part_and_decided(prompt: Prompt) -> None:
    for line in ('principal User::"ann"', "action read", 'resource Doc::"plan"', "context { n: 1 }"):
        assert prompt.answer(line) == ""
    assert prompt.answer("request") == 'User::"ann"  Action::"read"  Doc::"plan"  { n: 1 }'
    assert prompt.answer("resource.owner == principal && context.n == 1") == "true"
    assert str(prompt.answer("ask")).startswith("ALLOW")
    prompt.answer('action Action::"write"')
    assert str(prompt.answer("ask")).startswith("DENY")


def test_it_shows_what_it_holds(prompt: Prompt) -> None:
    assert '@id("owner")' in str(prompt.answer("policies"))
    assert 'User::"kim"  { age: 17 }' in str(prompt.answer("entities"))
    assert "ask" in str(prompt.answer("help"))
    assert prompt.answer("quit") is None


@pytest.mark.parametrize(
    "line", ["__import__('os')", "1 +", 'User::"ann".height', "principal.x", "9223372036854775807 + 1"]
)
def test_what_is_no_cedar_or_errs_is_one_error(prompt: Prompt, line: str) -> None:
    with pytest.raises(Misconfigured):
        prompt.answer(line)
