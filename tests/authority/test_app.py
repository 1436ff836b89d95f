"""How a refusal leaves the authority."""

from __future__ import annotations

import json

from ringwall.authority.app import refuse
from ringwall.authority.oauth.error import InvalidClient, InvalidToken


def test_a_bearer_challenge_says_why() -> None:
    """RFC 6750 section 3."""
    headers = dict(refuse(InvalidToken("the token expired (jti 'x')")).headers)
    assert headers[b"www-authenticate"] == (
        b'Bearer realm="ringwall", error="invalid_token", error_description="the token expired (jti \'x\')"'
    )


def test_header_injection_what_a_token_says_stays_inside_the_quotes() -> None:
    answer = refuse(InvalidToken('jti "x", realm="evil" \\ \r\nset-cookie: a=b ü'))
    challenge = dict(answer.headers)[b"www-authenticate"]
    assert challenge.count(b'"') == 6
    assert not {b"\r", b"\n", b"\\"} & {bytes([byte]) for byte in challenge}
    assert challenge.isascii()
    assert not {'"', "\\", "\r", "\n"} & set(json.loads(answer.body)["error_description"])  # RFC 6749 section 5.2


def test_a_client_is_asked_for_basic_credentials() -> None:
    """RFC 6749 section 5.2."""
    answer = refuse(InvalidClient("who are you"))
    assert answer.status == 401
    assert dict(answer.headers)[b"www-authenticate"] == b'Basic realm="ringwall"'
