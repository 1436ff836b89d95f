"""Where routing arrives at an endpoint, and where the outcome of a handler leaves a router."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.routing import Router

from ringwall.current import Visit
from ringwall.errors import Denied, Invalid, Misconfigured, Unauthenticated, Unavailable
from ringwall.found_nothing import found_nothing
from ringwall.guard import Guard
from ringwall.marks import Mark, mark_of
from ringwall.on.asgi import App, Receive, Scope, Send
from ringwall.on.me import me
from ringwall.on.routes import unwrapped_mount
from ringwall.on.scope import KEY, GuardedScope

Adapt = Callable[[dict[Any, Any]], None]

_REMEMBERED = 4096
_NO_ARGUMENTS: MappingProxyType[str, Any] = MappingProxyType({})


class Doors:
    """Knows what each endpoint asks for. ``adapt`` may replace exception handlers of the framework by ours."""

    def __init__(self, guard: Guard, adapt: Adapt | None) -> None:
        self._guard = guard
        self._adapt = adapt
        self._known: dict[tuple[int, str], tuple[Any, Mark | None, Router | None]] = {}

    def meet(self, visit: Visit, endpoint: Any, scope: GuardedScope) -> None:
        """Decide about an endpoint that is about to run. One that only routes further decides nothing."""
        method = scope.get("method", "GET")
        if method != visit.method:
            visit.guard.refuse(visit, Invalid("a middleware changed the method after it was checked", status=405))
        known = self._known.get((id(endpoint), method))
        if known is None:
            known = self._look(endpoint, method, scope)
        _, mark, router = known
        if mark is not None:
            visit.arguments = scope.get("path_params") or _NO_ARGUMENTS
            self._guard.knock(visit, mark)
            visit.live = mark.whole
        elif router is not None:
            self.watch(router)
        elif visit.mark is None or not visit.mark.whole:
            # Below an application that was marked as a whole, its mark speaks for what has none of its own.
            self._guard.knock(visit, None)

    def watch(self, router: Router) -> None:
        """Stand at the innermost place of ``router``, behind all middleware, so that none can lead around us."""
        if isinstance(router.middleware_stack, Doorway):
            return
        router.middleware_stack = Doorway(router.middleware_stack, self)
        if getattr(router.default, "__func__", None) is Router.not_found:
            router.default = self._nothing_here

    def adapt(self, scope: Scope) -> None:
        """See that the framework's own answers to a 405 and to invalid fields are ours. Once for each application."""
        handlers, by_status = scope.get("starlette.exception_handlers", ({}, {405: None}))
        if 405 not in by_status:
            by_status[405] = _method_not_allowed
            if self._adapt is not None:
                self._adapt(handlers)

    def visit(self, scope: Scope) -> Visit:
        """The visit of a request. Raises ``Misconfigured`` for one that did not come through this guard's gate."""
        visit = scope.get(KEY)
        if not isinstance(visit, Visit) or visit.guard is not self._guard or visit.over:
            raise Misconfigured("a request reached a protected router around its gate")
        return visit

    def _look(self, endpoint: Any, method: str, scope: GuardedScope) -> tuple[Any, Mark | None, Router | None]:
        mark = mark_of(endpoint, method)
        router = None
        if mark is None and endpoint is not None:
            app = unwrapped_mount(scope.get("router"), endpoint)
            router = app if isinstance(app, Router) else app.router if isinstance(app, Starlette) else None
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        # The endpoint is kept beside its id, so that no other object can come to have that id.
        self._known[id(endpoint), method] = found = (endpoint, mark, router)
        return found

    async def _nothing_here(self, scope: Scope, _: Receive, send: Send) -> None:
        visit = self.visit(scope)
        if scope["type"] == "http" and scope["path"] == "/me" and visit.method in ("GET", "HEAD"):
            await me(visit, send)
            return
        self._guard.refuse(visit, Invalid("there is nothing at this address", status=404))


class Doorway:
    """Wraps what a router does. Middleware that copied the scope has lost our eyes on it: here they are put back."""

    def __init__(self, inner: App, doors: Doors) -> None:
        self._inner = inner
        self._doors = doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._inner(scope, receive, send)
            return
        visit = self._doors.visit(scope)
        if type(scope) is not GuardedScope:
            scope = GuardedScope(scope, visit, self._doors.meet)
        self._doors.adapt(scope)
        try:
            await self._inner(scope, receive, send)
        except Denied as error:
            visit.guard.refuse(visit, error, error.decision)
        except (Invalid, Unauthenticated, Unavailable) as error:
            visit.guard.refuse(visit, error)
        except Exception as error:
            if visit.waiting is not None:
                visit.guard.not_found(visit, visit.waiting, error)
            elif found_nothing(error) and not isinstance(error, LookupError):
                visit.guard.refuse(visit, Invalid("there is no such object", status=404))
            raise


def _method_not_allowed(request: Request, error: Exception) -> Any:
    visit = _visit_of(request)
    allow = (error.headers or {}).get("Allow", "") if isinstance(error, HTTPException) else ""
    visit.guard.refuse(visit, Invalid("this address does not take that method", status=405), allow=allow)


def _visit_of(connection: HTTPConnection) -> Visit:
    visit: Visit = connection.scope[KEY]
    return visit
