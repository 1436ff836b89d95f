"""Each check of an attempt, and each attack that it is there for."""

from __future__ import annotations

import dataclasses
from urllib.parse import parse_qs, urlsplit

import pytest

from ringwall.errors import Unauthenticated, Unavailable
from ringwall.login import pkce
from ringwall.login.attempt import Callback, Pending, TokenRequest, Tokens, accept, receive
from ringwall.login.refusal import LoginRefused


def refused(code: str):
    return pytest.raises(LoginRefused, check=lambda error: error.code == code)


def test_an_attempt_asks_for_a_code_with_pkce_state_and_nonce(voice):
    url, pending = voice.start()
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    assert asked == {
        "response_type": "code",
        "client_id": "shop",
        "redirect_uri": "https://shop.example/callback",
        "scope": "openid profile",
        "state": pending.state,
        "nonce": pending.nonce,
        "code_challenge": pkce.challenge(pending.verifier),
        "code_challenge_method": "S256",
    }


def test_a_query_in_the_endpoint_is_kept(voice):
    url, _ = voice.start(authorization_endpoint="https://id.example/authorize?tenant=1")
    assert "?tenant=1&response_type=code" in url


def test_two_attempts_share_nothing(voice):
    (_, one), (_, two) = voice.start(), voice.start()
    assert not {one.state, one.nonce, one.verifier} & {two.state, two.nonce, two.verifier}


def test_the_whole_way(voice, now):
    request = voice.request()
    form = parse_qs(request.form.decode())
    pending = request.callback.pending
    assert form["code_verifier"] == [pending.verifier]
    assert form["redirect_uri"] == [voice.redirect_uri]
    tokens = accept(request, 200, voice.response(voice.id_token(pending.nonce)), voice.keys(), now)
    assert tokens.identity.sub == "ann"
    assert tokens.response.expires == now + 600


@pytest.mark.parametrize("outcome", [Pending, Callback, TokenRequest, Tokens])
def test_no_outcome_is_made_without_its_step(outcome):
    arguments = [None] * (len(dataclasses.fields(outcome)))
    with pytest.raises(TypeError, match="step before"):
        outcome(*arguments)


def test_no_outcome_is_made_from_another_by_changing_it(voice):
    _, pending = voice.start()
    with pytest.raises(TypeError, match="step before"):
        dataclasses.replace(pending, state="known")
    with pytest.raises(dataclasses.FrozenInstanceError):
        pending.state = "known"


def test_secrets_of_an_attempt_are_in_no_repr(voice):
    request = voice.request()
    pending = request.callback.pending
    for secret in (pending.state, pending.nonce, pending.verifier, "c0de"):
        assert secret not in repr(request)


@pytest.mark.parametrize("state", [None, "", "x" * 43, "ü"])
def test_login_csrf_an_answer_with_another_state_is_refused(voice, now, state):
    _, pending = voice.start()
    with refused("state"):
        receive(pending, voice.provider(), voice.redirect_uri, voice.answer(pending, state=state), now)


def test_the_answer_to_another_attempt_is_refused(voice, now):
    (_, one), (_, two) = voice.start(), voice.start()
    with refused("state"):
        receive(one, voice.provider(), voice.redirect_uri, voice.answer(two), now)


def test_parameters_that_come_twice_are_refused(voice, now):
    _, pending = voice.start()
    with refused("invalid_request"):
        receive(pending, voice.provider(), voice.redirect_uri, voice.answer(pending) + "&code=other", now)


@pytest.mark.parametrize("query", ["state=%ff", "&".join(f"a{n}=" for n in range(40))])
def test_an_unreadable_query_is_refused(voice, now, query):
    with refused("invalid_request"):
        receive(voice.start()[1], voice.provider(), voice.redirect_uri, query, now)


@pytest.mark.parametrize("iss", [None, "https://evil.example", "https://id.example/", ""])
def test_mix_up_an_answer_of_another_issuer_is_refused(voice, now, iss):
    _, pending = voice.start()
    with refused("issuer"):
        receive(pending, voice.provider(), voice.redirect_uri, voice.answer(pending, iss=iss), now)


def test_mix_up_a_provider_that_does_not_name_itself_is_still_refused_as_another(voice, now):
    quiet = {"authorization_response_iss_parameter_supported": None}
    _, pending = voice.start(**quiet)
    answer = voice.answer(pending, iss="https://evil.example")
    with refused("issuer"):
        receive(pending, voice.provider(**quiet), voice.redirect_uri, answer, now)
    assert receive(pending, voice.provider(**quiet), voice.redirect_uri, voice.answer(pending, iss=None), now)


def test_mix_up_the_code_goes_to_no_other_provider(voice, stranger_voice, now):
    _, pending = voice.start()
    with refused("issuer"):
        receive(pending, stranger_voice.provider(), voice.redirect_uri, voice.answer(pending), now)


def test_mix_up_an_answer_at_another_redirect_uri_is_refused(voice, now):
    _, pending = voice.start()
    with refused("issuer"):
        receive(pending, voice.provider(), voice.redirect_uri + "?provider=x", voice.answer(pending), now)


@pytest.mark.parametrize("age", [600.0, 10_000.0, -1.0])
def test_an_attempt_that_took_too_long_is_refused(voice, now, age):
    _, pending = voice.start()
    with refused("expired"):
        receive(pending, voice.provider(), voice.redirect_uri, voice.answer(pending), now + age)


@pytest.mark.parametrize("code", [None, "", "c" * 5000])
def test_an_answer_without_a_code_is_refused(voice, now, code):
    _, pending = voice.start()
    with refused("invalid_request"):
        receive(pending, voice.provider(), voice.redirect_uri, voice.answer(pending, code=code), now)


@pytest.mark.parametrize(
    ("error", "code"), [("access_denied", "access_denied"), ("invalid_scope", "provider"), ("<script>", "provider")]
)
def test_the_providers_error_ends_the_attempt_and_its_words_are_not_repeated(voice, now, error, code):
    _, pending = voice.start()
    answer = voice.answer(pending, error=error, error_description="<b>call 555</b>")
    with pytest.raises(LoginRefused) as caught:
        receive(pending, voice.provider(), voice.redirect_uri, answer, now)
    assert caught.value.code == code
    assert "<" not in str(caught.value)
    assert "555" not in str(caught.value)


def test_a_provider_that_is_busy_is_unavailable(voice, now):
    _, pending = voice.start()
    with pytest.raises(Unavailable):
        receive(
            pending, voice.provider(), voice.redirect_uri, voice.answer(pending, error="temporarily_unavailable"), now
        )


def test_code_injection_an_id_token_with_another_nonce_is_refused(voice, now):
    request = voice.request()
    for nonce in ("other", None):
        with pytest.raises(Unauthenticated):
            accept(request, 200, voice.response(voice.id_token(nonce)), voice.keys(), now)


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"aud": "other"},
        {"exp": 1},
        {"sub": None},
        {"aud": ["shop", "x"]},
        {"at_hash": "x"},
    ],
)
def test_an_id_token_that_is_not_ours_is_refused(voice, now, claims):
    request = voice.request()
    token = voice.id_token(request.callback.pending.nonce, **claims)
    with pytest.raises(Unauthenticated):
        accept(request, 200, voice.response(token), voice.keys(), now)


def test_an_id_token_of_another_key_is_refused(voice, stranger_voice, now):
    request = voice.request()
    token = voice.id_token(request.callback.pending.nonce)
    with pytest.raises(Unauthenticated):
        accept(request, 200, voice.response(token), stranger_voice.keys(), now)


@pytest.mark.parametrize(
    "changes",
    [
        {"id_token": None},
        {"access_token": None},
        {"access_token": ""},
        {"access_token": 7},
        {"access_token": "a b\n"},
        {"refresh_token": "x" * 20_000},
        {"token_type": "DPoP"},
        {"token_type": None},
        {"expires_in": "600"},
        {"expires_in": -1},
        {"expires_in": True},
    ],
)
def test_a_malformed_token_response_is_refused(voice, now, changes):
    request = voice.request()
    body = voice.response(voice.id_token(request.callback.pending.nonce), **changes)
    with refused("token"):
        accept(request, 200, body, voice.keys(), now)


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (400, b'{"error": "invalid_grant"}', "replay"),
        (400, b'{"error": "invalid_request"}', "provider"),
        (401, b'{"error": "invalid_client"}', "provider"),
        (500, b"{}", "token"),
        (302, b"{}", "token"),
        (201, b"{}", "token"),
        (200, b"", "token"),
        (200, b"[]", "token"),
        (200, b"{" + b" " * 70_000 + b"}", "token"),
        (200, b'{"access_token": "a", "access_token": "b"}', "token"),
    ],
)
def test_a_token_response_that_is_none_is_refused(voice, now, status, body, code):
    with refused(code):
        accept(voice.request(), status, body, voice.keys(), now)


@pytest.mark.parametrize("status", [429, 503])
def test_a_token_endpoint_that_is_busy_is_unavailable(voice, now, status):
    with pytest.raises(Unavailable):
        accept(voice.request(), status, b"busy", voice.keys(), now)
