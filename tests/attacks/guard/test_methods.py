"""A middleware that changes the method between the check and the handler."""

from __future__ import annotations

from typing import Any

import flask
import flask.views
import pytest
from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from ringwall.current import Visit
from ringwall.decision import Decision
from ringwall.on import flask as face
from ringwall.on import starlette
from ringwall.on.guard import Guard
from ringwall.refusal import Refusal


def test_an_overridden_method_runs_no_handler_that_is_closed(guard: Guard) -> None:
    ran = []

    class Orders(HTTPEndpoint):
        @starlette.public
        async def post(self, request: Request) -> PlainTextResponse:
            return PlainTextResponse("posted")

        async def delete(self, request: Request) -> PlainTextResponse:
            ran.append("deleted")
            return PlainTextResponse("deleted")

    class Override:
        def __init__(self, app: Any) -> None:
            self.app = app

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            asked = dict(scope.get("headers", ())).get(b"x-http-method-override")
            await self.app({**scope, "method": asked.decode()} if asked else scope, receive, send)

    app = Starlette(routes=[Route("/", Orders)])
    starlette.protect(app, guard=guard)
    app.add_middleware(Override)
    client = TestClient(app)
    assert client.post("/").text == "posted"
    assert client.post("/", headers={"x-http-method-override": "DELETE"}).status_code == 405
    assert not ran


def test_an_overridden_method_does_not_pass_by_the_proof_of_origin(guard: Guard) -> None:
    ran = []

    def change() -> str:
        ran.append("changed")
        return "changed"

    app = flask.Flask("orders")
    inner = app.wsgi_app

    def override(environ: Any, start: Any) -> Any:
        if "_method=POST" in environ["QUERY_STRING"]:
            environ["REQUEST_METHOD"] = "POST"
        return inner(environ, start)

    app.wsgi_app = override  # type: ignore[method-assign]
    face.protect(app, guard=guard)
    app.add_url_rule("/", view_func=face.allow(change), methods=["POST"])
    cross_site = {"cookie": "session=ann", "sec-fetch-site": "cross-site"}
    assert app.test_client().get("/?_method=POST", headers=cross_site).status_code == 405
    assert not ran


def test_an_answer_that_the_framework_gives_for_a_handler_is_no_way_around_its_object(
    guard: Guard, monkeypatch: pytest.MonkeyPatch
) -> None:
    decisions: list[Decision] = []

    def note(_visit: Visit, refusal: Refusal) -> None:
        assert refusal.decision is not None
        decisions.append(refusal.decision)

    monkeypatch.setattr(guard, "record", note)
    app = flask.Flask("orders")
    face.protect(app, guard=guard)

    @app.get("/orders/<number>")
    @face.allow("order:read", on=lambda number: None)
    def show(_order: None) -> str:
        return "shown"

    @app.get("/forgotten")
    def forgotten() -> str:
        return "shown"

    client = app.test_client()
    for address in ("/orders/1", "/forgotten"):  # Flask would answer OPTIONS itself
        assert client.options(address, headers={"authorization": "Bearer ann"}).status_code == 403
    asked, unmarked = decisions
    assert (asked.action, "mark" in asked.explain()) == ("order:read", False)
    assert "before the handler ran" in asked.summary
    assert (unmarked.action, unmarked.remedy) == ("route", "mark its handler @allow(…) or @public")
