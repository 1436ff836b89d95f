"""Ringwall on Flask: ``guard = protect(app)`` closes every view that has no mark."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import flask
from pydantic import BaseModel
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response

from ringwall.current import Visit
from ringwall.errors import Denied, Invalid, Misconfigured, Unauthenticated, Unavailable
from ringwall.found_nothing import found_nothing
from ringwall.marks import allow, mark_of, public
from ringwall.on import me
from ringwall.on.answer import Answer
from ringwall.on.body import handed_in
from ringwall.on.guard import Guard
from ringwall.on.routes import PLACE
from ringwall.on.scope import KEY
from ringwall.on.wsgi import Gate
from ringwall.refusal import Refusal

__all__ = ["Guard", "allow", "body", "protect", "public"]

F = TypeVar("F", bound=Callable[..., Any])


def protect(app: flask.Flask, *, guard: Guard | None = None) -> Guard:
    """Close ``app`` and answer ``/login``, ``/callback``, ``/logout`` and ``/me`` in front of it.

    The guard is built from the nearest ``ringwall.toml`` unless one is given. Views, blueprints and hooks may be added
    before and after; no hook runs before the answer is yes. Raises ``Misconfigured`` when called twice.
    """
    if "full_dispatch_request" in vars(app):
        raise Misconfigured("the application is protected already")
    guard = guard or Guard.near(1)
    gate = Gate(app.wsgi_app, guard)
    app.wsgi_app = gate  # type: ignore[method-assign]
    app.extensions[PLACE] = guard
    doors = _Doors(app, guard, gate)
    app.full_dispatch_request = doors.dispatch  # type: ignore[method-assign]
    app.handle_user_exception = doors.handle  # type: ignore[method-assign, assignment]
    return guard


def body(model: type[BaseModel]) -> Callable[[F], F]:
    """See :func:`ringwall.on.body.handed_in`. Write it below ``@allow``."""
    return handed_in(model, lambda _args: (flask.request.content_type or "", flask.request.get_data()))


class _Doors:
    """Stands between Flask's routing and all that Flask would run next: signals, hooks, views, error handlers."""

    def __init__(self, app: flask.Flask, guard: Guard, gate: Gate) -> None:
        self._app = app
        self._guard = guard
        self._gate = gate
        self._dispatch = app.full_dispatch_request
        self._handle = app.handle_user_exception

    def dispatch(self, *context: Any) -> Any:
        """Decide, and only then dispatch. A refusal becomes the response here, so that teardown finds no error."""
        environ = flask.request.environ
        visit = environ.get(KEY)
        if not isinstance(visit, Visit) or visit.guard is not self._guard or visit.over:
            raise Misconfigured("a request reached a protected application around its gate")
        try:
            if (ours := self._meet(visit)) is not None:
                return ours
            return self._dispatch(*context)
        except Refusal as refusal:
            reply = self._gate.reply(visit, refusal, environ)
            visit.decided = True
            return _response(reply)

    def handle(self, *raised: Any) -> Any:
        """What a view or hook raised: our own family is a refusal; the rest is the application's to handle first."""
        error = raised[-1]
        visit = flask.request.environ[KEY]
        if isinstance(error, Denied):
            self._guard.refuse(visit, error, error.decision)
        if isinstance(error, Invalid | Unauthenticated | Unavailable):
            self._guard.refuse(visit, error)
        try:
            return self._handle(*raised)
        except Exception as unhandled:
            if found_nothing(unhandled) and not isinstance(unhandled, LookupError):
                self._guard.refuse(visit, Invalid("there is no such object", status=404))
            raise

    def _meet(self, visit: Visit) -> Response | None:
        request = flask.request
        if request.url_rule is None:
            return self._nowhere(visit, request.routing_exception)
        if request.method != visit.method:
            self._guard.refuse(visit, Invalid("a middleware changed the method after it was checked", status=405))
        mark = mark_of(self._app.view_functions.get(request.url_rule.endpoint), visit.method)
        visit.arguments = request.view_args or {}
        self._guard.knock(visit, mark)
        visit.live = mark is not None and mark.whole
        return None

    def _nowhere(self, visit: Visit, error: HTTPException | None) -> Response:  # noqa: RET503 - refuse() never returns
        if isinstance(error, RequestRedirect):
            visit.decided = True
            return _response(Answer(error.code or 308, (("location", error.new_url),), b""))
        status = error.code if error is not None and error.code else 404
        if status == 404 and visit.path == "/me" and visit.method in ("GET", "HEAD"):
            found = me.json_of(me.caller(visit))
            visit.decided = True
            return _response(Answer(200, (("content-type", "application/json"),), found))
        if status == 405:
            allowed = ", ".join(sorted(getattr(error, "valid_methods", None) or ()))
            self._guard.refuse(visit, Invalid("this address does not take that method", status=405), allow=allowed)
        self._guard.refuse(visit, Invalid("there is nothing at this address", status=status))


def _response(reply: Answer) -> Response:
    return Response(reply.body, reply.status, list(reply.headers))
