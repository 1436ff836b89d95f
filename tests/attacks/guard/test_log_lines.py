"""Lines and values made to keep the redactor busy: each is a request that a stranger can send."""

from __future__ import annotations

import time

import pytest

from ringwall.audit.redactor import Redactor
from ringwall.known_values import MASK, KnownValues

_BUDGET = 2.0
_SIZE = 100_000


@pytest.mark.parametrize(
    "piece",
    [
        *("eyJ", "eyJaaaaa.", "eyJaaaaaaa.aa", "-----BEGIN ", "-----BEGIN PRIVATE KEY-----", "password ", "token:'"),
        *("://a:", "://a@", "bearer ", "authorization: bearer ", "1 ", "1-", "hvs.", "s.", "api_key=", "•••token="),
    ],
)
def test_a_line_of_one_repeated_piece_is_redacted_in_linear_time(piece: str) -> None:
    redact, line = Redactor(KnownValues()), piece * (_SIZE // len(piece))
    began = time.process_time()
    redact(line)
    assert time.process_time() - began < _BUDGET


def test_a_token_is_masked_wherever_it_begins() -> None:
    token = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl"
    redact = Redactor(KnownValues())
    for before in ("", "x", "token_", "eyJ", "eyJeyJ-", "a.", "GET /?t=", "eyJhbGciOiJub25lIn0 "):
        assert "c2lnbmF0dXJl" not in redact(f"{before}{token} end")


@pytest.mark.parametrize(
    "values",
    [
        [f"{'1' * 8}{number:05}" for number in range(4096)],
        ["1" * (8 + number) for number in range(2048)],
        [f"{'1' * (8 + number)}0" for number in range(2048)],
    ],
)
def test_thousands_of_values_that_begin_alike_do_not_slow_a_line_down(values: list[str]) -> None:
    known = KnownValues()
    for value in values:
        known.add(value)
    known.mask("taken up")
    line = ("1" * 60 + "2") * (_SIZE // 122)
    began = time.process_time()
    known.mask(line)
    assert time.process_time() - began < _BUDGET


def test_among_values_that_begin_alike_the_longest_is_masked_whole() -> None:
    known = KnownValues()
    for value in ("password", "password-1", "password-1-of-ann", "password-2", "passwords"):
        known.add(value)
    assert known.mask("(password-1-of-ann)") == f"({MASK})"
    assert known.mask("(password-1-of-)") == f"({MASK}-of-)"
    assert known.mask("(passwore)") == "(passwore)"
