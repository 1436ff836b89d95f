"""The mark, the caller and the object on FastAPI."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any, ClassVar

import pytest
from fastapi import BackgroundTasks, Depends, FastAPI, WebSocket
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from ringwall import current
from ringwall.errors import Denied, Misconfigured, Unauthenticated, Unavailable
from ringwall.on.fastapi import Caller, allow, protect, public
from ringwall.on.guard import Guard

ANN, SUE, MAX = ({"authorization": f"Bearer {name}"} for name in ("ann", "sue", "max"))


class Order:
    def __init__(self, owner: str) -> None:
        self.owner = owner


ORDERS = {1: Order("ann"), 2: Order("sue")}


def load_order(order_id: int) -> Order:
    return ORDERS[order_id]


@pytest.fixture
def app(guard: Guard, ran: list[str]) -> FastAPI:
    app = FastAPI()
    protect(app, guard=guard)

    @guard.rule("order:read", public=True)
    def owners_read(caller: Caller, order: Order) -> bool:
        """Owners read their orders."""
        return caller.id == order.owner

    @app.get("/public")
    @public
    def anyone() -> str:
        return "ok"

    @app.get("/who")
    @allow
    async def who(caller: Caller) -> list[str]:
        return [caller.id, guard.caller.id]

    @app.get("/sync")
    @allow
    def sync() -> str:
        return guard.caller.id

    @app.get("/orders/{order_id}")
    @allow("order:read", on="order")
    def show(order: Annotated[Order, Depends(load_order)]) -> str:
        ran.append("show")
        return order.owner

    @app.get("/loaded/{order_id}")
    @allow("order:read", on=load_order)
    async def loaded(order: Order) -> str:
        ran.append("loaded")
        return order.owner

    @app.delete("/orders/{order_id}")
    @allow("order:delete", role="manager")
    def delete(order_id: int) -> int:
        ran.append("delete")
        return order_id

    @app.post("/orders")
    @allow("order:create")
    def create(new: dict[str, str]) -> str:
        ran.append("create")
        return guard.caller.id

    return app


@pytest.fixture
def client(app: FastAPI) -> Any:
    with TestClient(app) as client:
        yield client


def test_public_is_open_to_nobody_and_to_a_bad_token(client: TestClient) -> None:
    assert client.get("/public").json() == "ok"
    assert client.get("/public", headers={"authorization": "Bearer nonsense"}).json() == "ok"


def test_signed_in(client: TestClient) -> None:
    assert client.get("/who", headers=ANN).json() == ["ann", "ann"]
    assert client.get("/sync", headers=SUE).json() == "sue"


def test_the_first_sight_of_a_proof_may_wait(client: TestClient) -> None:
    assert client.get("/who", headers={"authorization": "Bearer slow-ann"}).json() == ["ann", "ann"]
    assert client.get("/who", headers={"authorization": "Bearer slow-nobody"}).status_code == 401


def test_401_challenges_as_rfc_6750_says(client: TestClient) -> None:
    nothing = client.get("/who")
    assert (nothing.status_code, nothing.headers["www-authenticate"]) == (401, "Bearer")
    assert nothing.headers["content-type"] == "application/problem+json"
    bad = client.get("/who", headers={"authorization": "Bearer nonsense"})
    assert (bad.status_code, bad.headers["www-authenticate"]) == (401, 'Bearer error="invalid_token"')
    assert "nonsense" not in bad.text
    other = client.get("/who", headers={"authorization": "Basic YW5uOng="})
    assert (other.status_code, other.headers["www-authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize(
    "headers",
    [
        [("authorization", "Bearer ann"), ("authorization", "Bearer max")],
        [("authorization", "Bearer ann"), ("Authorization", "Bearer ann")],
        [("authorization", "Bearer")],
        [("authorization", "Bearer ")],
        [("authorization", "Bearer ann max")],
        [("authorization", "Bearer ann,Bearer max")],
        [("authorization", "Bearer a\tb")],
    ],
)
@pytest.mark.parametrize("path", ["/who", "/public"])
def test_header_smuggling_two_or_malformed_authorizations_are_400(client: TestClient, headers: Any, path: str) -> None:
    response = client.get(path, headers=headers)
    assert response.status_code == 400
    assert response.headers["www-authenticate"] == 'Bearer error="invalid_request"'


def test_a_bearer_decides_over_a_cookie(client: TestClient) -> None:
    response = client.get("/who", headers={**ANN, "cookie": "session=max"})
    assert response.json() == ["ann", "ann"]
    bad = client.get("/who", headers={"authorization": "Bearer nonsense", "cookie": "session=max"})
    assert bad.status_code == 401


def test_a_cookie_that_comes_twice_is_nobodys(client: TestClient) -> None:
    assert client.get("/who", headers={"cookie": "session=ann; session=max"}).status_code == 401


@pytest.mark.parametrize("path", ["/orders", "/loaded"])
def test_the_object_decides(client: TestClient, path: str, ran: list[str], recorder: Any) -> None:
    assert client.get(f"{path}/1", headers=ANN).json() == "ann"
    assert client.get(f"{path}/2", headers=MAX).json() == "sue"
    ran.clear()
    refused = client.get(f"{path}/2", headers=ANN)
    assert (refused.status_code, ran) == (403, [])
    assert refused.json()["detail"] == "Owners read their orders."
    (decision,) = recorder.denied
    assert refused.json()["instance"] == f"urn:ulid:{decision.id}"
    assert client.get(f"{path}/1").status_code == 401


@pytest.mark.parametrize("path", ["/orders", "/loaded"])
def test_an_object_that_is_not_there(client: TestClient, path: str, ran: list[str]) -> None:
    missing, foreign = client.get(f"{path}/3", headers=ANN), client.get(f"{path}/2", headers=ANN)
    assert (missing.status_code, foreign.status_code) == (403, 403)
    assert missing.json()["detail"] == foreign.json()["detail"]
    assert client.get(f"{path}/3", headers=MAX).status_code == 404
    assert client.get(f"{path}/3").status_code == 401
    assert ran == []


def test_the_loader_does_not_run_for_nobody(guard: Guard, ran: list[str]) -> None:
    app = FastAPI()
    protect(app, guard=guard)

    async def load(order_id: int) -> Order:
        ran.append("loader")
        return ORDERS[order_id]

    @app.get("/{order_id}")
    @allow("order:read", on="order", role="manager")
    def show(order: Order = Depends(load)) -> str:  # noqa: B008
        return order.owner

    client = TestClient(app)
    assert client.get("/1").status_code == 401
    assert client.get("/1", headers=ANN).status_code == 403
    assert ran == []
    assert client.get("/1", headers=MAX).status_code == 200


def test_role_and_action_must_both_hold(client: TestClient, ran: list[str]) -> None:
    assert client.delete("/orders/1", headers=MAX).json() == 1
    assert client.delete("/orders/1", headers=ANN).status_code == 403
    assert ran == ["delete"]


def test_nothing_is_parsed_for_who_may_not(client: TestClient, ran: list[str]) -> None:
    assert client.post("/orders", content=b"{not json", headers={**MAX, "content-type": "text/x"}).status_code == 422
    assert client.post("/orders", content=b"{not json").status_code == 401
    assert ran == []


@pytest.mark.parametrize(("mode", "shown"), [("development", ["the token is unknown"]), ("production", None)])
def test_which_check_a_token_failed_is_shown_in_development_only(make_guard: Any, mode: str, shown: Any) -> None:
    app = FastAPI()
    protect(app, guard=make_guard(mode=mode))
    app.get("/me")(allow(lambda: "in"))
    refused = TestClient(app).get("/me", headers={"authorization": "Bearer nobody"})
    assert (refused.status_code, refused.json().get("explanation")) == (401, shown)
    assert shown or "unknown" not in refused.text


def test_values_are_shown_in_development_only(make_guard: Any) -> None:
    for mode, shown in (("development", True), ("production", False)):
        app = FastAPI()
        protect(app, guard=make_guard(mode=mode))

        @app.get("/")
        @allow(role="manager")
        def index() -> str:
            return "x"

        client = TestClient(app)
        assert ("customer" in client.get("/", headers=ANN).text) is shown
        page = client.get("/", headers={**ANN, "accept": "text/html"})
        assert ("customer" in page.text) is shown


def test_a_browser_is_shown_a_page_and_sent_to_the_login(client: TestClient, make_guard: Any) -> None:
    browser = {"accept": "text/html,*/*", "sec-fetch-mode": "navigate"}
    sent = client.get("/who?x=1&y=a b", headers=browser, follow_redirects=False)
    assert (sent.status_code, sent.headers["location"]) == (303, "/login?next=%2Fwho%3Fx%3D1%26y%3Da%2520b")
    page = client.get("/orders/2", headers={**ANN, **browser})
    assert page.status_code == 403
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "Owners read their orders." in page.text
    assert "script" not in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]
    assert client.post("/orders", headers=browser).status_code == 401
    assert client.get("/who", headers={**browser, "sec-fetch-mode": "cors"}).status_code == 401
    without_login = FastAPI()
    protect(without_login, guard=make_guard(login=False))
    assert TestClient(without_login).get("/me", headers=browser).status_code == 401


def test_open_redirect_attack_next_is_never_another_site(client: TestClient) -> None:
    browser = {"accept": "text/html"}
    for path in ("//evil.example/who", "/\\evil.example"):
        response = client.get(f"http://testserver{path}", headers=browser, follow_redirects=False)
        assert "evil" not in response.headers.get("location", "")


def test_page_escapes_what_came_in(client: TestClient) -> None:
    response = client.get("/<script>alert(1)</script>", headers={**ANN, "accept": "text/html"})
    assert response.status_code == 404
    assert "<script" not in response.text


def test_me_answers_where_the_application_does_not(client: TestClient, guard: Guard) -> None:
    assert client.get("/me", headers=ANN).json() == {
        "id": "ann", "name": "ann", "roles": ["customer"], "claims": {"region": "eu"},
    }  # fmt: skip
    assert client.get("/me").status_code == 401
    app = FastAPI()
    protect(app, guard=guard)

    @app.get("/me")
    @allow
    def me(caller: Caller) -> str:
        return f"own {caller.id}"

    assert TestClient(app).get("/me", headers=ANN).json() == "own ann"


def test_login_pages_are_answered_before_the_application(client: TestClient) -> None:
    assert client.get("/login").text == "/login "
    own = {"sec-fetch-site": "same-origin"}
    assert client.post("/logout", content=b"a=1", headers=own).text == "/logout a=1"
    assert client.post("/logout", content=b"a=1", headers={"sec-fetch-site": "cross-site"}).status_code == 403


class TestCsrf:
    SESSION: ClassVar = {"cookie": "session=ann"}

    def test_reading_needs_no_proof(self, client: TestClient) -> None:
        assert client.get("/who", headers={**self.SESSION, "sec-fetch-site": "cross-site"}).json()[0] == "ann"

    @pytest.mark.parametrize(
        "proof",
        [
            {},
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site"},
            {"sec-fetch-site": "cross-site", "origin": "http://testserver"},
            {"origin": "http://evil.example"},
            {"origin": "null"},
            {"origin": "http://testserver.evil.example"},
            {"origin": "http://testserver:8080"},
        ],
    )
    def test_session_csrf_attack(
        self, client: TestClient, proof: dict[str, str], ran: list[str], recorder: Any
    ) -> None:
        response = client.post("/orders", json={}, headers={**self.SESSION, **proof})
        assert (response.status_code, ran) == (403, [])
        assert len(recorder.denied) == 1

    @pytest.mark.parametrize(
        "proof",
        [{"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"}, {"origin": "http://testserver"},
         {"origin": "http://TESTSERVER:80"}],
    )  # fmt: skip
    def test_our_own_page(self, client: TestClient, proof: dict[str, str]) -> None:
        assert client.post("/orders", json={}, headers={**self.SESSION, **proof}).json() == "ann"

    def test_a_token_is_never_sent_by_a_foreign_page(self, client: TestClient) -> None:
        assert client.post("/orders", json={}, headers={**ANN, "sec-fetch-site": "cross-site"}).status_code == 200

    def test_on_a_public_route_a_foreign_request_is_nobodys(self, guard: Guard) -> None:
        app = FastAPI()
        protect(app, guard=guard)

        @app.post("/")
        @public
        def index() -> str:
            return guard.caller.id

        client = TestClient(app)
        assert client.post("/", headers={**self.SESSION, "sec-fetch-site": "same-origin"}).json() == "ann"
        assert client.post("/", headers=self.SESSION).status_code == 403

    def test_cross_site_websocket_hijacking(self, guard: Guard) -> None:
        app = FastAPI()
        protect(app, guard=guard)

        @app.websocket("/")
        @allow
        async def socket(websocket: WebSocket) -> None:
            await websocket.accept()
            await websocket.send_text(guard.caller.id)

        client = TestClient(app)
        with client.websocket_connect("/", headers={**self.SESSION, "origin": "http://testserver"}) as websocket:
            assert websocket.receive_text() == "ann"
        for origin in ({}, {"origin": "http://evil.example"}):
            with pytest.raises(WebSocketDisconnect), client.websocket_connect("/", headers={**self.SESSION, **origin}):
                pass


class TestHandle:
    """``guard.caller`` is at hand inside a marked handler, and nowhere else."""

    def test_outside_a_request(self, guard: Guard) -> None:
        with pytest.raises(Unauthenticated, match="no caller is at hand"):
            _ = guard.caller

    def test_in_a_dependency_it_is_not_live_yet(self, guard: Guard) -> None:
        app = FastAPI()
        protect(app, guard=guard)
        app.get("/")(allow(_needs(lambda: guard.caller.id)))
        assert TestClient(app).get("/", headers=ANN).status_code == 401

    def test_what_a_handler_leaves_behind_cannot_act(self, guard: Guard, ran: list[str]) -> None:
        app = FastAPI()
        protect(app, guard=guard)
        contexts: list[contextvars.Context] = []

        @app.get("/")
        @allow
        async def index() -> str:
            contexts.append(contextvars.copy_context())
            return guard.caller.id

        client = TestClient(app)
        assert client.get("/", headers=ANN).json() == "ann"
        with pytest.raises(Unauthenticated):
            contexts[0].run(lambda: guard.caller)
        with pytest.raises(Unauthenticated):
            contexts[0].run(lambda: asyncio.run(index()))

    def test_a_marked_handler_called_by_another_asks_again(self, guard: Guard, ran: list[str]) -> None:
        app = FastAPI()
        protect(app, guard=guard)

        @allow(role="manager")
        def strict() -> str:
            ran.append("strict")
            return guard.caller.id

        @app.get("/")
        @allow
        def index() -> str:
            return strict()

        client = TestClient(app)
        assert client.get("/", headers=MAX).json() == "max"
        assert client.get("/", headers=ANN).status_code == 403
        assert ran == ["strict"]

    def test_as_self(self, guard: Guard) -> None:
        with guard.as_self() as caller:
            assert guard.caller is caller
            assert caller.id == "spiffe://ringwall.internal/orders"
            assert current.visit().bearer is None
        with pytest.raises(Unauthenticated):
            _ = guard.caller


def _needs(dependency: Any) -> Any:
    def index(value: str = Depends(dependency)) -> str:
        return value

    return index


def test_our_errors_in_a_handler_become_answers(guard: Guard) -> None:
    app = FastAPI()
    protect(app, guard=guard)

    @app.get("/{kind}")
    @public
    def index(kind: str) -> None:
        if kind == "unavailable":
            raise Unavailable("the vault is away", retry_after=2.5)
        if kind == "nothing":
            from sqlalchemy.exc import NoResultFound

            raise NoResultFound
        raise Denied(guard.decide(guard.caller, "order:read"))

    client = TestClient(app)
    away = client.get("/unavailable")
    assert (away.status_code, away.headers["retry-after"]) == (503, "3")
    assert "vault" not in away.text
    assert client.get("/nothing").status_code == 404
    assert client.get("/denied", headers=ANN).status_code == 403


def test_an_endpoint_that_breaks_says_nothing(guard: Guard) -> None:
    app = FastAPI()
    protect(app, guard=guard)

    @app.get("/{order_id}")
    @allow("order:read", on="order")
    def show(order: Annotated[Order, Depends(_broken)]) -> str:
        return ""

    response = TestClient(app, raise_server_exceptions=False).get("/1", headers=ANN)
    assert response.status_code == 500
    assert "hunter2" not in response.text
    with pytest.raises(RuntimeError, match="hunter2"):
        TestClient(app).get("/1", headers=ANN)


def _broken() -> Order:
    raise RuntimeError("hunter2")


def test_no_answer_before_the_denial_is_durable(app: FastAPI, recorder: Any) -> None:
    recorder.delayed = []

    async def run() -> list[Any]:
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http", "method": "GET", "path": "/orders/2", "headers": [(b"authorization", b"Bearer ann")],
            "query_string": b"", "http_version": "1.1", "client": ("127.0.0.1", 1), "root_path": "",
        }  # fmt: skip
        task = asyncio.ensure_future(app(scope, None, send))  # type: ignore[arg-type]
        while not recorder.delayed:
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.01)
        assert sent == []
        recorder.delayed[0].set_result(None)
        await task
        return sent

    assert asyncio.run(run())[0]["status"] == 403


def test_a_full_store_is_a_no(app: FastAPI, recorder: Any, ran: list[str]) -> None:
    recorder.broken = Unavailable("the audit log is full")
    client = TestClient(app)
    assert client.get("/orders/1", headers=ANN).status_code == 503
    assert client.get("/orders/2", headers=ANN).status_code == 503
    assert ran == []


def test_secure_headers_are_added_and_the_applications_own_stay(make_guard: Any) -> None:
    from fastapi.responses import HTMLResponse

    app = FastAPI()
    protect(app, guard=make_guard(mode="production"))

    @app.get("/json")
    @allow
    def json_() -> dict[str, int]:
        return {}

    @app.get("/page")
    @public
    def page() -> HTMLResponse:
        return HTMLResponse("x", headers={"content-security-policy": "default-src own", "cache-control": "max-age=5"})

    client = TestClient(app)
    data = client.get("/json", headers=ANN).headers
    assert data["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert (data["x-content-type-options"], data["cache-control"]) == ("nosniff", "no-store")
    assert data["strict-transport-security"].startswith("max-age=")
    html = client.get("/page").headers
    assert (html["content-security-policy"], html["cache-control"]) == ("default-src own", "max-age=5")
    assert html["x-frame-options"] == "DENY"


def test_protect_comes_once_and_in_time(guard: Guard, app: FastAPI) -> None:
    with pytest.raises(Misconfigured, match="already"):
        protect(app, guard=guard)
    late = FastAPI()
    with TestClient(late):
        pass
    with pytest.raises(Misconfigured, match="started"):
        protect(late, guard=guard)


def test_a_stream_keeps_its_caller_while_it_runs_and_what_comes_after_has_none(guard: Guard, ran: list[str]) -> None:
    app = FastAPI()
    protect(app, guard=guard)

    def afterwards() -> None:
        try:
            ran.append(guard.caller.id)
        except Unauthenticated:
            ran.append("nobody")

    @app.get("/sync")
    @allow
    def sync(tasks: BackgroundTasks) -> Iterator[str]:
        yield guard.caller.id
        yield guard.caller.id

    @app.get("/async")
    @allow
    async def async_() -> AsyncIterator[str]:
        yield guard.caller.id

    @app.get("/task")
    @allow
    def task(tasks: BackgroundTasks) -> str:
        tasks.add_task(afterwards)
        return guard.caller.id

    client = TestClient(app)
    assert client.get("/sync", headers=ANN).text.split() == ['"ann"', '"ann"']
    assert client.get("/async", headers=ANN).text.split() == ['"ann"']
    assert client.get("/task", headers=ANN).json() == "ann"
    assert ran == ["nobody"]


def test_two_guards_one_inside_the_other_stay_closed(make_guard: Any) -> None:
    inner, outer = FastAPI(), FastAPI()
    protect(inner, guard=make_guard())
    protect(outer, guard=make_guard())
    inner.get("/x")(lambda: "open")
    outer.mount("/inner", inner)
    assert TestClient(outer).get("/inner/x", headers=MAX).status_code == 403
