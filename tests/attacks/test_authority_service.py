"""Attacks by a service that was taken over: it has a valid certificate, and wants more than it stands for."""

from __future__ import annotations

import time

import grpclib.client
import pytest
from grpclib.const import Status
from grpclib.exceptions import GRPCError

from ringwall.authority import revocation
from ringwall.authority.ca.workload import WorkloadServer
from ringwall.authority.grants import token_exchange
from ringwall.authority.vault.kv import MOST_VERSIONS
from ringwall.peers.spiffe import FETCH_X509_SVID, SECURITY_HEADER
from ringwall.peers.spiffe import workload_pb2 as pb

EXCHANGE = {"grant_type": token_exchange.NAME, "subject_token_type": token_exchange.ACCESS_TOKEN}


@pytest.mark.parametrize("span", ["1" * 1_000_000 + "x", "1." * 400_000, "1h" * 400_000 + "!"])
def test_attack_a_span_whose_reading_stops_the_one_writer(bank, span) -> None:
    """Its parts were searched for in the square of its length, while every other transaction waited."""
    token = bank.log_in("orders")
    began = time.monotonic()
    for path, field in (("secret/metadata/orders/x", "delete_version_after"), ("auth/token/renew-self", "increment")):
        assert bank.call("POST", path, {field: span}, token=token, service="orders").status == 400
    assert time.monotonic() - began < 2


def test_attack_a_secret_with_versions_without_end(bank) -> None:
    """Each write goes over the marks of every version, on the one writer of all."""
    token = bank.log_in("orders")
    bank.ok("POST", "secret/metadata/orders/x", {"max_versions": 2**32 - 1}, token=token, service="orders")
    for _ in range(MOST_VERSIONS + 5):
        last = bank.put("orders/x", {"a": "b"}, token=token, service="orders")
    kept = bank.ok("GET", "secret/metadata/orders/x", token=token, service="orders")["data"]["versions"]
    assert (len(kept), min(map(int, kept)), last) == (MOST_VERSIONS, 6, MOST_VERSIONS + 5)


@pytest.mark.parametrize(
    "path",
    [
        "secret/data/billing/x",
        "secret/data/orders/../billing/x",
        "secret/data/orders/%2e%2e/billing/x",
        "secret/data/orders%2F..%2Fbilling/x",
        "secret/data/orders/..%2fbilling%2fx",
        "secret/data//billing/x",
        "secret/data/Billing/x",
        "secret/data/orders/x%00/../../billing/x",
        "secret/subkeys/billing/x",
        "secret/destroy/billing/x",
        "secret/metadata/billing/x",
        "ringwall/history/billing/x",
        "ringwall/rotate/orders/x",
        "sys/policies/acl/service:orders",
        "secret/config",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "LIST", "DELETE"])
def test_attack_the_secrets_of_another_service(bank, path, method) -> None:
    bank.put("billing/x", {"value": "theirs"})
    token = bank.log_in("orders")
    data = {"data": {"value": "mine"}, "policy": 'path "*" { capabilities = ["read"] }', "versions": [1]}
    answer = bank.call(method, path, data if method == "POST" else None, token=token, service="orders")
    assert answer.status in (307, 400, 403, 404, 405), answer.body
    assert b"theirs" not in answer.body
    assert bank.get("billing/x") == {"value": "theirs"}


@pytest.mark.parametrize("asked", [{"policies": ["service:billing"]}, {"policies": ["root"]}, {"no_parent": True}])
def test_attack_a_token_of_more_than_its_maker_may(bank, asked) -> None:
    token = bank.log_in("orders")
    assert bank.call("POST", "auth/token/create", asked, token=token, service="orders").status in (400, 403)


def test_attack_a_stolen_token_on_another_service_s_connection(bank) -> None:
    token = bank.log_in("orders")
    bank.put("orders/x", {"value": "ours"})
    for thief in ("billing", None):
        assert bank.call("GET", "secret/data/orders/x", token=token, service=thief).status == 403


def test_attack_a_subject_token_revoked_while_its_exchange_waits(world, monkeypatch) -> None:
    """The exchange waits out a cut-off of this second; what ends meanwhile must not be good in the new token."""
    world.token("billing", grant_type="client_credentials")
    token = world.redeem(world.code()).json()["access_token"]

    async def slow(authority, *, sub, sid, client):
        await revocation.revoke(authority, "sid", sid, actor="ann", reason="logout")
        return int(authority.clock.now()) + 1

    monkeypatch.setattr(token_exchange, "issue_time", slow)
    answer = world.token("orders", **EXCHANGE, subject_token=token, audience="billing")
    assert (answer.status, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("thief", ["billing", "shop"])
def test_attack_acting_for_a_person_who_called_somebody_else(world, thief) -> None:
    token = world.redeem(world.code()).json()["access_token"]
    answer = world.token(thief, **EXCHANGE, subject_token=token, audience="orders")
    assert (answer.status, answer.json()["error"]) == (400, "invalid_request")


def test_attack_an_actor_or_a_claim_of_one_s_own_making(world) -> None:
    world.token("billing", grant_type="client_credentials")
    token = world.redeem(world.code()).json()["access_token"]
    for more in ({"actor_token": token}, {"resource": "https://billing"}, {"audience": "nobody"}, {"scope": "openid"}):
        answer = world.token("orders", **{**EXCHANGE, "subject_token": token, "audience": "billing", **more})
        assert answer.status == 400, more


def test_attack_a_redirect_uri_on_another_service_s_name(world) -> None:
    asked = b'{"client_id": "spiffe://ringwall.internal/billing", "redirect_uris": ["http://localhost/"]}'
    answer = world.call(world.internal, "PUT", "/services/self", body=asked, service="orders")
    assert answer.status == 400
    asked = b'{"audiences": ["billing"]}'
    assert world.call(world.internal, "PUT", "/services/self", body=asked, service="orders").status == 400


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.anyio
async def test_attack_a_stranger_s_endless_message_at_the_workload_socket(tmp_path, monkeypatch) -> None:
    """In production every Unix user reaches the socket. Who it is must be asked before a message is waited for."""
    server = WorkloadServer(None, lambda *_: None, None)  # type: ignore[arg-type]
    await server.start(tmp_path / "w.sock")
    channel = grpclib.client.Channel(path=str(tmp_path / "w.sock"))
    method = grpclib.client.UnaryStreamMethod(channel, FETCH_X509_SVID, pb.X509SVIDRequest, pb.X509SVIDResponse)
    try:
        with pytest.raises(GRPCError) as refused:
            async with method.open(metadata={SECURITY_HEADER: "true"}, timeout=3) as stream:
                await stream.send_request()  # and no message ever
                await stream.recv_message()
        assert refused.value.status is Status.PERMISSION_DENIED
    finally:
        channel.close()
        await server.stop()
