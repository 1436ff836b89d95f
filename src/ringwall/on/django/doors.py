"""Where Django's routing arrives at a view: decided here, before view middleware, decorators and the view."""

from __future__ import annotations

import functools
import inspect
from typing import Any

from asgiref.sync import async_to_sync, iscoroutinefunction, sync_to_async
from django.http import Http404, HttpRequest
from django.urls import Resolver404, get_resolver

from ringwall.current import Visit
from ringwall.errors import Denied, Invalid, Unauthenticated, Unavailable
from ringwall.found_nothing import found_nothing
from ringwall.marks import Mark
from ringwall.on.django.view_mark import mark_at, methods_of


def decide(visit: Visit, request: HttpRequest, view: Any, kwargs: dict[str, Any]) -> None:
    """Let the request in, or raise :class:`~ringwall.refusal.Refusal`. The object of an ``on=`` mark is loaded here."""
    mark = _knock(visit, request, view, kwargs)
    if mark is None:
        return
    load = mark.on
    if iscoroutinefunction(load):
        load = async_to_sync(load)
    _grant(visit, mark, load, kwargs)


async def wait(visit: Visit, request: HttpRequest, view: Any, kwargs: dict[str, Any]) -> None:
    """The same on an event loop. A loader that does not wait runs in Django's thread, where it may use the ORM; so does
    the decision, which may read related rows."""
    mark = _knock(visit, request, view, kwargs)
    if mark is None:
        return
    load = mark.on
    if iscoroutinefunction(load):
        load = async_to_sync(load)
    await sync_to_async(_grant, thread_sensitive=True)(visit, mark, load, kwargs)


def stands_open(visit: Visit, request: HttpRequest) -> bool:
    """Whether a middleware answered, in place of a view, at an address that is marked ``@public``."""
    if visit.refusal is not None:
        return False
    resolver = get_resolver(getattr(request, "urlconf", None))
    try:
        match = resolver.resolve(request.path_info)
    except Resolver404:
        return False
    mark = mark_at(resolver, request.path_info, match.func, visit.method)
    return mark is not None and mark.public


def must_keep_method(visit: Visit, request: HttpRequest) -> None:
    """Raises :class:`~ringwall.refusal.Refusal` where another method would run than the one that was checked."""
    if request.method != visit.method:
        visit.guard.refuse(visit, Invalid("a middleware changed the method after it was checked", status=405))


def refused(visit: Visit, error: Exception) -> None:
    """What a view raised, before anybody else sees it. Raises :class:`~ringwall.refusal.Refusal` for our own family."""
    if isinstance(error, Denied):
        visit.guard.refuse(visit, error, error.decision)
    if isinstance(error, Invalid | Unauthenticated | Unavailable):
        visit.guard.refuse(visit, error)


def found_nothing_at(visit: Visit, error: Exception) -> None:
    """What a view raised and nobody took. Raises :class:`~ringwall.refusal.Refusal` where there is no such object."""
    if found_nothing(error) and not isinstance(error, LookupError | Http404):
        visit.guard.refuse(visit, Invalid("there is no such object", status=404))


def _knock(visit: Visit, request: HttpRequest, view: Any, kwargs: dict[str, Any]) -> Mark | None:
    """Decide what needs no object. A mark is returned whose object is still to be loaded, from what is in the path."""
    must_keep_method(visit, request)
    resolver = get_resolver(getattr(request, "urlconf", None))
    mark = mark_at(resolver, request.path_info, view, visit.method)
    if mark is None and (methods := methods_of(view)) and visit.method not in methods:
        said = Invalid("this address does not take that method", status=405)
        visit.guard.refuse(visit, said, allow=", ".join(methods))
    visit.arguments = kwargs
    visit.guard.knock(visit, mark)
    assert mark is not None
    visit.live = mark.whole
    needed = {mark.on} if isinstance(mark.on, str) else _needed(mark.on) if mark.on is not None else None
    # What a decorator of the view hands in is not there yet: then the handler itself asks.
    return mark if needed is not None and needed <= kwargs.keys() else None


def _grant(visit: Visit, mark: Mark, load: Any, kwargs: dict[str, Any]) -> None:
    if isinstance(load, str):
        found = kwargs[load]
    else:
        try:
            found = load(**{name: kwargs[name] for name in _taken(mark.on) if name in kwargs})
        except Exception as error:
            visit.guard.not_found(visit, mark, error)
            raise
    if found is None:
        visit.guard.not_found(visit, mark, LookupError("the loader found nothing"))
    visit.guard.grant(visit, mark, found)
    visit.loaded = (mark, found)


def _needed(load: Any) -> set[str]:
    return {name for name, optional in _taken(load).items() if not optional}


@functools.lru_cache(maxsize=4096)
def _taken(load: Any) -> dict[str, bool]:
    """The parameters of a loader, and whether it can do without each."""
    parameters = inspect.signature(load).parameters
    return {name: parameter.default is not parameter.empty for name, parameter in parameters.items()}
