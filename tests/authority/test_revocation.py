"""Revoking, introspecting, and who somebody is: what happens to a token after its issue."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringwall.authority import revocation
from ringwall.authority.revocation import Cutoffs
from ringwall.store.revocations import Cutoff


def revoke(world, kind, value=""):
    world.run(revocation.revoke(world.authority, kind, value, actor="operator:0", reason="test"))


def give_back(world, token, client="app"):
    return world.call(world.public, "POST", "/revoke", form={"token": token, "client_id": client})


def test_a_client_gives_an_access_token_back(world, read_claims):
    token = world.redeem(world.code()).json()["access_token"]
    assert world.active(token)
    assert give_back(world, token).status == 200
    assert not world.active(token)
    revoked = [event["subject"] for event in world.events() if event["kind"] == "token.revoked"]
    assert revoked == [read_claims(token)["jti"]]


def test_giving_a_refresh_token_back_ends_the_family_access_token_included(world):
    tokens = world.redeem(world.code()).json()
    assert give_back(world, tokens["refresh_token"]).status == 200
    assert not world.active(tokens["access_token"])
    assert world.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"


def test_attack_a_client_revokes_the_token_of_another(world):
    from ringwall.store.clients import Client

    world.run(world.authority.clients.put(Client(id="evil", method="none"), actor="test"))
    tokens = world.redeem(world.code()).json()
    for token in (tokens["access_token"], tokens["refresh_token"]):
        assert give_back(world, token, "evil").status == 200  # RFC 7009 section 2.2 says nothing to strangers
    assert world.active(tokens["access_token"])
    assert world.refresh(tokens["refresh_token"]).status == 200


@pytest.mark.parametrize("token", ["unknown", "a.b.c", "é"])
def test_a_token_that_is_none_is_given_back_with_200(world, token):
    assert give_back(world, token).status == 200


def test_revoke_needs_a_client_and_a_token(world):
    assert world.call(world.public, "POST", "/revoke", form={"token": "x"}).status == 401
    assert world.events()[-1]["subject"] == "/revoke"
    assert give_back(world, "").status == 400


@pytest.mark.parametrize(
    ("kind", "value"), [("sub", "ann"), ("sid", "s1"), ("client", "app"), ("all", ""), ("key", None)]
)
def test_a_cut_off_ends_access_and_refresh_tokens_alike(world, kind, value):
    tokens = world.redeem(world.code()).json()
    key = world.authority.keys.current().kid
    revoke(world, kind, key if value is None else value)
    assert not world.active(tokens["access_token"])
    if kind != "key":
        world.clock.turn(2)
        assert world.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_cut_off_reaches_a_code_that_is_not_yet_spent(world):
    code = world.code()
    revoke(world, "sub", "ann")
    world.clock.turn(2)
    assert world.redeem(code).json()["error"] == "invalid_grant"


def test_a_cut_off_leaves_others_alone(world):
    tokens = world.redeem(world.code()).json()
    for kind, value in (("sub", "sue"), ("sid", "s2"), ("client", "job"), ("key", "k"), ("jti", "j")):
        revoke(world, kind, value)
    assert world.active(tokens["access_token"])
    world.clock.turn(2)
    assert world.refresh(tokens["refresh_token"]).status == 200


def test_a_new_login_in_the_very_second_of_the_cut_off_gets_a_token_that_counts(world, read_claims):
    revoke(world, "sub", "ann")
    cutoff = int(world.clock.now())
    began = time.monotonic()
    token = world.redeem(world.code(sid="s2")).json()["access_token"]
    assert read_claims(token)["iat"] == cutoff + 1
    assert world.active(token)
    assert time.monotonic() - began < 2


def test_a_clock_that_jumped_back_over_a_cut_off_is_an_error_and_no_token_from_the_future(world):
    revoke(world, "all")
    world.clock.turn(-3600)
    answer = world.token(basic="job:s3cret", grant_type="client_credentials")
    assert answer.status == 503


def test_a_cut_off_outlives_every_token_that_it_refuses_and_is_then_forgotten(world):
    token = world.redeem(world.code()).json()["access_token"]
    revoke(world, "sub", "ann")
    world.clock.turn(599)
    world.run(world.authority.tend())
    assert not world.active(token)
    assert world.authority.feed.snapshot().entries
    world.clock.turn(100)
    world.run(world.authority.tend())
    assert world.authority.feed.snapshot().entries == ()
    assert world.authority.cutoffs.effective(sub="ann") == 0


class NoStore:
    def listen(self, listener):
        pass

    def read(self, query, *args):
        return []


ENTRIES = st.lists(
    st.builds(
        Cutoff,
        st.sampled_from(["sid", "sub", "client", "key", "all"]),
        st.sampled_from(["", "a", "b"]),
        st.integers(0, 50),
        st.just(1000),
    ).filter(lambda entry: (entry.kind == "all") == (entry.value == ""))
)


@given(ENTRIES, st.randoms())
def test_the_effective_cut_off_is_the_maximum_of_all_that_apply_in_any_order(entries, chance):
    cutoffs = Cutoffs(NoStore())  # type: ignore[arg-type]
    shuffled = list(entries)
    chance.shuffle(shuffled)
    cutoffs.take(shuffled)
    token = {"sub": "a", "sid": "b", "client": "a", "key": "b"}
    applying = [entry.cutoff for entry in entries if entry.kind == "all" or token[entry.kind] == entry.value]
    assert cutoffs.effective(**token) == max(applying, default=0)


def test_introspection_shows_the_claims_to_the_audience_and_to_nobody_else(world):
    token = world.redeem(world.code()).json()["access_token"]
    headers = {"authorization": "Basic am9iOnMzY3JldA=="}
    body = world.call(world.public, "POST", "/introspect", form={"token": token}, headers=headers).json()
    assert (body["active"], body["sub"], body["aud"], body["roles"]) == (True, "ann", "orders", ["customer"])
    stranger = world.call(world.internal, "POST", "/introspect", form={"token": token}, service="billing")
    assert stranger.json() == {"active": False}
    owner = world.call(world.internal, "POST", "/introspect", form={"token": token}, service="orders")
    assert owner.json()["active"] is True


def test_introspection_needs_a_client_that_authenticates(world):
    token = world.redeem(world.code()).json()["access_token"]
    assert world.call(world.public, "POST", "/introspect", form={"token": token}).status == 401
    answer = world.call(world.public, "POST", "/introspect", form={"token": token, "client_id": "app"})
    assert answer.status == 401


@pytest.mark.parametrize("token", ["x", "a.b.c", "é", "e30.e30."])
def test_what_is_no_token_is_inactive(world, token):
    assert world.active(token) is False


def test_userinfo_shows_what_the_scope_allows(world):
    def ask(token):
        return world.call(world.public, "GET", "/userinfo", headers={"authorization": f"Bearer {token}"})

    full = world.redeem(world.code()).json()["access_token"]
    assert ask(full).json() == {"sub": "ann", "name": "Ann", "preferred_username": "ann", "region": "eu"}
    bare = world.redeem(world.code(scope="openid")).json()["access_token"]
    assert ask(bare).json() == {"sub": "ann"}
    none = world.redeem(world.code(scope="profile")).json()["access_token"]
    assert ask(none).status == 403
    assert ask("x").status == 401
    assert 'error="invalid_token"' in ask("x").headers["www-authenticate"]
    assert world.call(world.public, "GET", "/userinfo").status == 401
    revoke(world, "sub", "ann")
    assert ask(full).status == 401


def test_attack_an_access_token_in_the_query_or_the_form_is_not_looked_at(world):
    """RFC 9700 section 4.3.2: what stands in a URL ends in a log."""
    token = world.redeem(world.code()).json()["access_token"]
    assert world.call(world.public, "GET", "/userinfo", query=f"access_token={token}").status == 401
    assert world.call(world.public, "POST", "/userinfo", form={"access_token": token}).status == 401
