"""The token of ``[policy]``, from the vault to a decision point that demands it, over TLS, by a whole composition."""

from __future__ import annotations

import json
import logging
import ssl
import threading
import traceback
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2
import pytest
from tests.faults.test_outage import until
from tests.on.login.test_channel import certificate

from ringwall.caller import Caller
from ringwall.config import load
from ringwall.errors import Misconfigured, Unavailable
from ringwall.guard import Guard
from ringwall.on.composition import decision_point, parts, secrets
from ringwall.on.composition.parts import Composition
from ringwall.policy.decision_point import PATH
from ringwall.settings import AuthorityAddress, PolicySettings, SecretSettings, Service, Settings

ANN = Caller("ann")
FIRST, SECOND = "f1rst-token.of~the/vault+==", "s3cond-token"


class Demanding(ThreadingHTTPServer):
    """Permits everything to whoever shows ``token``, and keeps what was shown."""

    daemon_threads = True

    def __init__(self, pem: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.token = FIRST
        self.shown: list[str | None] = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        self.socket = context.wrap_socket(self.socket, server_side=True)


class _Handler(BaseHTTPRequestHandler):
    server: Demanding

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.server.shown.append(shown := self.headers["authorization"])
        known = shown == f"Bearer {self.server.token}"
        self.send_response(200 if known else 401)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(b'{"decision": true}' if known else b"{}")

    def log_message(self, *_: object) -> None:
        pass


class Authority:
    """The authority: it holds the secret called ``pdp``, permits everything, and keeps what was shown for that."""

    def __init__(self, *_: object) -> None:
        self.value: str | None = FIRST
        self.version = 1
        self.shown: list[str | None] = []
        self._client = httpx2.AsyncClient(transport=httpx2.MockTransport(self._answer), base_url="https://authority")

    def current(self) -> httpx2.AsyncClient:
        return self._client

    def rotate(self, value: str) -> None:
        self.value, self.version = value, self.version + 1

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        said: object = {}
        if request.url.path.endswith("/login"):
            said = {"auth": {"client_token": "s.token-of-the-service", "lease_duration": 60}}
        elif request.url.path == PATH:
            self.shown.append(request.headers.get("authorization"))
            said = {"decision": True}
        elif self.value is None:
            return httpx2.Response(404, stream=httpx2.ByteStream(b"{}"))
        elif request.url.path.endswith("/data/shop/pdp"):
            said = {"data": {"data": {"value": self.value}, "metadata": {"version": self.version}}}
        body = httpx2.ByteStream(json.dumps(said).encode())
        return httpx2.Response(200, headers={"content-type": "application/json"}, stream=body)


@pytest.fixture
def authority(monkeypatch: pytest.MonkeyPatch) -> Authority:
    authority = Authority()
    monkeypatch.setattr(parts, "AuthorityClient", lambda *_: authority)
    monkeypatch.setattr(secrets, "EVERY", 0.01)
    return authority


@pytest.fixture
def pdp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Demanding]:
    pem = certificate(tmp_path, "pdp")
    roots = ssl.create_default_context(cafile=str(pem))
    monkeypatch.setattr(decision_point, "public_roots", lambda: roots)
    server = Demanding(pem)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def guard(tmp_path: Path, authority: Authority, pdp: Demanding) -> Iterator[Guard]:
    (tmp_path / "ringwall.toml").write_text(
        '[service]\nname = "shop"\nlisten = ["internal"]\n[secrets]\npdp = {}\n'
        f'[policy]\ndecision_point = "https://localhost:{pdp.server_address[1]}"\ntoken = "secret:pdp"\n'
    )
    composition = Composition(load(tmp_path))
    yield Guard(composition.parts)
    composition.stop()


def allowed(guard: Guard) -> bool:
    try:
        return guard.decide(ANN, "order:read").allowed
    except Unavailable:  # the vault has not answered yet, or the token is not the one demanded
        return False


def test_the_token_is_shown_and_a_rotated_one_is_taken_up(guard: Guard, authority: Authority, pdp: Demanding) -> None:
    until(lambda: allowed(guard))
    assert pdp.shown == [f"Bearer {FIRST}"]
    pdp.token = SECOND
    with pytest.raises(Unavailable, match="does not accept this service"):
        guard.decide(ANN, "order:read")
    authority.rotate(SECOND)
    until(lambda: allowed(guard))
    assert pdp.shown[-1] == f"Bearer {SECOND}"


def test_without_its_value_nothing_is_asked(guard: Guard, authority: Authority, pdp: Demanding) -> None:
    authority.value = None
    until(lambda: "the secret shop/pdp has no value yet" in refusal(guard))
    assert pdp.shown == []


@pytest.mark.parametrize("value", ["broken-t0ken\n", "broken-t0ken\r\nx: y", "broken-t0ken two", "broken-t0kén"])
def test_attack_a_token_that_cannot_be_sent_is_not_told(
    guard: Guard, authority: Authority, pdp: Demanding, value: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    authority.rotate(value)
    until(lambda: "none that RFC 6750 lets be sent" in refusal(guard))
    assert pdp.shown == []
    assert "broken" not in refusal(guard) + caplog.text


def refusal(guard: Guard) -> str:
    """All that a log would have of it: the causes too."""
    with pytest.raises(Unavailable) as caught:
        guard.decide(ANN, "order:read")
    return "".join(traceback.format_exception(caught.value))


def test_the_token_is_in_no_log_and_no_error(guard: Guard, pdp: Demanding, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    until(lambda: allowed(guard))
    pdp.token = SECOND
    assert "does not accept this service" in refusal(guard)
    assert FIRST not in refusal(guard) + caplog.text


@pytest.fixture
def compose(tmp_path: Path, authority: Authority) -> Iterator[Callable[[PolicySettings], Composition]]:
    made: list[Composition] = []

    def compose(policy: PolicySettings) -> Composition:
        settings = Settings(
            tmp_path / "ringwall.toml",
            "production",
            Service("shop", ("internal",), tmp_path),
            secrets={"pdp": SecretSettings()},
            authority=AuthorityAddress("https://authority.example", "https://authority.internal:8401", "", ""),
            policy=policy,
        )
        made.append(Composition(settings))
        return made[-1]

    yield compose
    for composition in made:
        composition.stop()


def test_a_secret_that_nobody_named_ends_the_start(compose: Callable[[PolicySettings], Composition]) -> None:
    with pytest.raises(Misconfigured, match="there is no secret 'pd'"):
        compose(PolicySettings(decision_point="https://pdp.example", token="pd"))


@pytest.mark.parametrize("url", ["https://authority.example", "https://authority.internal:8401"])
def test_attack_our_own_authority_is_not_shown_the_token(
    compose: Callable[[PolicySettings], Composition], authority: Authority, url: str
) -> None:
    guard = Guard(compose(PolicySettings(decision_point=url, token="pdp")).parts)
    until(lambda: allowed(guard) and has_value(guard))
    authority.shown.clear()
    assert allowed(guard)
    assert authority.shown == [None]


def has_value(guard: Guard) -> bool:
    try:
        return guard.secret("pdp").reveal() == FIRST
    except Unavailable:
        return False
