"""A guard that asks a decision point elsewhere: no handler runs before the yes, and no event loop is blocked."""

from __future__ import annotations

import asyncio
from typing import Any

import flask
import pytest
from fastapi import FastAPI
from sqlalchemy import select
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from ringwall.caller import Caller
from ringwall.decision import Decision
from ringwall.errors import Misconfigured, Unavailable
from ringwall.on import fastapi
from ringwall.on import flask as on_flask
from ringwall.on.fastapi import allow, public
from ringwall.on.guard import Guard
from ringwall.policy.objects.context import Context

ANN, SUE, MAX = ({"authorization": f"Bearer {name}"} for name in ("ann", "sue", "max"))


class Order:
    def __init__(self, owner: str) -> None:
        self.owner = owner
        self.id = owner


ORDERS = {1: Order("ann"), 2: Order("sue")}


def load_order(order_id: int) -> Order:
    return ORDERS[order_id]


class Pdp:
    """Permits ann everything, and to others what is theirs."""

    def __init__(self) -> None:
        self.down = False
        self.asked: list[str] = []

    def _answer(self, caller: Caller, action: str, resource: Any, role: str | None) -> Decision:
        self.asked.append(action)
        if self.down:
            raise Unavailable("the decision point does not answer")
        allowed = (caller.id == "ann" or getattr(resource, "owner", "") == caller.id) and (
            role is None or role in caller.roles
        )
        return Decision(allowed, action, str(caller), "", "as the decision point says")

    def decide(
        self, caller: Caller, action: str, resource: Any = None, *, role: str | None, context: Context
    ) -> Decision:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return self._answer(caller, action, resource, role)
        raise Misconfigured("an event loop would be blocked")

    async def adecide(
        self, caller: Caller, action: str, resource: Any = None, *, role: str | None, context: Context
    ) -> Decision:
        await asyncio.sleep(0)
        return self._answer(caller, action, resource, role)


@pytest.fixture
def pdp(guard: Guard) -> Pdp:
    pdp = Pdp()
    guard.judge.elsewhere = pdp
    return pdp


@pytest.fixture
def http(guard: Guard, pdp: Pdp, ran: list[str]) -> TestClient:
    app = FastAPI()
    fastapi.protect(app, guard=guard)

    @app.get("/public")
    @public
    def anyone() -> str:
        return "ok"

    @app.get("/waiting")
    @allow("order:list")
    async def waiting() -> str:
        ran.append("waiting")
        return "ok"

    @app.get("/threaded")
    @allow("order:list")
    def threaded() -> str:
        ran.append("threaded")
        return "ok"

    @app.get("/managed")
    @allow("order:list", role="manager")
    async def managed() -> str:
        ran.append("managed")
        return "ok"

    @app.get("/role")
    @allow(role="manager")
    async def role() -> str:
        ran.append("role")
        return "ok"

    @app.get("/orders/{order_id}")
    @allow("order:read", on=load_order)
    async def show(order: Order) -> str:
        ran.append("show")
        return order.owner

    @app.get("/threaded/{order_id}")
    @allow("order:read", on=load_order)
    def shown(order: Order) -> str:
        ran.append("shown")
        return order.owner

    app.mount("/whole", allow("order:list")(PlainTextResponse("whole")))
    return TestClient(app, raise_server_exceptions=False)


@pytest.mark.parametrize("path", ["/waiting", "/threaded", "/orders/1", "/threaded/1"])
def test_a_yes_runs_the_handler_and_a_no_does_not(http, pdp, ran, recorder, path):
    assert http.get(path, headers=ANN).status_code == 200
    assert ran.pop()
    assert recorder.decisions[-1][0].allowed
    refused = http.get(path, headers=SUE)
    assert (refused.status_code, ran) == (403, [])
    assert recorder.denied[-1].summary == "as the decision point says"
    assert http.get(path).status_code == 401


def test_an_own_object(http, ran):
    assert http.get("/orders/2", headers=SUE).status_code == 200
    assert http.get("/threaded/2", headers=SUE).status_code == 200


@pytest.mark.parametrize("path", ["/waiting", "/threaded", "/orders/1", "/threaded/1"])
def test_no_answer_is_503_and_never_a_yes(http, pdp, ran, path):
    pdp.down = True
    assert http.get(path, headers=ANN).status_code == 503
    assert ran == []


def test_each_request_is_asked_anew(http, pdp):
    for _ in range(3):
        assert http.get("/waiting", headers=ANN).status_code == 200
    assert pdp.asked == ["order:list"] * 3


def test_a_role_is_known_here(http, pdp, ran):
    assert http.get("/managed", headers=ANN).status_code == 403
    assert http.get("/role", headers=ANN).status_code == 403
    assert pdp.asked == []
    assert http.get("/role", headers=MAX).status_code == 200
    assert ran == ["role"]


def test_what_nobody_needs_to_ask_is_not_asked(http, pdp):
    assert http.get("/public").status_code == 200
    assert pdp.asked == []


def test_a_missing_object_is_told_to_nobody(http, pdp, ran):
    for headers in (ANN, SUE):
        assert http.get("/orders/9", headers=headers).status_code == 403
        assert http.get("/threaded/9", headers=headers).status_code == 403
    assert ran == []


def test_a_mounted_application_that_could_only_be_asked_about_on_the_loop_stays_closed(http):
    refused = http.get("/whole/x", headers=ANN)
    assert (refused.status_code, "whole" in refused.text) == (500, False)


def test_lists_are_refused(guard, pdp):
    with pytest.raises(Misconfigured, match="elsewhere"):
        guard.visible(select(), "order:read")


def test_on_flask_the_thread_waits(guard, pdp, ran):
    app = flask.Flask("elsewhere")
    on_flask.protect(app, guard=guard)

    @app.get("/list")
    @on_flask.allow("order:list")
    def listing() -> str:
        ran.append("list")
        return "ok"

    client = app.test_client()
    assert client.get("/list", headers=ANN).status_code == 200
    assert client.get("/list", headers=SUE).status_code == 403
    pdp.down = True
    assert client.get("/list", headers=ANN).status_code == 503
    assert ran == ["list"]
