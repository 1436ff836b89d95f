"""The two cookies of a service, session and attempt: their names and their ``Set-Cookie`` text (RFC 6265bis)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cookies:
    """Cookies of one service. ``secure`` is always on in production.

    Then every name has the prefix ``__Host-``: only this very host can have set them, and only over https, so a sibling
    subdomain cannot plant an attempt or a session. Development has no prefix, and a name for each service because
    ports of one host share their cookies.
    """

    service: str
    secure: bool

    @property
    def session(self) -> str:
        """The name of the session's cookie."""
        return f"{'__Host-' if self.secure else ''}ringwall-{self.service}"

    def attempt(self, state: str) -> str:
        """The name of one attempt's cookie: each attempt has its own, so tabs do not overwrite each other."""
        return f"{self.attempts}{hashlib.sha256(state.encode()).hexdigest()[:16]}"

    @property
    def attempts(self) -> str:
        """What the names of all attempts' cookies begin with."""
        return f"{self.session}-login-"

    def set_session(self, value: str) -> str:
        """It has no ``Max-Age``: the browser forgets it when it closes, and the server decides before that."""
        return self._text(self.session, value, "/")

    def set_attempt(self, name: str, value: str, lifetime: float) -> str:
        return f"{self._text(name, value, self._attempt_path)}; Max-Age={lifetime:.0f}"

    def clear_session(self) -> str:
        return f"{self._text(self.session, '', '/')}; Max-Age=0"

    def clear_attempt(self, name: str) -> str:
        return f"{self._text(name, '', self._attempt_path)}; Max-Age=0"

    @property
    def _attempt_path(self) -> str:
        # "__Host-" demands Path=/. Without it the cookie travels no further than it must.
        return "/" if self.secure else "/callback"

    def _text(self, name: str, value: str, path: str) -> str:
        return f"{name}={value}; Path={path}; HttpOnly; SameSite=Lax{'; Secure' if self.secure else ''}"
