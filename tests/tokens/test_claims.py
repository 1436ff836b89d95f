"""What an access token says, claim by claim: substitution, confusion of issuers and audiences, types and times."""

from __future__ import annotations

import pytest

from ringwall.errors import Unauthenticated
from ringwall.tokens.access_token import verify


@pytest.mark.parametrize(
    "typ", ["JWT", "jwt", "logout+jwt", "secevent+jwt", "dpop+jwt", "rt+jwt", "at+jwtx", "", ..., "x/at+jwt"]
)
def test_substitution_of_another_kind_of_token(issuer, refused, typ):
    refused(issuer.mint(typ=typ), "not of type 'at\\+jwt'")
    refused(issuer.mint(typ=typ, jti=...), "not of type 'at\\+jwt'")


@pytest.mark.parametrize("typ", [None, 1, ["at+jwt"]])
def test_typ_of_a_wrong_type(issuer, refused, typ):
    refused(issuer.mint(typ=typ), "'typ' is not a string")


@pytest.mark.parametrize("typ", ["at+jwt", "AT+JWT", "application/at+jwt", "Application/At+Jwt"])
def test_the_media_type_in_each_allowed_spelling(issuer, typ):
    assert verify(issuer.mint(typ=typ), issuer.key_set, issuer.requirements, issuer.now).sub == "ann"


@pytest.mark.parametrize(
    "iss",
    [
        "https://auth.example/",
        "https://auth.example.mallory.example",
        "https://auth.exampl",
        "HTTPS://auth.example",
        "https://auth.example#",
        " https://auth.example",
        "",
        1,
        None,
        ["https://auth.example"],
        ...,
    ],
)
def test_issuer_that_only_looks_alike(issuer, refused, iss):
    refused(issuer.mint(iss=iss), "issued by|'iss'")


@pytest.mark.parametrize(
    "aud",
    [
        "order",
        "orders2",
        "ORDERS",
        "",
        [],
        ["billing"],
        ["order", "s"],
        [["orders"]],
        {"orders": 1},
        1,
        None,
        ...,
        ["orders", 1],
        ["orders", None],
        ["orders"] * 65,
    ],
)
def test_audience_that_is_not_us(issuer, refused, aud):
    refused(issuer.mint(aud=aud), "meant for|'aud'")


@pytest.mark.parametrize("aud", ["orders", ["orders"], ["billing", "orders"]])
def test_audience_that_names_us(issuer, aud):
    assert verify(issuer.mint(aud=aud), issuer.key_set, issuer.requirements, issuer.now).sub == "ann"


@pytest.mark.parametrize("name", ["iss", "sub", "aud", "exp", "iat", "jti", "client_id"])
def test_every_required_claim(issuer, refused, name):
    refused(issuer.mint(**{name: ...}), name)
    refused(issuer.mint(**{name: None}), name)


@pytest.mark.parametrize("name", ["exp", "iat", "nbf"])
@pytest.mark.parametrize("value", [True, False, "1800000000", 1.8e9, 1800000000.5, -1, 2**53 + 1, 10**30, [], {}, None])
def test_times_of_a_wrong_type(issuer, refused, name, value):
    refused(issuer.mint(**{name: value}), f"'{name}' is not a time")


@pytest.mark.parametrize("name", ["sub", "jti", "sid", "client_id"])
@pytest.mark.parametrize("value", ["", 1, True, [], {}, "a\nb", "a\x00", "x" * 513, "\u202eann"])
def test_names_of_a_wrong_type(issuer, refused, name, value):
    refused(issuer.mint(**{name: value}), f"'{name}' is not a printable string")


def test_expiry_at_its_boundary(issuer):
    token, leeway = issuer.mint(), issuer.requirements.leeway
    edge = issuer.now + 600 + leeway
    assert verify(token, issuer.key_set, issuer.requirements, edge - 0.001).expires == issuer.now + 600
    with pytest.raises(Unauthenticated, match="expired"):
        verify(token, issuer.key_set, issuer.requirements, edge)


@pytest.mark.parametrize("name", ["iat", "nbf"])
def test_the_future_at_its_boundary(issuer, refused, name):
    assert verify(issuer.mint(**{name: issuer.now + 5}), issuer.key_set, issuer.requirements, issuer.now)
    refused(issuer.mint(**{name: issuer.now + 6}), "in the future|not valid yet")


def test_a_lifetime_beyond_reason(issuer, refused):
    assert verify(issuer.mint(exp=issuer.now + 86_400), issuer.key_set, issuer.requirements, issuer.now)
    refused(issuer.mint(exp=issuer.now + 86_401), "lifetime")
    refused(issuer.mint(exp=issuer.now - 1, iat=issuer.now), "lifetime")


def test_the_message_shows_jti_and_kid_and_nothing_else(issuer):
    token = issuer.mint(aud="billing", sub="secret-sub", sid="secret-sid")
    with pytest.raises(Unauthenticated) as caught:
        verify(token, issuer.key_set, issuer.requirements, issuer.now)
    assert "01JTI" in caught.value.message
    assert "secret" not in caught.value.render()
