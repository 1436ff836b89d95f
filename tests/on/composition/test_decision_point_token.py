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
from ringwall.settings import PolicySettings, Service, Settings

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


class Vault:
    """The authority as far as secrets go: it holds the one called ``pdp``."""

    def __init__(self, *_: object) -> None:
        self.value: str | None = FIRST
        self.version = 1
        self._client = httpx2.AsyncClient(transport=httpx2.MockTransport(self._answer), base_url="https://authority")

    def current(self) -> httpx2.AsyncClient:
        return self._client

    def rotate(self, value: str) -> None:
        self.value, self.version = value, self.version + 1

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        said: object = {}
        if request.url.path.endswith("/login"):
            said = {"auth": {"client_token": "s.token-of-the-service", "lease_duration": 60}}
        elif self.value is None:
            return httpx2.Response(404, stream=httpx2.ByteStream(b"{}"))
        elif request.url.path.endswith("/data/shop/pdp"):
            said = {"data": {"data": {"value": self.value}, "metadata": {"version": self.version}}}
        return httpx2.Response(200, stream=httpx2.ByteStream(json.dumps(said).encode()))


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> Vault:
    vault = Vault()
    monkeypatch.setattr(parts, "AuthorityClient", lambda *_: vault)
    monkeypatch.setattr(secrets, "EVERY", 0.01)
    return vault


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
def guard(tmp_path: Path, vault: Vault, pdp: Demanding) -> Iterator[Guard]:
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


def test_the_token_is_shown_and_a_rotated_one_is_taken_up(guard: Guard, vault: Vault, pdp: Demanding) -> None:
    until(lambda: allowed(guard))
    assert pdp.shown == [f"Bearer {FIRST}"]
    pdp.token = SECOND
    with pytest.raises(Unavailable, match="does not accept this service"):
        guard.decide(ANN, "order:read")
    vault.rotate(SECOND)
    until(lambda: allowed(guard))
    assert pdp.shown[-1] == f"Bearer {SECOND}"


def test_without_its_value_nothing_is_asked(guard: Guard, vault: Vault, pdp: Demanding) -> None:
    vault.value = None
    until(lambda: "the secret shop/pdp has no value yet" in refusal(guard))
    assert pdp.shown == []


@pytest.mark.parametrize("value", ["broken-t0ken\n", "broken-t0ken\r\nx: y", "broken-t0ken two", "broken-t0kén"])
def test_attack_a_token_that_cannot_be_sent_is_not_told(
    guard: Guard, vault: Vault, pdp: Demanding, value: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    vault.rotate(value)
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
def compose(tmp_path: Path, vault: Vault) -> Iterator[Callable[[PolicySettings], Composition]]:
    made: list[Composition] = []

    def compose(policy: PolicySettings) -> Composition:
        service = Service("shop", ("internal",), tmp_path)
        made.append(Composition(Settings(tmp_path / "ringwall.toml", "development", service, policy=policy)))
        return made[-1]

    yield compose
    for composition in made:
        composition.stop()


def test_a_secret_that_nobody_named_ends_the_start(compose: Callable[[PolicySettings], Composition]) -> None:
    with pytest.raises(Misconfigured, match="there is no secret 'pdp'"):
        compose(PolicySettings(decision_point="https://pdp.example", token="pdp"))
