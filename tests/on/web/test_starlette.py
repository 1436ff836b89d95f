"""Ringwall on plain Starlette: the request is the only argument, and the object is handed in beside it."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from ringwall.errors import Unauthenticated
from ringwall.on.guard import Guard
from ringwall.on.starlette import allow, caller_of, protect, public

ANN, MAX = ({"authorization": f"Bearer {name}"} for name in ("ann", "max"))
OWNERS = {1: "ann", 2: "sue"}


async def load_owner(number: int) -> str:
    return OWNERS[number]


@pytest.fixture
def client(guard: Guard) -> TestClient:
    @public
    async def opened(request: Request) -> PlainTextResponse:
        return PlainTextResponse("open")

    @allow
    async def who(request: Request) -> PlainTextResponse:
        return PlainTextResponse(caller_of(request).id)

    @allow("order:read", on=load_owner)
    async def show(request: Request, owner: str) -> PlainTextResponse:
        return PlainTextResponse(owner)

    async def forgotten(request: Request) -> PlainTextResponse:
        return PlainTextResponse("forgotten")

    app = Starlette(
        routes=[Route("/open", opened), Route("/who", who), Route("/o/{number:int}", show), Route("/x", forgotten)]
    )
    protect(app, guard=guard)
    return TestClient(app)


def test_marks(client: TestClient) -> None:
    assert client.get("/open").text == "open"
    assert client.get("/who", headers=ANN).text == "ann"
    assert client.get("/who").status_code == 401
    assert client.get("/x", headers=MAX).status_code == 403


def test_the_object_is_loaded_from_the_path_and_handed_in(client: TestClient) -> None:
    assert client.get("/o/2", headers=MAX).text == "sue"
    assert client.get("/o/2", headers=ANN).status_code == 403
    assert client.get("/o/9", headers=MAX).status_code == 404
    assert client.get("/o/9", headers=ANN).status_code == 403
    assert client.get("/o/2").status_code == 401


def test_a_request_that_came_around_the_gate_has_no_caller() -> None:
    scope: Any = {"type": "http", "headers": [], "method": "GET", "path": "/"}
    with pytest.raises(Unauthenticated, match="through a guard"):
        caller_of(Request(scope))
