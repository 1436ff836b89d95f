"""``like``: what matches, and that no pattern takes long."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policy.outcomes import differing, outcomes

from ringwall.policy.entity_uid import quoted
from ringwall.policy.values.like import like

_SHORT = st.text(alphabet="ab", max_size=8)


@given(_SHORT, st.lists(st.text(alphabet="ab", max_size=3), min_size=1, max_size=6))
def test_a_star_is_any_text(text: str, parts: list[str]) -> None:
    assert like(text, parts) is (re.fullmatch(".*".join(map(re.escape, parts)), text, re.DOTALL) is not None)


@given(st.lists(st.tuples(_SHORT, st.text(alphabet="ab*", max_size=8)), min_size=30, max_size=30))
def test_cedar_matches_the_same(pairs: list[tuple[str, str]]) -> None:
    assert differing([f"{quoted(text)} like {quoted(pattern)}" for text, pattern in pairs]) == []


@pytest.mark.parametrize(
    ("expression", "outcome"),
    [
        ('"" like ""', "true"),
        ('"" like "*"', "true"),
        ('"a" like ""', "false"),
        ('"aba" like "ab*ba"', "false"),
        ('"abba" like "ab*ba"', "true"),
        ('"a\\nb" like "a*b"', "true"),
        ('"ab" like "a.b"', "false"),
        ('"a.b" like "a.b"', "true"),
        ('"A" like "a"', "false"),
        ('"😀" like "*"', "true"),
        ('"a*b" like "a\\*b"', "true"),
        ('"axb" like "a\\*b"', "false"),
        ('"a\\\\b" like "a\\\\*"', "true"),
        ('context.text like "a\\**"', "true"),
        ('1 like "*"', "error"),
        ('principal like "*"', "error"),
        ('context.nothing like "*"', "error"),
    ],
)
def test_matching(expression: str, outcome: str) -> None:
    assert outcomes(expression) == {outcome}


def test_a_hostile_pattern_takes_no_time() -> None:
    # By backtracking, each of these would outlast the machine.
    assert not like("a" * 100_000, ["a", *["a"] * 5_000, "b"])
    assert not like("a" * 100_000 + "c", ["", *["a", "b"] * 2_000, ""])
    assert like("ab" * 50_000, ["", *["ab"] * 50_000, ""])
