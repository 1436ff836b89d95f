"""What is asked of the guard's policies."""

from __future__ import annotations

from typing import Any, NamedTuple

from ringwall.caller import Caller
from ringwall.policy.objects.context import NO_CONTEXT, Context


class Question(NamedTuple):
    """May this caller do this to that? ``resource`` is any object; ``None`` where only its type is known."""

    caller: Caller
    action: str
    resource: Any
    context: Context = NO_CONTEXT
