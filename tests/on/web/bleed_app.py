"""The application of the identity bleed test. It says whom it takes its caller for, in three ways, and a control.

The control is the textbook form, a context variable that is set and reset around the request only when somebody is
signed in. It shows which servers start a request inside the context of the one before.
"""

from __future__ import annotations

from contextvars import ContextVar
from pathlib import Path
from typing import Any

import fastapi
import flask

from ringwall.caller import Caller
from ringwall.errors import Unauthenticated
from ringwall.keeper import Keeper
from ringwall.on import fastapi as on_fastapi
from ringwall.on import flask as on_flask
from ringwall.on.guard import Guard
from ringwall.parts import Admitted, Credentials, Parts
from ringwall.policy.authorizer import Authorizer
from ringwall.secret import Secret
from ringwall.settings import Service, Settings

CONTROL: ContextVar[str] = ContextVar("control", default="")


class Admission:
    def admit(self, credentials: Credentials) -> Admitted | None:
        name = credentials.bearer
        return Admitted(Caller(name, proof="bearer"), name) if name else None


class Recorder:
    def decision(self, decision: Any, caller: Any, request: Any) -> None:
        return None


def make_guard() -> Guard:
    settings = Settings(Path("ringwall.toml"), "development", Service("orders"))
    return Guard(
        Parts(settings, Admission(), Authorizer(), Recorder(), Keeper(), None, Secret, str, str)  # type: ignore[arg-type]
    )


def who(guard: Guard) -> str:
    try:
        return guard.caller.id
    except Unauthenticated:
        return ""


api = fastapi.FastAPI()
guard = on_fastapi.protect(api, guard=make_guard())


@api.post("/who")
@on_fastapi.public
async def who_after_the_body(request: fastapi.Request) -> dict[str, str]:
    await request.body()
    return {"who": who(guard), "scope": _id(request.scope["ringwall"].caller), "control": CONTROL.get()}


@api.post("/sync")
@on_fastapi.public
def who_in_a_thread(request: fastapi.Request) -> dict[str, str]:
    return {"who": who(guard), "scope": _id(request.scope["ringwall"].caller), "control": CONTROL.get()}


@api.post("/mine")
@on_fastapi.allow
async def mine(caller: on_fastapi.Caller) -> dict[str, str]:
    return {"who": who(guard), "scope": caller.id, "control": CONTROL.get()}


async def asgi(scope: Any, receive: Any, send: Any) -> None:
    name = dict(scope.get("headers", ())).get(b"authorization", b"").decode()
    if not name:
        await api(scope, receive, send)
        return
    token = CONTROL.set(name)
    try:
        await api(scope, receive, send)
    finally:
        CONTROL.reset(token)


wsgi = flask.Flask(__name__)
wsgi_guard = on_flask.protect(wsgi, guard=make_guard())


@wsgi.post("/who")
@on_flask.public
def who_on_flask() -> dict[str, str]:
    flask.request.get_data()
    found = flask.request.environ["ringwall"].caller
    return {"who": who(wsgi_guard), "scope": _id(found), "control": ""}


wsgi.add_url_rule("/sync", "sync", who_on_flask, methods=["POST"])


@wsgi.post("/mine")
@on_flask.allow
def mine_on_flask() -> dict[str, str]:
    return {"who": wsgi_guard.caller.id, "scope": wsgi_guard.caller.id, "control": ""}


def _id(caller: Caller | None) -> str:
    return caller.id if caller is not None else ""
