"""Keys at rest: everything secret in the authority's database is sealed under one root key.

The root key is 256 random bits in a file that only its owner may read. With a passphrase, the file holds it wrapped
under a key that argon2id (RFC 9106) makes of the passphrase. Each purpose has a key of its own (HKDF-SHA256, RFC 5869),
so a sealed value that is moved to another place does not open there.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ringwall.errors import Misconfigured, Tampered

_NONCE = 12
_WRAPPING = b"ringwall root key 1"
_ARGON2 = {"time_cost": 3, "memory_cost": 65536, "parallelism": 1}


class Seal:
    """Seals and opens bytes under a root key (32 bytes)."""

    def __init__(self, root: bytes) -> None:
        if len(root) != 32:
            raise Misconfigured("a root key has 32 bytes")
        self._root = root

    @classmethod
    def create(cls, path: Path, passphrase: str | None = None) -> Seal:
        """A new root key, kept at ``path`` (mode 0600). Raises ``FileExistsError`` rather than replace one."""
        root = secrets.token_bytes(32)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump({"root": _text(root)} if passphrase is None else _wrap(root, passphrase), file)
            file.flush()
            os.fsync(file.fileno())
        return cls(root)

    @classmethod
    def load(cls, path: Path, passphrase: str | None = None) -> Seal:
        """The root key kept at ``path``.

        Raises ``Misconfigured`` when the file is missing, readable by others, needs another passphrase, or stands open
        although there is one.
        """
        try:
            if path.stat().st_mode & 0o077:
                raise Misconfigured(f"{path} can be read by others", hint=f"chmod 600 {path}")
            kept = json.loads(path.read_text())
            if "root" in kept:
                if passphrase is not None:
                    raise Misconfigured(
                        f"{path} stands open: the passphrase came after it was made, and locks nothing",
                        hint="begin with a fresh state directory, or leave RINGWALL_PASSPHRASE out",
                    )
                return cls(_bytes(kept["root"]))
            if passphrase is None:
                raise Misconfigured(f"{path} is locked with a passphrase", hint="set RINGWALL_PASSPHRASE")
            return cls(_unwrap(kept, passphrase))
        except InvalidTag:
            raise Misconfigured(f"the passphrase does not open {path}", hint="check RINGWALL_PASSPHRASE") from None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise Misconfigured(
                f"cannot read the root key {path}: {error}", hint="restore it from its backup"
            ) from error

    def seal(self, data: bytes, purpose: str) -> bytes:
        """Encrypt ``data`` so that it opens only for the same ``purpose`` (AES-256-GCM, random 96-bit nonce)."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._cipher(purpose).encrypt(nonce, data, None)

    def open(self, sealed: bytes, purpose: str) -> bytes:
        """What was sealed. Raises ``Tampered`` when it was changed, or sealed for another purpose or root key."""
        try:
            return self._cipher(purpose).decrypt(sealed[:_NONCE], sealed[_NONCE:], None)
        except (InvalidTag, ValueError) as error:
            raise Tampered(
                f"the sealed {purpose} does not open", hint="the root key is another one, or the database was changed"
            ) from error

    def key(self, purpose: str) -> bytes:
        """32 bytes that only this root key gives for ``purpose``."""
        return HKDF(SHA256(), 32, None, b"ringwall seal 1\x00" + purpose.encode()).derive(self._root)

    def _cipher(self, purpose: str) -> AESGCM:
        return AESGCM(self.key(purpose))


def _wrap(root: bytes, passphrase: str) -> dict[str, object]:
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(_NONCE)
    wrapped = nonce + AESGCM(_stretch(passphrase, salt, **_ARGON2)).encrypt(nonce, root, _WRAPPING)
    return {"kdf": "argon2id", "salt": _text(salt), **_ARGON2, "wrapped": _text(wrapped)}


def _unwrap(kept: dict[str, str], passphrase: str) -> bytes:
    costs = {name: int(kept[name]) for name in _ARGON2}
    wrapped = _bytes(kept["wrapped"])
    cipher = AESGCM(_stretch(passphrase, _bytes(kept["salt"]), **costs))
    return cipher.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], _WRAPPING)


def _stretch(passphrase: str, salt: bytes, *, time_cost: int, memory_cost: int, parallelism: int) -> bytes:
    from argon2.low_level import Type, hash_secret_raw

    return hash_secret_raw(passphrase.encode(), salt, time_cost, memory_cost, parallelism, 32, Type.ID)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
