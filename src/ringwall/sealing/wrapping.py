"""Wrapping the keys of a ring under a passphrase: Argon2id (RFC 9106), then AES-256-GCM."""

from __future__ import annotations

import base64
import json
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from ringwall.sealing.place import fields

# RFC 9106 section 4, the second recommendation. It is paid once, when the ring is read.
_ITERATIONS, _LANES, _MEMORY_KIB = 3, 4, 65536
# A file asks for its own cost; one that asks for more than this is damaged or hostile.
_MOST_ITERATIONS, _MOST_LANES, _MOST_MEMORY_KIB = 16, 16, 1 << 20


def wrap(data: bytes, passphrase: str, application: str) -> dict[str, Any]:
    """``data`` under ``passphrase``, as an object for JSON. The cost of the derivation is written beside it."""
    costs = {"kdf": "argon2id", "iterations": _ITERATIONS, "lanes": _LANES, "memory_kib": _MEMORY_KIB}
    salt, nonce = os.urandom(16), os.urandom(12)
    sealed = AESGCM(_key(passphrase, salt, costs)).encrypt(nonce, data, _associated(application, costs))
    return costs | {"salt": _text(salt), "nonce": _text(nonce), "keys": _text(sealed)}


def unwrap(wrapped: dict[str, Any], passphrase: str, application: str) -> bytes | None:
    """The data, or ``None`` when the passphrase is another or the object was changed.

    Raises ``ValueError``, ``KeyError`` or ``TypeError`` for an object of another shape.
    """
    costs = {name: wrapped[name] for name in ("kdf", "iterations", "lanes", "memory_kib")}
    if costs["kdf"] != "argon2id" or not (
        1 <= costs["iterations"] <= _MOST_ITERATIONS
        and 1 <= costs["lanes"] <= _MOST_LANES
        and 8 * costs["lanes"] <= costs["memory_kib"] <= _MOST_MEMORY_KIB
    ):
        raise ValueError("a derivation of an unknown kind or cost")
    salt, nonce, sealed = (base64.b64decode(wrapped[name], validate=True) for name in ("salt", "nonce", "keys"))
    try:
        return AESGCM(_key(passphrase, salt, costs)).decrypt(nonce, sealed, _associated(application, costs))
    except InvalidTag:
        return None


def _key(passphrase: str, salt: bytes, costs: dict[str, Any]) -> bytes:
    return Argon2id(
        salt=salt,
        length=32,
        iterations=costs["iterations"],
        lanes=costs["lanes"],
        memory_cost=costs["memory_kib"],
    ).derive(passphrase.encode())


def _associated(application: str, costs: dict[str, Any]) -> bytes:
    return fields((b"ringwall keyring", application.encode(), json.dumps(costs, sort_keys=True).encode()))


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
