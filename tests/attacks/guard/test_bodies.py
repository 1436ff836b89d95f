"""JSON that two readers read in two ways, past the check before parsing."""

from __future__ import annotations

import asyncio
from typing import Any

import flask
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from ringwall.current import Visit
from ringwall.on import flask as face
from ringwall.on import starlette
from ringwall.on.asgi_body import GuardedBody
from ringwall.on.guard import Guard
from ringwall.refusal import Refusal

TWICE = b'{"owner": "ann", "owner": "sue"}'


@pytest.fixture
def client(guard: Guard) -> TestClient:
    @starlette.public
    async def create(request: Request) -> JSONResponse:
        return JSONResponse(await request.json())

    app = Starlette(routes=[Route("/", create, methods=["POST"])])
    starlette.protect(app, guard=guard)
    return TestClient(app)


def test_of_two_content_types_the_one_counts_that_the_framework_reads(client: TestClient) -> None:
    headers = [("content-type", "application/json"), ("content-type", "text/plain")]
    assert client.post("/", content=TWICE, headers=headers).status_code == 400


@pytest.mark.parametrize(
    "body",
    [TWICE, b"\xef\xbb\xbf" + TWICE, *(TWICE.decode().encode(name) for name in ("utf-16", "utf-16-be", "utf-32-le"))],
)
def test_json_without_a_content_type_is_known_in_every_encoding(client: TestClient, body: bytes) -> None:
    assert client.post("/", content=body).status_code == 400


def test_json_behind_a_first_piece_of_white_space_is_still_looked_at(guard: Guard) -> None:
    pieces = [
        {"type": "http.request", "body": b" \n", "more_body": True},
        {"type": "http.request", "body": TWICE, "more_body": False},
    ]

    async def receive() -> Any:
        return pieces.pop(0)

    body = GuardedBody(receive, Visit(guard), guard.settings.limits, b"")
    with pytest.raises(Refusal, match="same key twice"):
        asyncio.run(body())  # type: ignore[arg-type]


def test_a_body_without_a_length_is_refused_before_it_fills_the_memory(guard: Guard) -> None:
    app = flask.Flask("orders")
    face.protect(app, guard=guard)
    app.add_url_rule("/", view_func=face.public(lambda: str(len(flask.request.get_data()))), methods=["POST"])

    class Endless:
        taken = 0

        def read(self, size: int = -1) -> bytes:
            assert size >= 0, "asked for everything at once"
            self.taken += size
            return b"x" * size

        readline = read

    stream: Any = Endless()
    environ = {"wsgi.input": stream, "wsgi.input_terminated": True, "CONTENT_TYPE": "text/plain", "CONTENT_LENGTH": ""}
    assert app.test_client().post("/", environ_overrides=environ).status_code == 413
    assert stream.taken <= 4 * guard.settings.limits.body
