"""The prompt reads Cedar, and nothing else."""

from __future__ import annotations

import pytest
from tests.policy.trial.sample import POLICIES, policies, table

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


def test_before_anything_is_set_nobody_asks_for_nothing(prompt: Prompt) -> None:
    assert prompt.answer("request") == 'Nobody::""  Action::"nothing"  Nothing::""  {}'


@pytest.mark.parametrize(
    ("line", "question", "answer"),
    [
        ('principal User::"x"', "principal", 'User::"x"'),
        ('principal User::"x"', 'principal == User::"x"', "true"),
        ('principal User::"x"', "principal is User", "true"),
        ('resource Doc::"x"', "resource", 'Doc::"x"'),
        ('resource Doc::"x"', 'resource in Doc::"x"', "true"),
        ("action a:b", "action", 'Action::"a:b"'),
        ('action Deed::"z"', 'action == Deed::"z"', "true"),
        ('action Deed::"z"', 'action in [Deed::"z"]', "true"),
        ("context { a: 1 }", "context", "{ a: 1 }"),
        ("context { a: 1 }", "context has a", "true"),
    ],
)
def test_a_word_sets_a_part_or_asks_about_it(prompt: Prompt, line: str, question: str, answer: str) -> None:
    assert prompt.answer(line) == ""
    assert prompt.answer(question) == answer


def test_it_shows_what_it_holds(prompt: Prompt) -> None:
    assert prompt.answer("policies") == POLICIES.strip().replace(") when", ")\nwhen").replace(
        "} unless", "}\nunless"
    ).replace(";\n@", ";\n\n@")
    assert str(prompt.answer("entities")).splitlines()[:3] == [
        'User::"ann"  { age: 30 }', 'User::"kim"  { age: 17 }', 'User::"eva"  { age: 18 }',
    ]  # fmt: skip
    assert str(prompt.answer("help")).splitlines()[2] == (
        "ask                             decide the request, and say why"
    )
    assert prompt.answer("quit") is None
    assert prompt.answer("exit") is None


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("nope", "1:1: `nope` is no variable", "write resource.nope, or the like"),
        ("ask me", "1:1: `ask` is no variable (and 1 more)", "write resource.ask, or the like"),
        ("policies 1", "1:1: `policies` is no variable (and 1 more)", "write resource.policies, or the like"),
        ("entities x", "1:1: `entities` is no variable (and 1 more)", "write resource.entities, or the like"),
        ("request x", "1:1: `request` is no variable (and 1 more)", "write resource.request, or the like"),
        ("principal User", "1:11: expected the end, found `User`", ""),
        ('principal User::"x', 'User::"x is no entity: expected a string in double quotes, found `"`', 'Type::"id"'),
        ("context {", "'{': expected a key, found the end", ""),
        ("1 + true", "a long is needed, and a bool came", ""),
        ('User::"ann".height', 'User::"ann" has no attribute height', ""),
    ],
)
def test_what_is_no_cedar_or_errs_is_told_in_one_line(prompt: Prompt, line: str, message: str, hint: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        prompt.answer(line)
    assert (caught.value.message, caught.value.hint) == (message, hint)


@pytest.mark.parametrize(
    "line", ["__import__('os')", "1 +", 'User::"ann".height', "principal.x", "9223372036854775807 + 1"]
)
def test_what_is_no_cedar_or_errs_is_one_error(prompt: Prompt, line: str) -> None:
    with pytest.raises(Misconfigured):
        prompt.answer(line)
