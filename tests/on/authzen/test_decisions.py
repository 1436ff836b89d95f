"""A guard's questions to a decision point elsewhere: a small one written here from the specification, and our own."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx2
import pytest

from ringwall.caller import Caller
from ringwall.errors import Misconfigured, Unavailable
from ringwall.keeper import Keeper
from ringwall.on.authzen import RemoteDecisions, decisions
from ringwall.policy.decision_point import MAX_ANSWER

ANN = Caller("ann", roles=frozenset({"support"}))
ORDERS = Caller("spiffe://ringwall.internal/orders", "service", proof="certificate")


class Stranger(ThreadingHTTPServer):
    """Permits what ``permits`` says of a request, or answers with the raw ``answer`` of a test."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.permits = lambda asked: asked["subject"]["id"] == "ann"
        self.answer = None
        self.pause = 0.0
        self.asked = []
        self.headers = []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        server = self.server
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        server.asked.append(asked)
        server.headers.append(dict(self.headers))
        time.sleep(server.pause)
        status, kind, body = 404, "text/plain", b"no"
        if self.path == "/access/v1/evaluation" and self.headers["content-type"] == "application/json":
            status, kind = 200, "application/json"
            body = json.dumps({"decision": server.permits(asked), "context": {"reason": "as told"}}).encode()
        status, kind, body = server.answer or (status, kind, body)
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        pass


@pytest.fixture
def stranger_pdp():
    server = Stranger()
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def keeper():
    keeper = Keeper()
    yield keeper
    keeper.stop()


@pytest.fixture
def remote(stranger_pdp, keeper):
    made = []

    def client():
        if not made:
            made.append(httpx2.AsyncClient(trust_env=False))
        return made[0]

    yield RemoteDecisions(stranger_pdp.url + "/", "shop", keeper, client, lambda: "t0ken")
    for each in made:
        keeper.submit(each.aclose()).result(5)


def test_a_yes_and_a_no(remote, stranger_pdp):
    yes = remote.decide(ANN, "order:read")
    assert yes.allowed is True
    no = remote.decide(Caller("eve"), "order:read")
    assert (no.allowed, no.action, no.caller) == (False, "order:read", "eve (person)")
    assert no.summary == f"the decision point {stranger_pdp.url} does not permit it: as told"
    assert stranger_pdp.asked[0]["resource"] == {"type": "Application", "id": "shop"}
    assert stranger_pdp.headers[0]["authorization"] == "Bearer t0ken"


def test_the_service_that_calls_must_be_permitted_too(remote, stranger_pdp):
    called = Caller("ann", actor=ORDERS)
    assert not remote.decide(called, "order:read").allowed
    assert [asked["subject"]["type"] for asked in stranger_pdp.asked] == ["Person", "Service"]
    stranger_pdp.permits = lambda asked: True
    assert remote.decide(called, "order:read").allowed
    stranger_pdp.permits = lambda asked: asked["subject"]["type"] == "Service"
    stranger_pdp.asked.clear()
    assert not remote.decide(called, "order:read").allowed
    assert len(stranger_pdp.asked) == 1


@pytest.mark.parametrize(
    "answer",
    [
        (500, "application/json", b'{"decision": true}'),
        (401, "application/json", b'{"decision": true}'),
        (302, "application/json", b'{"decision": true}'),
        (200, "text/html", b'{"decision": true}'),
        (200, "application/json", b'{"decision": "true"}'),
        (200, "application/json", b'{"decision": true, "x": "' + b"x" * MAX_ANSWER + b'"}'),
        (200, "application/json", b""),
    ],
    ids=lambda answer: f"{answer[0]} {answer[1]} {answer[2][:20]!r}",
)
def test_an_error_is_never_a_yes(remote, stranger_pdp, answer):
    stranger_pdp.answer = answer
    with pytest.raises(Unavailable):
        remote.decide(ANN, "order:read")


def test_a_decision_point_that_is_down_or_hangs_is_unavailable(remote, stranger_pdp, monkeypatch):
    monkeypatch.setattr(decisions, "DEADLINE", 0.05)
    stranger_pdp.pause = 0.5
    with pytest.raises(Unavailable, match="did not answer"):
        remote.decide(ANN, "order:read")
    stranger_pdp.shutdown()
    stranger_pdp.server_close()
    monkeypatch.setattr(decisions, "DEADLINE", 5.0)
    with pytest.raises(Unavailable, match="cannot be reached"):
        remote.decide(ANN, "order:read")


def test_for_coroutines_the_event_loop_runs_on(remote, stranger_pdp):
    stranger_pdp.pause = 0.05

    async def many():
        beats = 0

        async def beat():
            nonlocal beats
            while True:
                await asyncio.sleep(0.001)
                beats += 1

        beating = asyncio.create_task(beat())
        found = await asyncio.gather(*(remote.adecide(ANN, "order:read") for _ in range(5)))
        beating.cancel()
        return found, beats

    found, beats = asyncio.run(many())
    assert [decision.allowed for decision in found] == [True] * 5
    assert beats > 1


def test_waiting_on_an_event_loop_is_refused(remote):
    async def wrong():
        remote.decide(ANN, "order:read")

    with pytest.raises(Misconfigured, match="event loop"):
        asyncio.run(wrong())


def test_a_role_must_be_held_beside_the_decision(remote, stranger_pdp):
    assert remote.decide(ANN, "order:read", role="support").allowed
    assert asyncio.run(remote.adecide(ANN, "order:read", role="support")).allowed
    stranger_pdp.asked.clear()
    no = remote.decide(ANN, "order:read", role="manager")
    assert (no.allowed, no.remedy) == (False, "hold the role manager")
    assert not asyncio.run(remote.adecide(ANN, "order:read", role="manager")).allowed
    assert stranger_pdp.asked == []


def test_credentials_that_are_not_there_are_no_yes(remote, stranger_pdp):
    def none():
        raise Unavailable("the secret pdp has no value yet")

    remote._bearer = none
    with pytest.raises(Unavailable, match="secret pdp"):
        remote.decide(ANN, "order:read")
    assert stranger_pdp.asked == []
