"""Formatting changes how a text looks and nothing else: not what it says, and no comment is lost."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policy.strategies import canonical, policies

from ringwall.policy.language.cedar_text import cedar_text
from ringwall.policy.language.format import formatted
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.language.problem import Unreadable
from ringwall.policy.language.tokens import tokens
from ringwall.policy.source import Source

SAMPLE = """\
// License
   // more

// the first

@id( "a")   @public // why
permit ( principal in Role::"manager",action in [Action::"read",Action::"write",Action::"a very long action name",\
Action::"another very long one"], // which
 resource is Order) when{context.a==1&&-1 <  - principal.b||resource.owner==principal // own
 && !resource . deleted }unless{ if context.a then {a:1,"b c":[1,2]}.a==1 && context.something_that_is_very_long == 1 \
else if principal in Group::"aaaaaaaaaaaaa" then 1.b else ip ("::").isInRange(context["c d"])};\
forbid(principal,action,resource);


// end
"""
LAID_OUT = """\
// License
// more

// the first

@id("a")
@public  // why
permit (
  principal in Role::"manager",
  action in [
    Action::"read",
    Action::"write",
    Action::"a very long action name",
    Action::"another very long one"
  ],  // which
  resource is Order
)
when {
  context.a == 1 && -1 < -principal.b ||
  resource.owner == principal  // own
  &&
    !resource.deleted
}
unless {
  if context.a
  then {a: 1, "b c": [1, 2]}.a == 1 && context.something_that_is_very_long == 1
  else if principal in Group::"aaaaaaaaaaaaa" then 1.b else ip("::").isInRange(context["c d"])
};

forbid (principal, action, resource);

// end
"""


def test_the_layout() -> None:
    assert formatted(SAMPLE) == LAID_OUT


HEAD = "permit (principal, action, resource)\n"


@pytest.mark.parametrize(
    ("condition", "laid_out"),
    [
        ("-1 < - 2", "-1 < -2"),
        ("context . a - 1 == 2-1", "context.a - 1 == 2 - 1"),
        ('"a" == context [ "b" ]', '"a" == context["b"]'),
        ("! ( true )", "!(true)"),
        ("[1 ,2 , ].contains ( 3 )", "[1, 2,].contains(3)"),
        ("{ a : 1 , b : { } } == context", "{a: 1, b: {}} == context"),
        ("if (true) then (1) else (2)", "if (true) then (1) else (2)"),
        ('principal in (User :: "a")', 'principal in (User::"a")'),
        ("(1)-1 == [1]-1", "(1) - 1 == [1] - 1"),
        ("context has a.b", "context has a.b"),
    ],
)
def test_where_spaces_stand(condition: str, laid_out: str) -> None:
    assert formatted(f"{HEAD}when{{{condition}}};") == f"{HEAD}when {{ {laid_out} }};\n"


def test_a_hundred_characters_stand_on_one_line() -> None:
    name = "a" * (100 - len("unless { context. == 1 };"))
    fits = f"{HEAD}unless {{ context.{name} == 1 }};\n"
    assert max(map(len, fits.split("\n"))) == 100
    assert formatted(fits) == fits
    longer = fits.replace("context.", "context.a")
    assert formatted(longer) == f"{HEAD}unless {{\n  context.a{name} == 1\n}};\n"


def test_a_chain_that_is_part_of_another_hangs_to_the_right() -> None:
    long = "context.something_that_is_rather_long == 1"
    assert formatted(f"{HEAD}when {{ {long} && {long} && {long} || {long} && {long} }};") == (
        f"{HEAD}when {{\n  {long} &&\n    {long} &&\n    {long} ||\n  {long} && {long}\n}};\n"
    )


def test_an_annotation_may_be_called_as_a_word_that_begins_a_part() -> None:
    assert formatted(f"@when @unless @permit @forbid {HEAD};") == f"@when\n@unless\n@permit\n@forbid\n{HEAD[:-1]};\n"


def test_an_if_in_the_test_of_another_keeps_its_own_branches() -> None:
    inner = "if context.something_long then context.something_short else context.nothing_at_all"
    assert formatted(f"{HEAD}when {{ if {inner} then true else false }};") == (
        f"{HEAD}when {{\n  if {inner}\n  then true\n  else false\n}};\n"
    )


@pytest.mark.parametrize(("text", "laid_out"), [("", ""), ("\n\n", ""), ("// a\n\n\n// b", "// a\n\n// b\n")])
def test_no_policies(text: str, laid_out: str) -> None:
    assert formatted(text) == laid_out


def test_what_is_no_policy_text_stays_as_it_is() -> None:
    with pytest.raises(Unreadable, match=r"a\.cedar:1:9"):
        formatted("permit (", file="a.cedar")


def test_a_comment_at_every_place() -> None:
    words = tokens(Source("", SAMPLE)).words
    text = "".join(f"// c{place}\n{word} // d{place}\n" for place, word in enumerate(words) if word)
    again = formatted(text)
    assert _comments(again) == _comments(text)
    assert formatted(again) == again


GAPS = (*("", " ", "\t", "\n", "\n\n\n", "\x85") * 2, "// note\n", "\n// one \r\n\n// two é\n", "//\n", "//a\r")


@st.composite
def _scattered(draw: st.DrawFn) -> str:
    """The text of some policies with other white space and comments between its tokens."""
    text = cedar_text(draw(st.lists(policies(slots=True), max_size=2)))
    rng = random.Random(draw(st.integers(0, 2**32)))
    words = tokens(Source("", text)).words
    gaps = rng.choices(GAPS, k=len(words))
    return "".join(f"{gap} {word}" for gap, word in zip(gaps, words, strict=True))


@settings(max_examples=60)
@given(_scattered())
def test_only_the_space_changes(text: str) -> None:
    again = formatted(text)
    assert _words(again) == _words(text)
    assert list(map(canonical, parse_policies(again))) == list(map(canonical, parse_policies(text)))
    assert _comments(again) == _comments(text)
    assert formatted(again) == again
    assert not any(line != line.rstrip() for line in _outside_strings(again))


def _words(text: str) -> list[str]:
    return [word for word in tokens(Source("", text)).words if word]


def _comments(text: str) -> list[str]:
    """Every comment, in its order."""
    _, starts, ends = tokens(Source("", text))
    gaps = (text[end:start] for end, start in zip([0, *ends], [*starts, len(text)], strict=True))
    lines = (line.strip() for gap in gaps for line in gap.replace("\r", "\n").split("\n"))
    return [line for line in lines if line]


def _outside_strings(text: str) -> list[str]:
    return [line for line in text.split("\n") if '"' not in line]


def test_the_corpus_stays_what_it_is(cedar_cases: list[dict[str, Any]]) -> None:
    for case in cedar_cases[::5]:
        again = formatted(case["policies"])
        assert parse_policies(again) == parse_policies(case["policies"]), case["name"]
        assert formatted(again) == again, case["name"]
