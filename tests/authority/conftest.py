"""An authority in memory of one test, called without a socket, with a clock that the test turns."""

from __future__ import annotations

import asyncio
import base64
import datetime
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from ringwall.audit import chain
from ringwall.authority import codes
from ringwall.authority.app import App
from ringwall.authority.authority import Authority
from ringwall.authority.clients.secret_basic import digest
from ringwall.authority.directory import Person
from ringwall.authority.operators import operator_app
from ringwall.authority.routes import OAUTH, SERVICES
from ringwall.authority.settings import Settings
from ringwall.store import ledger
from ringwall.store.clients import Client

ISSUER = "http://localhost:8400"
INTERNAL = "https://localhost:8401"
VERIFIER = "v" * 43
CALLBACK = "http://app.localhost:9000/callback"


@dataclass
class TestClock:
    __test__ = False
    time: float = 1_800_000_000.5

    def now(self) -> float:
        return self.time

    def steady(self) -> float:
        return self.time - 1_000_000_000

    def turn(self, seconds: float) -> None:
        self.time += seconds


@dataclass
class Directory:
    people: dict[str, Person] = field(default_factory=dict)

    def find(self, sub: str) -> Person | None:
        return self.people.get(sub)


@dataclass
class Response:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class World:
    """The authority, its three applications, and the event loop that they run on."""

    def __init__(self, home: Path, settings: Settings) -> None:
        self.loop = asyncio.Runner()
        self.clock = TestClock()
        self.home = home
        self.authority = self.run(self._open(home, settings))
        self.public = App(self.authority, OAUTH)
        self.internal = App(self.authority, {**OAUTH, **SERVICES})
        self.operator = operator_app(self.authority)

    async def _open(self, home: Path, settings: Settings) -> Authority:
        authority = Authority.open(home, settings, clock=self.clock, synchronous="OFF")
        ann = Person("ann", ("customer",), {"region": "eu"}, {"name": "Ann", "preferred_username": "ann"})
        authority.people = Directory({"ann": ann})
        await authority.start()
        job = Client(
            id="job",
            method="client_secret_basic",
            secret_hash=digest("s3cret"),
            grants=("client_credentials",),
            scopes=("read", "write"),
            audiences=("orders", "billing"),
        )
        app = Client(id="app", method="none", redirect_uris=(CALLBACK,), audiences=("orders",))
        for client in (job, app):
            await authority.clients.put(client, actor="test")
        return authority

    def run(self, coroutine: Any) -> Any:
        return self.loop.run(coroutine)

    def call(self, app: Any, method: str, path: str, **how: Any) -> Response:
        return self.run(self.send(app, method, path, **how))

    async def send(
        self,
        app: Any,
        method: str,
        path: str,
        *,
        form: Mapping[str, str] | str | None = None,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        query: str = "",
        service: str | None = None,
        uid: int | None = None,
    ) -> Response:
        sent = {"host": "localhost", **(headers or {})}
        if form is not None:
            body = (form if isinstance(form, str) else urlencode(form)).encode()
            sent.setdefault("content-type", "application/x-www-form-urlencoded")
        extensions: dict[str, Any] = {}
        if service is not None:
            extensions["tls"] = {"client_cert": leaf(f"spiffe://ringwall.internal/{service}")}
        if uid is not None:
            extensions["unix"] = {"uid": uid, "gid": uid, "pid": 1}
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
            "client": ("127.0.0.1", 1),
            "extensions": extensions,
        }
        messages: list[Any] = []
        incoming = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def receive() -> Any:
            return next(incoming, {"type": "http.disconnect"})

        async def send(message: Any) -> None:
            messages.append(message)

        await app(scope, receive, send)
        start = messages[0]
        return Response(
            start["status"],
            {name.decode(): value.decode() for name, value in start["headers"]},
            b"".join(message.get("body", b"") for message in messages[1:]),
        )

    def token(self, service: str | None = None, *, basic: str | None = None, **form: str) -> Response:
        """POST /token; with ``service`` over the internal listener, by its certificate."""
        headers = {} if basic is None else {"authorization": "Basic " + base64.b64encode(basic.encode()).decode()}
        app = self.public if service is None else self.internal
        return self.call(app, "POST", "/token", form=form, headers=headers, service=service)

    def code(self, *, client: str = "app", scope: str = "openid profile offline_access", **more: Any) -> str:
        """What the login pages would have given ann."""
        asked = {"redirect_uri": CALLBACK, "audience": "orders", "sid": "s1", "nonce": "n1", **more}
        now = self.clock.now()
        return self.run(
            codes.create(
                self.authority,
                client_id=client,
                challenge=s256(VERIFIER),
                sub="ann",
                auth_time=now,
                scope=scope,
                **asked,
            )
        )

    def redeem(self, code: str, **changes: str) -> Response:
        form = {"client_id": "app", "redirect_uri": CALLBACK, "code_verifier": VERIFIER, **changes}
        return self.token(grant_type="authorization_code", code=code, **form)

    def refresh(self, token: str, **more: str) -> Response:
        return self.token(grant_type="refresh_token", refresh_token=token, client_id="app", **more)

    def active(self, token: str, basic: str = "job:s3cret") -> bool:
        headers = {"authorization": "Basic " + base64.b64encode(basic.encode()).decode()}
        return self.call(self.public, "POST", "/introspect", form={"token": token}, headers=headers).json()["active"]

    def events(self) -> list[Any]:
        """Every audit event, after the chain was verified."""
        rows = self.authority.store.read(ledger.rows, limit=1_000_000)
        chain.verify(rows)
        return [json.loads(body) for _, body, _ in rows]

    def kinds(self) -> list[str]:
        return [event["kind"] for event in self.events()]

    def close(self) -> None:
        self.authority.close()
        self.loop.close()


def s256(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def claims(token: str) -> Any:
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


_LEAVES: dict[str, bytes] = {}


def leaf(spiffe_id: str) -> bytes:
    if spiffe_id not in _LEAVES:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "service")])
        now = datetime.datetime.now(datetime.UTC)
        builder = (
            x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(now)
            .not_valid_after(now + datetime.timedelta(hours=1))
            .add_extension(x509.SubjectAlternativeName([x509.UniformResourceIdentifier(spiffe_id)]), critical=False)
        )
        _LEAVES[spiffe_id] = builder.sign(key, SHA256()).public_bytes(Encoding.DER)
    return _LEAVES[spiffe_id]


@pytest.fixture
def settings() -> Settings:
    return Settings(ISSUER, INTERNAL)


@pytest.fixture
def world(tmp_path: Path, settings: Settings) -> Iterator[World]:
    world = World(tmp_path / "home", settings)
    yield world
    world.close()


@pytest.fixture
def read_claims() -> Any:
    """The payload of a JWT, unverified."""
    return claims
