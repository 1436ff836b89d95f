"""Ringwall on Flask: closed by default, the mark, the caller, the object and the body."""

from __future__ import annotations

import io
import json
from typing import Any

import flask
import pytest
from flask import Blueprint, Flask, request
from flask.views import MethodView
from pydantic import Field

from ringwall import Secret, Strict
from ringwall.errors import Misconfigured, Unauthenticated, Unavailable
from ringwall.on.flask import allow, body, protect, public
from ringwall.on.guard import Guard

ANN, SUE, MAX = ({"authorization": f"Bearer {name}"} for name in ("ann", "sue", "max"))
HUNTER = "hunter2-SECRET"


class Order:
    def __init__(self, owner: str) -> None:
        self.owner = owner


ORDERS = {1: Order("ann"), 2: Order("sue")}


def load_order(order_id: int) -> Order:
    return ORDERS[order_id]


class New(Strict):
    name: str = Field(max_length=5)
    card: Secret[str] = Field(pattern=r"^\d{12,19}$")


def application(ran: list[str]) -> Flask:
    """Hooks of every kind around unmarked views of every kind."""
    app = Flask(__name__)
    app.url_value_preprocessor(lambda endpoint, values: ran.append("preprocessor"))
    app.before_request(lambda: ran.append("before"))
    app.after_request(lambda response: (ran.append("after"), response)[1])
    app.register_error_handler(Exception, lambda error: (ran.append("handler"), "open")[1])
    for status in (403, 404, 405):
        app.register_error_handler(status, lambda error: (ran.append("handler"), "open")[1])

    @app.post("/direct")
    def direct() -> str:
        ran.append("direct")
        return "open"

    blueprint = Blueprint("b", __name__, url_prefix="/b")
    blueprint.before_request(lambda: ran.append("blueprint before"))

    @blueprint.get("/x")
    def in_blueprint() -> str:
        ran.append("blueprint")
        return "open"

    app.register_blueprint(blueprint)

    class View(MethodView):
        def get(self) -> str:
            ran.append("method view")
            return "open"

    app.add_url_rule("/class", view_func=View.as_view("class"))
    return app


DOORS = [
    *(("POST", "/direct"), ("OPTIONS", "/direct"), ("GET", "/b/x"), ("HEAD", "/b/x"), ("GET", "/class")),
    *(("GET", "/static/x.css"), ("GET", "/late")),
]


@pytest.mark.parametrize("protected_first", [True, False])
@pytest.mark.parametrize(("method", "path"), DOORS)
def test_open_route_attack_every_kind_is_closed_and_nothing_runs(
    method: str, path: str, protected_first: bool, guard: Guard, ran: list[str], recorder: Any
) -> None:
    app = Flask(__name__) if protected_first else application(ran)
    protect(app, guard=guard)
    if protected_first:
        app = application(ran)
        protect(app, guard=guard)
    app.add_url_rule("/late", view_func=lambda: (ran.append("late"), "open")[1])
    app.before_request_funcs.setdefault(None, []).insert(0, lambda: ran.append("earlier"))
    response = app.test_client().open(path, method=method, headers=MAX)
    assert (response.status_code, ran) == (403, [])
    assert response.content_type == "application/problem+json"
    assert len(recorder.denied) == 1


def test_404_405_and_redirects_are_ours(guard: Guard, ran: list[str]) -> None:
    app = application(ran)
    protect(app, guard=guard)
    app.add_url_rule("/slash/", view_func=public(lambda: "x"))
    client = app.test_client()
    assert client.get("/nowhere").status_code == 404
    wrong = client.get("/direct")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "OPTIONS, POST")
    redirected = client.get("/slash")
    assert (redirected.status_code, redirected.headers["location"]) == (308, "http://localhost/slash/")
    assert ran == []


def test_teardown_is_clean_after_a_refusal(guard: Guard, ran: list[str]) -> None:
    app = application(ran)
    protect(app, guard=guard)
    app.teardown_request(lambda error: ran.append(f"teardown {error}"))
    assert app.test_client().get("/b/x").status_code == 403
    assert ran == ["teardown None"]


def test_wsgi_middleware_that_answers_by_itself_is_undecided(guard: Guard) -> None:
    app = Flask(__name__)

    def answering(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [("x-data", "1")])
        return [b"all the data"]

    app.wsgi_app = answering  # type: ignore[method-assign]
    protect(app, guard=guard)
    response = app.test_client().get("/", headers=MAX)
    assert response.status_code == 403
    assert b"data" not in response.data


@pytest.fixture
def app(guard: Guard, ran: list[str]) -> Flask:
    app = Flask(__name__)
    app.testing = True
    protect(app, guard=guard)

    @guard.rule("order:read", public=True)
    def owners_read(caller: Any, order: Order) -> bool:
        """Owners read their orders."""
        return caller.id == order.owner

    @app.get("/public")
    @public
    def anyone() -> str:
        return "ok"

    @app.get("/who")
    @allow
    def who() -> str:
        return guard.caller.id

    @app.get("/orders/<int:order_id>")
    @allow("order:read", on=load_order)
    def show(order: Order) -> str:
        ran.append("show")
        return order.owner

    @app.get("/orders/<int:order_id>/lines/<int:line>")
    @allow("order:read", on=load_order)
    def line(order: Order, line: int) -> str:
        return f"{order.owner} {line}"

    @app.post("/orders")
    @allow("order:create")
    @body(New)
    def create(new: New) -> tuple[dict[str, object], int]:
        ran.append("create")
        return {"owner": guard.caller.id, "digits": len(new.card.reveal())}, 201

    @app.post("/echo")
    @allow
    def echo() -> dict[str, int]:
        return {"length": len(request.get_data())}

    @app.post("/form")
    @allow
    def form() -> str:
        return request.form["a"]

    class View(MethodView):
        @allow(role="manager")
        def get(self) -> str:
            return guard.caller.id

        def delete(self) -> str:
            ran.append("delete")
            return ""

    app.add_url_rule("/class", view_func=View.as_view("class"))
    return app


@pytest.fixture
def client(app: Flask) -> Any:
    return app.test_client()


def test_marks(client: Any, ran: list[str]) -> None:
    assert client.get("/public").text == "ok"
    assert client.get("/who", headers=ANN).text == "ann"
    assert client.get("/who", headers={"authorization": "Bearer slow-sue"}).text == "sue"
    assert client.get("/class", headers=MAX).text == "max"
    assert client.get("/class", headers=ANN).status_code == 403
    assert client.delete("/class", headers=MAX).status_code == 403
    assert ran == []


def test_401(client: Any) -> None:
    nothing = client.get("/who")
    assert (nothing.status_code, nothing.headers["www-authenticate"]) == (401, "Bearer")
    bad = client.get("/who", headers={"authorization": "Bearer nonsense"})
    assert (bad.status_code, bad.headers["www-authenticate"]) == (401, 'Bearer error="invalid_token"')
    sent = client.get("/who?a=1", headers={"accept": "text/html"})
    assert (sent.status_code, sent.headers["location"]) == (303, "/login?next=%2Fwho%3Fa%3D1")


def test_header_smuggling_two_authorizations_are_400(client: Any) -> None:
    joined = client.get("/who", headers={"authorization": "Bearer ann,Bearer max"})
    assert joined.status_code == 400


def test_the_object_decides(client: Any, ran: list[str]) -> None:
    assert client.get("/orders/1", headers=ANN).text == "ann"
    assert client.get("/orders/1/lines/7", headers=ANN).text == "ann 7"
    ran.clear()
    refused = client.get("/orders/2", headers=ANN)
    assert (refused.status_code, refused.json["detail"]) == (403, "Owners read their orders.")
    assert client.get("/orders/3", headers=ANN).status_code == 403
    assert client.get("/orders/3", headers=MAX).status_code == 404
    assert client.get("/orders/1").status_code == 401
    assert ran == []


def test_body(client: Any, ran: list[str]) -> None:
    good = {"name": "a", "card": "4" * 16}
    created = client.post("/orders", json=good, headers=ANN)
    assert (created.status_code, created.json) == (201, {"owner": "ann", "digits": 16})
    ran.clear()
    assert client.post("/orders", json=good).status_code == 401
    assert client.post("/orders", data="a=1", headers=ANN).status_code == 415
    assert client.post("/orders", data="a=1", headers={**ANN, "content-type": "text/plain"}).status_code == 415
    assert ran == []


@pytest.mark.parametrize(
    "bad",
    [
        {"name": HUNTER, "card": HUNTER}, {"card": HUNTER}, {"name": "a", "card": [HUNTER]}, [HUNTER], HUNTER, None,
        {"name": "a", "card": "4" * 16, HUNTER: HUNTER}, {"name": "a", "card": {HUNTER: 1}}, {},
    ],
    ids=range(9),
)  # fmt: skip
def test_422_echo_attack(client: Any, bad: Any, ran: list[str]) -> None:
    response = client.post("/orders", data=json.dumps(bad), headers={**ANN, "content-type": "application/json"})
    assert (response.status_code, ran) == (422, [])
    assert response.content_type == "application/problem+json"
    assert "hunter" not in response.text
    assert response.json["errors"]


@pytest.mark.parametrize(
    "sent", [b"{", b"[" * 9 + b"]" * 9, b'{"a":1,"a":2}', b"\xef\xbb\xbf[1]", b"NaN"], ids=range(5)
)
@pytest.mark.parametrize("path", ["/orders", "/echo"])
def test_json_attack_is_refused_before_parsing(client: Any, sent: bytes, path: str, ran: list[str]) -> None:
    response = client.post(path, data=sent, headers={**ANN, "content-type": "application/json"})
    assert (response.status_code, ran) == (400, [])


@pytest.mark.parametrize("content_type", ["application/json", "application/octet-stream"])
def test_oversize_body_attack(make_guard: Any, content_type: str) -> None:
    app = Flask(__name__)
    protect(app, guard=make_guard(body=100))

    @app.post("/")
    @public
    def index() -> str:
        return str(len(request.get_data()))

    client = app.test_client()
    headers = {"content-type": content_type}
    assert client.post("/", data=b"1" * 90, headers=headers).text == "90"
    assert client.post("/", data=b"1" * 101, headers=headers).status_code == 413
    chunked = {"wsgi.input": io.BytesIO(b"1" * 5000), "wsgi.input_terminated": True}
    assert client.post("/", headers=headers, environ_overrides=chunked).status_code == 413


def test_form_and_raw_bodies_arrive(client: Any) -> None:
    assert client.post("/form", data={"a": "1"}, headers=ANN).text == "1"
    assert client.post("/form", data={"a": "1", "f": (io.BytesIO(b"x"), "f")}, headers=ANN).text == "1"
    assert client.post("/echo", data=b"abc", headers=ANN).json == {"length": 3}


@pytest.mark.parametrize(
    ("proof", "status"),
    [
        ({}, 403), ({"sec-fetch-site": "cross-site"}, 403), ({"origin": "http://evil.example"}, 403),
        ({"sec-fetch-site": "same-origin"}, 200), ({"origin": "http://localhost"}, 200),
    ],
)  # fmt: skip
def test_session_csrf_attack(app: Flask, proof: dict[str, str], status: int) -> None:
    client = app.test_client(use_cookies=False)
    response = client.post("/echo", data=b"x", headers={"cookie": "session=ann", **proof})
    assert response.status_code == status


def test_login_pages_and_me(client: Any) -> None:
    assert client.get("/login").text == "/login "
    own = {"sec-fetch-site": "same-origin"}
    assert client.post("/logout", data=b"a=1", headers={**own, "content-type": "a/b"}).text == "/logout a=1"
    assert client.post("/logout", data=b"a=1").status_code == 403
    assert client.get("/me", headers=ANN).json["id"] == "ann"
    assert client.get("/me").status_code == 401


def test_our_errors_in_a_view_become_answers(app: Flask, client: Any) -> None:
    @app.get("/away")
    @public
    def away() -> str:
        raise Unavailable("the vault is away")

    @app.get("/none")
    @public
    def none() -> str:
        from sqlalchemy.exc import NoResultFound

        raise NoResultFound

    @app.get("/caller")
    @public
    def caller() -> str:
        return flask.request.environ["ringwall"].guard.caller.id

    assert client.get("/away").status_code == 503
    assert client.get("/none").status_code == 404
    assert client.get("/caller").status_code == 401


def test_the_caller_is_at_hand_in_its_view_only(guard: Guard, app: Flask, client: Any) -> None:
    @app.before_request
    def before() -> None:
        with pytest.raises(Unauthenticated):
            _ = guard.caller

    assert client.get("/who", headers=ANN).text == "ann"
    with pytest.raises(Unauthenticated):
        _ = guard.caller


def test_a_full_store_is_a_no(client: Any, recorder: Any) -> None:
    recorder.broken = Unavailable("full")
    assert client.get("/who", headers=ANN).status_code == 503
    assert client.get("/orders/2", headers=ANN).status_code == 503


def test_secure_headers(make_guard: Any) -> None:
    app = Flask(__name__)
    protect(app, guard=make_guard(mode="production"))
    app.add_url_rule("/", view_func=allow(lambda: "page"))
    headers = app.test_client().get("/", headers=ANN).headers
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" in headers


def test_an_object_nobody_can_place_is_refused_at_start() -> None:
    def view(one: str, other: str) -> str:
        return ""

    with pytest.raises(Misconfigured, match="not clear which parameter"):
        allow("order:read", on=load_order)(view)
    with pytest.raises(Misconfigured, match="not clear which parameter"):
        body(New)(view)


def test_problem_of_a_denial_is_json(client: Any) -> None:
    document = json.loads(client.get("/orders/2", headers=ANN).data)
    assert document["type"] == "about:blank"
    assert document["title"] == "Forbidden"
    assert "explanation" in document
