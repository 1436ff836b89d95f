"""Sessions of other providers' people, ended by our own authority's feed."""

from __future__ import annotations

from ringwall.caller import Caller
from ringwall.errors import Unavailable
from ringwall.keeper import Snapshot
from ringwall.settings import Settings
from ringwall.tokens.revocation import Cutoffs


class Logouts:
    """Answers whether a session is over. Where there is no authority of ours at all, none ever is before its time."""

    def __init__(self, settings: Settings, cutoffs: Snapshot[Cutoffs]) -> None:
        self._settings = settings
        self._cutoffs = cutoffs

    def __call__(self, caller: Caller, since: float) -> bool:
        """Whether the session that ``caller`` began at ``since`` is over. Raises ``Unavailable`` for a stale feed."""
        try:
            self._settings.authority_address()
        except Unavailable:
            return False
        return self._cutoffs.current().is_over(caller.id, caller.session, since)
