"""Where something was written, found from the text when it is asked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringwall.policy.source import NOWHERE, Source, Span

TEXT = "one\n  two  three\n\nfour"


@pytest.mark.parametrize(
    ("start", "end", "line", "column", "text", "line_text"),
    [
        (0, 3, 1, 1, "one", "one"),
        (3, 4, 1, 4, "", "one"),
        (4, 5, 2, 1, "", "  two  three"),
        (6, 16, 2, 3, "two three", "  two  three"),
        (16, 17, 2, 13, "", "  two  three"),
        (17, 17, 3, 1, "", ""),
        (18, 22, 4, 1, "four", "four"),
        (0, 22, 1, 1, "one two three four", "one"),
    ],
)
def test_a_span_has_its_line_column_and_text(
    start: int, end: int, line: int, column: int, text: str, line_text: str
) -> None:
    span = Span(Source("f", TEXT), start, end)
    assert (span.line, span.column, span.text, span.line_text) == (line, column, text, line_text)
    assert str(span) == f"f:{line}"


def test_a_text_may_begin_further_down_its_file() -> None:
    span = Span(Source("f", TEXT, first=10), 6, 9)
    assert (str(span), span.line, span.column, span.file) == ("f:11", 11, 3, "f")


def test_other_words_may_stand_for_it() -> None:
    assert Span(Source("f", TEXT), 0, 3, "first").text == "first"


def test_what_was_written_nowhere_has_no_place() -> None:
    assert (str(NOWHERE), NOWHERE.text, NOWHERE.line, NOWHERE.column) == ("", "", 1, 1)
    assert (NOWHERE.start, NOWHERE.end) == (0, 0)


@given(text=st.text("ab\n"), data=st.data())
def test_line_and_column_lead_back_to_the_character(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    span = Span(Source("f", text), start, start)
    lines = text.split("\n")
    assert lines[span.line - 1] == span.line_text
    assert sum(len(line) + 1 for line in lines[: span.line - 1]) + span.column - 1 == start
