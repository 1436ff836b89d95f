"""A handler under its mark."""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any

from ringwall import current
from ringwall.errors import Misconfigured
from ringwall.object_argument import ObjectArgument

if TYPE_CHECKING:
    from ringwall.marks import Mark


def marked(mark: Mark, view: Any) -> Any:
    """``view`` as it runs under ``mark``: of the same kind (function, coroutine, generator), asked about first, and
    with the caller at hand while it runs. Raises ``Misconfigured`` when the object of the mark cannot be found.
    """
    if mark.on is not None and (inspect.isgeneratorfunction(view) or inspect.isasyncgenfunction(view)):
        raise Misconfigured(
            f"{view.__qualname__} is a generator, and frameworks answer before they ask it for anything",
            hint="decide in a handler that returns the stream",
        )
    resolve = ObjectArgument(mark, view) if mark.on is not None else None

    def enter(kwargs: dict[str, Any]) -> current.Visit:
        visit = current.entered()
        if resolve is None:
            if visit.mark is not mark:
                visit.guard.grant(visit, mark)
        elif not resolve.hand_in_loaded(visit, kwargs):
            visit.guard.grant(visit, mark, resolve.sync(visit, kwargs))
        return visit

    async def enter_waiting(kwargs: dict[str, Any]) -> current.Visit:
        visit = current.entered()
        if resolve is None:
            if visit.mark is not mark:
                await visit.guard.grant_waiting(visit, mark)
        elif not resolve.hand_in_loaded(visit, kwargs):
            await visit.guard.grant_waiting(visit, mark, await resolve.wait(visit, kwargs))
        return visit

    wrapper: Any
    if inspect.isasyncgenfunction(view):

        @functools.wraps(view)
        async def streaming(*args: Any, **kwargs: Any) -> Any:
            with _Live(await enter_waiting(kwargs)):
                async for item in view(*args, **kwargs):
                    yield item

        wrapper = streaming

    elif inspect.iscoroutinefunction(view):

        @functools.wraps(view)
        async def waiting(*args: Any, **kwargs: Any) -> Any:
            with _Live(await enter_waiting(kwargs)):
                return await view(*args, **kwargs)

        wrapper = waiting

    elif inspect.isgeneratorfunction(view):

        @functools.wraps(view)
        def generating(*args: Any, **kwargs: Any) -> Any:
            with _Live(enter(kwargs)):
                return (yield from view(*args, **kwargs))

        wrapper = generating

    else:

        @functools.wraps(view)
        def calling(*args: Any, **kwargs: Any) -> Any:
            with _Live(enter(kwargs)):
                return view(*args, **kwargs)

        wrapper = calling

    if resolve is not None and resolve.signature is not None:
        wrapper.__signature__ = resolve.signature
    return wrapper


class _Live:
    """Makes a visit live while its handler runs. A handler that calls another marked one stays live after it."""

    __slots__ = ("_before", "_visit")

    def __init__(self, visit: current.Visit) -> None:
        self._visit = visit

    def __enter__(self) -> None:
        self._before = self._visit.live
        self._visit.live = True

    def __exit__(self, *raised: object) -> None:
        self._visit.live = self._before
