"""Proving a client by its key and by its certificate."""

from __future__ import annotations

import json

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from ringwall.authority.clients.assertion import TYPE
from ringwall.store.clients import Client

KEY = ECKey.generate_key("P-256", parameters={"kid": "k1", "alg": "ES256", "use": "sig"})
OTHER = ECKey.generate_key("P-256", parameters={"kid": "k1"})


@pytest.fixture
def signer(world):
    """A client that signs; the fixture makes its assertions."""
    jwks = {"keys": [KEY.as_dict(private=False)]}
    client = Client(id="signer", method="private_key_jwt", jwks=jwks, grants=("client_credentials",))
    world.run(world.authority.clients.put(client, actor="test"))

    def sign(key=KEY, header=None, **changes):
        now = int(world.clock.now())
        claims = {
            "iss": "signer",
            "sub": "signer",
            "aud": "http://localhost:8400",
            "jti": "j1",
            "iat": now,
            "exp": now + 60,
        }
        claims = {name: value for name, value in {**claims, **changes}.items() if value is not None}
        return jwt.encode(
            {"alg": "ES256", "kid": "k1", **(header or {})}, claims, key, algorithms=["ES256", "HS256", "none"]
        )

    return sign


def ask(world, assertion, **more):
    form = {"client_assertion_type": TYPE, "client_assertion": assertion, "grant_type": "client_credentials", **more}
    return world.token(**form)


@pytest.mark.parametrize(
    "audience", ["http://localhost:8400", "http://localhost:8400/token", ["http://localhost:8400"]]
)
def test_a_signed_assertion_is_a_client(world, signer, audience, read_claims):
    answer = ask(world, signer(aud=audience))
    assert answer.status == 200, answer.body
    assert read_claims(answer.json()["access_token"])["sub"] == "client:signer"


def test_attack_an_assertion_is_replayed(world, signer):
    assertion = signer()
    assert ask(world, assertion).status == 200
    again = ask(world, assertion)
    assert (again.status, again.json()["error"]) == (401, "invalid_client")
    assert "used before" in again.json()["error_description"]
    assert ask(world, signer(jti="j2")).status == 200


def test_attack_an_assertion_is_replayed_after_a_restart_of_memory(world, signer):
    """The memory of what was seen is in the store."""
    assertion = signer()
    ask(world, assertion)
    world.run(world.authority.tend())
    assert ask(world, assertion).status == 401


@pytest.mark.parametrize(
    "changes",
    [
        {"key": OTHER},
        {"aud": "https://another.example"},
        {"aud": ["http://localhost:8400", "https://another.example"]},
        {"aud": None},
        {"iss": "job"},
        {"sub": "job"},
        {"exp": None},
        {"exp": 1},
        {"exp": 1_800_000_000 + 86_400},
        {"iat": 1_800_000_000 + 600, "exp": 1_800_000_000 + 660},
        {"jti": None},
        {"jti": ""},
        {"header": {"kid": "k2"}},
    ],
    ids=lambda changes: "-".join(changes),
)
def test_attack_an_assertion_that_is_wrong_in_one_thing(world, signer, changes):
    """RFC 7523 section 3, each rule broken alone."""
    answer = ask(world, signer(**changes))
    assert (answer.status, answer.json()["error"]) == (401, "invalid_client")


def test_attack_algorithm_confusion(world, signer):
    """The public key as an HMAC secret, and no signature at all (RFC 8725 section 2.1)."""
    secret = OctKey.import_key(json.dumps(KEY.as_dict(private=False)))
    assert ask(world, signer(key=secret, header={"alg": "HS256"})).status == 401
    head, payload, _ = signer().split(".")
    assert ask(world, f"eyJhbGciOiJub25lIn0.{payload}.").status == 401
    assert ask(world, f"{head}.{payload}.").status == 401


@pytest.mark.parametrize("assertion", ["", "x", "a.b.c", "....", "é", "x" * 20000])
def test_malformed_assertions_are_no_client(world, assertion):
    assert ask(world, assertion).status in (400, 401)


def test_the_assertion_type_must_be_named(world, signer):
    answer = world.token(grant_type="client_credentials", client_assertion=signer())
    assert TYPE in answer.json()["error_description"]


def test_a_service_is_known_by_its_certificate_and_registered_at_first_sight_in_development(world, read_claims):
    answer = world.token(service="orders", grant_type="client_credentials")
    assert answer.status == 200
    claims = read_claims(answer.json()["access_token"])
    assert (claims["sub"], claims["aud"]) == ("spiffe://ringwall.internal/orders", "orders")
    assert "sid" not in claims
    assert "client.registered" in world.kinds()


def test_attack_a_certificate_of_another_trust_domain(world, monkeypatch):
    from ringwall.authority import http

    for other in (
        "spiffe://evil.internal/orders",
        "spiffe://ringwall.internal/a/b",
        "spiffe://ringwall.internal.evil/orders",
    ):
        monkeypatch.setattr(http, "spiffe_id", lambda der, other=other: other)
        answer = world.token(service="orders", grant_type="client_credentials")
        assert (answer.status, answer.json()["error"]) == (401, "invalid_client")


def test_attack_client_id_names_another_service_than_the_certificate(world):
    world.token(service="billing", grant_type="client_credentials")
    answer = world.token(
        service="orders", grant_type="client_credentials", client_id="spiffe://ringwall.internal/billing"
    )
    assert (answer.status, answer.json()["error"]) == (401, "invalid_client")


def test_attack_a_service_by_name_alone_on_the_public_listener(world):
    world.token(service="orders", grant_type="client_credentials")
    answer = world.token(grant_type="client_credentials", client_id="spiffe://ringwall.internal/orders")
    assert answer.status == 401


def test_a_certificate_that_names_nobody_is_no_client(world, monkeypatch):
    from ringwall.authority import http

    monkeypatch.setattr(http, "spiffe_id", lambda der: None)
    assert world.token(service="orders", grant_type="client_credentials").status == 401


class TestProduction:
    @pytest.fixture
    def settings(self):
        from ringwall.authority.settings import ServiceSettings, Settings

        services = {"orders": ServiceSettings(exchange=("billing",)), "billing": ServiceSettings()}
        return Settings("https://auth.example", "https://auth.internal:8401", mode="production", services=services)

    def test_only_configured_services_are_clients(self, world):
        assert world.token(service="orders", grant_type="client_credentials").status == 200
        assert world.token(service="intruder", grant_type="client_credentials").status == 401

    def test_a_service_may_only_ask_for_the_audiences_on_its_list(self, world):
        asked = {"grant_type": "client_credentials", "audience": "billing"}
        assert world.token(service="orders", **asked).status == 200
        asked["audience"] = "orders"
        assert world.token(service="billing", **asked).json()["error"] == "invalid_target"

    def test_a_service_that_only_development_knew_is_forgotten(self, world):
        from ringwall.store.clients import Client

        stray = Client(id="spiffe://ringwall.internal/stray", method="tls_client_auth", kind="service")
        world.run(world.authority.clients.put(stray, actor="development"))
        world.run(world.authority.clients.begin())
        assert world.authority.clients.service("stray") is None
        assert world.authority.clients.service("orders") is not None
        assert world.authority.clients.get("job") is not None
