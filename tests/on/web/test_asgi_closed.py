"""Every kind of route that Starlette and FastAPI know is closed until it is marked, and nothing of it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter, BackgroundTasks, Body, Depends, FastAPI, Request, WebSocket
from fastapi.staticfiles import StaticFiles
from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Host, Mount, Route, Router, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from ringwall.on.fastapi import allow, protect, public
from ringwall.on.guard import Guard

BEARER = {"authorization": "Bearer max"}


class Copying:
    """A middleware that hands on a copy of the scope, as many do."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(dict(scope), receive, send)


def everything(ran: list[str], tmp_path: Path, app: FastAPI | None = None) -> FastAPI:
    """One application with every kind of route, none of them marked."""
    app = app or FastAPI()

    async def dependency() -> Any:
        ran.append("dependency")
        yield 1
        ran.append("dependency end")

    @app.post("/direct")
    def direct(tasks: BackgroundTasks, value: int = Body(), _: int = Depends(dependency)) -> int:
        ran.append("direct")
        tasks.add_task(ran.append, "task")
        return 1

    @app.get("/stream")
    def stream() -> Any:
        ran.append("stream")
        yield "x"

    inner = APIRouter(prefix="/deep", dependencies=[Depends(dependency)])

    @inner.post("/x")
    def nested() -> int:
        ran.append("nested")
        return 1

    outer = APIRouter(prefix="/inc", dependencies=[Depends(dependency)])

    @outer.post("/x")
    def included() -> int:
        ran.append("included")
        return 1

    outer.include_router(inner)
    app.include_router(outer)

    sub = FastAPI()

    @sub.post("/x")
    def in_sub() -> int:
        ran.append("sub")
        return 1

    app.mount("/sub", sub)

    async def view(request: Request) -> PlainTextResponse:
        ran.append("starlette")
        return PlainTextResponse("raw")

    async def asgi(scope: Any, receive: Any, send: Any) -> None:
        ran.append("asgi")
        await PlainTextResponse("asgi")(scope, receive, send)

    class Endpoint(HTTPEndpoint):
        async def get(self, request: Request) -> PlainTextResponse:
            ran.append("endpoint")
            return PlainTextResponse("x")

    app.mount("/starlette", Starlette(routes=[Route("/x", view)], middleware=[Middleware(Copying)]))
    app.mount("/router", Router(routes=[Route("/x", view)]))
    app.mount("/asgi", asgi)
    app.router.routes.append(Mount("/wrapped", routes=[Route("/x", view)], middleware=[Middleware(Copying)]))
    app.router.routes.append(
        Mount("/twice", app=Starlette(routes=[Mount("/in", app=FastAPI(routes=[Route("/x", view)]))]))
    )
    (tmp_path / "s.txt").write_text("static")
    app.mount("/static", StaticFiles(directory=tmp_path))
    app.router.routes.append(Route("/raw", view, methods=["POST", "GET"]))
    app.router.routes.append(Route("/class", Endpoint))
    app.router.routes.append(Host("hosted.example", app=Router(routes=[Route("/x", view)])))
    (tmp_path / "index.html").write_text("front")
    app.frontend("/front", directory=tmp_path)
    guarded = APIRouter(dependencies=[Depends(dependency)])
    guarded.frontend("/front2", directory=tmp_path)
    app.include_router(guarded)

    @app.websocket("/ws")
    async def socket(websocket: WebSocket, _: int = Depends(dependency)) -> None:
        ran.append("ws")
        await websocket.accept()

    return app


DOORS = [
    *(("POST", "/direct"), ("GET", "/stream"), ("POST", "/inc/x"), ("POST", "/inc/deep/x"), ("POST", "/sub/x")),
    *(("GET", "/sub/docs"), ("GET", "/starlette/x"), ("GET", "/router/x"), ("GET", "/asgi/x"), ("GET", "/wrapped/x")),
    *(("GET", "/twice/in/x"), ("GET", "/static/s.txt"), ("HEAD", "/static/s.txt"), ("POST", "/raw"), ("HEAD", "/raw")),
    *(("GET", "/class"), ("HEAD", "/class"), ("GET", "/docs"), ("GET", "/redoc"), ("GET", "/openapi.json")),
    *(
        ("GET", "/docs/oauth2-redirect"),
        ("OPTIONS", "/direct"),
        ("GET", "/front/index.html"),
        ("GET", "/front2/index.html"),
    ),
]


@pytest.mark.parametrize("protected_first", [True, False])
@pytest.mark.parametrize(("method", "path"), DOORS)
def test_open_route_attack_every_kind_is_closed_and_nothing_runs(
    method: str, path: str, protected_first: bool, guard: Guard, ran: list[str], tmp_path: Path, recorder: Any
) -> None:
    app = FastAPI()
    if protected_first:
        protect(app, guard=guard)
    everything(ran, tmp_path, app)
    if not protected_first:
        protect(app, guard=guard)
    with TestClient(app) as client:
        response = client.request(method, path, headers=BEARER)
    assert response.status_code == 403
    assert ran == []
    if method != "HEAD":
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["status"] == 403
    assert len(recorder.denied) == 1


def test_host_route_is_closed(guard: Guard, ran: list[str], tmp_path: Path) -> None:
    app = everything(ran, tmp_path)
    protect(app, guard=guard)
    with TestClient(app, base_url="http://hosted.example") as client:
        assert client.get("/x", headers=BEARER).status_code == 403
    assert ran == []


def test_websocket_is_closed_before_it_is_accepted(guard: Guard, ran: list[str], tmp_path: Path) -> None:
    app = everything(ran, tmp_path)
    protect(app, guard=guard)
    with TestClient(app) as client, pytest.raises(WebSocketDisconnect) as refused:
        with client.websocket_connect("/ws", headers=BEARER):
            pass
    assert ran == []
    assert getattr(refused.value, "status_code", 1008) in (403, 1008)


@pytest.mark.parametrize("copying", [Copying, "base"])
def test_middleware_that_copies_the_scope_cannot_lose_the_gate(
    copying: Any, guard: Guard, ran: list[str], tmp_path: Path
) -> None:
    app = everything(ran, tmp_path)
    protect(app, guard=guard)
    if copying == "base":

        async def dispatch(request: Request, call_next: Any) -> Any:
            return await call_next(request)

        app.add_middleware(BaseHTTPMiddleware, dispatch=dispatch)
    else:
        app.add_middleware(copying)
    with TestClient(app) as client:
        for method, path in DOORS:
            assert client.request(method, path, headers=BEARER).status_code == 403, path
    assert ran == []


def test_error_handlers_cannot_answer_in_our_place(guard: Guard, ran: list[str], tmp_path: Path) -> None:
    app = everything(ran, tmp_path)
    protect(app, guard=guard)

    async def open_sesame(request: Request, error: Exception) -> JSONResponse:
        ran.append("handler")
        return JSONResponse({"sesame": True})

    for kind in (Exception, 403, 404, 405, 500):
        app.add_exception_handler(kind, open_sesame)
    with TestClient(app, raise_server_exceptions=False) as client:
        for method, path in [*DOORS, ("GET", "/nowhere"), ("PUT", "/direct")]:
            response = client.request(method, path, headers=BEARER)
            assert response.status_code in (403, 404), path
            assert b"sesame" not in response.content
    assert ran == []


def test_middleware_that_swallows_everything_cannot_answer(guard: Guard, ran: list[str], tmp_path: Path) -> None:
    class Swallow:
        def __init__(self, app: Any) -> None:
            self.app = app

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            try:
                await self.app(scope, receive, send)
            except BaseException:
                await PlainTextResponse("swallowed")(scope, receive, send)

    app = everything(ran, tmp_path)
    protect(app, guard=guard)
    app.add_middleware(Swallow)
    with TestClient(app) as client:
        response = client.post("/direct", headers=BEARER)
    assert (response.status_code, ran) == (403, [])


def test_middleware_that_answers_by_itself_is_undecided(guard: Guard) -> None:
    class Answering:
        def __init__(self, app: Any) -> None:
            self.app = app

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] == "http":
                await PlainTextResponse("all the data", headers={"x-data": "1"})(scope, receive, send)

    app = FastAPI()
    protect(app, guard=guard)
    app.add_middleware(Answering)
    response = TestClient(app).get("/anything", headers=BEARER)
    assert response.status_code == 403
    assert "data" not in response.text
    assert "x-data" not in response.headers


def test_a_router_called_around_its_gate_answers_nothing(guard: Guard, ran: list[str], tmp_path: Path) -> None:
    app = everything(ran, tmp_path)
    protect(app, guard=guard)
    with pytest.raises(Exception, match="around its gate"):
        TestClient(app.router).get("/raw")
    assert ran == []


def test_unknown_address_is_our_404_and_405_names_the_methods(guard: Guard) -> None:
    app = FastAPI()
    protect(app, guard=guard)

    @app.get("/open")
    @public
    def open_() -> str:
        return "x"

    client = TestClient(app)
    missing = client.get("/nowhere")
    assert (missing.status_code, missing.json()["title"]) == (404, "Not Found")
    wrong = client.post("/open")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "GET")
    assert wrong.headers["content-type"] == "application/problem+json"


def test_redirect_slashes_leaves_with_its_location_alone(guard: Guard) -> None:
    app = FastAPI()
    protect(app, guard=guard)

    @app.get("/open/")
    @public
    def open_() -> str:
        return "x"

    response = TestClient(app).get("/open?a=1", follow_redirects=False)
    assert (response.status_code, response.headers["location"]) == (307, "http://testserver/open/?a=1")
    assert response.content == b""


def test_cors_preflight_passes_with_nothing_but_its_own_headers(guard: Guard) -> None:
    from starlette.middleware.cors import CORSMiddleware

    app = FastAPI()
    protect(app, guard=guard)
    app.add_middleware(CORSMiddleware, allow_origins=["https://front.example"], allow_methods=["PUT"])
    asked = {"origin": "https://front.example", "access-control-request-method": "PUT"}
    response = TestClient(app).options("/x", headers=asked)
    assert response.status_code == 204
    assert response.headers["access-control-allow-origin"] == "https://front.example"
    assert response.content == b""


def test_lifespan_runs_untouched(guard: Guard, ran: list[str]) -> None:
    from contextlib import asynccontextmanager

    @asynccontextmanager
    async def lifespan(app: Any) -> Any:
        ran.append("up")
        yield
        ran.append("down")

    app = FastAPI(lifespan=lifespan)
    protect(app, guard=guard)
    with TestClient(app):
        assert ran == ["up"]
    assert ran == ["up", "down"]


def test_marks_open_what_they_stand_on(guard: Guard, ran: list[str], tmp_path: Path) -> None:
    (tmp_path / "s.txt").write_text("static")
    app = FastAPI()
    protect(app, guard=guard)
    app.mount("/static", public(StaticFiles(directory=tmp_path)))

    class Endpoint(HTTPEndpoint):
        @allow(role="manager")
        async def get(self, request: Request) -> PlainTextResponse:
            return PlainTextResponse(guard.caller.id)

        async def post(self, request: Request) -> PlainTextResponse:
            ran.append("post")
            return PlainTextResponse("")

    @public
    class Open(HTTPEndpoint):
        async def get(self, request: Request) -> PlainTextResponse:
            return PlainTextResponse("open")

    class Inherits(Open):
        async def post(self, request: Request) -> PlainTextResponse:
            ran.append("inherited")
            return PlainTextResponse("")

    @allow
    async def socket(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_text(guard.caller.id)
        await websocket.close()

    app.router.routes += [
        Route("/class", Endpoint), Route("/open", Open), Route("/inherits", Inherits), WebSocketRoute("/ws", socket),
    ]  # fmt: skip
    with TestClient(app) as client:
        assert client.get("/static/s.txt").text == "static"
        assert client.get("/class", headers=BEARER).text == "max"
        assert client.get("/class", headers={"authorization": "Bearer ann"}).status_code == 403
        assert client.get("/class").status_code == 401
        assert client.post("/class", headers=BEARER).status_code == 403
        assert client.get("/open").text == "open"
        assert client.post("/inherits", headers=BEARER).status_code == 403
        with client.websocket_connect("/ws", headers=BEARER) as websocket:
            assert websocket.receive_text() == "max"
    assert ran == []


def test_an_application_marked_as_a_whole_opens_what_has_no_mark_of_its_own(guard: Guard) -> None:
    sub = Starlette()

    @public
    async def plain(request: Request) -> PlainTextResponse:
        return PlainTextResponse("plain")

    @allow(role="manager")
    async def strict(request: Request) -> PlainTextResponse:
        return PlainTextResponse("strict")

    async def bare(request: Request) -> PlainTextResponse:
        return PlainTextResponse("bare")

    sub.router.routes += [Route("/plain", plain), Route("/strict", strict), Route("/bare", bare)]
    app = FastAPI()
    app.mount("/sub", public(sub))
    protect(app, guard=guard)
    client = TestClient(app)
    assert client.get("/sub/bare").text == "bare"
    assert client.get("/sub/strict").status_code == 401
    assert client.get("/sub/strict", headers=BEARER).text == "strict"
