"""A guard whose decisions are made elsewhere: asked before the handler, never on the event loop, closed when silent."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from fastapi import FastAPI
from flask import Flask
from starlette.testclient import TestClient
from tests.on.web.conftest import bearer

from ringwall.caller import Caller
from ringwall.decision import Decision
from ringwall.errors import Misconfigured, Unavailable
from ringwall.on import fastapi, flask
from ringwall.on.guard import Guard


class Elsewhere:
    """Lets ann read. What it was asked, and on which kind of thread, is remembered."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, object, bool]] = []
        self.silent = False

    def decide(self, caller: Caller, action: str, resource: object | None = None) -> Decision:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return self._answer(caller, action, resource, threading.current_thread() is not None)
        raise AssertionError("asked on the event loop")

    async def adecide(self, caller: Caller, action: str, resource: object | None = None) -> Decision:
        await asyncio.sleep(0)
        return self._answer(caller, action, resource, False)

    def _answer(self, caller: Caller, action: str, resource: object, waited: bool) -> Decision:
        if self.silent:
            raise Unavailable("no answer in time")
        self.asked.append((caller.id, action, resource, waited))
        return Decision(caller.id == "ann" or caller.id == "max", action, str(caller), "", "said elsewhere")


@pytest.fixture
def elsewhere() -> Elsewhere:
    return Elsewhere()


@pytest.fixture
def guard(make_guard: Any, elsewhere: Elsewhere) -> Guard:
    made: Guard = make_guard()
    made._parts = made._parts.__class__(**{**_fields(made._parts), "elsewhere": elsewhere})
    return made


def _fields(parts: Any) -> dict[str, Any]:
    return {name: getattr(parts, name) for name in parts.__slots__}


@pytest.fixture
def client(guard: Guard, ran: list[str]) -> TestClient:
    app = FastAPI()
    fastapi.protect(app, guard=guard)

    @app.get("/async")
    @fastapi.allow("order:list")
    async def in_async() -> str:
        ran.append("async")
        return "ok"

    @app.get("/thread")
    @fastapi.allow("order:list")
    def in_thread() -> str:
        ran.append("thread")
        return "ok"

    @app.get("/orders/{number}")
    @fastapi.allow("order:read", on=lambda number: {"id": number})
    async def one(order: Any) -> str:
        ran.append("one")
        return "ok"

    @app.get("/managers")
    @fastapi.allow("order:list", role="manager")
    async def managers() -> str:
        ran.append("managers")
        return "ok"

    @app.get("/me-too")
    @fastapi.allow
    async def anyone() -> str:
        return "ok"

    return TestClient(app, raise_server_exceptions=False)


@pytest.mark.parametrize("path", ["/async", "/thread", "/orders/7"])
def test_it_is_asked_before_the_handler(client: TestClient, elsewhere: Elsewhere, ran: list[str], path: str) -> None:
    assert client.get(path, headers=bearer("ann")).status_code == 200
    assert client.get(path, headers=bearer("sue")).status_code == 403
    assert client.get(path).status_code == 401
    assert len(ran) == 1
    assert [asked[0] for asked in elsewhere.asked] == ["ann", "sue"]


@pytest.mark.parametrize("path", ["/async", "/thread", "/orders/7", "/managers"])
def test_no_answer_is_no_yes(client: TestClient, elsewhere: Elsewhere, ran: list[str], path: str) -> None:
    elsewhere.silent = True
    assert client.get(path, headers=bearer("max")).status_code == 503
    assert ran == []


def test_a_role_must_be_held_beside_its_yes(client: TestClient, ran: list[str]) -> None:
    assert client.get("/managers", headers=bearer("ann")).status_code == 403
    assert client.get("/managers", headers=bearer("max")).status_code == 200
    assert ran == ["managers"]


def test_a_mark_without_an_action_is_decided_here(client: TestClient, elsewhere: Elsewhere) -> None:
    assert client.get("/me-too", headers=bearer("sue")).status_code == 200
    assert elsewhere.asked == []


def test_flask_waits_for_it(guard: Guard, elsewhere: Elsewhere, ran: list[str]) -> None:
    app = Flask(__name__)
    flask.protect(app, guard=guard)

    @app.get("/orders")
    @flask.allow("order:list")
    def index() -> str:
        ran.append("index")
        return "ok"

    client = app.test_client()
    assert client.get("/orders", headers=bearer("ann")).status_code == 200
    assert client.get("/orders", headers=bearer("sue")).status_code == 403
    elsewhere.silent = True
    assert client.get("/orders", headers=bearer("ann")).status_code == 503
    assert ran == ["index"]


def test_lists_are_refused(guard: Guard) -> None:
    with guard.as_self(), pytest.raises(Misconfigured, match="filters no lists"):
        guard.visible([], "order:read")
