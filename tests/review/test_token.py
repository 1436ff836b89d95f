"""The tokenizer loses nothing, and knows text from code."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringwall.review.token import Unclosed, tokens

PIECES = st.sampled_from([
    "a", "return", " ", "\n", "/", "//x\n", "/*x*/", "'s'", '"d"', "'", '"', "`", "`t`", "${", "}", "{", "(", ")", "[",
    "]", "1.5e3", "0x1F", ".5", "=>", "?.", "\\", "/[/]/g", "é", "𝒳", "\u2028", "#", "@", "<", ">", "\r\n", "\ufeff",
])  # fmt: skip


def kinds(source: str) -> list[tuple[str, str]]:
    return [(token.kind, token.text) for token in tokens(source) if token.kind != "space"]


@settings(max_examples=300)
@given(st.one_of(st.lists(PIECES, max_size=30).map("".join), st.text(max_size=60)))
def test_tokens_joined_are_the_source_or_something_does_not_end(source: str) -> None:
    try:
        found = list(tokens(source))
    except Unclosed as error:
        assert 1 <= error.line <= source.count("\n") + 1
        return
    assert "".join(token.text for token in found) == source
    assert all(token.text for token in found)
    line, column = 1, 1
    for token in found:
        assert (token.line, token.column) == (line, column)
        line += token.text.count("\n")
        column = len(token.text) - token.text.rindex("\n") if "\n" in token.text else column + len(token.text)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a / b / c", [("name", "a"), ("punct", "/"), ("name", "b"), ("punct", "/"), ("name", "c")]),
        ("x = /['\"]/g", [("name", "x"), ("punct", "="), ("regex", "/['\"]/g")]),
        ("return /}/", [("name", "return"), ("regex", "/}/")]),
        ("'a//b'", [("string", "'a//b'")]),
        ("`a${ {b: `c`} }d`", [("template", "`a${"), ("punct", "{"), ("name", "b"), ("punct", ":"), ("template", "`c`"),
                              ("punct", "}"), ("template", "}d`")]),
        (r"'it\'s'", [("string", r"'it\'s'")]),
        ("a /* 'b */ c // 'd", [("name", "a"), ("comment", "/* 'b */"), ("name", "c"), ("comment", "// 'd")]),
    ],
)  # fmt: skip
def test_text_is_told_from_code(source: str, expected: list[tuple[str, str]]) -> None:
    assert kinds(source) == expected


@pytest.mark.parametrize(
    ("source", "message", "line"),
    [("a\n'b\n'", "string", 2), ("/* a", "comment", 1), ("\n\n`a", "template", 3), ("`a${b", "template", 1)],
)
def test_what_does_not_end_is_an_error(source: str, message: str, line: int) -> None:
    with pytest.raises(Unclosed, match=f"a {message} that does not end") as caught:
        list(tokens(source))
    assert caught.value.line == line
