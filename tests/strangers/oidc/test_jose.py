"""jose of npm: it verifies our tokens from our published keys, and signs assertions that we accept."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.strangers.oidc.program import Failed, Program

from ringwall.authority.access_token import AccessToken
from ringwall.store.clients import Client

pytestmark = pytest.mark.peer("node")

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@pytest.fixture(scope="module")
def jose(node_program: Callable[[Path], list[str]]) -> Iterator[Program]:
    program = Program(node_program(Path(__file__).with_name("tokens.mjs")))
    yield program
    program.stop()


@pytest.fixture(scope="module")
def client(jose: Program, system: Any) -> str:
    """A client that is known by a key which jose made and keeps."""
    registered = Client("robot", "private_key_jwt", jwks={"keys": [jose.do("keys")]}, grants=("client_credentials",),
                        audiences=("orders",))  # fmt: skip
    system.run(system.authority.clients.put(registered, actor="test"))
    return registered.id


def assert_and_ask(jose: Program, system: Any, **changes: str) -> httpx2.Response:
    """A token request with an assertion by jose."""
    said = {"client": "robot", "audience": system.issuer, "jti": secrets.token_hex(8), **changes}
    return ask(system, jose.do("assertion", **said))


def ask(system: Any, assertion: str) -> httpx2.Response:
    form = {"grant_type": "client_credentials", "client_assertion_type": TYPE, "client_assertion": assertion}
    return httpx2.post(f"{system.issuer}/token", data=form, trust_env=False)


def verify(jose: Program, system: Any, token: str, **expected: str) -> Any:
    return jose.do("verify", jwks=f"{system.issuer}/.well-known/jwks.json", token=token, **expected)


def test_it_verifies_an_access_token(jose: Program, client: str, system: Any) -> None:
    token = assert_and_ask(jose, system).json()["access_token"]
    found = verify(jose, system, token, issuer=system.issuer, audience="orders", typ="at+jwt")
    assert found["header"]["alg"] == "ES256"
    assert (found["payload"]["sub"], found["payload"]["client_id"]) == (f"client:{client}", client)
    assert found["payload"]["exp"] - found["payload"]["iat"] == 600


@pytest.mark.parametrize(
    "wrong",
    [{"audience": "billing"}, {"issuer": "http://localhost:1"}, {"typ": "JWT"}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_it_refuses_what_was_not_meant_for_it(jose: Program, client: str, system: Any, wrong: dict[str, str]) -> None:
    token = assert_and_ask(jose, system).json()["access_token"]
    with pytest.raises(Failed, match="unexpected"):
        verify(jose, system, token, **{"issuer": system.issuer, "audience": "orders", **wrong})


def test_it_refuses_an_expired_token(jose: Program, system: Any) -> None:
    token = AccessToken(sub="ann", client="demo", audience="orders", issued=1_700_000_000, expires=1_700_000_600)
    signed = system.authority.keys.current().sign(token.claims(system.issuer), "at+jwt")
    with pytest.raises(Failed) as expired:
        verify(jose, system, signed, issuer=system.issuer, audience="orders")
    assert expired.value.error["code"] == "ERR_JWT_EXPIRED"


def test_a_revoked_token_keeps_its_signature_and_loses_its_meaning(jose: Program, client: str, system: Any) -> None:
    """A verifier that has the keys alone cannot know; introspection, and a guard with the feed, do."""
    token = assert_and_ask(jose, system).json()["access_token"]

    def post(path: str) -> httpx2.Response:
        assertion = jose.do("assertion", client=client, audience=system.issuer, jti=secrets.token_hex(8))
        form = {"token": token, "client_assertion_type": TYPE, "client_assertion": assertion}
        return httpx2.post(system.issuer + path, data=form, trust_env=False)

    assert post("/introspect").json()["active"] is True
    assert post("/revoke").status_code == 200
    assert post("/introspect").json() == {"active": False}
    assert verify(jose, system, token, issuer=system.issuer)["payload"]["client_id"] == client


def test_replay_an_assertion_counts_once(jose: Program, client: str, system: Any) -> None:
    assertion = jose.do("assertion", client=client, audience=system.issuer, jti="once")
    assert ask(system, assertion).status_code == 200
    again = ask(system, assertion)
    assert (again.status_code, again.json()["error"]) == (401, "invalid_client")
    assert "used before" in again.json()["error_description"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"audience": "https://other.example"}, "aud must be"),
        ({"lifetime": "1h"}, "300 s"),
        ({"client": "demo"}, "unknown"),
        ({"lifetime": "-10s"}, "expired"),
    ],
)
def test_an_assertion_that_is_not_right_says_what_is_wrong(
    jose: Program, client: str, system: Any, changes: dict[str, str], reason: str
) -> None:
    refused = assert_and_ask(jose, system, **changes)
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    assert reason in refused.json()["error_description"]
