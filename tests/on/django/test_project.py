"""The guard of a Django project: found by its configuration, in tests, in the list of doors, under a server."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import include, path
from django.views import View
from rest_framework import viewsets
from rest_framework.routers import SimpleRouter

import ringwall.on.django
from ringwall.cli.run import _as_asgi
from ringwall.errors import Misconfigured, Unauthenticated
from ringwall.on.django import Guard, allow, public
from ringwall.on.django.body_limit import limited
from ringwall.on.django.project import guard_of_project
from ringwall.on.routes import guard_of

CONFIGURATION = '[service]\nname = "orders"\nlisten = ["internal"]\n\n[roles]\ncustomer = ["order:create"]\n'


@public
def health(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


@allow
def who(request: Any) -> HttpResponse:
    return HttpResponse(f"{request.caller.id} {ringwall.on.django.guard.caller.id}")


@allow("order:create")
def create(request: HttpRequest) -> HttpResponse:
    return HttpResponse("made")


class Mixed(View):
    @allow(role="manager")
    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse("x")

    def delete(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse("x")


class Things(viewsets.ViewSet):
    @allow
    def list(self, request: Any) -> HttpResponse:
        return HttpResponse("x")

    def create(self, request: Any) -> HttpResponse:
        return HttpResponse("x")


things = SimpleRouter()
things.register("things", Things, basename="thing")
URLS = [path("health", health), path("who", who), path("orders", create)]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Guard]:
    """A guard over the real layers."""
    (tmp_path / "ringwall.toml").write_text(CONFIGURATION)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("ringwall.on.django.project._made", [])
    guard = guard_of_project()
    yield guard
    guard.keeper.stop()


def test_the_guard_is_made_once_from_the_nearest_configuration(project: Guard) -> None:
    assert ringwall.on.django.guard is project
    assert project.settings.service.name == "orders"


def test_the_configuration_is_sought_from_the_module_of_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "ringwall.toml").write_text(CONFIGURATION.replace("orders", "elsewhere", 1))
    module = type(sys)("its_settings")
    module.__file__ = str(tmp_path / "site" / "settings.py")
    monkeypatch.setitem(sys.modules, "its_settings", module)
    monkeypatch.setattr("ringwall.on.django.project._made", [])
    with override_settings(SETTINGS_MODULE="its_settings"):
        guard = guard_of_project()
    assert guard.settings.service.name == "elsewhere"
    guard.keeper.stop()


def test_a_project_without_configuration_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("ringwall.on.django.project._made", [])
    with pytest.raises(Misconfigured, match=r"no ringwall\.toml"):
        guard_of_project()


def test_be_somebody(project: Guard, browser: Any, serve: Any, as_caller: Any) -> None:
    serve(*URLS)
    assert browser.get("/who").status_code == 401
    with as_caller("zed", roles=["customer"]):
        assert browser.get("/who").content == b"zed zed"
        assert browser.get("/orders").status_code == 200
    with as_caller("zed"):
        assert browser.get("/orders").status_code == 403
    with pytest.raises(Unauthenticated):
        project.caller  # noqa: B018


def test_a_real_token(project: Guard, browser: Any, serve: Any, authority: Any, clock: Any) -> None:
    serve(*URLS)
    token = {"authorization": f"Bearer {authority.token('ann', audience='orders', sid='s1')}"}
    assert browser.get("/who", token).content == b"ann ann"
    others = {"authorization": f"Bearer {authority.token('ann', audience='billing')}"}
    assert browser.get("/who", others).status_code == 401
    authority.revoke("sid", "s1")
    assert browser.get("/who", token).status_code == 401


def test_every_door_is_listed(guard: Guard, serve: Any, doors: Any) -> None:
    managers = allow(role="manager")(path("in/", include([path("unmarked", lambda request: HttpResponse())])))
    serve(*URLS, path("mixed/<int:number>", Mixed.as_view()), path("", include(things.urls)), managers)
    for app in (get_wsgi_application(), get_asgi_application()):
        found = [line.split(maxsplit=2) for line in doors(app).splitlines()]
        marks = {(methods, place): mark.rsplit("  ", 1)[0].strip() for methods, place, mark in found}
        assert marks == {
            ("*", "/health"): "public",
            ("*", "/who"): "signed in",
            ("*", "/orders"): "order:create",
            ("GET", "/mixed/<int:number>"): "role manager",
            ("DELETE,OPTIONS", "/mixed/<int:number>"): "closed",
            ("GET", "/^things/$"): "signed in",
            ("POST", "/^things/$"): "closed",
            ("*", "/in/unmarked"): "role manager",
        }
        assert guard_of(app) is guard
    assert "order:create" in guard.authorizer().actions


def test_both_kinds_of_application_run_under_our_server(guard: Guard, serve: Any) -> None:
    serve(*URLS)
    asynchronous = get_asgi_application()
    assert _as_asgi(asynchronous) is asynchronous
    assert type(_as_asgi(get_wsgi_application())).__name__ == "WSGIMiddleware"


def test_oversize_body_attack_under_asgi_is_413(make_guard: Any, serve: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("ringwall.on.django.project._made", [make_guard(body=100)])

    @public
    def read(request: HttpRequest) -> HttpResponse:
        return HttpResponse(str(len(request.body)))

    serve(path("read", read))
    for size, status in ((2, 200), (60, 413)):
        parts = [{"type": "http.request", "body": b"x" * size, "more_body": n < 4} for n in range(5)]
        assert asyncio.run(_asked(parts)) == status


async def _asked(parts: list[dict[str, Any]]) -> int:
    """The status of Django's own ASGI handler for a body that comes in parts, on a connection that stays."""
    sent: list[Any] = []
    waiting = list(parts)

    async def receive() -> Any:
        if not waiting:
            await asyncio.sleep(60)
        return waiting.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"host", b"testserver"), (b"content-type", b"application/octet-stream")]
    scope = {"type": "http", "method": "POST", "path": "/read", "query_string": b"", "headers": headers}
    await get_asgi_application()(scope, receive, send)
    return int(sent[0]["status"])


async def _no_wait(value: Any) -> Any:
    return value


@pytest.mark.parametrize("pieces", [[b"x" * 300], [b"x" * 60] * 5, [b"x" * 100, b"", b"x"]])
def test_oversize_body_attack_spools_no_more_than_the_limit(make_guard: Any, monkeypatch: Any, pieces: Any) -> None:
    monkeypatch.setattr("ringwall.on.django.project._made", [make_guard(body=100)])
    last = len(pieces) - 1
    sent = [{"type": "http.request", "body": body, "more_body": n < last} for n, body in enumerate(pieces)]
    messages = iter([*sent, {"type": "http.disconnect"}])
    got: list[Any] = []

    async def handle(_handler: Any, _scope: Any, receive: Any, _send: Any) -> None:
        while not got or got[-1].get("more_body"):
            got.append(await receive())
        got.append(await receive())

    asyncio.run(limited(handle)(None, {}, lambda: _no_wait(next(messages)), None))
    *body, end = got
    assert b"".join(message["body"] for message in body) == b"x" * 101
    assert end == {"type": "http.disconnect"}
