"""A service that is made to act with its own power, or with somebody's who has gone, for another."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import flask
import pytest

from ringwall import current
from ringwall.caller import Caller
from ringwall.errors import Unauthenticated
from ringwall.login.web import WebRequest
from ringwall.on import flask as face
from ringwall.on.composition.exchange import Exchange
from ringwall.on.composition.logins import KeptLogin
from ringwall.on.guard import Guard
from ringwall.settings import AuthorityAddress, Service, Settings

ORDERS = "spiffe://ringwall.internal/orders"
BILLING = Caller("spiffe://ringwall.internal/billing", kind="service", proof="bearer")


class Asked(Exchange):
    """An exchange that tells what it would ask the authority for."""

    def __init__(self) -> None:
        super().__init__(
            SimpleNamespace(submit=self._run),  # type: ignore[arg-type]
            lambda: None,  # type: ignore[arg-type,return-value]
            lambda: SimpleNamespace(spiffe_id=ORDERS),  # type: ignore[arg-type,return-value]
        )
        self.subjects: list[str | None] = []

    def _run(self, work: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(asyncio.run(work))
        return done

    async def _fetch(self, audience: str, subject: str | None) -> tuple[str, float]:
        self.subjects.append(subject)
        return "token", 600.0


@pytest.mark.parametrize(
    ("caller", "bearer", "subject"),
    [
        (Caller(ORDERS, kind="service"), None, None),
        (Caller(ORDERS, kind="service", actor=BILLING), "ours, through billing", "ours, through billing"),
        (Caller("ann"), "ann's", "ann's"),
    ],
)
def test_only_who_calls_as_ourselves_gets_our_own_power(
    guard: Guard, caller: Caller, bearer: str | None, subject: str | None
) -> None:
    visit, exchange = current.Visit(guard), Asked()
    visit.caller, visit.bearer, visit.live = caller, bearer, True
    kept = current.VISIT.set(visit)
    try:
        exchange.token_for("shipping")()
    finally:
        current.VISIT.reset(kept)
    assert exchange.subjects == [subject]


def test_a_caller_is_gone_with_the_last_piece_of_the_answer_though_nobody_closes_it(guard: Guard) -> None:
    app = flask.Flask("orders")
    face.protect(app, guard=guard)
    index = face.allow(lambda: "in")
    app.add_url_rule("/", view_func=index)
    with app.test_request_context("/", headers={"authorization": "Bearer ann"}) as context:
        environ = context.request.environ
    assert b"".join(app.wsgi_app(environ, lambda *_: lambda _: None)) == b"in"
    with pytest.raises(Unauthenticated, match="outside a request"):
        index()


class Told:
    """An authority's client that keeps what it was told."""

    def __init__(self) -> None:
        self.puts: list[Any] = []

    def current(self) -> Any:
        return self

    async def put(self, path: str, json: Any) -> Any:
        self.puts.append(json)
        return SimpleNamespace(status_code=200)


class Pages:
    paths = frozenset({"/login"})

    async def handle(self, request: WebRequest) -> Any:
        return None


def test_a_stranger_s_host_header_is_not_registered_as_a_place_to_return_to(tmp_path: Path) -> None:
    address = AuthorityAddress("http://localhost", "https://localhost", "", "")
    settings = Settings(tmp_path / "ringwall.toml", "development", Service("orders"), authority=address)
    client = Told()
    login = KeptLogin(Pages(), settings, None, client)  # type: ignore[arg-type]

    def ask(host: str) -> None:
        request = WebRequest("GET", "http", host, "/login", "", {}, {}, b"", "10.0.0.1")
        asyncio.run(login._handle(request))

    ask("localhost:8000")
    ask("evil.example.com")
    for number in range(40):
        ask(f"a{number}.localhost")
    uris = [uri for put in client.puts for uri in put["redirect_uris"]]
    assert "http://localhost:8000/callback" in uris
    assert not [uri for uri in uris if "evil" in uri]
    assert max(len(put["redirect_uris"]) for put in client.puts) <= 16
