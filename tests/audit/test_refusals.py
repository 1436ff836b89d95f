"""Refusals are written down, and cannot fill the disk."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ringwall.audit.refusals import FULL, Refusals


def test_sixty_of_a_minute_in_full_and_the_rest_as_a_count() -> None:
    refusals = Refusals()
    assert [refusals.note("192.0.2.1", 0.0) for _ in range(FULL + 40)] == [True] * FULL + [False] * 40
    assert refusals.note("192.0.2.2", 0.0)
    assert refusals.over(59.0) == []
    assert refusals.over(60.0) == [("192.0.2.1", 40)]
    assert refusals.note("192.0.2.1", 60.0)


def test_a_flood_of_addresses_takes_bounded_memory_and_rows() -> None:
    refusals = Refusals()
    full = sum(refusals.note(f"2001:db8::{number:x}", 0.0) for number in range(100_000))
    assert full < 10_000
    assert sum(count for _, count in refusals.over(60.0)) == 100_000 - full


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 20)), max_size=400))
def test_every_refusal_is_either_in_full_or_in_a_count(steps: list[tuple[str, float]]) -> None:
    refusals, now, full, counted = Refusals(), 0.0, 0, 0
    for address, wait in steps:
        now += wait
        counted += sum(count for _, count in refusals.over(now))
        full += refusals.note(address, now)
    counted += sum(count for _, count in refusals.over(now + 60.0))
    assert full + counted == len(steps)
