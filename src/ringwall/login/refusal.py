"""Why a login attempt ended."""

from __future__ import annotations

from ringwall.errors import Invalid


class LoginRefused(Invalid):
    """A login attempt ends here, and no session comes of it.

    ``message`` is for the operator. ``code`` is one stable word that tests and pages can rest on: ``invalid_request``,
    ``no_attempt``, ``expired``, ``state``, ``issuer``, ``replay``, ``access_denied``, ``provider``, ``token`` or
    ``foreign``.
    """

    def __init__(self, message: str, *, code: str = "invalid_request", status: int = 400) -> None:
        super().__init__(message, status=status)
        self.code = code
