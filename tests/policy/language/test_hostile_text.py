"""Texts that someone made to hurt: one clear error each, in time and memory that grow with the text alone."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable

import pytest

from ringwall.policy.expression import And, Expression, Or
from ringwall.policy.language.expression_text import expression_text
from ringwall.policy.language.parse import parse_expression, parse_policies
from ringwall.policy.language.problem import Unreadable
from ringwall.policy.language.tokens import LONGEST
from ringwall.policy.walk import parts_of


def _when(condition: str) -> str:
    return f"permit(principal, action, resource) when {{ {condition} }};"


DEEP = "the expression is more than 100 levels deep"
REFUSED: dict[str, tuple[str, str]] = {
    "a policy of ten megabytes": ("permit(principal, action, resource);" * 290_000, "at most 4194304 are read"),
    "ten thousand parentheses": (_when("(" * 10_000 + "1" + ")" * 10_000), DEEP),
    "ten thousand sets": (_when("[" * 10_000 + "]" * 10_000), DEEP),
    "ten thousand records": (_when("{a:" * 10_000 + "1" + "}" * 10_000), DEEP),
    "ten thousand ifs": (_when("if " * 10_000), DEEP),
    "ten thousand sums": (_when("1" + "+1" * 10_000), DEEP),
    "ten thousand attributes": (_when("context" + ".a" * 10_000), DEEP),
    "ten thousand calls": (_when("context" + ".isEmpty()" * 10_000), DEEP),
    "ten thousand steps of has": (_when("context has a" + ".a" * 10_000), DEEP),
    "sums inside of sums": (_when("(" * 60 + "1" + "+1)" * 60 + "+1" * 60), DEEP),
    "a hundred thousand exclamation marks": (_when("!" * 100_000 + "true"), "more than 4 `!` in a row"),
    "a hundred thousand minus signs": (_when("-" * 100_000 + "1"), "more than 4 `-` in a row"),
    "a hundred thousand opened scopes": ("permit(principal == " + "(" * 100_000, "more than 100 parentheses in a row"),
    "a string without an end": (_when('"' + "a" * 1_000_000), 'found `"`'),
    "a string of backslashes": (_when('"' + "\\" * 1_000_001 + '"'), 'found `"`'),
    "a million bad escapes": (_when('"' + "\\q" * 1_000_000 + '"'), r"`\q` is no escape"),
    "a number of a million digits": (_when("9" * 1_000_000), "does not fit into 64 bits"),
    "white space, then a stray letter": (" " * 1_000_000 + "é", "found `é`"),
    "half of a surrogate pair": (_when('"\ud800"'), "half of a surrogate pair"),
    "nothing but semicolons": (";" * 20_000, "(and 99 more)"),
    "nothing but beginnings": ("permit(" * 20_000, "(and 99 more)"),
    "strings that break off": ('"\\\n' * 20_000, 'found `"`'),
}


@pytest.mark.parametrize("name", REFUSED)
def test_one_clear_error(name: str) -> None:
    text, message = REFUSED[name]
    with pytest.raises(Unreadable) as caught:
        parse_policies(text)
    assert message in str(caught.value)
    assert len(caught.value.render()) < 100_000


def _steps(run: Callable[[], object]) -> int:
    """How many lines of Python a call runs: the same every time, on every machine."""
    count = 0

    def step(_frame: object, event: str, _arg: object) -> object:
        nonlocal count
        count += event == "line"
        return step

    before = sys.gettrace()
    sys.settrace(step)
    try:
        run()
    except Unreadable:
        pass
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize(
    "build",
    [
        lambda n: "permit(principal, action, resource);" * n,
        lambda n: "permit(" + "x " * n + ";",
        lambda n: _when("(" * n),
        lambda n: _when("true" + " && true" * n),
        lambda n: _when("[" + "1," * n + "]"),
        lambda n: _when("!" * n + "1"),
        lambda n: _when("principal is A" + "::A" * n),
    ],
)
def test_twice_the_text_is_twice_the_work(build: Callable[[int], str]) -> None:
    once, twice = (_steps(lambda n=n: parse_policies(build(n))) for n in (400, 800))
    assert twice <= 2.2 * once


def test_memory_follows_the_text() -> None:
    text = _when("1 == 1" + " && 1 == 1" * 3_000)
    tracemalloc.start()
    parse_policies(text)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 100 * len(text)


@pytest.mark.parametrize(("operator", "kind"), [("&&", And), ("||", Or)])
def test_ten_thousand_terms_are_a_few_levels(operator: str, kind: type[Expression]) -> None:
    text = f" {operator} ".join(["context.a"] * 10_000)
    chain = parse_expression(text)
    assert isinstance(chain, kind)
    assert _height(chain) <= 16
    assert expression_text(chain) == text


def test_a_hundred_levels_are_read_and_printed() -> None:
    for text in (
        "(" * 98 + "context" + " == 1)" * 98 + " == 1",
        "1 == (" * 99 + "1" + ")" * 99,
        "!(" * 99 + "true" + ")" * 99,
    ):
        expression = parse_expression(text)
        assert parse_expression(expression_text(expression)) == expression
    with pytest.raises(Unreadable, match=DEEP):
        parse_expression("1 == (" * 100 + "1" + ")" * 100)


ONE_LEVEL = (
    *("!({})", "-({})", "({}) == 1", "1 == ({})", "1 < ({})", "({}) in 1", "1 in ({})", "({}) + 1", "1 * ({})"),
    *("({}) && true", "true && ({})", "if {} then 1 else 1", "if 1 then {} else 1", "if 1 then 1 else {}"),
    *("({}).a", '({})["a"]', "({}) has a", '({}) has "a"', '({}) like "a"', "({}) is A", "[1, {}]", "[{}, 1]"),
    *("{{a: 1, b: {}}}", "{{a: {}, b: 1}}", "ip({}, 1)", "ip(1, {})", "({}).contains(1)", "1 .contains({})"),
    *("({}).isInRange(1)", "1 .isInRange({})", "({}).isEmpty()"),
)
TWO_LEVELS = (
    *("({}) != 1", "1 != ({})", "({}) >= 1", "1 > ({})", "!!({})", "--({})", "({}) || true || true"),
    *("1 is A in ({})", "({}) + 1 + 1"),
)


@pytest.mark.parametrize(("around", "levels"), [(a, 1) for a in ONE_LEVEL] + [(a, 2) for a in TWO_LEVELS])
def test_every_kind_of_expression_counts_as_high_as_it_is(around: str, levels: int) -> None:
    text = "context"
    for _ in range(99 // levels):
        text = around.format(text)
    highest = parse_expression(text)
    assert _height(highest) == 1 + 99 // levels * levels
    with pytest.raises(Unreadable, match=DEEP):
        parse_expression(around.format(text))


def _height(expression: Expression) -> int:
    return 1 + max(map(_height, parts_of(expression)), default=0)


def test_the_longest_text_is_read() -> None:
    text = "permit(principal, action, resource);"
    longest = text + " " * (LONGEST - len(text))
    assert len(parse_policies(longest)) == 1
    with pytest.raises(Unreadable) as caught:
        parse_policies(longest + " ")
    assert str(caught.value) == "1:1: the text has 4194305 characters, and at most 4194304 are read"


def test_a_hundred_parentheses_of_a_scope_are_read() -> None:
    def scope(count: int) -> str:
        return f'permit(principal == {"(" * count}User::"a"{")" * count}, action, resource);'

    assert parse_policies(scope(100)) == parse_policies(scope(0))
    with pytest.raises(Unreadable) as caught:
        parse_policies(scope(101))
    assert str(caught.value) == "1:21: more than 100 parentheses in a row"
    assert caught.value.hint == "leave them away"


@pytest.mark.parametrize(("count", "told"), [(99, 99), (100, 100), (101, 100)])
def test_of_many_problems_a_hundred_are_told(count: int, told: int) -> None:
    with pytest.raises(Unreadable) as caught:
        parse_expression(" && ".join(["context.if"] * count))
    assert len(caught.value.problems) == told


@pytest.mark.parametrize(("length", "shown"), [(60, "a" * 60), (61, "a" * 60 + "…")])
def test_a_long_word_is_named_by_its_beginning(length: int, shown: str) -> None:
    with pytest.raises(Unreadable) as caught:
        parse_expression("true " + "a" * length)
    assert str(caught.value) == f"1:6: expected the end, found `{shown}`"
