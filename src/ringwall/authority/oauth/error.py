"""OAuth's own way to say no (RFC 6749 section 5.2)."""

from __future__ import annotations

from ringwall.errors import RingwallError


class OAuthError(RingwallError):
    """``code`` is the registered error code, ``description`` what the developer at the other end should do.

    ``actor`` and ``facts`` are for the audit log: who asked, as far as it was known, and what for.
    """

    def __init__(self, code: str, description: str, *, status: int = 400) -> None:
        super().__init__(f"{code}: {description}")
        self.code = code
        self.description = description
        self.status = status
        self.actor = ""
        self.facts: dict[str, str] = {}


class InvalidClient(OAuthError):
    """The client did not prove itself. An answer of 401 with ``WWW-Authenticate``."""

    def __init__(self, description: str) -> None:
        super().__init__("invalid_client", description, status=401)


class InvalidToken(OAuthError):
    """A bearer token that does not hold (RFC 6750 section 3.1). An answer of 401 with ``WWW-Authenticate``."""

    def __init__(self, description: str) -> None:
        super().__init__("invalid_token", description, status=401)
