"""Known values are found in every form that they leak in, at a cost that does not grow with their number."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from ringwall.known_values import KnownValues

values = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=8, max_size=40)


@given(values, st.text(max_size=20), st.text(max_size=20))
def test_the_value_itself_is_masked(value: str, before: str, after: str) -> None:
    known = KnownValues()
    known.add(value)
    line = before + value + after
    assert value not in known.mask(line) or value in line.replace(value, "•••")


@given(st.binary(min_size=11, max_size=40).map(lambda raw: base64.b64encode(raw).decode()), st.binary(max_size=9))
def test_base64_at_every_alignment(value: str, before: bytes) -> None:
    known = KnownValues()
    known.add(value)
    encoded = base64.b64encode(before + value.encode() + b"tail").decode()
    inner = base64.b64encode(value.encode()).decode().rstrip("=")[4:-4]
    masked = known.mask(encoded)
    assert "•••" in masked
    assert inner not in masked


def test_each_form() -> None:
    value = 'p"ss w\\rd/ü+§'
    known = KnownValues()
    known.add(value)
    for form in (value, quote(value), quote(value, safe=""), json.dumps(value), repr(value), repr(value.encode())):
        assert "•••" in known.mask(f"x={form};"), form
    assert "•••" in known.mask(value.encode().hex())


def test_the_oldest_is_forgotten_first() -> None:
    known = KnownValues(capacity=2)
    for value in ("first-value", "second-value", "first-value", "third-value"):
        known.add(value)
    assert known.mask("first-value second-value third-value") == "••• second-value •••"


def test_short_words_are_left_alone() -> None:
    known = KnownValues()
    known.add("order")
    assert known.mask("order 17 created") == "order 17 created"


def test_two_values_with_one_beginning() -> None:
    known = KnownValues()
    known.add("same-start")
    known.add("same-start-and-more")
    assert known.mask("same-start-and-more, same-start") == "•••, •••"
