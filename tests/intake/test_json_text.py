"""JSON before anybody parses it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringwall.errors import Invalid
from ringwall.intake.json_text import is_json, may_be_json, nesting, parse

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def depth_of(value: Any) -> int:
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + max(map(depth_of, value), default=0) if isinstance(value, list) else 0


@settings(max_examples=200, deadline=None)
@given(VALUES, st.booleans())
def test_the_depth_is_found_without_parsing(value: Any, ascii_only: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    assert nesting(text) == depth_of(value)


@settings(max_examples=200, deadline=None)
@given(VALUES)
def test_what_json_writes_is_read_back(value: Any) -> None:
    assert parse(json.dumps(value).encode(), 64) == value


@settings(max_examples=300, deadline=None)
@given(st.binary() | st.text('[]{}",:\\\u00e9 12eE.-+truefalsn').map(str.encode))
def test_any_bytes_are_a_value_or_invalid(text: bytes) -> None:
    try:
        found = parse(text, 8)
    except Invalid as error:
        assert error.status == 400
    else:
        assert depth_of(found) <= 8


@pytest.mark.parametrize(
    "text",
    [
        b"", b"{", b"NaN", b"-Infinity", b'{"a":1,"a":1}', b'[{"b":{"c":1,"c":2}}]', b'{"a":1,"\\u0061":2}', b"\xff",
        b"\xef\xbb\xbf1", "1".encode("utf-16"), "[1]".encode("utf-32-le"), b"1" * 5000, b"[" * 100_000, b'["\\"]',
    ],
    ids=range(14),
)  # fmt: skip
def test_attacks(text: bytes) -> None:
    with pytest.raises(Invalid):
        parse(text, 32)


def test_depth_is_counted_outside_strings_only() -> None:
    assert parse(b'["[[[[[[\\"[[[["]', 1) == ['[[[[[["[[[[']
    with pytest.raises(Invalid, match="nested more than 2"):
        parse(b"[[[]]]", 2)


def test_types() -> None:
    assert is_json("application/json; charset=utf-8")
    assert is_json("Application/Problem+JSON")
    assert not is_json("text/plain")
    assert may_be_json("", b"  {")
    assert not may_be_json("", b"a=1")
    assert not may_be_json("text/plain", b"{")
