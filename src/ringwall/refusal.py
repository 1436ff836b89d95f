"""The signal that ends a request which may not go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ringwall.decision import Decision
    from ringwall.errors import RingwallError


class Refusal(BaseException):
    """Raised inside an application to take the request out of its hands. Only our gates raise and catch it.

    It derives from ``BaseException`` so that no error handler of the application answers in our place. ``cause`` is the
    family member that says why; ``decision`` is there when a rule was asked. ``allow`` lists the methods of a 405.
    """

    def __init__(self, cause: RingwallError, *, decision: Decision | None = None, allow: str = "") -> None:
        super().__init__(cause.message)
        self.cause = cause
        self.decision = decision
        self.allow = allow
