"""Lines and values made to keep the redactor busy: each is a request that a stranger can send."""

from __future__ import annotations

import pytest

from ringwall import known_values
from ringwall.audit.redactor import Redactor
from ringwall.known_values import MASK, KnownValues

_SIZE = 1_000_000
"""Characters. A look at each pair of them would take hours, so what is quadratic never ends here."""


@pytest.mark.parametrize(
    "piece",
    [
        *("eyJ", "eyJaaaaa.", "eyJaaaaaaa.aa", "-----BEGIN ", "-----BEGIN PRIVATE KEY-----", "password ", "token:'"),
        *("://a:", "://a@", "bearer ", "authorization: bearer ", "1 ", "1-", "hvs.", "s.", "api_key=", "•••token="),
    ],
)
def test_a_line_of_one_repeated_piece_is_redacted_at_all(piece: str) -> None:
    redact, line = Redactor(KnownValues()), piece * (_SIZE // len(piece))
    assert redact(line)


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
def test_thousands_of_values_that_begin_alike_are_not_tried_one_by_one(
    values: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    known = KnownValues()
    for value in values:
        known.add(value)
    known.mask("taken up")
    tried: list[str] = []
    shared = known_values._shared

    def counted(one: str, other: str) -> int:
        tried.append(one)
        return shared(one, other)

    monkeypatch.setattr(known_values, "_shared", counted)
    line = ("1" * 60 + "2") * 100
    known.mask(line)
    assert 0 < len(tried) <= 8 * len(line)


def test_among_values_that_begin_alike_the_longest_is_masked_whole() -> None:
    known = KnownValues()
    for value in ("password", "password-1", "password-1-of-ann", "password-2", "passwords"):
        known.add(value)
    assert known.mask("(password-1-of-ann)") == f"({MASK})"
    assert known.mask("(password-1-of-)") == f"({MASK}-of-)"
    assert known.mask("(passwore)") == "(passwore)"
