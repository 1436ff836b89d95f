"""Statements about policies, right and forged."""

from __future__ import annotations

import pytest
from tests.tokens.conftest import NOW, as_json, b64, make_key

from ringwall.errors import Unauthenticated
from ringwall.tokens.keys import KeySet, UnknownKey
from ringwall.tokens.policy_statement import TYPE, PolicyStatement, verify

ISSUER = "https://authority.example"
STATEMENT = PolicyStatement(3, 1_800_000_000_000_000, "ab" * 32)
KEY = make_key("ES256", "k1")
KEYS = KeySet.parse(as_json({"keys": [KEY.jwk]}))


def signed(changes=None, *, header=None, key=KEY, payload=None):
    claims = STATEMENT.claims(issuer=ISSUER, audience="orders", issued=NOW, expires=NOW + 600) | (changes or {})
    claims = {name: value for name, value in claims.items() if value is not ...}
    head = {"alg": key.alg, "typ": TYPE, "kid": key.kid, **(header or {})}
    message = f"{b64(as_json(head))}.{b64(as_json(claims if payload is None else payload))}"
    return f"{message}.{b64(key.sign(message.encode()))}"


def opened(token, *, issuer=ISSUER, audience="orders", now=NOW):
    return verify(token, KEYS, issuer=issuer, audience=audience, now=now)


def test_what_was_signed_is_what_is_read():
    assert opened(signed()) == STATEMENT


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://other.example"},
        {"aud": "billing"},
        {"aud": ["orders", "billing"]},
        {"aud": ...},
        {"exp": NOW - 100, "iat": NOW - 700},
        {"iat": NOW + 60, "exp": NOW + 600},
        {"exp": NOW + 90_000},
        {"exp": ...},
        {"version": 0},
        {"version": -1},
        {"version": True},
        {"version": 1.5},
        {"version": "3"},
        {"version": 2**63},
        {"version": ...},
        {"pushed": ...},
        {"pushed": "soon"},
        {"digest": "AB" * 32},
        {"digest": "ab" * 31},
        {"digest": ...},
        {"digest": 7},
    ],
    ids=repr,
)
def test_a_statement_that_says_something_else_is_refused(changes):
    with pytest.raises(Unauthenticated):
        opened(signed(changes))


def test_another_kind_of_token_of_the_authority_is_no_statement():
    with pytest.raises(Unauthenticated, match="no statement"):
        opened(signed(header={"typ": "at+jwt"}))


def test_a_key_that_the_authority_never_published_signs_nothing():
    with pytest.raises(UnknownKey):
        opened(signed(key=make_key("ES256", "k2")))
    with pytest.raises(Unauthenticated, match="signature"):
        opened(signed(key=make_key("ES256", "k1")))


@pytest.mark.parametrize("algorithm", ["none", "HS256", "RS256"])
def test_the_header_chooses_no_algorithm(algorithm):
    with pytest.raises(Unauthenticated):
        opened(signed(header={"alg": algorithm}))


def test_a_changed_payload_is_refused():
    head, _, signature = signed().split(".")
    with pytest.raises(Unauthenticated, match="signature"):
        opened(f"{head}.{b64(as_json({'version': 9}))}.{signature}")


def test_one_that_is_kept_is_not_judged_by_its_time_but_by_all_else():
    old = signed({"iat": NOW - 90_000, "exp": NOW - 89_000})
    assert opened(old, now=None) == STATEMENT
    with pytest.raises(Unauthenticated, match="meant"):
        opened(old, audience="billing", now=None)
