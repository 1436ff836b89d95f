"""The gate of a Django project: the outermost middleware, wherever ``MIDDLEWARE`` names it."""

from __future__ import annotations

import asyncio
import concurrent.futures
from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

from ringwall.current import Visit
from ringwall.errors import Misconfigured, RingwallError, Unauthenticated, Unavailable
from ringwall.guard import Guard
from ringwall.intake.headers import SecureHeaders
from ringwall.on.answer import Answer
from ringwall.on.django import arrival, departure, doors
from ringwall.on.django.inner import INNER
from ringwall.on.django.project import guard_of_project
from ringwall.on.entrance import DEADLINE, admitted, failed
from ringwall.refusal import Refusal

OUTER = "ringwall.on.django.Gate"


@sync_and_async_middleware
def Gate(get_response: Callable[[HttpRequest], Any]) -> SyncGate | AsyncGate:  # noqa: N802 - named as a middleware is
    """Proves who calls, has each view decided about before anything of it runs, and lets no response out that nobody
    has decided about. Raises ``Misconfigured`` where it would not be the outermost middleware."""
    if settings.MIDDLEWARE[0] != OUTER or settings.MIDDLEWARE[-1] != INNER:
        raise Misconfigured(
            "Ringwall's Gate does not stand around all other middleware",
            hint='INSTALLED_APPS += ["ringwall.on.django"] puts it there',
        )
    kind = AsyncGate if iscoroutinefunction(get_response) else SyncGate
    return kind(get_response, guard_of_project())


class _Gate:
    """What a gate does whether or not it runs on an event loop."""

    def __init__(self, get_response: Callable[[HttpRequest], Any], guard: Guard) -> None:
        self._get_response = get_response
        self._guard = guard
        self._headers = SecureHeaders(production=not guard.settings.development)
        self._login_paths = guard.endpoints.paths if guard.endpoints is not None else frozenset()

    def process_exception(self, request: HttpRequest, error: Exception) -> None:
        """What a view raised and no other middleware took."""
        doors.found_nothing_at(arrival.visit_of(request), error)

    def _left(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """What may leave. Raises :class:`~ringwall.refusal.Refusal` for what nobody decided about."""
        visit = arrival.visit_of(request)
        if visit.decided or doors.stands_open(visit, request):
            return response
        return departure.strained(visit, request, response)

    def _said(self, visit: Visit, refusal: Refusal, request: HttpRequest) -> HttpResponseBase:
        login = bool(self._login_paths)
        return departure.refused(refusal, request, login=login, development=visit.guard.settings.development)

    def _completed(self, visit: Visit, response: HttpResponseBase) -> HttpResponseBase:
        visit.end()
        return departure.with_headers(response, self._headers, private=visit.caller is not None)


class SyncGate(_Gate):
    """The gate under WSGI."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        visit = arrival.arrive(request, self._guard)
        try:
            if (wait := arrival.show(visit, request)) is not None:
                try:
                    admitted(visit, self._guard.keeper.submit(wait.find()).result(DEADLINE))
                except concurrent.futures.TimeoutError:
                    failed(visit, Unavailable("the proof of who calls could not be checked in time"))
                except (Unauthenticated, Unavailable) as error:
                    failed(visit, error)
            arrival.enter(visit, request)
            if visit.path in self._login_paths:
                response: HttpResponseBase = departure.spoken(self._login(visit, request), visit.method)
            else:
                response = self._left(request, self._get_response(request))
        except Refusal as raised:
            refusal = visit.refusal or raised
            try:
                if (recorded := self._guard.record(visit, refusal)) is not None:
                    recorded.result(DEADLINE)
            except (RingwallError, concurrent.futures.TimeoutError):
                refusal = Refusal(Unavailable("the audit log cannot be written"))
            response = self._said(visit, refusal, request)
        return self._completed(visit, response)

    def process_view(self, request: HttpRequest, view: Any, _args: Any, kwargs: dict[str, Any]) -> None:
        """Decide, as the first of all that Django runs once it knows the view."""
        doors.decide(arrival.visit_of(request), request, view, kwargs)

    def _login(self, visit: Visit, request: HttpRequest) -> Answer:
        assert self._guard.endpoints is not None
        asked = self._guard.endpoints.handle(arrival.web_request(visit, request))
        said = self._guard.keeper.submit(asked).result(DEADLINE)
        return Answer(said.status, said.headers, said.body)


class AsyncGate(_Gate):
    """The gate under ASGI."""

    def __init__(self, get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]], guard: Guard) -> None:
        super().__init__(get_response, guard)
        markcoroutinefunction(self)

    async def __call__(self, request: HttpRequest) -> HttpResponseBase:
        visit = arrival.arrive(request, self._guard)
        try:
            if (wait := arrival.show(visit, request)) is not None:
                try:
                    future = asyncio.wrap_future(self._guard.keeper.submit(wait.find()))
                    # Shielded: a renewal has spent its refresh token, and must be able to keep what it got for it.
                    admitted(visit, await asyncio.wait_for(asyncio.shield(future), DEADLINE))
                except TimeoutError:
                    failed(visit, Unavailable("the proof of who calls could not be checked in time"))
                except (Unauthenticated, Unavailable) as error:
                    failed(visit, error)
            arrival.enter(visit, request)
            if visit.path in self._login_paths:
                response: HttpResponseBase = departure.spoken(await self._login(visit, request), visit.method)
            else:
                response = self._left(request, await self._get_response(request))
        except Refusal as raised:
            refusal = visit.refusal or raised
            try:
                if (recorded := self._guard.record(visit, refusal)) is not None:
                    await asyncio.wait_for(asyncio.wrap_future(recorded), DEADLINE)
            except (RingwallError, TimeoutError):
                refusal = Refusal(Unavailable("the audit log cannot be written"))
            response = self._said(visit, refusal, request)
        return self._completed(visit, response)

    async def process_view(self, request: HttpRequest, view: Any, _args: Any, kwargs: dict[str, Any]) -> None:
        """Decide, as the first of all that Django runs once it knows the view."""
        await doors.wait(arrival.visit_of(request), request, view, kwargs)

    async def _login(self, visit: Visit, request: HttpRequest) -> Answer:
        assert self._guard.endpoints is not None
        said = await self._guard.endpoints.handle(arrival.web_request(visit, request))
        return Answer(said.status, said.headers, said.body)
