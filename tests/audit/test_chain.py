"""The chain: any row that is changed, moved, dropped or added is found."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringwall.audit.chain import START, entry, link, verify
from ringwall.audit.event import Event
from ringwall.errors import Tampered

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
EVENTS = st.builds(
    Event,
    kind=st.text(min_size=1),
    at=st.integers(0, 4_000_000_000).map(float),
    actor=st.text(),
    subject=st.text(),
    detail=st.dictionaries(st.text(), VALUES, max_size=4),
).filter(lambda event: _encodable(event))


def _encodable(event: Event) -> bool:
    try:
        event.canonical()
    except UnicodeEncodeError:  # lone surrogates are no text
        return False
    return True


def chained(events):
    rows, previous = [], START
    for seq, event in enumerate(events, 1):
        _, _, body, previous = entry(previous, event)
        rows.append((seq, body, previous))
    return rows


@given(EVENTS)
def test_the_canonical_form_is_json_with_sorted_names_and_reads_back(event):
    body = event.canonical()
    read = json.loads(body)
    assert read["detail"] == json.loads(json.dumps(dict(event.detail)))
    assert list(read) == sorted(read)
    assert list(read["detail"]) == sorted(read["detail"])
    assert read["at"] == event.at * 1_000_000


@given(st.dictionaries(st.text("abc", min_size=1), st.integers(), min_size=2))
def test_the_order_of_names_does_not_matter(detail):
    backwards = dict(reversed(detail.items()))
    assert Event("k", 1.0, detail=detail).canonical() == Event("k", 1.0, detail=backwards).canonical()


@pytest.mark.parametrize("value", [1.5, float("nan"), b"x", {1: 2}, [1.0], {"a": object()}, {1, 2}])
def test_what_has_two_spellings_is_refused(value):
    with pytest.raises(TypeError):
        Event("k", 1.0, detail={"v": value}).canonical()


@given(st.lists(EVENTS, min_size=3, max_size=6), st.data())
def test_attack_any_tampering_with_the_rows(events, draw):
    rows = chained(events)
    assert verify(rows) == (len(rows), rows[-1][2])
    at = draw.draw(st.integers(0, len(rows) - 2))
    seq, body, digest = rows[at]
    other = Event("forged", 1.0).canonical()
    forged = {
        "edited": [*rows[:at], (seq, other, digest), *rows[at + 1 :]],
        "edited and hashed again": [
            *rows[:at],
            (seq, other, link(rows[at - 1][2] if at else START, other)),
            *rows[at + 1 :],
        ],
        "dropped": [*rows[:at], *rows[at + 1 :]],
        "dropped and renumbered": [*rows[:at], *((number - 1, b, d) for number, b, d in rows[at + 1 :])],
        "inserted": [*rows[:at], (seq, other, digest), *((number + 1, b, d) for number, b, d in rows[at:])],
        "swapped": [*rows[:at], (seq, *rows[at + 1][1:]), (seq + 1, body, digest), *rows[at + 2 :]],
    }
    for name, wrong in forged.items():
        if wrong == rows or (name == "swapped" and rows[at][1:] == rows[at + 1][1:]):
            continue
        with pytest.raises(Tampered):
            verify(wrong)


def test_verification_goes_on_from_a_known_row():
    rows = chained([Event("k", float(number)) for number in range(5)])
    assert verify(rows[2:], after=2, previous=rows[1][2]) == (5, rows[-1][2])
    with pytest.raises(Tampered, match="row 3 was changed"):
        verify(rows[2:], after=2, previous=START)
