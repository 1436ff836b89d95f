"""Datetimes: what is one, and what can be asked of it; held against Cedar's own engine."""

from __future__ import annotations

import datetime as python

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policy.outcomes import differing, outcomes

from ringwall.policy.entity_uid import quoted
from ringwall.policy.values.datetime import Datetime
from ringwall.policy.values.duration import Duration
from ringwall.policy.values.evaluation_error import EvaluationError

_EPOCH = python.datetime(1970, 1, 1, tzinfo=python.UTC)


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("1970-01-01", 0),
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:00.001Z", 1),
        ("1969-12-31T23:59:59.999Z", -1),
        ("1970-01-01T01:00:00+0100", 0),
        ("1970-01-01T00:00:00-0130", 5_400_000),
        ("1970-01-01T00:00:00.500+2359", 500 - 86_340_000),
        ("2000-02-29", 951_782_400_000),
        ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
        ("0000-01-01", -62_167_219_200_000),
        ("0000-02-29T00:00:00Z", -62_162_121_600_000),
        ("0000-12-31", -62_135_683_200_000),
        ("0001-01-01", -62_135_596_800_000),
        ("0000-01-01T00:00:00+2359", -62_167_219_200_000 - 86_340_000),
    ],
)
def test_what_is_a_datetime(text: str, milliseconds: int) -> None:
    assert Datetime.parse(text) == Datetime(milliseconds)
    since_1970 = f'datetime("1970-01-01").offset(duration("{milliseconds}ms"))'
    assert outcomes(f'datetime("{text}") == {since_1970}') == {"true"}


@pytest.mark.parametrize(
    "text",
    [
        *("", "1970", "1970-1-1", "70-01-01", "1970-01-01T", "1970-01-01Z", "1970-01-01T00:00:00", "1970-01-01T00:00Z"),
        *("1970-01-01T00:00:00.1Z", "1970-01-01T00:00:00.0001Z", "1970-01-01T00:00:00z", "1970-01-01 00:00:00Z"),
        *("1970-01-01T00:00:00+01:00", "1970-01-01T00:00:00+01", "1970-01-01T00:00:00.Z", "1970-01-01T00:00:00Z\n"),
        *(
            "1970-13-01",
            "1970-00-01",
            "1970-01-00",
            "1970-01-32",
            "1970-02-29",
            "1900-02-29",
            "0000-02-30",
            "2023-04-31",
        ),
        *("1970-01-01T24:00:00Z", "1970-01-01T00:60:00Z", "1970-01-01T00:00:60Z", "1970-01-01T00:00:00+2400"),
        *("1970-01-01T00:00:00+0060", "-001-01-01", "+1970-01-01", "10000-01-01", "١٩٧٠-01-01", " 1970-01-01"),
    ],
)
def test_what_is_none(text: str) -> None:
    with pytest.raises(EvaluationError):
        Datetime.parse(text)
    assert outcomes(f"datetime({quoted(text)}) == datetime({quoted(text)})") == {"error"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x" * 50, f"{'x' * 40!r} is no datetime, which looks like 2026-11-24T10:00:00Z"),
        ("2023-02-29", "there is no such day as 2023-02-29"),
        ("2023-02-28T10:60:00Z", "there is no such time as 2023-02-28T10:60:00Z"),
    ],
)
def test_why_it_is_none(text: str, message: str) -> None:
    with pytest.raises(EvaluationError) as refused:
        Datetime.parse(text)
    assert str(refused.value) == message


@given(
    st.datetimes(timezones=st.just(python.UTC)).map(lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000))
)
def test_python_knows_the_same_calendar(at: python.datetime) -> None:
    milliseconds = (at - _EPOCH) // python.timedelta(milliseconds=1)
    text = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert Datetime.parse(text) == Datetime(milliseconds)
    assert Datetime(milliseconds).text == text


@given(st.integers(-62_167_219_200_000, 253_402_300_799_999))
def test_each_that_can_be_written_is_read_as_it_is_written(number: int) -> None:
    text = Datetime(number).text
    assert text is not None
    assert Datetime.parse(text) == Datetime(number)


@pytest.mark.parametrize(
    "clock", ["00:00:00.000", "00:00:59.999", "00:59:00.000", "01:00:00.000", "23:00:00.001", "23:59:59.999"]
)
@pytest.mark.parametrize(
    "day", ["0000-01-01", "0000-12-31", "0399-12-31", "0400-01-01", "1969-12-31", "9600-01-01", "9999-12-31"]
)
def test_the_edges_of_clock_and_calendar(day: str, clock: str) -> None:
    assert Datetime.parse(f"{day}T{clock}Z").text == f"{day}T{clock}Z"


@pytest.mark.parametrize("number", [-62_167_219_200_001, 253_402_300_800_000, -(2**63), 2**63 - 1])
def test_others_are_written_by_their_distance_from_1970(number: int) -> None:
    assert Datetime(number).text is None
    assert str(Datetime(number)) == f'datetime("1970-01-01").offset(duration("{number}ms"))'
    assert str(Datetime(0)) == 'datetime("1970-01-01T00:00:00.000Z")'


_PARTS = st.sampled_from(
    ["0000-02-29", "1970-01-01", "2024-02-30", "T", "12:34:56", "24:00:00", ".123", "Z", "+0130", "-2359", "+2400", "0"]
)


@given(st.lists(st.lists(_PARTS, max_size=5).map("".join), min_size=30, max_size=30))
def test_cedar_reads_the_same(texts: list[str]) -> None:
    assert differing([f'datetime({quoted(text)}) < datetime("1980-01-01")' for text in texts]) == []


_EARLIEST = 'datetime("1970-01-01").offset(duration("-9223372036854775808ms"))'


@pytest.mark.parametrize(
    ("expression", "outcome"),
    [
        ('datetime("2024-01-01").offset(duration("1d")) == datetime("2024-01-02")', "true"),
        ('datetime("2024-01-02").durationSince(datetime("2024-01-01")) == duration("1d")', "true"),
        ('datetime("2024-01-01").durationSince(datetime("2024-01-02")) == duration("-1d")', "true"),
        ('datetime("2024-01-01T12:00:00Z").toDate() == datetime("2024-01-01")', "true"),
        ('datetime("2024-01-01T12:00:00Z").toTime() == duration("12h")', "true"),
        # Before 1970 a day begins at its midnight too, and the time of day is never negative.
        ('datetime("1969-12-31T23:00:00Z").toDate() == datetime("1969-12-31")', "true"),
        ('datetime("1969-12-31T23:00:00Z").toTime() == duration("23h")', "true"),
        ('datetime("1969-12-31").toDate() == datetime("1969-12-31")', "true"),
        ('datetime("1969-12-31").toTime() == duration("0ms")', "true"),
        (f"{_EARLIEST}.toDate() == {_EARLIEST}", "error"),
        (f'{_EARLIEST}.toTime() == duration("60424192ms")', "true"),
        (f'{_EARLIEST}.offset(duration("-1ms")) == {_EARLIEST}', "error"),
        (f'{_EARLIEST}.durationSince(datetime("1970-01-01")) < duration("0ms")', "true"),
        (f'datetime("1970-01-01").durationSince({_EARLIEST}) < duration("0ms")', "error"),
        ('datetime("1970-01-01T00:00:00.001Z").offset(duration("9223372036854775807ms")) == 1', "error"),
        ('datetime("2024-01-01") < datetime("2024-01-01T00:00:00.001Z")', "true"),
        ('datetime("2024-01-01") < datetime("2024-01-01")', "false"),
        ('datetime("2024-01-01") <= datetime("2024-01-01")', "true"),
        ('datetime("2024-01-01") >= datetime("2024-01-02")', "false"),
        ('datetime("1970-01-01") == duration("0ms")', "false"),
        ('datetime("1970-01-01") == 0', "false"),
        ('datetime("1970-01-01") < 1', "error"),
        ('datetime("1970-01-01").offset(datetime("1970-01-01")) == 1', "error"),
        ('datetime("1970-01-01").durationSince(duration("1d")) == 1', "error"),
        ('duration("1d").toDate() == 1', "error"),
        ('datetime("1970-01-01").toDate(1) == datetime("1970-01-01")', "error"),
        ("datetime(0) == datetime(0)", "error"),
    ],
)
def test_what_can_be_asked(expression: str, outcome: str) -> None:
    assert outcomes(expression) == {outcome}


def test_a_moment_and_a_duration_are_two_in_a_set_as_well() -> None:
    assert len({Datetime(5), Duration(5)}) == 2
    assert outcomes('[datetime("1970-01-01")].contains(duration("0ms"))') == {"false"}
