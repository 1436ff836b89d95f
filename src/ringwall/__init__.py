"""Ringwall: every layer of microservice security, closed by default.

The seven nouns, and the base class for what comes in. Each name is loaded when it is first asked for, so importing the
package costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module

from ringwall import extras

TYPE_CHECKING = False  # as typing has it, without the cost of importing typing
if TYPE_CHECKING:
    from typing import Any

    from ringwall.caller import Caller as Caller
    from ringwall.decision import Decision as Decision
    from ringwall.guard import Guard as Guard
    from ringwall.intake.strict import Strict as Strict
    from ringwall.peers.peer import Peer as Peer
    from ringwall.policy.policy import Rule as Rule
    from ringwall.sealing.sealed import Sealed as Sealed
    from ringwall.secret import Secret as Secret

__version__ = "0.1.0"

_HOME = {
    "Caller": "ringwall.caller",
    "Decision": "ringwall.decision",
    "Guard": "ringwall.guard",
    "Peer": "ringwall.peers.peer",
    "Rule": "ringwall.policy.policy",
    "Sealed": "ringwall.sealing.sealed",
    "Secret": "ringwall.secret",
    "Strict": "ringwall.intake.strict",
}

__all__ = ["Caller", "Decision", "Guard", "Peer", "Rule", "Sealed", "Secret", "Strict"]

extras.install()


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
