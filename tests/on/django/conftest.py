"""One Django project for all tests here. Each test has a guard over fakes, and urls of its own."""

from __future__ import annotations

import asyncio
import itertools
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

import django
import pytest
from django.conf import settings
from django.db import connections
from django.test import AsyncClient, Client, override_settings
from psycopg.conninfo import conninfo_to_dict
from tests.on.web.conftest import guard, make_guard, ran, recorder  # noqa: F401 - fixtures

from ringwall.on.django.project_guard import Guard

if not settings.configured:
    settings.configure(
        ALLOWED_HOSTS=["testserver", "localhost", "127.0.0.1"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=[
            *("django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.messages"),
            *("django.contrib.sessions", "django.contrib.staticfiles", "rest_framework", "ringwall.on.django"),
        ],
        MIDDLEWARE=["django.middleware.common.CommonMiddleware", "ringwall.on.django.Gate"],
        ROOT_URLCONF="tests.on.django.conftest",
        SECRET_KEY="for tests",
        STATIC_URL="static/",
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
        USE_TZ=True,
    )
    django.setup()

urlpatterns: list[Any] = []
_numbers = itertools.count()


class Browser:
    """Django's test clients, under WSGI and under ASGI, with one face."""

    def __init__(self, *, asynchronous: bool) -> None:
        self.asynchronous = asynchronous
        self._client: Any = (AsyncClient if asynchronous else Client)(raise_request_exception=False)

    def open(self, method: str, path: str, headers: dict[str, str] | None = None, **keywords: Any) -> Any:
        answer = self._client.generic(method, path, headers=headers, **keywords)
        return asyncio.run(_awaited(answer)) if self.asynchronous else answer

    def get(self, path: str, headers: dict[str, str] | None = None) -> Any:
        return self.open("GET", path, headers)


async def _awaited(answer: Any) -> Any:
    return await answer


@pytest.fixture(autouse=True)
def in_the_project(guard: Guard, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setattr("ringwall.on.django.project._made", [guard])


@pytest.fixture
def serve() -> Iterator[Callable[..., None]]:
    """``serve(path(…), …, MIDDLEWARE=[…])``: these are the urls now, and those the settings."""
    changed = []

    def change(*patterns: Any, **others: Any) -> None:
        module = types.ModuleType(f"urls{next(_numbers)}")
        module.urlpatterns = list(patterns)  # type: ignore[attr-defined]
        sys.modules[module.__name__] = module
        changed.append(override_settings(ROOT_URLCONF=module.__name__, **others))
        changed[-1].enable()

    yield change
    for one in reversed(changed):
        one.disable()


@pytest.fixture(params=[False, True], ids=["wsgi", "asgi"])
def browser(request: pytest.FixtureRequest) -> Browser:
    return Browser(asynchronous=request.param)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def alias(request: pytest.FixtureRequest) -> Iterator[str]:
    """The alias of an empty database, on SQLite and on PostgreSQL."""
    name = "default"
    if request.param == "postgresql":
        name, known = "postgres", conninfo_to_dict(request.getfixturevalue("postgres"))
        place = {"HOST": known["host"], "NAME": known["dbname"], "USER": known["user"]}
        configured = {"default": {}, name: {"ENGINE": "django.db.backends.postgresql", **place}}
        connections.databases[name] = connections.configure_settings(configured)[name]
    yield name
    connections[name].close()
