"""The no to an answer about which nobody was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ringwall.decision import Decision

if TYPE_CHECKING:
    from ringwall.current import Visit


def nobody_asked(visit: Visit) -> Decision:
    """What is wrong: the door has no mark, or somebody answered before the mark's handler and its object were reached.

    The latter are middleware, hooks that return a response, and frameworks that answer ``OPTIONS`` themselves.
    """
    caller = str(visit.caller or "nobody")
    if (mark := visit.waiting) is not None:
        summary = "the application answered before the handler ran, so no object was decided about"
        return Decision(False, mark.asks, caller, visit.path, summary)
    remedy = "mark its handler @allow(…) or @public"
    return Decision(False, "route", caller, visit.path, "the route has no mark, so it is closed", remedy=remedy)
