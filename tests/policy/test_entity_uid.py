"""An entity's identity as Cedar text, which reads back as the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringwall.policy.entity_uid import EntityUid, quoted
from ringwall.policy.language.parse import parse_entity_uid


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("", '""'),
        ("ä b", '"ä b"'),
        ('a"b', '"a\\"b"'),
        ("a\\b", '"a\\\\b"'),
        ('\\"', '"\\\\\\""'),
        ("a\nb\x00", '"a\\u{a}b\\u{0}"'),
        ("\u202e", '"\\u{202e}"'),
    ],
)
def test_a_text_is_quoted_and_what_cannot_be_seen_is_escaped(text: str, literal: str) -> None:
    assert quoted(text) == literal
    assert str(EntityUid("A::B", text)) == f"A::B::{literal}"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_it_reads_back(text: str) -> None:
    assert parse_entity_uid(str(EntityUid("A", text))) == EntityUid("A", text)
