"""What comes into a FastAPI application: limits before parsing, and answers that repeat nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI, Request, WebSocket
from pydantic import BaseModel, Field, field_validator
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from ringwall import Secret, Strict
from ringwall.on.fastapi import allow, protect, public
from ringwall.on.guard import Guard

ANN = {"authorization": "Bearer ann"}
JSON = {**ANN, "content-type": "application/json"}
HUNTER = "hunter2-SECRET"


class Address(Strict):
    city: str
    code: Secret[str] = Field(min_length=4)


class New(Strict):
    name: str = Field(max_length=5)
    password: Secret[str] = Field(pattern=r"^[a-z]+$", min_length=8)
    amount: int = Field(gt=0)
    address: Address | None = None
    tags: dict[str, int] = Field(default_factory=dict)
    many: list[int] = Field(default_factory=list)

    @field_validator("name")
    @classmethod
    def own(cls, value: str) -> str:
        if value.startswith("x"):
            raise ValueError(f"{value} starts with x")
        return value


class Plain(BaseModel):
    password: str = Field(min_length=50)


@pytest.fixture
def app(make_guard: Any, ran: list[str]) -> FastAPI:
    app = FastAPI()
    protect(app, guard=make_guard(body=2000))
    sub = FastAPI()
    app.mount("/sub", sub)

    @sub.post("/plain")
    @app.post("/plain")
    @public
    def plain(new: Plain) -> str:
        return "x"

    @app.post("/new")
    @allow("order:create")
    def create(new: New) -> str:
        ran.append("create")
        return new.password.reveal()[:1]

    @app.post("/raw")
    @allow
    async def raw(request: Request) -> int:
        return len(await request.body())

    @app.get("/query")
    @public
    def query(limit: int, token: str = "") -> str:
        return "x"

    @app.websocket("/ws")
    @public
    async def socket(websocket: WebSocket, limit: int) -> None:
        await websocket.accept()

    return app


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return TestClient(app)


GOOD: dict[str, Any] = {"name": "a", "password": "abcdefgh", "amount": 1}
ECHOES: list[Any] = [
    {**GOOD, "password": HUNTER},
    {**GOOD, "password": [HUNTER]},
    {**GOOD, "password": {HUNTER: HUNTER}},
    {**GOOD, "password": None, HUNTER: 1},
    {"password": HUNTER},
    {"name": HUNTER, "password": HUNTER},
    {**GOOD, "name": "x" + HUNTER},
    {**GOOD, "name": "xSECR"},
    {**GOOD, "amount": HUNTER},
    {**GOOD, "amount": [HUNTER]},
    {**GOOD, HUNTER: HUNTER},
    {**GOOD, "address": HUNTER},
    {**GOOD, "address": {"city": HUNTER}},
    {**GOOD, "address": {"city": "x", "code": HUNTER[:3]}},
    {**GOOD, "address": {"city": "x", "code": "abcd", HUNTER: 1}},
    {**GOOD, "tags": {HUNTER: "x"}},
    {**GOOD, "tags": {HUNTER: HUNTER}},
    {**GOOD, "tags": HUNTER},
    {**GOOD, "many": [HUNTER]},
    {**GOOD, "many": HUNTER},
    [HUNTER],
    HUNTER,
    None,
    [],
    {"name": 1, "password": HUNTER, "amount": "x", "many": {HUNTER: 1}},
]


@pytest.mark.parametrize("body", ECHOES, ids=range(len(ECHOES)))
def test_422_echo_attack(client: TestClient, body: Any, ran: list[str]) -> None:
    response = client.post("/new", content=json.dumps(body), headers=JSON)
    assert (response.status_code, ran) == (422, [])
    assert response.headers["content-type"] == "application/problem+json"
    assert "hunter" not in response.text.lower()
    assert "SECR" not in response.text
    assert response.json()["errors"]


@pytest.mark.parametrize("path", ["/plain", "/sub/plain"])
def test_422_of_an_ordinary_model_echoes_nothing_either(client: TestClient, path: str) -> None:
    response = client.post(path, json={"password": HUNTER})
    assert response.json()["errors"] == [
        {"in": "body", "pointer": "/password", "detail": "string should have at least 50 characters"}
    ]
    text = client.post(path, content=HUNTER, headers={"content-type": "text/plain"})
    assert text.status_code == 422
    assert "hunter" not in text.text


def test_pointers_lead_to_the_fields(client: TestClient) -> None:
    response = client.post("/new", json={**GOOD, "address": {"city": 1, "code": "abcd"}, "many": [1, "x"]}, headers=ANN)
    assert [(error["in"], error["pointer"]) for error in response.json()["errors"]] == [
        ("body", "/address/city"), ("body", "/many/1"),
    ]  # fmt: skip
    query = client.get("/query", params={"limit": HUNTER})
    assert query.json()["errors"][0]["pointer"] == "/limit"
    assert "hunter" not in query.text


def test_websocket_parameters_are_not_echoed(client: TestClient) -> None:
    with pytest.raises(WebSocketDisconnect) as refused, client.websocket_connect(f"/ws?limit={HUNTER}"):
        pass
    assert HUNTER not in getattr(refused.value, "text", "") + str(getattr(refused.value, "reason", ""))


def test_a_good_body_arrives(client: TestClient) -> None:
    assert client.post("/new", json=GOOD, headers=ANN).json() == "a"


@pytest.mark.parametrize(
    "body",
    [
        b"{", b"[1,", b'{"a":1}x', b"NaN", b'{"a":Infinity}', b'{"name":"a","name":"b"}', b'{"a":{"b":1,"b":2}}',
        b"\xff\xfe[\x001\x00]\x00", "[1]".encode("utf-16-le"), b"\xef\xbb\xbf[1]", b'"\xff"', b"1" * 1900,
        b"[" * 9 + b"]" * 9, b'{"a":' * 9 + b"1" + b"}" * 9, b"[" * 1900, b'[["\\"[[[[[[[[[[[[",[[[[[[[1]]]]]]]]]',
    ],
    ids=range(16),
)  # fmt: skip
def test_json_attack_is_refused_before_parsing(client: TestClient, body: bytes, ran: list[str]) -> None:
    response = client.post("/new", content=body, headers=JSON)
    if body == b"1" * 1900:
        assert response.status_code in (400, 422)
    else:
        assert response.status_code == 400
    assert ran == []


def test_oversize_body_attack(client: TestClient) -> None:
    for path in ("/new", "/raw"):
        assert client.post(path, content=b'"' + b"x" * 2000 + b'"', headers=JSON).status_code == 413
    assert client.post("/raw", content=b"x" * 2000, headers={**ANN, "content-type": "a/b"}).json() == 2000


@pytest.mark.parametrize("content_type", ["application/json", "application/octet-stream"])
def test_oversize_chunked_body_attack(client: TestClient, content_type: str) -> None:
    sent = []

    def chunks() -> Iterator[bytes]:
        for _ in range(50):
            sent.append(1)
            yield b"x" * 100

    response = client.post("/raw", content=chunks(), headers={**ANN, "content-type": content_type})
    assert response.status_code == 413


def test_header_flood(client: TestClient) -> None:
    assert client.get("/query", headers={f"x-{n}": "1" for n in range(120)}).status_code == 431
    assert client.get("/query", headers={"x": "1" * 70_000}).status_code == 431


def test_an_applications_own_422_handler_stays(guard: Guard) -> None:
    from fastapi.exceptions import RequestValidationError
    from fastapi.responses import PlainTextResponse

    app = FastAPI()
    protect(app, guard=guard)

    @app.exception_handler(RequestValidationError)
    async def own(request: Request, error: RequestValidationError) -> PlainTextResponse:
        return PlainTextResponse("own", 422)

    @app.get("/")
    @public
    def index(limit: int) -> str:
        return "x"

    assert TestClient(app).get("/?limit=x").text == "own"
