from __future__ import annotations

import copy
import dataclasses

import jwt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jwt as joserfc_jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey

from ringwall.errors import Unauthenticated
from ringwall.tokens.access_token import Requirements, VerifiedToken, verify
from ringwall.tokens.keys import ALGORITHMS


def test_what_a_good_token_says(issuer):
    token = verify(issuer.mint(), issuer.key_set, issuer.requirements, issuer.now)
    assert (token.issuer, token.sub, token.jti, token.sid) == (issuer.url, "ann", "01JTI", "s-1")
    assert (token.issued, token.expires, token.client_id, token.kid) == (
        issuer.now,
        issuer.now + 600,
        "shop",
        "ES256-1",
    )
    assert token.claims["region"] == "eu"


def test_a_service_has_no_session(issuer):
    token = verify(issuer.mint(sid=...), issuer.key_set, issuer.requirements, issuer.now)
    assert token.sid == ""


def test_a_verified_token_cannot_be_changed_at_any_depth(issuer):
    token = verify(issuer.mint(deep={"list": [{"a": 1}]}), issuer.key_set, issuer.requirements, issuer.now)
    with pytest.raises(dataclasses.FrozenInstanceError):
        token.sub = "max"
    with pytest.raises(TypeError):
        token.claims["sub"] = "max"
    with pytest.raises(TypeError):
        token.claims["deep"]["list"][0]["a"] = 2
    assert token.claims["roles"] == ("customer",)


def test_its_repr_does_not_show_its_claims(issuer):
    assert "eu" not in repr(verify(issuer.mint(), issuer.key_set, issuer.requirements, issuer.now)).split("'")


def test_required_claims_are_configuration(issuer):
    loose = Requirements(issuer.url, "orders", required=frozenset())
    strict = Requirements(issuer.url, "orders", required=frozenset({"sid"}))
    assert verify(issuer.mint(client_id=...), issuer.key_set, loose, issuer.now).client_id == ""
    with pytest.raises(Unauthenticated, match="'sid'"):
        verify(issuer.mint(sid=...), issuer.key_set, strict, issuer.now)


def test_each_requirement_changes_the_fingerprint():
    base = Requirements("https://a", "b")
    others = [
        {"issuer": "https://c"},
        {"audience": "c"},
        {"typ": "jwt"},
        {"leeway": 6.0},
        {"max_lifetime": 1.0},
        {"max_bytes": 1},
        {"required": frozenset()},
        {"algorithms": frozenset({"ES256"})},
    ]
    assert {name for other in others for name in other} == {field.name for field in dataclasses.fields(Requirements)}
    prints = {dataclasses.replace(base, **other).fingerprint() for other in others} | {base.fingerprint()}
    assert len(prints) == len(others) + 1
    assert copy.copy(base).fingerprint() == base.fingerprint()
    assert hash(copy.copy(base)) == hash(base)


@settings(max_examples=400)
@given(data=st.data())
def test_any_single_character_changed_is_refused(issuer, data):
    token = issuer.mint()
    position = data.draw(st.integers(0, len(token) - 1))
    replacement = data.draw(st.characters(max_codepoint=0x7F) | st.sampled_from("ABCDwxyz0189-_.=")).replace(
        token[position], "" if data.draw(st.booleans()) else token[position] * 2
    )
    changed = token[:position] + replacement + token[position + 1 :]
    assert changed != token
    with pytest.raises(Unauthenticated):
        verify(changed, issuer.key_set, issuer.requirements, issuer.now)


@given(st.text(max_size=60) | st.text("ey.A_-=", max_size=60))
def test_verification_is_total(issuer, text):
    with pytest.raises(Unauthenticated):
        verify(text, issuer.key_set, issuer.requirements, issuer.now)


claim_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=4,
)
claim_names = st.sampled_from(["iss", "sub", "aud", "exp", "iat", "nbf", "jti", "sid", "client_id", "roles", "act"])


@given(changes=st.dictionaries(claim_names, claim_values, max_size=4))
def test_signed_claims_of_any_shape_give_a_token_or_a_refusal(issuer, changes):
    try:
        token = verify(issuer.mint(**changes), issuer.key_set, issuer.requirements, issuer.now)
    except Unauthenticated as error:
        assert error.code == "invalid_token"
    else:
        assert isinstance(token, VerifiedToken)
        assert token.issuer == issuer.url
        assert token.sub
        assert token.jti


@pytest.mark.parametrize("alg", sorted(ALGORITHMS))
def test_tokens_that_pyjwt_and_joserfc_make_are_taken(issuer, alg):
    key = issuer.keys_by_alg[alg]
    header = {"kid": key.kid, "typ": "at+jwt"}
    by_pyjwt = jwt.encode(issuer.claims(), key.private, algorithm=alg, headers=header)
    joserfc_key = {"E": ECKey, "R": RSAKey, "P": RSAKey}[alg[0]] if alg != "EdDSA" else OKPKey
    private = joserfc_key.import_key(key.private)
    # joserfc warns that EdDSA is called Ed25519 since RFC 9864, so it is asked for that.
    name = "Ed25519" if alg == "EdDSA" else alg
    by_joserfc = joserfc_jwt.encode(header | {"alg": name}, issuer.claims(), private, algorithms=[name])
    for token in (by_pyjwt, by_joserfc, issuer.mint(key=key)):
        verified = verify(token, issuer.key_set_of(key), issuer.requirements, issuer.now)
        assert verified.claims["roles"] == ("customer",)


@pytest.mark.parametrize("alg", sorted(ALGORITHMS))
def test_tokens_that_we_take_are_taken_by_pyjwt(issuer, alg):
    key = issuer.keys_by_alg[alg]
    token = issuer.mint(key=key)
    verify(token, issuer.key_set_of(key), issuer.requirements, issuer.now)
    options = {"verify_exp": False, "verify_iat": False}
    theirs = jwt.decode(token, jwt.PyJWK(key.jwk), [alg], options, audience="orders", issuer=issuer.url)
    assert theirs["sub"] == "ann"
