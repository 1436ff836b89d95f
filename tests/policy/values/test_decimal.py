"""Decimals: what is one, and how they compare; held against Cedar's own engine."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policy.outcomes import differing, outcomes

from ringwall.policy.entity_uid import quoted
from ringwall.policy.values.decimal import Decimal
from ringwall.policy.values.evaluation_error import EvaluationError


@pytest.mark.parametrize(
    ("text", "ten_thousandths"),
    [
        ("0.0", 0),
        ("-0.0", 0),
        ("1.25", 12_500),
        ("-1.25", -12_500),
        ("-0.0001", -1),
        ("00000000000000000000000000000001.0", 10_000),
        ("922337203685477.5807", 2**63 - 1),
        ("-922337203685477.5808", -(2**63)),
    ],
)
def test_what_is_a_decimal(text: str, ten_thousandths: int) -> None:
    assert Decimal.parse(text) == Decimal(ten_thousandths)
    assert outcomes(f'decimal("{text}") == decimal("{Decimal(ten_thousandths).text}")') == {"true"}


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            ".",
            "1",
            "1.",
            ".5",
            "+1.5",
            " 1.5",
            "1.5 ",
            "1.5\n",
            "1,5",
            "1e5",
            "--1.5",
            "- 1.5",
            "1.-5",
            "1.5.5",
            "1_0.5",
        ),
        *("1.00000", "1.12345", "١.٥", "922337203685477.5808", "-922337203685477.5809", "9" * 4301 + ".0"),
    ],
)
def test_what_is_none(text: str) -> None:
    with pytest.raises(EvaluationError):
        Decimal.parse(text)
    assert outcomes(f"decimal({quoted(text)}) == decimal({quoted(text)})") == {"error"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x" * 50, f"{'x' * 40!r} is no decimal, which looks like 1.25"),
        ("1." + "2" * 50, f"the decimal 1.{'2' * 38} has more than four digits after its point"),
        ("9" * 50 + ".0", f"the decimal {'9' * 40} overflows 64 bits"),
        ("9999999999999999.0", "the decimal 9999999999999999.0 overflows 64 bits"),
        ("999999999999999.0", "the number overflows 64 bits"),
    ],
)
def test_why_it_is_none(text: str, message: str) -> None:
    with pytest.raises(EvaluationError) as refused:
        Decimal.parse(text)
    assert str(refused.value) == message


@given(st.integers(-(2**63), 2**63 - 1))
def test_each_is_read_as_it_is_written(number: int) -> None:
    assert Decimal.parse(Decimal(number).text) == Decimal(number)


@given(st.lists(st.text(alphabet="0019.-", max_size=24), min_size=30, max_size=30))
def test_cedar_reads_the_same(texts: list[str]) -> None:
    assert differing([f"decimal({quoted(text)}).lessThan(decimal({quoted(text)}))" for text in texts]) == []


@pytest.mark.parametrize(
    ("expression", "outcome"),
    [
        ('decimal("1.0").lessThan(decimal("1.1"))', "true"),
        ('decimal("1.0").lessThan(decimal("1.0"))', "false"),
        ('decimal("1.0").lessThanOrEqual(decimal("1.00"))', "true"),
        ('decimal("1.1").lessThanOrEqual(decimal("1.0"))', "false"),
        ('decimal("-1.0").greaterThan(decimal("-1.1"))', "true"),
        ('decimal("1.0").greaterThan(decimal("1.0"))', "false"),
        ('decimal("1.0").greaterThanOrEqual(decimal("1.0"))', "true"),
        ('decimal("1.0").greaterThanOrEqual(decimal("1.0001"))', "false"),
        ('decimal("1.0") == decimal("1.0000")', "true"),
        ('decimal("1.0") == 1', "false"),
        ('decimal("1.0") == "1.0"', "false"),
        ('decimal("0.0001") == 1', "false"),
        ('decimal("1.0") < decimal("1.1")', "error"),
        ('decimal("1.0").lessThan("1.1")', "error"),
        ('decimal("1.0").lessThan(2)', "error"),
        ("(1).lessThan(2)", "error"),
        ("decimal(1) == decimal(1)", "error"),
        ('decimal("1.0").lessThan()', "error"),
        ('decimal("1.0").lessThan(decimal("1.1"), decimal("1.1"))', "error"),
        ('decimal("1.0", "1.0") == decimal("1.0")', "error"),
    ],
)
def test_comparison(expression: str, outcome: str) -> None:
    assert outcomes(expression) == {outcome}


def test_how_it_is_shown() -> None:
    assert str(Decimal(12_500)) == 'decimal("1.25")'
