"""``@body(NewOrder)`` on Django."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import BaseModel

from ringwall.on.body import handed_in

F = TypeVar("F", bound=Callable[..., Any])


def body(model: type[BaseModel]) -> Callable[[F], F]:
    """See :func:`ringwall.on.body.handed_in`. Write it below ``@allow``."""
    return handed_in(model, _sent)


def _sent(args: tuple[Any, ...]) -> tuple[str, bytes]:
    # A view takes the request first; a method of a class of views takes it after itself.
    request = next(argument for argument in args if hasattr(argument, "META"))
    return request.META.get("CONTENT_TYPE") or "", request.body
