"""One transaction that waits for the writer, and the way its outcome travels back."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any


class Request:
    """A transaction, and the future of whoever waits for it.

    The outcome is only noted while the group is open; :func:`settle` tells it once the group is durable.
    """

    __slots__ = ("args", "error", "future", "kwargs", "result", "transaction")

    def __init__(
        self,
        transaction: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
        future: asyncio.Future[Any] | Future[Any],
    ) -> None:
        self.transaction = transaction
        self.args = args
        self.kwargs = kwargs
        self.future = future
        self.result: Any = None
        self.error: Exception | None = None

    def run(self, transaction: object) -> Any:
        return self.transaction(transaction, *self.args, **self.kwargs)

    def succeed(self, result: Any) -> None:
        self.result = result

    def fail(self, error: Exception) -> None:
        self.error = error

    def tell(self) -> None:
        if self.future.done():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


def settle(group: list[Request]) -> None:
    """Tell every outcome: threads at once, each event loop with one wake-up for all of its own."""
    loops: dict[asyncio.AbstractEventLoop, list[Request]] = {}
    for request in group:
        if isinstance(request.future, Future):
            request.tell()
        else:
            loops.setdefault(request.future.get_loop(), []).append(request)
    for loop, members in loops.items():
        # A loop that has closed has nobody left to tell.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(_tell, members)


def _tell(members: list[Request]) -> None:
    for request in members:
        request.tell()
