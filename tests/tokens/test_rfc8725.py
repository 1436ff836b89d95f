"""The attacks of RFC 8725 section 2 and their relatives, each by its name. All are refused."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import zlib
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from ringwall.errors import Invalid, Unauthenticated
from ringwall.tokens.access_token import Requirements, verify
from ringwall.tokens.keys import UnknownKey


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unsigned(issuer, alg: Any, signature: str = "") -> str:
    header = {"alg": alg, "kid": issuer.key.kid, "typ": "at+jwt"}
    return f"{b64(json.dumps(header).encode())}.{b64(json.dumps(issuer.claims()).encode())}.{signature}"


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE", "none ", "", None, 0, [], ["none"], {"alg": "none"}])
@pytest.mark.parametrize("signature", ["", "AA", b64(bytes(64))])
def test_alg_none_in_every_spelling(issuer, refused, alg, signature):
    refused(unsigned(issuer, alg, signature), "canonical|names no algorithm|not that of its key")


def test_a_header_without_alg(issuer, refused):
    refused(issuer.mint(header={"alg": ...}), "names no algorithm")


@pytest.mark.parametrize("alg", ["HS256", "HS384", "HS512"])
@pytest.mark.parametrize("form", ["pem", "pem stripped", "der", "jwk", "raw point"])
@pytest.mark.parametrize("kind", ["ES256", "RS256"])
def test_hmac_keyed_with_the_public_key(issuer, refused, alg, form, kind):
    key = issuer.keys_by_alg[kind]
    public = key.private.public_key()
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    pem = public.public_bytes(serialization.Encoding.PEM, spki)
    secret = {
        "pem": pem,
        "pem stripped": pem.strip(),
        "der": public.public_bytes(serialization.Encoding.DER, spki),
        "jwk": json.dumps(key.jwk).encode(),
        "raw point": key.jwk.get("x", key.jwk.get("n")).encode(),
    }[form]
    header = {"alg": alg, "kid": key.kid, "typ": "at+jwt"}
    signing = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(issuer.claims()).encode())}"
    mac = hmac.new(secret, signing.encode(), getattr(hashlib, alg.replace("HS", "sha"))).digest()
    refused(f"{signing}.{b64(mac)}", "not that of its key", keys=issuer.key_set_of(key))


@pytest.mark.parametrize("pair", [("PS256", "RS256"), ("RS256", "PS256")])
def test_another_algorithm_of_the_same_key_type(issuer, refused, pair):
    signed_by, published_as = pair
    key = issuer.keys_by_alg[signed_by]
    keys = issuer.key_set_of(key.jwk | {"alg": published_as})
    refused(issuer.mint(key=key), "not that of its key", keys=keys)
    refused(issuer.mint(key=key, header={"alg": published_as}), "signature", keys=keys)


def test_an_rsa_key_without_alg_means_rs256_and_only_that(issuer, refused):
    key = issuer.keys_by_alg["PS256"]
    bare = {name: value for name, value in key.jwk.items() if name != "alg"}
    refused(issuer.mint(key=key), "not that of its key", keys=issuer.key_set_of(bare))


def test_an_algorithm_that_this_guard_does_not_allow(issuer, refused):
    narrow = Requirements(issuer.url, "orders", algorithms=frozenset({"EdDSA"}))
    refused(issuer.mint(), "not allowed here", requirements=narrow)


def test_embedded_jwk_of_the_attacker(issuer, refused):
    mallory = issuer.new_key(issuer.key.kid)
    refused(issuer.mint(key=mallory, header={"jwk": mallory.jwk}), "carries 'jwk'")


@pytest.mark.parametrize("name", ["jku", "x5u"])
def test_key_url_of_the_attacker(issuer, refused, name):
    refused(issuer.mint(header={name: "https://mallory.example/keys"}), f"carries '{name}'")


def test_embedded_certificate_chain(issuer, refused):
    refused(issuer.mint(header={"x5c": ["MIIB"]}), "carries 'x5c'")


@pytest.mark.parametrize("crit", [["exp"], ["b64"], [], None, "exp"])
def test_crit(issuer, refused, crit):
    refused(issuer.mint(header={"crit": crit, "exp": 1}), "carries 'crit'")


def test_unencoded_payload_of_rfc_7797(issuer, refused):
    refused(issuer.mint(header={"b64": False}), "carries 'b64'")


def test_nested_token(issuer, refused):
    refused(issuer.mint(header={"cty": "JWT"}), "carries 'cty'")


@pytest.mark.parametrize(
    "kid",
    [
        "../../dev/null",
        "' OR 1=1 --",
        "k1\x00",
        "k1\n",
        "/proc/self/environ",
        "http://mallory/",
        "x" * 300,
        "",
        7,
        None,
        [],
    ],
)
def test_kid_injection(issuer, refused, kid):
    refused(issuer.mint(header={"kid": kid}), "unknown key|'kid' is not")


def test_unknown_kid_says_so_by_type(issuer):
    with pytest.raises(UnknownKey) as caught:
        verify(issuer.mint(header={"kid": "next"}), issuer.key_set, issuer.requirements, issuer.now)
    assert caught.value.kid == "next"


def test_token_without_kid_against_several_keys(issuer, refused):
    several = issuer.key_set_of(*issuer.keys_by_alg.values())
    refused(issuer.mint(header={"kid": ...}), "several", keys=several)


def test_cross_issuer_reuse_of_a_kid(issuer, refused):
    other_issuers_key = issuer.new_key(issuer.key.kid)
    refused(issuer.mint(key=other_issuers_key), "signature does not hold")


@pytest.mark.parametrize(
    "header",
    [
        b'{"alg":"none","alg":"ES256","kid":"ES256-1","typ":"at+jwt"}',
        b'{"alg":"ES256","kid":"x","kid":"ES256-1","typ":"at+jwt"}',
    ],
)
def test_duplicate_keys_in_the_header(issuer, refused, header):
    refused(issuer.mint(header=header), "header has a duplicate member")


def test_duplicate_keys_in_the_payload(issuer, refused):
    body = json.dumps(issuer.claims())
    refused(issuer.mint((body[:-1] + ',"sub":"max"}').encode()), "payload has a duplicate member")


def test_duplicate_keys_deep_inside_the_payload(issuer, refused):
    body = json.dumps(issuer.claims())
    act = ',"act":{"sub":"spiffe://ringwall.internal/a","sub":"spiffe://ringwall.internal/b"}}'
    refused(issuer.mint((body[:-1] + act).encode()), "payload has a duplicate member")


def test_jwe_bomb(issuer, refused):
    header = b64(json.dumps({"alg": "dir", "enc": "A256GCM", "zip": "DEF"}).encode())
    bomb = b64(zlib.compress(b" " * 3_000_000))
    refused(f"{header}..{b64(bytes(12))}.{bomb}.{b64(bytes(16))}", "encrypted|larger")


def test_pbes2_with_endless_iterations(issuer, refused):
    header = {"alg": "PBES2-HS256+A128KW", "enc": "A128GCM", "p2c": 2**31, "p2s": "AAAA"}
    refused(f"{b64(json.dumps(header).encode())}.AA.AA.AA.AA", "encrypted")


@pytest.mark.parametrize("token", ["", ".", "..", "a.b", "a.b.c.d", "...", "a..c", "." * 8000, "é.é.é", "\ud800.a.b"])
def test_what_is_no_token(refused, token):
    refused(token, "not ASCII|not a signed token|canonical|encrypted")


def test_oversize_before_anything_is_parsed(issuer, refused):
    refused("[" * 8193, "larger than 8192 bytes")
    refused(issuer.mint(padding="x" * 9000), "larger than 8192 bytes")


def test_oversize_header(issuer, refused):
    refused(issuer.mint(header={"x": "y" * 1000}), "header is larger")


def test_nesting_that_would_exhaust_the_stack(issuer, refused):
    refused(issuer.mint(b'{"a":' + b"[" * 5000), "payload is not well-formed")
    refused(issuer.mint(header=b'{"a":' + b"[" * 700), "header is not well-formed")


@pytest.mark.parametrize("payload", [b"[]", b"1", b'"sub"', b"null", b"true", b"", b"{", b"\xff{}", b"\xef\xbb\xbf{}"])
def test_payload_that_is_no_object(issuer, refused, payload):
    refused(issuer.mint(payload), "payload")


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
def test_numbers_that_are_none(issuer, refused, literal):
    body = json.dumps(issuer.claims(exp=...))[:-1] + f',"exp":{literal}}}'
    refused(issuer.mint(body.encode()), "payload has")


def test_number_of_ten_thousand_digits(issuer):
    wide = Requirements(issuer.url, "orders", max_bytes=20_000)
    body = json.dumps(issuer.claims(exp=...))[:-1] + f',"exp":{"9" * 10_000}}}'
    with pytest.raises(Unauthenticated, match="not well-formed"):
        verify(issuer.mint(body.encode()), issuer.key_set, wide, issuer.now)


def test_lone_surrogate(issuer, refused):
    refused(issuer.mint(sub="\ud800"), "not well-formed")


def test_other_spellings_of_base64url(issuer, refused):
    header, payload, signature = issuer.mint().split(".")
    refused(f"{header}=.{payload}.{signature}", "canonical")
    refused(f"{header}.{payload}.{signature}==", "canonical")
    refused(f"{header}.{payload}.{signature}\n", "canonical")
    refused(f" {header}.{payload}.{signature}", "canonical")
    refused(f"{header}.{payload}.{signature[:20]}\n{signature[20:]}", "canonical")
    # 64 bytes leave four unused bits in the last character: fifteen other spellings of the same signature.
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = alphabet.index(signature[-1])
    for slack in range(1, 16):
        refused(f"{header}.{payload}.{signature[:-1]}{alphabet[last + slack]}", "canonical")


def test_der_signature_instead_of_raw(issuer, refused):
    header, payload, _ = issuer.mint().split(".")
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    der = issuer.key.private.sign(f"{header}.{payload}".encode(), ec.ECDSA(hashes.SHA256()))
    refused(f"{header}.{payload}.{b64(der)}", "signature does not hold")


@pytest.mark.parametrize("signature", [bytes(64), b"\xff" * 64, b"\x01", bytes(63), bytes(96)])
def test_psychic_signatures(issuer, refused, signature):
    header, payload, _ = issuer.mint().split(".")
    refused(f"{header}.{payload}.{b64(signature)}", "signature does not hold")


def test_a_symmetric_key_can_not_enter_a_key_set(issuer):
    with pytest.raises(Invalid, match="no usable key"):
        issuer.key_set_of({"kty": "oct", "k": b64(b"x" * 32), "alg": "HS256", "kid": "k"})
