"""A provider in this process, a service that relies on it, and a browser between the two."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import os
import secrets
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from ringwall.audit.event import Event
from ringwall.caller import Caller
from ringwall.login.client import Client
from ringwall.login.place import Origins
from ringwall.login.web import WebRequest, WebResponse
from ringwall.on.login import Keeping, Login, OtherProvider, OwnAuthority, Relying
from ringwall.secret import Secret
from ringwall.settings import Sessions
from ringwall.store.sessions import MemorySessions, SessionStore
from ringwall.tokens.access_token import Requirements
from ringwall.tokens.id_token import VerifiedIdToken
from ringwall.tokens.keys import KeySet
from ringwall.tokens.principal import Naming
from ringwall.tokens.verifier import Verifier

START = 1_800_000_000.0
HOST = "shop.localhost:8000"


class TurnedClock:
    """A clock that stands still until a test turns it."""

    def __init__(self) -> None:
        self.time = START

    def now(self) -> float:
        return self.time

    def steady(self) -> float:
        return self.time


@dataclass
class FakeProvider:
    """An OpenID provider as an ASGI application: codes and refresh tokens are spent once, PKCE is checked.

    ``trouble`` may raise or answer instead of it, by path. ``asked`` lists what it was asked.
    """

    clock: TurnedClock
    issuer: str = "https://id.example"
    secret: str = "s3cret"
    lifetime: int = 600
    names_itself: bool = True
    refreshes: bool = True
    by_certificate: bool = False
    claims: dict[str, Any] = field(default_factory=dict)
    access_claims: dict[str, Any] = field(default_factory=dict)
    trouble: Callable[[str], Awaitable[tuple[int, bytes] | None]] | None = None
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rotate()
        self.codes: dict[str, dict[str, str]] = {}
        self.refresh_tokens: dict[str, str] = {}
        self.dead: set[str] = set()

    def rotate(self) -> None:
        """Sign with a new key from now on."""
        self.key = ECKey.generate_key("P-256", {"kid": secrets.token_hex(4), "alg": "ES256", "use": "sig"})

    def keys(self) -> KeySet:
        return KeySet.parse(json.dumps({"keys": [self.key.as_dict(private=False)]}).encode())

    def person_logs_in(self, location: str, sub: str = "ann") -> str:
        """What the login page does: the URL that the browser is sent back to."""
        asked = dict(parse_qsl(urlsplit(location).query))
        assert location.startswith(f"{self.issuer}/authorize?")
        code = secrets.token_hex(8)
        self.codes[code] = asked | {"sub": sub}
        answer = {"code": code, "state": asked["state"]} | ({"iss": self.issuer} if self.names_itself else {})
        return f"{asked['redirect_uri']}{'&' if '?' in asked['redirect_uri'] else '?'}{urlencode(answer)}"

    def count(self, path: str, **form: str) -> int:
        return sum(1 for asked, sent in self.asked if asked == path and form.items() <= sent.items())

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = b""
        while (message := await receive())["type"] == "http.request":
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        self.asked.append((scope["path"], form))
        answer = await self.trouble(scope["path"]) if self.trouble is not None else None
        status, content = answer or self.answer(scope["path"], form, dict(scope["headers"]))
        await send(
            {"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]}
        )
        await send({"type": "http.response.body", "body": content})

    def answer(self, path: str, form: dict[str, str], headers: dict[bytes, bytes]) -> tuple[int, bytes]:
        if path == "/.well-known/openid-configuration":
            names = {
                "authorization_endpoint": "authorize",
                "token_endpoint": "token",
                "jwks_uri": "jwks",
                "revocation_endpoint": "revoke",
                "end_session_endpoint": "end",
            }
            found: dict[str, Any] = {name: f"{self.issuer}/{last}" for name, last in names.items()}
            found |= {"issuer": self.issuer, "authorization_response_iss_parameter_supported": self.names_itself}
            return 200, json.dumps(found).encode()
        if path == "/jwks":
            return 200, json.dumps({"keys": [self.key.as_dict(private=False)]}).encode()
        pair = base64.b64encode(f"shop:{self.secret}".encode())
        by_secret = headers.get(b"authorization") == b"Basic " + pair and "client_id" not in form
        by_certificate = form.get("client_id") == "shop" and b"authorization" not in headers
        if not (by_certificate if self.by_certificate else by_secret):
            return 401, b'{"error": "invalid_client"}'
        if path == "/revoke":
            self.dead.add(self.refresh_tokens.get(form["token"], ""))
            return 200, b""
        granted = self.grant(form)
        return (400, b'{"error": "invalid_grant"}') if granted is None else (200, json.dumps(granted).encode())

    def grant(self, form: dict[str, str]) -> dict[str, Any] | None:
        if form["grant_type"] == "authorization_code":
            asked = self.codes.pop(form["code"], None)
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            if asked is None or asked["code_challenge"] != challenge or asked["redirect_uri"] != form["redirect_uri"]:
                return None
            return self.tokens(asked["sub"], asked["nonce"])
        sub = self.refresh_tokens.get(form["refresh_token"])
        if sub is None or sub in self.dead:
            return None
        self.refresh_tokens[form["refresh_token"]] = "spent"
        if sub == "spent":
            self.dead |= set(self.refresh_tokens.values())
            return None
        return self.tokens(sub, None)

    def tokens(self, sub: str, nonce: str | None) -> dict[str, Any]:
        now = int(self.clock.now())
        common = {"iss": self.issuer, "sub": sub, "iat": now, "exp": now + self.lifetime, "sid": f"sid-{sub}"}
        common |= self.claims
        access = {**common, "aud": "shop", "client_id": "shop", "jti": secrets.token_hex(8), "roles": ["customer"]}
        access |= self.access_claims
        identity = {**common, "aud": "shop"} | ({"nonce": nonce} if nonce else {})
        refresh_token = secrets.token_hex(16)
        self.refresh_tokens[refresh_token] = sub
        found = {
            "token_type": "Bearer",
            "expires_in": self.lifetime,
            "access_token": self.sign("at+jwt", access),
            "id_token": self.sign("JWT", identity),
        }
        return found | ({"refresh_token": refresh_token} if self.refreshes else {})

    def sign(self, typ: str, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "ES256", "kid": self.key.kid, "typ": typ}, claims, self.key)


@dataclass
class Shop:
    """A service: its login, and everything that a test may turn."""

    provider: FakeProvider
    clock: TurnedClock
    store: SessionStore = field(default_factory=MemorySessions)
    key: bytes = field(default_factory=lambda: os.urandom(32))
    revoked: set[str] = field(default_factory=set)
    events: list[Event] = field(default_factory=list)
    background: list[Coroutine[Any, Any, Any]] = field(default_factory=list)
    foreign: bool = False
    others: dict[str, FakeProvider] = field(default_factory=dict)
    idle: float = 1800.0
    absolute: float = 43200.0
    url: str = ""

    def login(self) -> Login:
        keeping = Keeping(
            store=self.store,
            key=self.key,
            lifetimes=Sessions(idle=self.idle, absolute=self.absolute),
            is_revoked=lambda caller, issued: caller.session in self.revoked,
            background=self.background.append,
            clock=self.clock,
        )
        self.provider.by_certificate = not self.foreign
        every = [self.own()] if not self.foreign else [self.other("id", self.provider)]
        every += [self.other(name, provider) for name, provider in self.others.items()]
        return Login(
            "shop",
            every,
            Origins(self.url, development=not self.url),
            keeping,
            development=not self.url,
            record=self.events.append,
            transport=self.transport(),
        )

    def transport(self) -> httpx2.AsyncBaseTransport:
        apps = {urlsplit(one.issuer).netloc: one for one in (self.provider, *self.others.values())}

        async def route(scope: Any, receive: Any, send: Any) -> None:
            await apps[dict(scope["headers"])[b"host"].decode()](scope, receive, send)

        return httpx2.ASGITransport(route)

    def own(self) -> Relying:
        verifier = Verifier(
            Requirements(self.provider.issuer, "shop"),
            Naming("ringwall.internal", attributes={"region": "region"}),
            self.provider.keys,
            None,
            clock=self.clock,
        )
        return OwnAuthority(
            issuer=lambda: self.provider.issuer,
            client=Client("shop", ("openid",), "certificate"),
            caller=verifier.caller,
        )

    def other(self, name: str, provider: FakeProvider) -> Relying:
        def caller(identity: VerifiedIdToken) -> Caller:
            region = {"region": identity.claims["region"]} if "region" in identity.claims else {}
            return Caller(f"{name}|{identity.sub}", attributes=region, issuer=identity.issuer, session=identity.sid)

        return OtherProvider(
            name=name,
            issuer=lambda: provider.issuer,
            client=Client("shop", ("openid",), "basic"),
            caller=caller,
            secret=lambda: Secret(provider.secret),
        )


class Browser:
    """Keeps cookies as a browser does, by path, and follows our redirects only."""

    def __init__(self, login: Login, scheme: str = "http", host: str = HOST) -> None:
        self.login = login
        self.scheme, self.host = scheme, host
        self.jar: dict[str, tuple[str, str]] = {}

    def cookies(self, path: str = "/") -> dict[str, str]:
        return {name: value for name, (value, scope) in self.jar.items() if path.startswith(scope)}

    def ask(self, method: str, url: str, **headers: str) -> WebResponse:
        parts = urlsplit(url)
        headers = {"accept": "text/html"} | {name.replace("_", "-"): value for name, value in headers.items()}
        request = WebRequest(
            method, self.scheme, self.host, parts.path, parts.query, headers, self.cookies(parts.path), b"", "127.0.0.1"
        )
        response = asyncio.run(self.login.handle(request))
        for name, value in response.headers:
            if name == "set-cookie":
                self.keep(value)
        return response

    def keep(self, text: str) -> None:
        ((name, morsel),) = SimpleCookie(text).items()
        if morsel["max-age"] == "0":
            self.jar.pop(name, None)
        else:
            self.jar[name] = (morsel.value, morsel["path"])

    def get(self, url: str, **headers: str) -> WebResponse:
        return self.ask("GET", url, **headers)

    def post(self, url: str, **headers: str) -> WebResponse:
        return self.ask("POST", url, **({"sec_fetch_site": "same-origin"} | headers))

    def log_in(self, provider: FakeProvider, sub: str = "ann", query: str = "") -> WebResponse:
        started = self.get(f"/login{query}")
        assert started.status == 303, started.body
        return self.get(provider.person_logs_in(location(started), sub))

    def session(self) -> Any:
        return self.login.session(self.cookies())

    def caller(self) -> Caller:
        return self.session().caller


def location(response: WebResponse) -> str:
    return dict(response.headers)["location"]


@pytest.fixture
def clock() -> TurnedClock:
    return TurnedClock()


@pytest.fixture
def provider(clock) -> FakeProvider:
    return FakeProvider(clock)


@pytest.fixture
def other_provider(clock) -> FakeProvider:
    return FakeProvider(clock, issuer="https://other.example")


@pytest.fixture
def shop(provider, clock) -> Shop:
    return Shop(provider, clock)


@pytest.fixture
def browser(shop) -> Browser:
    return Browser(shop.login())


@pytest.fixture
def another_browser() -> type[Browser]:
    return Browser
