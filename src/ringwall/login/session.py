"""A browser's session: an opaque id outside, a sealed record inside. The browser never sees a token.

The id is 256 random bits in 43 characters; stores know its SHA-256 only. The record is AES-256-GCM over JSON with the
hashed id as associated data, so a record moved to another id does not open.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from typing import Any

from ringwall.caller import Caller
from ringwall.errors import Tampered

_ID = re.compile(r"[A-Za-z0-9_-]{43}")
_PURPOSE = b"ringwall session 1\0"


@dataclass(frozen=True, slots=True)
class Identity:
    """What another provider's ID token told of a person: what ``ringwall.toml`` maps, and nothing else."""

    issuer: str
    sid: str
    roles: tuple[str, ...]
    attributes: dict[str, Any]

    @classmethod
    def of(cls, caller: Caller) -> Identity:
        return cls(caller.issuer, caller.session, tuple(sorted(caller.roles)), dict(caller.attributes))

    def caller(self, person: str) -> Caller:
        """The caller whose id is ``person``, proven by this session."""
        attributes = {name: tuple(value) if type(value) is list else value for name, value in self.attributes.items()}
        return Caller(
            id=person,
            roles=frozenset(self.roles),
            attributes=MappingProxyType(attributes),
            proof="session",
            issuer=self.issuer,
            session=self.sid,
        )


@dataclass(frozen=True, slots=True)
class Session:
    """What a session holds. Times are seconds since 1970, infinite for never.

    ``login`` is the provider's name, empty for our own authority; ``person`` is the caller's id. For our own authority
    the access token says on every request what the caller may claim, and ``identity`` is ``None``; for another it is
    ``identity`` that says so. ``due`` is when to renew, ``expires`` when the proof ends without that.
    """

    login: str
    person: str
    created: float
    due: float
    expires: float
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    id_token: str = field(repr=False)
    identity: Identity | None = None


@dataclass(frozen=True, slots=True)
class Present:
    """A session that holds: the caller, and the access token to exchange when a peer is called for them.

    The token is empty for another provider's person.
    """

    caller: Caller
    access_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Renewal:
    """A session that must be renewed before it can say who the caller is. ``key`` is its hashed id."""

    key: bytes


def new_id() -> str:
    """A fresh session id, for the cookie and nowhere else."""
    return secrets.token_urlsafe(32)


def key_of(session_id: str | None) -> bytes | None:
    """The 32-byte key that stores know a session by; ``None`` for what cannot be an id, which then costs no lookup."""
    if session_id is None or not _ID.fullmatch(session_id):
        return None
    return hashlib.sha256(session_id.encode()).digest()


def seal_session(session: Session, secret_key: bytes, key: bytes) -> bytes:
    """The record to store under ``key``."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(12)
    return nonce + AESGCM(secret_key).encrypt(nonce, json.dumps(asdict(session)).encode(), _PURPOSE + key)


def open_session(sealed: bytes, secret_key: bytes, key: bytes) -> Session:
    """The session in a record. Raises ``Tampered``."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        facts = json.loads(AESGCM(secret_key).decrypt(sealed[:12], sealed[12:], _PURPOSE + key))
    except (InvalidTag, ValueError) as error:
        raise Tampered("a session's record was changed, moved, or sealed under another key") from error
    identity = facts.pop("identity")
    return Session(**facts, identity=None if identity is None else Identity(**identity))
