"""The questions that checks ask of a JavaScript file."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ringwall.review.checks import CHECKS
from ringwall.review.script import Script
from ringwall.review.token import Unclosed


def texts(tokens) -> str:
    return " ".join(token.text for token in tokens)


def test_arguments_are_split_at_their_own_commas() -> None:
    script = Script("f(a, g(b, c), {d, e}, `x${h(1, 2)}y`)")
    assert [texts(part) for part in script.arguments(1)] == ["a", "g ( b , c )", "{ d , e }", "`x${ h ( 1 , 2 ) }y`"]


def test_functions_of_every_spelling_are_named() -> None:
    script = Script(
        "function a(x) { one }\nconst b = async (y) => { two }\nconst c = z => three;\nasync function* d() { four }"
    )
    assert [(name, texts(body)) for _, name, body in script.functions()] == [
        ("a", "{ one }"),
        ("d", "{ four }"),
        ("b", "{ two }"),
        ("c", "three ;"),
    ]


WORDS = (
    "localStorage", ".", "setItem", "(", ")", "{", "}", "[", "]", "=>", "=", ":", ",", ";", "'token'", "cors", "jwt",
    "decode", "eval", "function", "innerHTML", "split", "JSON", "stringify", "response_type", "req", "headers",
    "Math", "random", "dangerouslySetInnerHTML", "document", "write", "challenge", "rejectUnauthorized", "new",
    "Function",
)  # fmt: skip


@given(st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join))
def test_no_check_falls_over_unfinished_code(source: str) -> None:
    try:
        script = Script(source)
    except Unclosed:
        return
    for check in CHECKS:
        for look in check.by_script:
            for token, message in look(script):
                assert token in script.tokens
                assert message
