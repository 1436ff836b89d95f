"""Durations: what is one, and what they are in whole units; held against Cedar's own engine."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policy.outcomes import differing, outcomes

from ringwall.policy.entity_uid import quoted
from ringwall.policy.values.duration import Duration
from ringwall.policy.values.evaluation_error import EvaluationError


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("0ms", 0),
        ("-0d", 0),
        ("1d", 86_400_000),
        ("1d2h3m4s5ms", 93_784_005),
        ("-1d2h3m4s5ms", -93_784_005),
        ("1m", 60_000),
        ("1ms", 1),
        ("90m", 5_400_000),
        ("9223372036854775807ms", 2**63 - 1),
        ("-9223372036854775808ms", -(2**63)),
        ("00000000000000000000000000000001s", 1_000),
        ("-106751991167d7h12m55s808ms", -(2**63)),
        ("106751991167d7h12m55s807ms", 2**63 - 1),
    ],
)
def test_what_is_a_duration(text: str, milliseconds: int) -> None:
    assert Duration.parse(text) == Duration(milliseconds)
    assert outcomes(f'duration("{text}") == duration("{milliseconds}ms")') == {"true"}


@pytest.mark.parametrize(
    "text",
    [
        *("", "-", "1", "d", "1D", "+1d", " 1d", "1d ", "1d\n", "1h1d", "1d1d", "1.5h", "--1d", "1d-1h", "1s1m", "١d"),
        *("9223372036854775808ms", "-9223372036854775809ms", "106751991168d", "-106751991168d", "2562047788016h"),
        *("153722867280913m", "9223372036854776s", "106751991167d7h12m55s808ms", "99999999999999999999ms"),
        *("18446744073709551616ms", "9" * 5000 + "s"),
    ],
)
def test_what_is_none(text: str) -> None:
    with pytest.raises(EvaluationError):
        Duration.parse(text)
    assert outcomes(f"duration({quoted(text)}) == duration({quoted(text)})") == {"error"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x" * 50, f"{'x' * 40!r} is no duration, which looks like 1d2h3m4s5ms"),
        ("9" * 20 + "ms", "the duration overflows 64 bits"),
        ("9" * 19 + "ms", "the number overflows 64 bits"),
    ],
)
def test_why_it_is_none(text: str, message: str) -> None:
    with pytest.raises(EvaluationError) as refused:
        Duration.parse(text)
    assert str(refused.value) == message


@given(st.integers(-(2**63), 2**63 - 1))
def test_each_is_read_as_it_is_written(number: int) -> None:
    assert Duration.parse(Duration(number).text) == Duration(number)


_PARTS = st.sampled_from(["1d", "2h", "3m", "4s", "5ms", "-", "0", "1", "106751991167", "9223372036854775", "d", "ms"])


@given(st.lists(st.lists(_PARTS, max_size=6).map("".join), min_size=30, max_size=30))
def test_cedar_reads_the_same(texts: list[str]) -> None:
    assert differing([f"duration({quoted(text)}).toSeconds() < 5" for text in texts]) == []


@pytest.mark.parametrize(
    ("expression", "outcome"),
    [
        ('duration("1d2h3m4s5ms").toMilliseconds() == 93784005', "true"),
        ('duration("1d2h3m4s5ms").toSeconds() == 93784', "true"),
        ('duration("1d2h3m4s5ms").toMinutes() == 1563', "true"),
        ('duration("1d2h3m4s5ms").toHours() == 26', "true"),
        ('duration("1d2h3m4s5ms").toDays() == 1', "true"),
        ('duration("100000m").toMinutes() == 100000', "true"),
        ('duration("100000h").toHours() == 100000', "true"),
        # Towards zero, which Python's // is not.
        ('duration("-999ms").toSeconds() == 0', "true"),
        ('duration("-1001ms").toSeconds() == -1', "true"),
        ('duration("-59s").toMinutes() == 0', "true"),
        ('duration("-59m").toHours() == 0', "true"),
        ('duration("-23h").toDays() == 0', "true"),
        ('duration("-9223372036854775808ms").toDays() == -106751991167', "true"),
        ('duration("1s") < duration("1001ms")', "true"),
        ('duration("1s") < duration("1000ms")', "false"),
        ('duration("1s") <= duration("1000ms")', "true"),
        ('duration("-1s") >= duration("1ms")', "false"),
        ('duration("1s") == duration("1000ms")', "true"),
        ('duration("1ms") == 1', "false"),
        ('duration("1ms") == datetime("1970-01-01T00:00:00.001Z")', "false"),
        ('duration("1ms") < datetime("1970-01-01T00:00:00.001Z")', "error"),
        ('duration("1ms") < 2', "error"),
        ('duration("1ms") < "2ms"', "error"),
        ('duration("1ms") + duration("1ms") == duration("2ms")', "error"),
        ('datetime("1970-01-01").toSeconds() == 0', "error"),
        ("(1).toSeconds() == 0", "error"),
        ('duration("1ms").toSeconds(1) == 0', "error"),
        ("duration(1) == duration(1)", "error"),
    ],
)
def test_units_and_order(expression: str, outcome: str) -> None:
    assert outcomes(expression) == {outcome}


def test_how_it_is_shown() -> None:
    assert str(Duration(-5)) == 'duration("-5ms")'
