"""One family of exceptions. Each carries facts as attributes, and speaks in two lines: what is wrong, and the way out.

No message ever contains a secret value. ``str(error)`` is one line; ``error.hint`` is the second, or empty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ringwall.decision import Decision


class RingwallError(Exception):
    """The base of everything Ringwall raises.

    ``message`` is lower case, without a full stop; ``hint`` says what to do about it, in the same voice.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def render(self) -> str:
        """The two lines that a terminal shows: ``error: …`` and, when there is one, ``hint: …``."""
        return f"error: {self.message}" + (f"\nhint: {self.hint}" if self.hint else "")


class Misconfigured(RingwallError):
    """The configuration, or how the program uses us, cannot be right. ``where`` is ``file:line`` when it is known."""

    def __init__(self, message: str, *, hint: str = "", where: str = "") -> None:
        super().__init__(f"{where}: {message}" if where else message, hint=hint)
        self.where = where


class MissingExtra(Misconfigured, ImportError):
    """An optional package is needed and absent. An ``ImportError`` too, and one line: the last of a traceback."""

    def __init__(self, extra: str, *, package: str) -> None:
        super().__init__(f'{package} is not installed; the extra {extra} brings it: pip install "ringwall[{extra}]"')
        self.extra = extra
        self.name = package


class Unauthenticated(RingwallError):
    """Nobody proved who they are, or the proof did not hold. An answer of 401.

    ``code`` is the error code of RFC 6750 section 3.1 (``invalid_token``, ``invalid_request``), or empty when no
    credentials came at all. ``message`` is for the operator; the outside sees only ``code``.
    """

    def __init__(self, message: str, *, code: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.code = code


class Denied(RingwallError):
    """The caller is known and may not. An answer of 403, with the decision that says why."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(decision.summary)
        self.decision = decision


class Invalid(RingwallError):
    """What came in cannot be accepted. ``status`` is the HTTP status that says so best (400, 413, 422, 431 …)."""

    def __init__(self, message: str, *, status: int = 400, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.status = status


class Unavailable(RingwallError):
    """Something that we depend on cannot answer now. An answer of 503; ``retry_after`` is in seconds."""

    def __init__(self, message: str, *, retry_after: float = 1.0, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class Tampered(RingwallError):
    """Stored bytes are not what we stored: a moved or changed ciphertext, a broken chain, a forged snapshot."""
