"""Ringwall on Django: closed by default, the mark, the caller, the object and the body."""

from __future__ import annotations

import contextlib
import functools
import json
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.contrib.staticfiles.views import serve as serve_static
from django.core.handlers.wsgi import WSGIHandler
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.test import RequestFactory, override_settings
from django.urls import include, path, re_path
from django.views import View
from django.views.generic import TemplateView
from pydantic import Field
from rest_framework import viewsets
from rest_framework.decorators import action, api_view
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView
from tests.on.django.conftest import Browser

from ringwall import Secret, Strict
from ringwall.errors import Denied, Misconfigured, Unauthenticated, Unavailable
from ringwall.on.django import allow, body, public

ANN, SUE, MAX = ({"authorization": f"Bearer {name}"} for name in ("ann", "sue", "max"))
HUNTER = "hunter2-SECRET"
GATE = "ringwall.on.django.Gate"
RAN: list[str] = []


@pytest.fixture(autouse=True)
def nothing_ran() -> None:
    RAN.clear()


def _ran(name: str, answer: str = "open") -> HttpResponse:
    RAN.append(name)
    return HttpResponse(answer)


class Nosy:
    """A middleware that looks at views and errors, as many do."""

    sync_capable, async_capable = True, False

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Any:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> None:
        RAN.append("process_view")

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse:
        return _ran("process_exception")


def noted(view: Any) -> Any:
    @functools.wraps(view)
    def decorated(request: HttpRequest, **keywords: Any) -> Any:
        RAN.append("decorator")
        return view(request, **keywords)

    return decorated


class Page(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return _ran("class")


class Api(APIView):
    def get(self, request: Any) -> Response:
        RAN.append("api")
        return Response("open")


class Things(viewsets.ViewSet):
    def list(self, request: Any) -> Response:
        RAN.append("viewset")
        return Response("open")

    @action(detail=False, methods=["post"])
    def sweep(self, request: Any) -> Response:
        RAN.append("extra action")
        return Response("open")


@api_view(["GET"])
def api(request: Any) -> Response:
    RAN.append("api function")
    return Response("open")


async def waiting(request: HttpRequest) -> HttpResponse:
    return _ran("async")


def streaming(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(iter([_ran("stream").content]))


router = SimpleRouter()
router.register("things", Things, basename="thing")
UNMARKED = [
    path("plain", lambda request: _ran("function")),
    path("decorated", noted(lambda request: _ran("function"))),
    path("class", Page.as_view()),
    path("template", TemplateView.as_view(template_name="x.html")),
    path("async", waiting),
    path("stream", streaming),
    path("in/", include([path("cluded", lambda request: _ran("included"))])),
    re_path(r"^re/(\d+)$", lambda request, number: _ran("regex")),
    path("admin/", admin.site.urls),
    path("static/<path:path>", serve_static),
    path("api", Api.as_view()),
    path("api-function", api),
    path("", include(router.urls)),
]
DOORS = [
    *(("GET", place) for place in ("/plain", "/decorated", "/class", "/template", "/async", "/stream", "/in/cluded")),
    *(("GET", place) for place in ("/re/7", "/admin/", "/admin/login/", "/static/admin/css/base.css", "/api")),
    *(("GET", "/api-function"), ("GET", "/things/"), ("POST", "/things/sweep/")),
    *(("POST", "/plain"), ("OPTIONS", "/plain"), ("HEAD", "/plain"), ("OPTIONS", "/class"), ("BREW", "/plain")),
]
AROUND = ["django.middleware.common.CommonMiddleware", f"{__name__}.Nosy"]


@pytest.mark.parametrize(
    "middleware", [[GATE, *AROUND], [*AROUND, GATE], [*AROUND[:1], GATE, *AROUND[1:]]], ids=range(3)
)
@pytest.mark.parametrize(("method", "place"), DOORS)
def test_open_route_attack_every_kind_is_closed_and_nothing_runs(
    method: str, place: str, middleware: list[str], browser: Any, serve: Any, recorder: Any, monkeypatch: Any
) -> None:
    serve(*UNMARKED, MIDDLEWARE=middleware)
    for who in ({}, MAX):
        response = browser.open(method, place, who)
        assert (response.status_code, RAN) == (403, [])
    assert response["content-type"] == "application/problem+json"
    assert len(recorder.denied) == 2


class Order:
    def __init__(self, owner: str) -> None:
        self.owner = owner


ORDERS = {1: Order("ann"), 2: Order("sue")}


def load_order(order_id: int) -> Order:
    return ORDERS[order_id]


async def find_order(order_id: int) -> Order:
    return ORDERS[order_id]


def missing_order(order_id: int) -> Order:
    raise Http404


class New(Strict):
    name: str = Field(max_length=5)
    card: Secret[str] = Field(pattern=r"^\d{12,19}$")


@public
def anyone(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


@public
def who_knows(request: Any) -> HttpResponse:
    return HttpResponse(request.caller.id)


@allow
def who(request: Any) -> HttpResponse:
    return HttpResponse(request.caller.id)


@allow
async def who_waits(request: Any) -> HttpResponse:
    return HttpResponse(request.caller.id)


@allow("order:read", on=load_order)
def show(request: HttpRequest, order: Order) -> HttpResponse:
    return _ran("show", order.owner)


@allow("order:read", on=find_order)
def show_found(request: HttpRequest, order: Order) -> HttpResponse:
    return _ran("show", order.owner)


@allow("order:read", on=load_order)
async def show_waiting(request: HttpRequest, order: Order) -> HttpResponse:
    return _ran("show", order.owner)


@allow("order:read", on=missing_order)
def show_missing(request: HttpRequest, order: Order) -> HttpResponse:
    return _ran("show")


@allow("order:read", on="order")
def show_given(request: HttpRequest, order: Order) -> HttpResponse:
    return _ran("show", order.owner)


def giving(view: Any) -> Any:
    return functools.wraps(view)(lambda request, order_id: view(request, order=ORDERS[order_id]))


@allow("order:create")
@body(New)
def create(request: Any, new: New) -> JsonResponse:
    RAN.append("create")
    return JsonResponse({"owner": request.caller.id, "digits": len(new.card.reveal())}, status=201)


@allow
def echo(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(len(request.body)))


@allow
def form(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.POST["a"])


class Mixed(View):
    @allow(role="manager")
    def get(self, request: Any) -> HttpResponse:
        return HttpResponse(request.caller.id)

    def delete(self, request: HttpRequest) -> HttpResponse:
        return _ran("delete")


@allow(role="manager")
class Whole(View):
    def get(self, request: Any) -> HttpResponse:
        return HttpResponse(request.caller.id)


@allow(role="manager")
class WholeApi(APIView):
    def get(self, request: Any) -> Response:
        return Response(request.caller.id)


class MixedThings(viewsets.ViewSet):
    @allow
    def list(self, request: Any) -> Response:
        return Response(request.caller.id)

    def create(self, request: Any) -> Response:
        RAN.append("create")
        return Response("open")

    @action(detail=True)
    @allow(role="manager")
    def look(self, request: Any, pk: str) -> Response:
        return Response(request.caller.id)


@allow
@api_view(["GET"])
def marked_api(request: Any) -> Response:
    return Response(request.caller.id)


mixed = SimpleRouter()
mixed.register("mixed", MixedThings, basename="mixed")
MARKED = [
    *(path("public", anyone), path("public/who", who_knows), path("who", who), path("async", who_waits)),
    path("orders/<int:order_id>", noted(show)),
    *(path("found/<int:order_id>", show_found), path("waiting/<int:order_id>", show_waiting)),
    *(path("missing/<int:order_id>", show_missing), path("given/<int:order_id>", giving(show_given))),
    *(path("orders", create), path("echo", echo), path("form", form)),
    *(path("mixed", Mixed.as_view()), path("whole", Whole.as_view()), path("api", WholeApi.as_view())),
    *(path("", include(mixed.urls)), path("function", marked_api), path("slash/", anyone)),
    allow(role="manager")(path("below/", include([path("unmarked", Page.as_view()), path("public", anyone)]))),
]


@pytest.fixture
def marked(serve: Any, guard: Any) -> None:
    @guard.rule("order:read", public=True)
    def owners_read(caller: Any, order: Order) -> bool:
        """Owners read their orders."""
        return caller.id == order.owner

    serve(*MARKED, MIDDLEWARE=[*AROUND, GATE])


@pytest.mark.usefixtures("marked")
def test_marks(browser: Any) -> None:
    assert browser.get("/public").content == b"ok"
    assert browser.get("/who", ANN).content == b"ann"
    assert browser.get("/async", ANN).content == b"ann"
    assert browser.get("/who", {"authorization": "Bearer slow-sue"}).content == b"sue"
    assert browser.get("/function", ANN).json() == "ann"
    for place in ("/mixed", "/whole", "/api", "/mixed/7/look/", "/below/unmarked"):
        assert browser.get(place, MAX).status_code == 200, place
        RAN.clear()
        assert browser.get(place, ANN).status_code == 403, place
        assert browser.get(place).status_code == 401, place
    assert browser.get("/mixed/", ANN).json() == "ann"
    assert browser.get("/below/public").content == b"ok"
    RAN.clear()
    assert browser.open("DELETE", "/mixed", MAX).status_code == 403
    assert browser.open("POST", "/mixed/", MAX).status_code == 403
    wrong = browser.open("PUT", "/mixed", MAX)
    assert (wrong.status_code, wrong["allow"]) == (405, "DELETE, GET, HEAD, OPTIONS")
    assert RAN == []


@pytest.mark.usefixtures("marked")
def test_401(browser: Any) -> None:
    nothing = browser.get("/who")
    assert (nothing.status_code, nothing["www-authenticate"]) == (401, "Bearer")
    bad = browser.get("/who", {"authorization": "Bearer nonsense"})
    assert (bad.status_code, bad["www-authenticate"]) == (401, 'Bearer error="invalid_token"')
    sent = browser.get("/who?a=1", {"accept": "text/html"})
    assert (sent.status_code, sent["location"]) == (303, "/login?next=%2Fwho%3Fa%3D1")
    assert browser.get("/public/who", ANN).content == b"ann"
    assert browser.get("/who", {"authorization": "Bearer ann,Bearer max"}).status_code == 400


@pytest.mark.usefixtures("marked")
@pytest.mark.parametrize("place", ["orders", "found", "waiting"])
def test_the_object_decides_before_anything_else_runs(browser: Any, place: str) -> None:
    assert browser.get(f"/{place}/1", ANN).content == b"ann"
    assert RAN[-1] == "show"
    RAN.clear()
    refused = browser.get(f"/{place}/2", ANN)
    assert (refused.status_code, refused.json()["detail"]) == (403, "Owners read their orders.")
    assert browser.get(f"/{place}/3", ANN).status_code == 403
    assert browser.get(f"/{place}/3", MAX).status_code == 404
    assert browser.get(f"/{place}/1").status_code == 401
    assert RAN == []


@pytest.mark.usefixtures("marked")
def test_an_object_that_a_decorator_hands_in_is_asked_about_by_the_handler(browser: Any) -> None:
    assert browser.get("/given/1", ANN).content == b"ann"
    RAN.clear()
    assert browser.get("/given/2", ANN).status_code == 403
    assert "show" not in RAN
    RAN.clear()
    assert browser.get("/given/1").status_code == 401
    assert browser.get("/missing/1", ANN).status_code == 403
    assert browser.get("/missing/1", MAX).status_code == 404
    assert RAN == []


@pytest.mark.usefixtures("marked")
def test_body(browser: Any) -> None:
    good, kind = json.dumps({"name": "a", "card": "4" * 16}), {"content_type": "application/json"}
    created = browser.open("POST", "/orders", ANN, data=good, **kind)
    assert (created.status_code, created.json()) == (201, {"owner": "ann", "digits": 16})
    RAN.clear()
    assert browser.open("POST", "/orders", data=good, **kind).status_code == 401
    assert RAN == []
    assert browser.open("POST", "/orders", ANN, data="a=1", content_type="text/plain").status_code == 415
    for bad in ({"name": HUNTER, "card": HUNTER}, [HUNTER], None, {"name": "a", "card": "4" * 16, HUNTER: HUNTER}, {}):
        response = browser.open("POST", "/orders", ANN, data=json.dumps(bad), **kind)
        assert (response.status_code, response["content-type"]) == (422, "application/problem+json")
        assert b"hunter" not in response.content
    for sent in (b"{", b"[" * 9 + b"]" * 9, b'{"a":1,"a":2}', b"\xef\xbb\xbf[1]", b"NaN"):
        for place in ("/orders", "/echo"):
            assert browser.open("POST", place, ANN, data=sent, **kind).status_code == 400
    assert "create" not in RAN
    sent_form = browser.open("POST", "/form", ANN, data="a=1", content_type="application/x-www-form-urlencoded")
    assert sent_form.content == b"1"
    multipart = '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n'
    sent_form = browser.open("POST", "/form", ANN, data=multipart, content_type="multipart/form-data; boundary=x")
    assert sent_form.content == b"1"


@pytest.mark.parametrize("content_type", ["application/json", "application/octet-stream"])
def test_oversize_body_attack(browser: Any, serve: Any, make_guard: Any, monkeypatch: Any, content_type: str) -> None:
    monkeypatch.setattr("ringwall.on.django.project._made", [make_guard(body=100)])
    serve(*MARKED)
    for size, status in ((90, 200), (101, 413)):
        sent = browser.open("POST", "/echo", ANN, data=b"1" * size, content_type=content_type)
        assert sent.status_code == status


@pytest.mark.usefixtures("marked")
def test_csrf_attack_a_cookie_alone_proves_nobody_on_an_unsafe_method(browser: Any, recorder: Any) -> None:
    cookie = {"cookie": "session=ann"}
    host = {} if browser.asynchronous else {"host": "testserver"}  # that one sends it by itself
    assert browser.get("/who", cookie).content == b"ann"
    assert browser.open("POST", "/echo", cookie).status_code == 403
    assert browser.open("POST", "/echo", {**cookie, "origin": "http://evil.example"}).status_code == 403
    assert browser.open("POST", "/echo", {**cookie, "sec-fetch-site": "cross-site"}).status_code == 403
    assert {decision.action for decision in recorder.denied} == {"same-origin"}
    assert browser.open("POST", "/echo", {**cookie, "sec-fetch-site": "same-origin"}).content == b"0"
    assert browser.open("POST", "/echo", {**cookie, "origin": "http://testserver", **host}).content == b"0"


@pytest.mark.usefixtures("marked")
def test_login_and_me_are_answered_before_the_project(browser: Any) -> None:
    assert browser.get("/login").content == b"/login "
    sent = browser.open("POST", "/logout", {"sec-fetch-site": "same-origin"}, data=b"a=1")
    assert sent.content == b"/logout a=1"
    assert browser.open("POST", "/logout", {"sec-fetch-site": "cross-site"}).status_code == 403
    assert browser.get("/me").status_code == 401
    assert browser.get("/me", ANN).json()["id"] == "ann"
    assert browser.open("HEAD", "/me", ANN).content == b""
    assert RAN == []


@pytest.mark.usefixtures("marked")
def test_404_and_redirects_are_ours(browser: Any, recorder: Any) -> None:
    with override_settings(DEBUG=True):
        nowhere = browser.get("/nowhere", MAX)
    assert (nowhere.status_code, nowhere["content-type"]) == (404, "application/problem+json")
    redirected = browser.get("/slash")
    assert (redirected.status_code, redirected["location"], redirected.content) == (301, "/slash/", b"")
    assert browser.get("/%2Fslash").status_code == 404
    assert browser.get("/%2Fevil.example/slash").status_code == 404
    assert RAN == []


@pytest.mark.usefixtures("marked")
def test_a_project_below_a_path_is_as_closed_and_redirects_as_well() -> None:
    below = Browser(asynchronous=False)
    assert below.open("GET", "/slash", {}, SCRIPT_NAME="/shop")["location"] == "/shop/slash/"
    assert below.open("GET", "/class", MAX, SCRIPT_NAME="/public").status_code == 404
    assert below.open("GET", "/whole", ANN, SCRIPT_NAME="/public").status_code == 403


@pytest.mark.usefixtures("marked")
def test_forged_host_attack_reaches_nothing(browser: Any) -> None:
    assert browser.get("/who", {**ANN, "host": "evil.example"}).status_code == 400
    assert RAN == []


@pytest.mark.usefixtures("marked")
def test_headers_that_are_too_large_are_431(browser: Any) -> None:
    assert browser.get("/public", {"x-long": "a" * 70_000}).status_code == 431
    assert browser.get("/public", {f"x-{n}": "a" for n in range(101)}).status_code == 431


@pytest.mark.usefixtures("marked")
def test_secure_headers(browser: Any) -> None:
    response = browser.get("/who", ANN)
    assert (response["x-content-type-options"], response["cache-control"]) == ("nosniff", "no-store")
    assert "cache-control" not in browser.get("/public").headers


class Overriding(Nosy):
    def __call__(self, request: HttpRequest) -> Any:
        request.method = "DELETE"
        return self.get_response(request)


class OverridingLate(Nosy):
    def process_view(self, request: HttpRequest, *_: Any) -> None:
        request.method = "DELETE"


class Answering(Nosy):
    def __call__(self, request: HttpRequest) -> Any:
        return HttpResponse("all the data")


class Swallowing(Nosy):
    def __call__(self, request: HttpRequest) -> Any:
        try:
            return self.get_response(request)
        except BaseException:
            return HttpResponse("all the data")


class Rerouting(Nosy):
    def __call__(self, request: HttpRequest) -> Any:
        request.path_info = "/class"
        return self.get_response(request)


@pytest.mark.parametrize("outside", [True, False])
@pytest.mark.parametrize(
    ("middleware", "place", "status"),
    [
        (Overriding, "/mixed", 405),
        (OverridingLate, "/mixed", 405),
        (Answering, "/class", 403),
        (Answering, "/nowhere", 403),
        (Answering, "/public", 200),
        (Swallowing, "/class", 403),
        (Rerouting, "/public", 403),
    ],
)
def test_middleware_attack_around_the_gate(
    middleware: type, place: str, status: int, outside: bool, browser: Any, serve: Any
) -> None:
    name = f"{__name__}.{middleware.__name__}"
    serve(*MARKED, path("class", Page.as_view()), MIDDLEWARE=[name, GATE] if outside else [GATE, name])
    response = browser.get(place, MAX)
    assert (response.status_code, RAN) == (status, [])
    assert (b"data" in response.content) == (status == 200)


def test_what_a_view_raises(browser: Any, serve: Any, guard: Any) -> None:
    def raising(error: Exception) -> Any:
        @public
        def view(request: HttpRequest) -> HttpResponse:
            raise error

        return view

    decision = guard.decide(type("C", (), {"roles": frozenset(), "actor": None, "id": "x", "kind": "person"})(), "a:b")
    from django.contrib.auth.models import User

    errors = {"denied": Denied(decision), "nobody": Unauthenticated("x"), "later": Unavailable("x")}
    others = {"nothing": User.DoesNotExist(), "page": Http404(), "key": KeyError("x"), "bug": ValueError("x")}
    serve(*(path(name, raising(error)) for name, error in (errors | others).items()))
    found = {name: browser.get(f"/{name}").status_code for name in errors | others}
    assert found == {
        "denied": 403, "nobody": 401, "later": 503, "nothing": 404, "page": 404, "key": 500, "bug": 500,
    }  # fmt: skip


def test_debug_pages_of_what_nobody_decided_about_do_not_leave(browser: Any, serve: Any) -> None:
    def broken(order_id: int) -> Order:
        raise ValueError(HUNTER)

    @allow("order:read", on=broken)
    def view(request: HttpRequest, order: Order) -> HttpResponse:
        return HttpResponse("x")

    serve(path("<int:order_id>", view), DEBUG=True, DEBUG_PROPAGATE_EXCEPTIONS=False)
    response = browser.get("/1", MAX)
    assert (response.status_code, response["content-type"]) == (500, "application/problem+json")
    assert b"hunter" not in response.content


def test_a_denial_that_cannot_be_written_down_is_503(browser: Any, serve: Any, recorder: Any) -> None:
    serve(*MARKED)
    recorder.broken = Unavailable("disk full")
    assert browser.get("/whole", ANN).status_code == 503
    assert browser.get("/whole", MAX).status_code == 503


def test_runservers_static_files_are_routed_as_all_else(serve: Any) -> None:
    started: list[str] = []

    def get(place: str) -> bytes:
        environ = RequestFactory()._base_environ(PATH_INFO=place)
        response: Any = StaticFilesHandler(WSGIHandler())(environ, lambda status, headers: started.append(status))
        with contextlib.closing(response):
            return b"".join(response)

    serve(*MARKED, MIDDLEWARE=[GATE], DEBUG=True)
    get("/static/admin/css/base.css")
    serve(path("static/<path:path>", public(serve_static)), MIDDLEWARE=[GATE], DEBUG=True)
    assert b"--primary" in get("/static/admin/css/base.css")
    assert [status[:3] for status in started] == ["404", "200"]


def test_settings_without_the_gate_do_not_start() -> None:
    with pytest.raises(Misconfigured, match="name no gate"), override_settings(MIDDLEWARE=[]):
        pass


def test_a_gate_that_is_not_outermost_does_not_start(serve: Any) -> None:
    from django.conf import settings

    with override_settings():
        settings.MIDDLEWARE = ["django.middleware.common.CommonMiddleware", GATE]
        with pytest.raises(Misconfigured, match="around all other middleware"):
            WSGIHandler()


def test_a_request_around_the_gate_has_no_caller(serve: Any) -> None:
    with pytest.raises(Misconfigured, match="around its gate"):
        RequestFactory().get("/").caller  # noqa: B018
