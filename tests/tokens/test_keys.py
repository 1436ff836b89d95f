from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from ringwall.errors import Invalid
from ringwall.tokens.access_token import verify
from ringwall.tokens.keys import ALGORITHMS, NO_KEYS, KeySet, UnknownKey


@pytest.mark.parametrize("alg", sorted(ALGORITHMS))
@pytest.mark.parametrize("named", [True, False])
def test_each_algorithm_named_or_derived(issuer, alg, named):
    key = issuer.keys_by_alg[alg]
    jwk = key.jwk if named else {name: value for name, value in key.jwk.items() if name != "alg"}
    (parsed,) = issuer.key_set_of(jwk)
    assert parsed.algorithm == (alg if named or alg != "PS256" else "RS256")
    if named or alg != "PS256":
        assert verify(issuer.mint(key=key), issuer.key_set_of(jwk), issuer.requirements, issuer.now).kid == key.kid


def test_eddsa_by_its_name_of_rfc_9864(issuer):
    key = issuer.keys_by_alg["EdDSA"]
    keys = issuer.key_set_of(key.jwk | {"alg": "Ed25519"})
    for name in ("Ed25519", "EdDSA"):
        assert verify(issuer.mint(key=key, header={"alg": name}), keys, issuer.requirements, issuer.now)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"use": "enc"}, "not meant for signatures"),
        ({"use": None}, "not meant for signatures"),
        ({"key_ops": ["encrypt"]}, "not meant for signatures"),
        ({"key_ops": "verify"}, "not meant for signatures"),
        ({"alg": "ES512"}, "does not fit"),
        ({"alg": "HS256"}, "does not fit"),
        ({"alg": "none"}, "does not fit"),
        ({"alg": "RS256"}, "does not fit"),
        ({"alg": 1}, "not a string"),
        ({"crv": "secp256k1"}, "unknown type or curve"),
        ({"crv": "P-384"}, "does not fit"),
        ({"crv": ["P-256"]}, "not a string"),
        ({"kty": "oct", "k": "AAAA"}, "symmetric"),
        ({"kty": "XYZ"}, "unknown type"),
        ({"d": "AAAA"}, "private"),
        ({"kid": ""}, "'kid'"),
        ({"kid": "a\nb"}, "'kid'"),
        ({"kid": 5}, "'kid'"),
        ({"x": "AAAA"}, "no valid public key"),
        ({"x": "!!"}, "no valid public key"),
        ({"x": 5}, "no valid public key"),
        ({"x": "A" * 10_000}, "no valid public key"),
    ],
)
def test_a_key_that_is_not_used_says_why(issuer, change, reason):
    good = issuer.keys_by_alg["EdDSA"]
    keys = issuer.key_set_of(good, issuer.key.jwk | change)
    assert [key.kid for key in keys] == [good.kid]
    (ignored,) = keys.ignored
    assert ignored.startswith("keys[1]: ")
    assert reason in ignored


def test_weak_rsa_keys(issuer):
    def jwk(modulus: int, exponent: int) -> dict[str, str]:
        from base64 import urlsafe_b64encode

        def number(value: int) -> str:
            return urlsafe_b64encode(value.to_bytes((value.bit_length() + 7) // 8, "big")).rstrip(b"=").decode()

        return {"kty": "RSA", "n": number(modulus), "e": number(exponent), "kid": "weak"}

    small = rsa.generate_private_key(65537, 1024).public_key().public_numbers().n
    good = issuer.keys_by_alg["RS256"].private.public_key().public_numbers().n
    for modulus, exponent in [(small, 65537), (good, 1), (good, 3), (good, 2**40 + 1), (1 << 20_000 | 1, 65537)]:
        with pytest.raises(Invalid) as caught:
            issuer.key_set_of(jwk(modulus, exponent))
        assert "outside" in caught.value.hint


def test_two_keys_that_claim_one_kid_are_both_out(issuer):
    good = issuer.keys_by_alg["EdDSA"]
    keys = issuer.key_set_of(issuer.new_key("same"), good, issuer.new_key("same"), issuer.new_key("same"))
    assert [key.kid for key in keys] == [good.kid]
    assert "two different keys" in keys.ignored[0]


def test_the_same_key_twice_is_one_key(issuer):
    assert len(issuer.key_set_of(issuer.key, issuer.key)) == 1


def test_a_key_without_kid_goes_by_its_thumbprint(issuer):
    jwk = {name: value for name, value in issuer.key.jwk.items() if name != "kid"}
    keys = issuer.key_set_of(jwk)
    (key,) = keys
    assert key.kid == key.thumbprint
    assert verify(issuer.mint(header={"kid": ...}), keys, issuer.requirements, issuer.now).kid == key.thumbprint


def test_holds_is_about_the_material_and_not_the_name(issuer):
    (key,) = issuer.key_set
    assert issuer.key_set.holds(key)
    assert not issuer.key_set_of(issuer.new_key(key.kid)).holds(key)
    assert not NO_KEYS.holds(key)
    with pytest.raises(UnknownKey):
        NO_KEYS.find(key.kid)


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"[]",
        b"{}",
        b'{"keys":{}}',
        b'{"keys":[]}',
        b'{"keys":[1,null,"x",[]]}',
        b"<html>",
        b'{"keys":[],"keys":[]}',
        b"{" * 100_000,
        b" " * (256 * 1024 + 1),
        b'{"keys":[' + b"1," * 200 + b"1]}",
    ],
)
def test_what_is_no_key_set(document):
    with pytest.raises(Invalid):
        KeySet.parse(document)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from(["EC", "P-256", "RSA", "OKP", "AQAB"]),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)
members = st.sampled_from(["kty", "crv", "x", "y", "n", "e", "alg", "use", "kid", "key_ops", "x5c", "x5u"])


@given(st.lists(st.dictionaries(members, json_values, max_size=8) | json_values, max_size=4))
def test_parsing_is_total(jwks):
    try:
        KeySet.parse(json.dumps({"keys": jwks}).encode())
    except Invalid as error:
        assert error.message


@given(st.binary(max_size=200))
def test_parsing_bytes_is_total(document):
    with pytest.raises(Invalid):
        KeySet.parse(document)
