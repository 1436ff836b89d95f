"""Whose request this is.

The truth is one :class:`Visit` in the ASGI scope or WSGI environ of its own request. The context variable here is a
convenience for code that was handed neither. It is overwritten on entry of every request, also when nobody calls,
because a server may start the next request of a connection inside the context of the last one. And it is only ever read
while the visit is live: from just before the handler that a mark let in, until that handler is done.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ringwall.errors import RingwallError, Unauthenticated

if TYPE_CHECKING:
    from ringwall.caller import Caller
    from ringwall.guard import Guard
    from ringwall.marks import Mark
    from ringwall.policy.objects.witness import Witness
    from ringwall.refusal import Refusal


class Visit:
    """One request on its way through a guard.

    ``caller`` is who was proven, or nobody; ``failure`` is why a proof did not hold, and is raised where somebody is
    required. ``bearer`` is the access token that goes along when the request is carried on to a peer. ``mark`` is the
    mark under which the request was let in; ``waiting`` is one that still waits for its object. Nothing may be answered
    before ``decided``. ``arguments`` are the values in the path. ``loaded`` is the object that a gate has loaded and
    decided about already, with its mark, until its handler takes it. ``witness`` is what the last decision was about.
    """

    # Defaults on the class, because a request sets few of them and each assignment is paid for by every request.
    caller: Caller | None = None
    bearer: str | None = None
    failure: RingwallError | None = None
    mark: Mark | None = None
    waiting: Mark | None = None
    refusal: Refusal | None = None
    arguments: Mapping[str, Any] = MappingProxyType({})
    loaded: tuple[Mark, Any] | None = None
    witness: Witness | None = None
    decided = False
    live = False
    over = False

    def __init__(self, guard: Guard, method: str = "", path: str = "", client: str = "") -> None:
        self.guard = guard
        self.method = method
        self.path = path
        self.client = client

    def proven(self) -> Caller:
        """The caller. Raises why there is none: ``Unauthenticated``, or what kept a proof from being checked."""
        if self.caller is None:
            raise self.failure or Unauthenticated("nobody has signed in")
        return self.caller

    def end(self) -> None:
        """The request is answered: whatever still holds the visit can no longer act with it."""
        self.live = False
        self.over = True


VISIT: ContextVar[Visit | None] = ContextVar("ringwall_visit", default=None)


def visit() -> Visit:
    """The visit whose handler is running. Raises ``Unauthenticated`` when there is none."""
    found = VISIT.get()
    if found is None or not found.live:
        raise Unauthenticated(
            "no caller is at hand here",
            hint="use it inside a handler marked @allow or @public, or say guard.as_self() for the service's own work",
        )
    return found


def entered() -> Visit:
    """The visit that a marked handler is about to serve. Raises ``Unauthenticated`` outside a request."""
    found = VISIT.get()
    if found is None or found.over:
        raise Unauthenticated(
            "a marked handler was called outside a request",
            hint="in a test, go through the framework's test client, inside as_caller(…)",
        )
    return found
