"""``@public`` and ``@allow``: what a handler asks of its caller, written on the handler itself."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar, overload

from ringwall.errors import Misconfigured


class Way(Protocol):
    """An entry of a routing table, such as Django's ``path(…)``: a mark on it speaks for all that lies behind."""

    def resolve(self, path: str) -> Any: ...


F = TypeVar("F", bound=Callable[..., Any] | Way)
Loader = Callable[..., Any]

_ATTRIBUTE = "__ringwall_mark__"
_SIGNED_IN, _ROLE = "signed-in", "role:"
"""What a mark without an action asks for; anyone signed in may the first, so no action is called like it."""


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """What must hold before a handler runs.

    ``on`` names the handler's parameter that holds the object, or is the function that loads it. ``whole`` says that
    the mark stands on a class or an ASGI application, so that it has no function around which to be live.
    """

    action: str = ""
    role: str = ""
    on: str | Loader | None = None
    public: bool = False
    whole: bool = False

    @property
    def asks(self) -> str:
        """The action that is asked: the mark's own, or a name for what it asks for instead."""
        return self.action or (f"{_ROLE}{self.role}" if self.role else _SIGNED_IN)

    def __str__(self) -> str:
        if self.public:
            return "public"
        asked = [self.action] if self.action else []
        if self.on is not None:
            asked.append(f"on {self.on if isinstance(self.on, str) else getattr(self.on, '__name__', 'object')}")
        if self.role:
            asked.append(f"role {self.role}")
        return " ".join(asked) or "signed in"


def public(handler: F) -> F:
    """Let anyone in, also nobody. Works on functions, classes of handlers, ASGI applications that are mounted, and
    Django's ``path(…)``."""
    marked: F = _put(Mark(public=True), handler)
    return marked


@overload
def allow(handler: F, /) -> F: ...
@overload
def allow(action: str, /, *, role: str = "", on: str | Loader | None = None) -> Callable[[F], F]: ...
@overload
def allow(*, role: str) -> Callable[[F], F]: ...
def allow(asked: Any = "", /, *, role: str = "", on: str | Loader | None = None) -> Any:
    """Let in whoever is signed in; with ``action``, whom the rules permit it; with ``role``, who holds it too.

    ``on`` makes the action one on an object: the name of the handler's parameter that holds it, or a function that
    loads it from the values in the path and has it handed in. Raises ``Misconfigured`` where the mark cannot work.
    """
    if not isinstance(asked, str):
        return _put(Mark(), asked)
    if on is not None and not asked:
        raise Misconfigured("@allow(on=…) names no action", hint='for example @allow("order:read", on="order")')
    if asked == _SIGNED_IN or asked.startswith(_ROLE):
        raise Misconfigured(f"the action {asked} is called like a mark without one", hint="give it another name")
    return functools.partial(_put, Mark(action=asked, role=role, on=on))


def mark_of(endpoint: Any, method: str = "GET") -> Mark | None:
    """The mark that speaks for ``endpoint`` when it is called with ``method``, or ``None``: then it is closed.

    Looks through partials, bound methods, ``functools.wraps`` and classes of handlers. A class does not inherit a mark:
    what a subclass adds, nobody has decided about.
    """
    for _ in range(64):
        if endpoint is None:
            return None
        if (mark := _own(endpoint)) is not None:
            return mark
        if isinstance(endpoint, type):
            endpoint = _method(endpoint, method)
        elif isinstance(endpoint, functools.partial):
            endpoint = endpoint.func
        else:
            endpoint = (
                getattr(endpoint, "__func__", None)
                or getattr(endpoint, "view_class", None)
                or getattr(endpoint, "__wrapped__", None)
                or (None if inspect.isroutine(endpoint) else _own_call(type(endpoint)))
            )
    return None


def _own(endpoint: Any) -> Mark | None:
    found = getattr(endpoint, "__dict__", {}).get(_ATTRIBUTE)
    # A bound method shows the attributes of its function; both mean the same mark.
    return found if isinstance(found, Mark) else None


def _method(handlers: type, method: str) -> Any:
    names = ("head", "get") if method == "HEAD" else (method.lower(),)
    return next((found for name in names if (found := getattr(handlers, name, None)) is not None), None)


def _own_call(kind: type) -> Any:
    marked = _own(kind)
    return kind if marked is not None else vars(kind).get("__call__")


def _put(mark: Mark, handler: Any) -> Any:
    if isinstance(handler, staticmethod | classmethod | property):
        raise Misconfigured(f"a mark stands above @{type(handler).__name__}", hint="write the mark below it")
    if mark_of(handler) is not None and not isinstance(handler, type):
        raise Misconfigured(
            f"{name_of(handler)} has two marks", hint='one is enough: @allow("order:read", role="staff")'
        )
    if inspect.isfunction(handler):
        from ringwall.marked import marked

        wrapper = marked(mark, handler)
        setattr(wrapper, _ATTRIBUTE, mark)
        return wrapper
    if mark.on is not None:
        raise Misconfigured(f"on= needs a function, and {name_of(handler)} is none", hint="mark its methods instead")
    try:
        setattr(handler, _ATTRIBUTE, replace(mark, whole=True))
    except (AttributeError, TypeError) as error:
        raise Misconfigured(f"{name_of(handler)} cannot carry a mark") from error
    return handler


def name_of(thing: Any) -> str:
    """What a person calls a handler."""
    return str(getattr(thing, "__qualname__", None) or type(thing).__name__)
