"""Every door of an application, from the framework's real router: what ``ringwall routes`` and ``doors`` show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ringwall.errors import Misconfigured
from ringwall.guard import Guard
from ringwall.marks import Mark, mark_of
from ringwall.on.asked_class import asked_class

PLACE = "ringwall"
"""Where an application keeps its guard: Starlette in its ``state``, Flask among its ``extensions``."""

_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE")


@dataclass(frozen=True, slots=True, order=True)
class Door:
    """One way in. ``methods`` is text such as ``GET`` or ``WEBSOCKET``; ``mark`` is what it asks for, or ``closed``."""

    path: str
    methods: str
    mark: str
    handler: str

    @property
    def closed(self) -> bool:
        return self.mark == "closed"


_Way = tuple[Door, Mark | None, Any]


def doors_of(app: Any) -> list[Door]:
    """All doors of a Starlette, FastAPI, Flask or Django application, sorted. Raises ``TypeError`` for any other."""
    return sorted(door for door, *_ in _ways(app))


def guard_of(app: Any) -> Guard:
    """The guard that protects ``app``, once it knows the marks of all doors. Raises ``Misconfigured`` without one."""
    guard = getattr(app, "extensions", {}).get(PLACE) or getattr(getattr(app, "state", None), PLACE, None)
    if guard is None and is_django(app):
        from ringwall.on.django import guard
    if guard is None:
        raise Misconfigured("the application is not protected", hint="guard = protect(app)")
    found: Guard = guard
    for _, mark, _ in _ways(app):
        if mark is not None:
            found.learn(mark)
    return found


def asked_of(app: Any) -> dict[str, list[type]]:
    """The classes of the objects that marks ask about, by action, as far as annotations say."""
    found: dict[str, list[type]] = {}
    for _, mark, handler in _ways(app):
        kind = asked_class(mark, handler) if mark is not None else None
        if mark is not None and kind is not None and kind not in found.setdefault(mark.asks, []):
            found[mark.asks].append(kind)
    return found


def _ways(app: Any) -> Iterator[_Way]:
    if hasattr(app, "url_map") and hasattr(app, "view_functions"):
        return _flask(app)
    if hasattr(app, "routes"):
        return _starlette(app, "", None)
    if is_django(app):
        return _django()
    raise TypeError(f"{type(app).__name__} is no application that can be walked")


def is_django(app: Any) -> bool:
    """Whether ``app`` is what Django's ``get_wsgi_application`` or ``get_asgi_application`` gives."""
    return hasattr(app, "load_middleware") and hasattr(app, "resolve_request")


def table(doors: list[Door]) -> str:
    """The doors as aligned text, one line each, that changes only when a door does."""
    rows = [(door.methods, door.path, door.mark, door.handler) for door in doors]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
    lines = (
        "  ".join([*(text.ljust(width) for text, width in zip(row, widths, strict=False)), row[3]]) for row in rows
    )
    return "".join(f"{line.rstrip()}\n" for line in lines)


def unwrapped_mount(router: Any, endpoint: Any) -> Any:
    """What a mount's own ``middleware=`` wraps, when ``endpoint`` is such a stack; else ``endpoint`` itself."""
    for route in _routes(getattr(router, "routes", ())):
        if getattr(route, "app", None) is endpoint and hasattr(route, "_base_app"):
            return route._base_app
        inner = getattr(route, "_base_app", getattr(route, "app", None))
        if hasattr(inner, "routes") and inner is not router:
            found = unwrapped_mount(inner, endpoint)
            if found is not endpoint:
                return found
    return endpoint


def _starlette(router: Any, prefix: str, whole: Mark | None) -> Iterator[_Way]:
    yield from _frontends(getattr(router, "router", router), prefix)
    for route in _routes(router.routes):
        path = prefix + (getattr(route, "path", None) or getattr(route, "host", "") or "")
        app = getattr(route, "_base_app", getattr(route, "app", None))
        endpoint = getattr(route, "endpoint", None)
        if endpoint is not None:
            kind = None if hasattr(route, "methods") else "WEBSOCKET"
            yield from _endpoint(path, endpoint, [kind] if kind else _methods(route, endpoint), whole)
        else:
            mark = mark_of(app) or mark_of(getattr(route, "app", None)) or whole
            if hasattr(app, "routes"):
                yield from _starlette(app, path, mark)
            else:
                yield Door(f"{path}/*", "*", str(mark or "closed"), _name(app)), mark, app


def _routes(routes: Any) -> Iterator[Any]:
    """The routes, with FastAPI's lazily included routers opened up."""
    if not any(type(route).__name__ == "_IncludedRouter" for route in routes):
        yield from routes
        return
    from fastapi.routing import iter_route_contexts

    for context in iter_route_contexts(routes):
        yield getattr(context, "_effective_route")  # noqa: B009 - the context hides what it does not know


def _frontends(router: Any, prefix: str) -> Iterator[_Way]:
    """FastAPI's frontends: directories that it serves where no route matches. They have no endpoint to carry a mark."""
    for candidate in getattr(router, "_iter_low_priority_routes", lambda: ())():
        group = getattr(candidate, "original_route", candidate)
        for frontend in getattr(group, "routes", ()):
            place = f"{prefix}{getattr(candidate, 'frontend_prefix', '')}{frontend.path}"
            yield Door(f"{place.rstrip('/')}/*", "GET,HEAD", "closed", _name(frontend.app)), None, frontend.app


def _methods(route: Any, endpoint: Any) -> list[str]:
    if route.methods:
        return sorted(route.methods)
    if isinstance(endpoint, type):
        return [method for method in _METHODS if hasattr(endpoint, method.lower())]
    return ["*"]


def _endpoint(
    path: str,
    endpoint: Any,
    methods: list[str],
    whole: Mark | None,
    find: Callable[[Any, str], Mark | None] = mark_of,
) -> Iterator[_Way]:
    by_mark: dict[str, tuple[Mark | None, list[str]]] = {}
    for method in methods:
        mark = find(endpoint, method) or whole
        by_mark.setdefault(str(mark or "closed"), (mark, []))[1].append(method)
    for text, (mark, together) in by_mark.items():
        shown = [method for method in together if not (method == "HEAD" and "GET" in together)]
        yield Door(path, ",".join(shown), text, _name(endpoint)), mark, endpoint


def _flask(app: Any) -> Iterator[_Way]:
    for rule in app.url_map.iter_rules():
        view = app.view_functions.get(rule.endpoint)
        methods = sorted((rule.methods or set()) - {"OPTIONS"}) or ["OPTIONS"]
        yield from _endpoint(str(rule), view, methods, None)


def _django() -> Iterator[_Way]:
    from ringwall.on.django.view_mark import mark_of_view, methods_of, views

    for path, view, whole in views():
        yield from _endpoint(path, view, methods_of(view) or ["*"], whole, mark_of_view)


def _name(thing: Any) -> str:
    kind = thing if hasattr(thing, "__qualname__") else type(thing)
    return f"{kind.__module__}.{kind.__qualname__}"
