"""Token exchange: shop → orders → billing, for ann."""

from __future__ import annotations

import pytest

from ringwall.authority.grants.token_exchange import ACCESS_TOKEN, NAME

SHOP, ORDERS = "spiffe://ringwall.internal/shop", "spiffe://ringwall.internal/orders"
HOME = "http://shop.localhost:9000/callback"


@pytest.fixture
def at_shop(world):
    """Ann's access token at the shop, with every service known."""
    for name in ("shop", "orders", "billing"):
        world.token(service=name, grant_type="client_credentials")
    code = world.code(client=SHOP, audience="shop", redirect_uri=HOME)
    answer = world.token(
        service="shop", grant_type="authorization_code", code=code, redirect_uri=HOME, code_verifier="v" * 43
    )
    return answer.json()["access_token"]


def exchange(world, service, token, audience, **more):
    asked = {
        "grant_type": NAME,
        "subject_token": token,
        "subject_token_type": ACCESS_TOKEN,
        "audience": audience,
        **more,
    }
    return world.token(service=service, **{name: value for name, value in asked.items() if value is not None})


def test_who_acts_for_whom_is_carried_on(world, at_shop, read_claims):
    first = exchange(world, "shop", at_shop, "orders")
    assert first.status == 200, first.body
    assert first.json()["issued_token_type"] == ACCESS_TOKEN
    claims = read_claims(first.json()["access_token"])
    assert (claims["sub"], claims["aud"], claims["sid"], claims["region"]) == ("ann", "orders", "s1", "eu")
    assert claims["roles"] == ["customer"]
    assert claims["act"] == {"sub": SHOP}
    second = exchange(world, "orders", first.json()["access_token"], "billing")
    assert read_claims(second.json()["access_token"])["act"] == {"sub": ORDERS, "act": {"sub": SHOP}}


def test_the_new_token_lives_no_longer_and_carries_no_personal_scope(world, at_shop, read_claims):
    world.clock.turn(400)
    claims = read_claims(exchange(world, "shop", at_shop, "orders").json()["access_token"])
    assert claims["exp"] == read_claims(at_shop)["exp"]
    assert "scope" not in claims


def test_the_exchange_is_written_down_with_the_chain(world, at_shop, read_claims):
    exchange(world, "shop", at_shop, "orders")
    event = world.events()[-1]
    assert (event["actor"], event["subject"]) == (SHOP, "ann")
    assert event["detail"]["act"] == {"sub": SHOP}
    assert event["detail"]["subject_jti"] == read_claims(at_shop)["jti"]


def test_attack_a_token_meant_for_another_service(world, at_shop):
    """Orders caught a token of the shop's: it cannot make it its own."""
    answer = exchange(world, "orders", at_shop, "billing")
    assert (answer.status, answer.json()["error"]) == (400, "invalid_request")
    assert "meant for 'orders'" in answer.json()["error_description"]


def test_attack_a_public_or_secret_client_exchanges(world, at_shop):
    answer = world.token(
        basic="job:s3cret", grant_type=NAME, subject_token=at_shop, subject_token_type=ACCESS_TOKEN, audience="orders"
    )
    assert answer.json()["error"] == "unauthorized_client"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"audience": "vault"}, "invalid_target"),
        ({"audience": None}, "invalid_request"),
        ({"subject_token": "x"}, "invalid_request"),
        ({"subject_token": None}, "invalid_request"),
        ({"subject_token_type": "urn:ietf:params:oauth:token-type:id_token"}, "invalid_request"),
        ({"requested_token_type": "urn:ietf:params:oauth:token-type:refresh_token"}, "invalid_request"),
        ({"actor_token": "x"}, "invalid_request"),
        ({"resource": "https://orders"}, "invalid_target"),
        ({"scope": "openid"}, "invalid_scope"),
    ],
    ids=repr,
)
def test_what_cannot_be_exchanged(world, at_shop, changes, code):
    audience = changes.pop("audience", "orders") if "audience" in changes else "orders"
    token = changes.pop("subject_token", at_shop) if "subject_token" in changes else at_shop
    answer = exchange(world, "shop", token, audience, **changes)
    assert (answer.status, answer.json()["error"]) == (400, code)


def test_attack_an_id_token_as_subject(world):
    """Another ``typ``: a token for a client is not one for a service."""
    world.token(service="orders", grant_type="client_credentials")
    identity = world.redeem(world.code()).json()["id_token"]
    assert exchange(world, "orders", identity, "orders").status == 400


def test_attack_an_expired_or_revoked_subject(world, at_shop):
    from ringwall.authority import revocation

    world.run(revocation.revoke(world.authority, "sid", "s1", actor="test", reason="logout"))
    world.clock.turn(2)
    assert "revoked" in exchange(world, "shop", at_shop, "orders").json()["error_description"]
    world.clock.turn(700)
    assert "expired" in exchange(world, "shop", at_shop, "orders").json()["error_description"]


def test_attack_an_endless_chain(world, at_shop):
    token, service = at_shop, "shop"
    depth = 0
    for target in ("orders", "billing", "orders", "billing", "orders"):
        answer = exchange(world, service, token, target)
        if answer.status != 200:
            break
        depth, token, service = depth + 1, answer.json()["access_token"], target
    assert depth == 4
    assert "chain" in answer.json()["error_description"]


def test_a_service_that_acts_for_itself_can_be_acted_for(world, read_claims):
    world.token(service="billing", grant_type="client_credentials")
    world.token(service="orders", grant_type="client_credentials")
    own = world.token(service="shop", grant_type="client_credentials", audience="orders").json()["access_token"]
    claims = read_claims(exchange(world, "orders", own, "billing").json()["access_token"])
    assert (claims["sub"], claims["act"]) == (SHOP, {"sub": ORDERS})
