from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringwall.errors import Misconfigured, RingwallError, Unavailable
from ringwall.login.provider import Provider, discovery_url, provider


def read(document: bytes, issuer: str = "https://id.example", **options: bool) -> Provider:
    return provider(document, issuer, **{"development": False, "by_certificate": False, **options})


def test_the_endpoints_are_read(voice):
    found = voice.provider()
    assert found.token_endpoint == "https://id.example/token"
    assert found.names_itself


def test_the_document_is_where_the_standard_says():
    assert discovery_url("https://id.example/tenant/") == "https://id.example/tenant/.well-known/openid-configuration"


@pytest.mark.parametrize("said", ["https://id.example/", "https://ID.example", "https://evil.example", None, 1])
def test_an_issuer_that_is_not_exactly_ours_is_refused(voice, said):
    with pytest.raises(Misconfigured):
        read(voice.document(issuer=said))


@pytest.mark.parametrize(
    "name", ["authorization_endpoint", "token_endpoint", "jwks_uri", "revocation_endpoint", "end_session_endpoint"]
)
@pytest.mark.parametrize(
    "url",
    [
        "http://id.example/x",
        "http://localhost.evil.example/x",
        "https:///x",
        "https://u:p@id.example/x",
        "https://id.example/x#f",
        "https://id.example/x y",
        "https://id.example/\n",
        "https://id.example\\@evil.example/",
        "javascript:alert(1)",
        "https://id.example/" + "a" * 1024,
    ],
)
def test_an_endpoint_that_is_not_plain_https_is_refused(voice, name, url):
    with pytest.raises(Misconfigured):
        read(voice.document(**{name: url}))
    with pytest.raises(Misconfigured):
        read(voice.document(**{name: url}), development=True)


def test_development_takes_http_to_this_machine(voice):
    voice.issuer = "http://auth.localhost:4000"
    assert read(voice.document(), voice.issuer, development=True).jwks_uri == "http://auth.localhost:4000/jwks"
    with pytest.raises(Misconfigured):
        read(voice.document(), voice.issuer)


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
def test_a_missing_endpoint_is_unavailable(voice, name):
    with pytest.raises(Unavailable):
        read(voice.document(**{name: None}))


def test_optional_endpoints_may_be_absent(voice):
    found = voice.provider(revocation_endpoint=None, end_session_endpoint=None)
    assert (found.revocation_endpoint, found.end_session_endpoint) == ("", "")


def test_a_provider_without_s256_or_code_is_refused(voice):
    with pytest.raises(Unavailable):
        voice.provider(code_challenge_methods_supported=["plain"])
    with pytest.raises(Unavailable):
        voice.provider(response_types_supported=["id_token"])


def test_who_comes_by_certificate_uses_the_aliases(voice):
    aliases = {"token_endpoint": "https://internal.example/token", "jwks_uri": "https://internal.example/jwks"}
    document = voice.document(mtls_endpoint_aliases=aliases)
    found = read(document, by_certificate=True)
    assert found.token_endpoint == "https://internal.example/token"
    assert found.revocation_endpoint == "https://id.example/revoke"
    assert found.jwks_uri == "https://id.example/jwks"
    assert read(document).token_endpoint == "https://id.example/token"


def test_a_provider_is_made_by_its_document_only(voice):
    with pytest.raises(TypeError):
        Provider("i", "a", "t", "j", "r", "e", True)


@settings(max_examples=60)
@given(
    st.binary(max_size=300) | st.recursive(st.none() | st.text(max_size=9), st.lists).map(lambda v: repr(v).encode())
)
def test_garbage_is_one_clear_error(document: bytes):
    with pytest.raises(RingwallError):
        read(document)


def test_a_document_without_end_is_refused(voice):
    with pytest.raises(Unavailable):
        read(voice.document(x="a" * 70_000))
