"""OpenID Connect Core section 3.1.3.7, step by step."""

from __future__ import annotations

import base64
import hashlib

import pytest

from ringwall.errors import Unauthenticated
from ringwall.tokens.id_token import IdTokenRequirements, verify_id_token

NONCE, ACCESS = "n-0S6_WzA2Mj", "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"


@pytest.fixture
def check(issuer):
    def verified(typ="JWT", *, key=None, nonce=NONCE, claimed=NONCE, access_token=ACCESS, max_age=None, **changes):
        changes = {"aud": "shop", "nonce": claimed, "client_id": ..., "jti": ...} | changes
        token = issuer.mint(typ=typ, key=key, **changes)
        keys = issuer.key_set_of(key or issuer.key)
        requirements = IdTokenRequirements(issuer.url, "shop")
        return verify_id_token(
            token, keys, requirements, issuer.now, nonce=nonce, access_token=access_token, max_age=max_age
        )

    return verified


@pytest.mark.parametrize("typ", ["JWT", ..., "jwt"])
def test_a_good_one(check, issuer, typ):
    token = check(typ)
    assert (token.issuer, token.sub, token.sid, token.claims["nonce"]) == (issuer.url, "ann", "s-1", NONCE)


@pytest.mark.parametrize("typ", ["at+jwt", "logout+jwt", "secevent+jwt", "dpop+jwt"])
def test_another_kind_of_token_in_its_place(check, typ):
    with pytest.raises(Unauthenticated, match="not an ID token"):
        check(typ)


def test_a_logout_token_that_calls_itself_jwt(check):
    with pytest.raises(Unauthenticated, match="not an ID token"):
        check(events={"http://schemas.openid.net/event/backchannel-logout": {}}, nonce=None)


@pytest.mark.parametrize("claimed", ["other", "", "n-0S6_WzA2M", 5, None, ...])
def test_a_nonce_of_another_login(check, claimed):
    with pytest.raises(Unauthenticated, match="nonce"):
        check(claimed=claimed)


def test_after_a_refresh_no_nonce_is_asked_for(check):
    assert check(claimed=..., nonce=None).sub == "ann"


@pytest.mark.parametrize("aud", ["other", ["other"], [], ...])
def test_an_audience_that_is_not_us(check, aud):
    with pytest.raises(Unauthenticated, match="meant for|'aud'"):
        check(aud=aud)


def test_several_audiences_need_us_as_authorized_party(check):
    with pytest.raises(Unauthenticated, match="azp"):
        check(aud=["shop", "other"])
    with pytest.raises(Unauthenticated, match="not issued to"):
        check(aud=["shop", "other"], azp="other")
    with pytest.raises(Unauthenticated, match="not issued to"):
        check(azp="other")
    assert check(aud=["shop", "other"], azp="shop")


@pytest.mark.parametrize(
    ("alg", "digest"), [("ES256", "sha256"), ("RS256", "sha256"), ("PS256", "sha256"), ("EdDSA", "sha512")]
)
def test_at_hash_with_each_algorithm(check, issuer, alg, digest):
    key = issuer.keys_by_alg[alg]
    half = hashlib.new(digest, ACCESS.encode()).digest()
    at_hash = base64.urlsafe_b64encode(half[: len(half) // 2]).rstrip(b"=").decode()
    assert check(key=key, at_hash=at_hash)
    for access_token, because in [("another", "at_hash differs"), (None, "no access token")]:
        with pytest.raises(Unauthenticated, match=because):
            check(key=key, at_hash=at_hash, access_token=access_token)


def test_at_hash_of_the_specification():
    """OpenID Connect Core appendix A.3 gives the token and its hash."""
    from ringwall.tokens.id_token import _check_at_hash

    _check_at_hash("77QmUPtjPfzWtF2AnpK9RQ", "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y", "RS256")


def test_an_algorithm_that_is_not_for_providers(check, issuer):
    with pytest.raises(Unauthenticated, match="ES384"):
        check(key=issuer.keys_by_alg["ES384"])


def test_expired_and_foreign(check, issuer):
    with pytest.raises(Unauthenticated, match="expired"):
        check(iat=issuer.now - 600, exp=issuer.now - 60)
    with pytest.raises(Unauthenticated, match="not issued by"):
        check(iss="https://other.example")
    assert check(iat=issuer.now - 600, exp=issuer.now - 59)


def test_a_login_too_long_ago(check, issuer):
    assert check(auth_time=issuer.now - 300, max_age=300)
    with pytest.raises(Unauthenticated, match="too long ago"):
        check(auth_time=issuer.now - 361, max_age=300)
    with pytest.raises(Unauthenticated, match="auth_time"):
        check(max_age=300)
