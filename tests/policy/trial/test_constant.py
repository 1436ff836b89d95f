"""Values written as Cedar text, which know of no request."""

from __future__ import annotations

import pytest

from ringwall.errors import Misconfigured
from ringwall.policy.trial.constant import constant, constant_record
from ringwall.policy.values.decimal import Decimal
from ringwall.policy.values.record import Record


def test_a_constant_is_what_its_text_comes_to() -> None:
    assert constant('decimal("0.5")', "f:1") == Decimal(5_000)
    assert constant_record("{ a: 1 + 1 }", "f:1") == Record({"a": 2})


NO_RECORD = "write '{ name: value, … }'"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("1 +", "f:1: '1 +': expected an expression, found the end", ""),
        ('"a', "f:1: '\"a': expected a string in double quotes, found `\"`",
         "this string has no end: close it with a double quote"),
        ("{ a: principal.b }", "f:1: principal in '{ a: principal.b }': a value here knows of no request", ""),
        ("context", "f:1: context in 'context': a value here knows of no request", ""),
        ('1 + "a"', "f:1: '1 + \"a\"': a long is needed, and a string came", ""),
        ("9223372036854775807 + 1", "f:1: '9223372036854775807 + 1': the number overflows 64 bits", ""),
        ("1", "f:1: '1' is no record", NO_RECORD),
        (1, "f:1: 1 is no record", NO_RECORD),
    ],
)  # fmt: skip
def test_what_is_no_record_is_told_with_its_place(text: object, message: str, hint: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        constant_record(text, "f:1")
    assert (caught.value.message, caught.value.hint) == (message, hint)
