"""The table of doors, from the frameworks' real routers; and being somebody in a test."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from fastapi.staticfiles import StaticFiles
from flask import Flask
from flask.views import MethodView
from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import PlainTextResponse
from starlette.routing import Host, Mount, Route, Router, WebSocketRoute
from starlette.testclient import TestClient

from ringwall.on.fastapi import allow, protect, public
from ringwall.on.flask import protect as protect_flask
from ringwall.on.guard import Guard
from ringwall.on.routes import doors_of
from ringwall.testing.as_caller import as_caller
from ringwall.testing.doors import doors


def load_order(order_id: int) -> object: ...


async def closed(request: Any) -> PlainTextResponse:
    return PlainTextResponse("")


@public
async def opened(request: Any) -> PlainTextResponse:
    return PlainTextResponse("")


class Endpoint(HTTPEndpoint):
    @allow(role="manager")
    async def get(self, request: Any) -> PlainTextResponse:
        return PlainTextResponse("")

    async def post(self, request: Any) -> PlainTextResponse:
        return PlainTextResponse("")


def test_every_door_of_fastapi(tmp_path: Path) -> None:
    app = FastAPI(docs_url=None, redoc_url=None)
    app.get("/a")(allow(lambda: 1))
    app.delete("/orders/{order_id}")(allow("order:delete", on=load_order, role="manager")(_show))
    inner = APIRouter(prefix="/deep")
    inner.post("/x")(allow("order:create")(lambda: 1))
    outer = APIRouter(prefix="/inc", dependencies=[Depends(lambda: 1)])
    outer.get("/y")(lambda: 1)
    outer.include_router(inner)
    outer.routes.append(Mount("/mounted", routes=[Route("/z", opened)]))
    app.include_router(outer)
    app.mount("/sub", Starlette(routes=[Route("/raw", closed, methods=["POST"]), Route("/class", Endpoint)]))
    app.mount("/open", public(Starlette(routes=[Route("/x", closed)])))
    app.mount("/static", public(StaticFiles(directory=tmp_path)))
    app.mount("/files", StaticFiles(directory=tmp_path))
    app.router.routes.append(Mount("/zip", routes=[Route("/x", opened)], middleware=[Middleware(GZipMiddleware)]))
    app.router.routes.append(Host("api.example", app=Router(routes=[Route("/h", opened)])))
    app.router.routes.append(WebSocketRoute("/ws", closed))
    (tmp_path / "index.html").write_text("")
    app.frontend("/front", directory=tmp_path)

    assert [(door.path, door.methods, door.mark) for door in doors_of(app)] == [
        ("/a", "GET", "signed in"),
        ("/files/*", "*", "closed"),
        ("/front/*", "GET,HEAD", "closed"),
        ("/inc/deep/x", "POST", "order:create"),
        ("/inc/y", "GET", "closed"),
        ("/mounted/z", "GET", "public"),
        ("/open/x", "GET", "public"),
        ("/openapi.json", "GET", "closed"),
        ("/orders/{order_id}", "DELETE", "order:delete on load_order role manager"),
        ("/static/*", "*", "public"),
        ("/sub/class", "GET", "role manager"),
        ("/sub/class", "POST", "closed"),
        ("/sub/raw", "POST", "closed"),
        ("/ws", "WEBSOCKET", "closed"),
        ("/zip/x", "GET", "public"),
        ("api.example/h", "GET", "public"),
    ]


def _show(order: object) -> int:
    return 1


def test_every_door_of_flask() -> None:
    app = Flask(__name__)

    class View(MethodView):
        @allow
        def get(self) -> str:
            return ""

        def post(self) -> str:
            return ""

    app.add_url_rule("/class", view_func=View.as_view("class"))
    app.add_url_rule("/o/<int:order_id>", view_func=public(lambda order_id: ""))
    assert [(door.path, door.methods, door.mark) for door in doors_of(app)] == [
        ("/class", "GET", "signed in"),
        ("/class", "POST", "closed"),
        ("/o/<int:order_id>", "GET", "public"),
        ("/static/<path:filename>", "GET", "closed"),
    ]


def test_the_table_is_what_really_happens(guard: Guard, tmp_path: Path) -> None:
    """Each door that the table calls closed refuses a manager; each other one does not."""
    app = FastAPI()
    router = APIRouter(prefix="/inc")
    router.get("/open")(public(lambda: 1))
    router.get("/closed")(lambda: 1)
    app.include_router(router)
    app.mount("/sub", Starlette(routes=[Route("/open", opened), Route("/closed", closed)]))
    app.mount("/whole", public(Starlette(routes=[Route("/x", closed)])))
    protect(app, guard=guard)
    client = TestClient(app)
    found = doors_of(app)
    assert len(found) >= 9
    for door in found:
        status = client.get(door.path, headers={"authorization": "Bearer max"}).status_code
        assert (status == 403) is door.closed, door


def test_doors_is_a_stable_text_table() -> None:
    app = Starlette(routes=[Route("/a", opened), Route("/longer", closed, methods=["POST"])])
    assert doors(app) == (
        "GET   /a       public  test_doors.opened\nPOST  /longer  closed  test_doors.closed\n"
    ).replace("test_doors", __name__)


def test_as_caller_is_admitted_by_every_guard(guard: Guard) -> None:
    api, web = FastAPI(), Flask(__name__)
    protect(api, guard=guard)
    protect_flask(web, guard=guard)
    api.get("/")(allow(role="customer")(lambda: guard.caller.region))
    web.add_url_rule("/", view_func=allow(role="customer")(lambda: guard.caller.region))
    client, flask_client = TestClient(api), web.test_client()
    with as_caller("zed", roles=["customer"], region="eu"):
        assert client.get("/").json() == "eu"
        assert flask_client.get("/").text == "eu"
        with as_caller("max", roles=["manager"]):
            assert client.get("/").status_code == 403
        assert client.post("/", headers={"authorization": "Bearer nonsense"}).status_code == 405
    assert client.get("/").status_code == 401


def test_as_caller_is_nowhere_in_production_code() -> None:
    """No module of the package but the plugin's own may load it."""
    program = (
        "import sys, ringwall.guard, ringwall.on.fastapi, ringwall.on.flask, ringwall.on.composition;"
        "print([name for name in sys.modules if name.startswith('ringwall.testing')])"
    )
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
