"""``PUT /services/self``: what a service may say about itself."""

from __future__ import annotations

import json

import pytest

from ringwall.authority.services import is_local
from ringwall.authority.settings import ServiceSettings, Settings


def put(world, service="shop", **fields):
    return world.call(world.internal, "PUT", "/services/self", service=service, body=json.dumps(fields).encode())


def test_a_service_registers_where_its_logins_come_back_to(world):
    answer = put(
        world, redirect_uris=["http://shop.localhost:9000/callback"], post_logout_redirect_uris=["http://[::1]/"]
    )
    assert answer.status == 200, answer.body
    client = world.authority.clients.service("shop")
    assert client.redirect_uris == ("http://shop.localhost:9000/callback",)
    assert client.post_logout_redirect_uris == ("http://[::1]/",)
    put(world, redirect_uris=[])
    assert world.authority.clients.service("shop").redirect_uris == ()
    assert world.authority.clients.service("shop").post_logout_redirect_uris == ("http://[::1]/",)


def test_what_is_registered_survives_a_restart_of_the_authority(world):
    from ringwall.authority.authority import Authority

    put(world, redirect_uris=["http://127.0.0.1:9000/callback"])
    world.authority.close()
    settings = Settings("http://localhost:8400", "https://localhost:8401", services={"shop": ServiceSettings()})
    world.authority = Authority.open(world.home, settings, clock=world.clock, synchronous="OFF")
    world.run(world.authority.start())
    assert world.authority.clients.service("shop").redirect_uris == ("http://127.0.0.1:9000/callback",)


def test_saying_the_same_again_writes_nothing(world):
    put(world, redirect_uris=["http://localhost/callback"])
    before = len(world.events())
    put(world, redirect_uris=["http://localhost/callback"])
    assert len(world.events()) == before


@pytest.mark.parametrize(
    "uri",
    [
        "http://evil.example/callback",
        "http://localhost.evil.example/",
        "http://localhost@evil.example/",
        "http://localhost:80:80/",
        "http://localhost/#fragment",
        "http://localhost\\@evil.example/",
        "http://localhost/\nx",
        "javascript:alert(1)",
        "//localhost/",
        "http://127.0.0.1.evil.example/",
        "http://192.168.0.1/",
        "",
    ],
)
def test_attack_a_redirect_uri_that_leads_elsewhere(world, uri):
    """RFC 9700 section 4.1."""
    assert not is_local(uri)
    answer = put(world, redirect_uris=[uri])
    assert (answer.status, answer.json()["error"]) == (400, "invalid_redirect_uri")


@pytest.mark.parametrize(
    "fields",
    [
        {"redirect_uris": "http://localhost/"},
        {"redirect_uris": [1]},
        {"redirect_uris": ["http://localhost/"] * 17},
        {"grants": ["password"]},
        {"audiences": ["billing"]},
    ],
    ids=repr,
)
def test_what_a_service_may_not_say(world, fields):
    assert put(world, **fields).json()["error"] == "invalid_client_metadata"


def test_attack_a_stranger_registers(world):
    assert world.call(world.internal, "PUT", "/services/self", body=b"{}").status == 401
    assert world.call(world.public, "PUT", "/services/self", body=b"{}").status == 404
    for body in (b"", b"[]", b"{", b"[" * 100_000):
        assert world.call(world.internal, "PUT", "/services/self", service="shop", body=body).status == 400


class TestProduction:
    @pytest.fixture
    def settings(self):
        shop = ServiceSettings(redirect_uris=("https://shop.example/callback",), audiences=("till",))
        return Settings("https://a.example", "https://a.internal", mode="production", services={"shop": shop})

    def test_only_what_the_configuration_lists(self, world):
        assert put(world, redirect_uris=["https://shop.example/callback"], audiences=["till"]).status == 200
        assert world.authority.clients.service("shop").audiences == ("shop", "till")
        assert put(world, redirect_uris=["http://localhost/callback"]).status == 400
        assert put(world, redirect_uris=["https://shop.example/callback/"]).status == 400
        assert put(world, service="stranger", redirect_uris=[]).status == 401
