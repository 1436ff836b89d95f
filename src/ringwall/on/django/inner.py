"""The innermost middleware: what is asked right before a view runs, and right after it failed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest

from ringwall.on.django import arrival, doors

INNER = "ringwall.on.django.inner.Inner"


class Inner:
    """Sees that other middleware leaves the request as it was decided about, and that no error handler of the project
    answers in our place. The project does not name it: it comes with the gate."""

    sync_capable = async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self._get_response = get_response
        self.process_view: Any = self._look_again
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)
            self.process_view = self._look_again_waiting

    def __call__(self, request: HttpRequest) -> Any:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> None:
        """What a view raised: our own family is a refusal."""
        doors.refused(arrival.visit_of(request), error)

    def _look_again(self, request: HttpRequest, *_: Any) -> None:
        doors.must_keep_method(arrival.visit_of(request), request)

    async def _look_again_waiting(self, request: HttpRequest, *_: Any) -> None:
        self._look_again(request)
