"""Ringwall on Starlette: ``guard = protect(app)`` closes every route that has no mark."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import HTTPConnection

from ringwall.caller import Caller
from ringwall.current import Visit
from ringwall.errors import Misconfigured, Unauthenticated
from ringwall.marks import allow, public
from ringwall.on.asgi import Gate
from ringwall.on.doorway import Adapt, Doors
from ringwall.on.guard import Guard
from ringwall.on.routes import PLACE
from ringwall.on.scope import KEY

__all__ = ["Guard", "allow", "caller_of", "protect", "public"]


def protect(app: Starlette, *, guard: Guard | None = None) -> Guard:
    """Close ``app`` and answer ``/login``, ``/callback``, ``/logout`` and ``/me`` in front of it.

    The guard is built from the nearest ``ringwall.toml`` unless one is given. Routes, routers, mounts and middleware
    may be added before and after. Raises ``Misconfigured`` when the application has already started.
    """
    return close(app, guard or Guard.near(1))


def caller_of(connection: HTTPConnection) -> Caller:
    """Who sent this request. Raises ``Unauthenticated`` when nobody did."""
    visit = connection.scope.get(KEY)
    if not isinstance(visit, Visit) or visit.over:
        raise Unauthenticated("this request did not come through a guard")
    return visit.proven()


def close(app: Starlette, guard: Guard, adapt: Adapt | None = None) -> Guard:
    """Put the gate around the whole built stack of ``app``, so that middleware added later is inside it too."""
    if app.middleware_stack is not None:
        raise Misconfigured("protect(app) came after the application had started", hint="call it where app is made")
    if "build_middleware_stack" in vars(app):
        raise Misconfigured("the application is protected already")
    doors = Doors(guard, adapt)
    doors.watch(app.router)
    setattr(app.state, PLACE, guard)
    build = app.build_middleware_stack
    app.build_middleware_stack = lambda: Gate(build(), guard, doors.meet)  # type: ignore[method-assign]
    return guard
