"""Codes and refresh tokens: spent once, whoever asks and however many at once."""

from __future__ import annotations

import asyncio

import pytest


def test_a_code_gives_access_refresh_and_id_token(world, read_claims):
    answer = world.redeem(world.code())
    assert answer.status == 200, answer.body
    body = answer.json()
    access, identity = read_claims(body["access_token"]), read_claims(body["id_token"])
    assert (access["sub"], access["aud"], access["client_id"], access["sid"]) == ("ann", "orders", "app", "s1")
    assert (access["roles"], access["region"]) == (["customer"], "eu")
    assert (identity["aud"], identity["nonce"], identity["sid"], identity["name"]) == ("app", "n1", "s1", "Ann")
    assert identity["auth_time"] == int(world.clock.now())
    assert len(body["refresh_token"]) == 43


def test_without_offline_access_there_is_no_refresh_token_and_without_openid_no_id_token(world):
    body = world.redeem(world.code(scope="profile")).json()
    assert "refresh_token" not in body
    assert "id_token" not in body


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uri": "http://app.localhost:9000/callback/"},
        {"redirect_uri": "http://evil.localhost/callback"},
        {"code_verifier": "w" * 43},
        {"code": "x" * 43},
    ],
    ids=["redirect uri differs by a slash", "another redirect uri", "another verifier", "unknown code"],
)
def test_attack_a_code_that_was_caught_is_worth_nothing(world, changes):
    """RFC 9700 sections 4.5 and 4.8: injected or stolen codes."""
    code = world.code()
    answer = world.redeem(**{"code": code, **changes})
    assert (answer.status, answer.json()["error"]) == (400, "invalid_grant")
    assert world.redeem(code).status == 200  # and the owner of the code is not disturbed


@pytest.mark.parametrize("missing", ["code", "redirect_uri", "code_verifier"])
def test_attack_pkce_downgrade(world, missing):
    """RFC 9700 section 4.8.2: leaving the verifier out does not help."""
    form = {"code": world.code(), missing: ""}
    answer = world.redeem(**form)
    assert (answer.status, answer.json()["error"]) == (400, "invalid_request")
    assert missing in answer.json()["error_description"]


@pytest.mark.parametrize("verifier", ["short", "v" * 129, "v" * 42 + "!", "v" * 42 + "é"])
def test_a_verifier_of_another_shape_is_refused(world, verifier):
    assert world.redeem(world.code(), code_verifier=verifier).status == 400


def test_attack_a_code_of_another_client(world):
    from ringwall.store.clients import Client

    world.run(world.authority.clients.put(Client(id="evil", method="none"), actor="test"))
    code = world.code()
    assert world.redeem(code, client_id="evil").json()["error"] == "invalid_grant"
    assert world.redeem(code).status == 200


def test_a_code_is_good_for_a_minute(world):
    code = world.code()
    world.clock.turn(61)
    assert world.redeem(code).json()["error"] == "invalid_grant"


def test_attack_a_code_used_twice_ends_everything_that_it_gave(world, read_claims):
    """RFC 6749 section 4.1.2: the second use revokes the tokens of the first, and guards hear of it."""
    code = world.code()
    first = world.redeem(code).json()
    again = world.redeem(code)
    assert again.json()["error"] == "invalid_grant"
    assert "used before" in again.json()["error_description"]
    assert world.refresh(first["refresh_token"]).json()["error"] == "invalid_grant"
    assert world.authority.cutoffs.revoked(read_claims(first["access_token"])["jti"])
    assert not world.active(first["access_token"])
    assert "family.revoked" in world.kinds()


def test_refresh_rotates_and_reads_the_person_again(world, read_claims):
    from ringwall.authority.directory import Person

    first = world.redeem(world.code()).json()
    world.authority.people.people["ann"] = Person("ann", ("manager",))
    second = world.refresh(first["refresh_token"])
    assert second.status == 200
    assert second.json()["refresh_token"] != first["refresh_token"]
    claims = read_claims(second.json()["access_token"])
    assert (claims["roles"], claims["sid"]) == (["manager"], "s1")
    assert "region" not in claims


def test_attack_a_refresh_token_used_twice_kills_its_family(world):
    """RFC 9700 section 4.14.2."""
    first = world.redeem(world.code()).json()
    second = world.refresh(first["refresh_token"]).json()
    assert world.refresh(first["refresh_token"]).json()["error"] == "invalid_grant"
    assert world.refresh(second["refresh_token"]).json()["error"] == "invalid_grant"
    assert not world.active(second["access_token"])


def test_scope_may_narrow_at_refresh_and_never_widen(world):
    token = world.redeem(world.code()).json()["refresh_token"]
    assert world.refresh(token, scope="openid admin").json()["error"] == "invalid_scope"
    narrowed = world.refresh(token, scope="openid").json()
    assert narrowed["scope"] == "openid"
    assert world.refresh(narrowed["refresh_token"]).json()["scope"] == "openid profile offline_access"


def test_a_person_who_is_gone_gets_nothing_more(world):
    token = world.redeem(world.code()).json()["refresh_token"]
    code = world.code()
    del world.authority.people.people["ann"]
    assert world.refresh(token).json()["error"] == "invalid_grant"
    assert world.redeem(code).json()["error"] == "invalid_grant"


def test_refresh_tokens_expire_and_so_does_their_family(world):
    token = world.redeem(world.code()).json()["refresh_token"]
    for days in (13, 13, 5):
        world.clock.turn(days * 86400)
        world.run(world.authority.tend())
        last, token = token, world.refresh(token).json().get("refresh_token")
    assert token is None
    assert world.refresh(last).json()["error"] == "invalid_grant"


def test_only_hashes_of_codes_tokens_and_secrets_are_on_disk(world):
    code = world.code()
    tokens = world.redeem(code).json()
    world.token(basic="job:s3cret", grant_type="client_credentials")
    world.authority.store.submit(lambda tx: None).result()
    everything = b"".join(path.read_bytes() for path in world.home.iterdir())
    for secret in (code, tokens["refresh_token"], tokens["access_token"], tokens["id_token"], "s3cret"):
        assert secret.encode() not in everything
    key = world.authority.keys.current().pkcs8()
    assert key not in everything


@pytest.mark.parametrize("kind", ["code", "refresh"])
def test_a_thousand_redemptions_at_once_have_one_success(world, kind):
    """And none of the others is an error of the server."""
    code = world.code()
    form = {"grant_type": "authorization_code", "client_id": "app", "code": code, "code_verifier": "v" * 43}
    form["redirect_uri"] = "http://app.localhost:9000/callback"
    if kind == "refresh":
        token = world.redeem(code).json()["refresh_token"]
        form = {"grant_type": "refresh_token", "client_id": "app", "refresh_token": token}

    async def storm():
        return await asyncio.gather(*(world.send(world.public, "POST", "/token", form=form) for _ in range(1000)))

    answers = world.run(storm())
    won = [answer.json() for answer in answers if answer.status == 200]
    assert len(won) == 1
    assert {answer.status for answer in answers} == {200, 400}
    assert {answer.json()["error"] for answer in answers if answer.status == 400} == {"invalid_grant"}
    assert world.kinds().count("family.revoked") == 1
    assert not world.active(won[0]["access_token"])
    assert world.refresh(won[0]["refresh_token"]).status == 400


@pytest.mark.parametrize("sub", ["client:job", "spiffe://ringwall.internal/orders", "google|1"])
def test_attack_a_person_who_is_called_like_a_client_or_a_service(world, sub):
    """RFC 9700 section 4.15."""
    from ringwall.authority import codes
    from ringwall.errors import Misconfigured

    asked = {"redirect_uri": "x", "challenge": "x", "sid": "s", "auth_time": 1.0, "scope": "", "audience": "orders"}
    with pytest.raises(Misconfigured):
        world.run(codes.create(world.authority, client_id="app", sub=sub, **asked))
