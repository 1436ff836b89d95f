"""The mark that speaks for a view of a Django project."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import Resolver404, URLPattern, URLResolver, get_resolver

from ringwall.marks import Mark, mark_of


def mark_at(resolver: URLResolver, path: str, view: Any, method: str) -> Mark | None:
    """The mark of ``view``, to which ``path`` leads, or else the one of the nearest ``path(…)`` that was marked as a
    whole on the way there; ``None``: then it is closed."""
    mark = mark_of_view(view, method)
    if mark is None:
        for step in _way(resolver, path):
            mark = mark_of(step) or mark
    return mark


def mark_of_view(view: Any, method: str) -> Mark | None:
    """The mark that stands on a view function or class, or on the method of a class that answers to ``method``."""
    mark = mark_of(view, method)
    handlers = getattr(view, "cls", None)
    if mark is not None or handlers is None:
        return mark
    # Django REST framework: a viewset maps methods of HTTP to handlers of other names.
    actions = getattr(view, "actions", None) or {}
    name = actions.get(method.lower()) or (actions.get("get") if method == "HEAD" else None)
    return mark_of(handlers, method) or mark_of(getattr(handlers, name or "", None), method)


def methods_of(view: Any) -> list[str]:
    """The methods that a class of handlers answers to; none for a function, which takes any."""
    handlers = getattr(view, "view_class", None) or getattr(view, "cls", None)
    if handlers is None:
        return []
    names = getattr(view, "actions", None) or [name for name in handlers.http_method_names if hasattr(handlers, name)]
    return sorted({name.upper() for name in names} | ({"HEAD"} if "get" in names else set()))


def views() -> Iterator[tuple[str, Any, Mark | None]]:
    """Every view of the project: its address as it is written, the view, and the mark of a ``path(…)`` around it."""
    return _below(get_resolver(), "/", None)


def _below(resolver: URLResolver, prefix: str, whole: Mark | None) -> Iterator[tuple[str, Any, Mark | None]]:
    for pattern in resolver.url_patterns:
        place, mark = f"{prefix}{pattern.pattern}", mark_of(pattern) or whole
        if isinstance(pattern, URLResolver):
            yield from _below(pattern, place, mark)
        else:
            yield place, pattern.callback, mark


def _way(resolver: URLResolver, path: str) -> Iterator[URLPattern | URLResolver]:
    """The patterns that lead to what ``path`` resolves to, outermost first: the first one that resolves, at each level,
    as in Django's own ``URLResolver.resolve``."""
    pattern: URLPattern | URLResolver = resolver
    while isinstance(pattern, URLResolver):
        matched = pattern.pattern.match(path)
        if not matched:
            return
        path = matched[0]
        found = next((inner for inner in pattern.url_patterns if _resolves(inner, path)), None)
        if found is None:
            return
        yield found
        pattern = found


def _resolves(pattern: URLPattern | URLResolver, path: str) -> bool:
    try:
        return bool(pattern.resolve(path))
    except Resolver404:
        return False
