"""An attempt that has been started, and its form in a cookie of its own: the browser can neither read nor change it.

The cookie is base64url of a 12-byte nonce and AES-256-GCM over JSON. Its associated data is the cookie's own name,
which tells service and state; so no attempt stands in for another, nor another service's for ours.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
from dataclasses import InitVar, asdict, dataclass, field
from typing import Final

from ringwall.login.refusal import LoginRefused
from ringwall.login.step import STEP, only_from_before

LIFETIME: Final = 600.0
"""How long an attempt stays open, in seconds."""

_PURPOSE = b"ringwall login attempt 1\0"
_MAX_COOKIE = 4096


@dataclass(frozen=True, slots=True)
class Pending:
    """What must be remembered until the browser comes back. Only ``start`` makes one.

    ``login`` is the provider's name with us, empty for our own authority. ``next`` is where the browser goes
    afterwards: a path of this site. ``started`` is in seconds since 1970.
    """

    login: str
    issuer: str
    client_id: str
    redirect_uri: str
    next: str
    started: float
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    step: InitVar[object] = None

    def __post_init__(self, step: object) -> None:
        only_from_before(self, step)


def seal_pending(pending: Pending, key: bytes, name: str) -> str:
    """The value of the cookie called ``name``."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(12)
    sealed = AESGCM(key).encrypt(nonce, json.dumps(asdict(pending)).encode(), _PURPOSE + name.encode())
    return base64.urlsafe_b64encode(nonce + sealed).rstrip(b"=").decode()


def open_pending(value: str, key: bytes, name: str) -> Pending:
    """The attempt in the cookie called ``name``. Raises ``LoginRefused``: the bytes are not what we sealed."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        if len(value) > _MAX_COOKIE:
            raise ValueError("too long")
        raw = base64.b64decode(value.encode("ascii") + b"=" * (-len(value) % 4), b"-_", validate=True)
        opened = AESGCM(key).decrypt(raw[:12], raw[12:], _PURPOSE + name.encode())
    except (InvalidTag, ValueError, binascii.Error) as error:
        raise LoginRefused("the attempt's cookie was changed, or is not ours", code="no_attempt") from error
    return Pending(**json.loads(opened), step=STEP)
