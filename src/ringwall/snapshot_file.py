"""A snapshot on disk: encrypted and authenticated, replaced atomically, dated.

Layout: ``RWS1``, a 12-byte nonce, then AES-256-GCM over an 8-byte big-endian time (milliseconds) and the value. The
associated data is the snapshot's name, so one snapshot cannot stand in for another. The key is a 0600 file beside them:
who can read the key can read the snapshots, and who cannot can neither read nor forge one.
"""

from __future__ import annotations

import os
import re
import struct
from pathlib import Path

from ringwall.errors import Misconfigured, Tampered

MAGIC = b"RWS1"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")


class SnapshotFile:
    """One named snapshot in ``directory``."""

    def __init__(self, directory: Path, name: str) -> None:
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} cannot be the name of a snapshot")
        self.path = directory / f"{name}.snapshot"
        self._name = name
        self._directory = directory

    def write(self, data: bytes, confirmed: float) -> None:
        """Replace the snapshot. Raises ``OSError``; the old one then stays."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = os.urandom(12)
        body = struct.pack(">Q", int(confirmed * 1000)) + data
        write_atomically(self.path, MAGIC + nonce + AESGCM(self._key()).encrypt(nonce, body, self._name.encode()))

    def read(self) -> tuple[bytes, float] | None:
        """The value and when it was confirmed, or ``None`` when nothing was saved. Raises ``Tampered``."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            raw = self.path.read_bytes()
        except FileNotFoundError:
            return None
        if raw[:4] != MAGIC or len(raw) < 4 + 12 + 16 + 8:
            raise Tampered(f"{self.path.name} is not a snapshot")
        try:
            body = AESGCM(self._key()).decrypt(raw[4:16], raw[16:], self._name.encode())
        except InvalidTag as error:
            raise Tampered(f"{self.path.name} was changed, or belongs to another key") from error
        return body[8:], struct.unpack(">Q", body[:8])[0] / 1000

    def _key(self) -> bytes:
        return key_file(self._directory / "snapshot.key")


def key_file(path: Path) -> bytes:
    """The 32 random bytes in ``path``, made on first use. Raises ``Misconfigured`` when others can read the file."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    if not path.exists():
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(os.urandom(32))
                file.flush()
                os.fsync(file.fileno())
            # Linking never replaces: when two processes start at once, both go on with the one key that got there.
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    if path.stat().st_mode & 0o077:
        raise Misconfigured(f"{path} can be read by others", hint=f"chmod 600 {path}")
    key = path.read_bytes()
    if len(key) != 32:
        raise Misconfigured(f"{path} does not hold a key of 32 bytes", hint="remove it to start with a new one")
    return key


def write_atomically(path: Path, data: bytes) -> None:
    """Replace ``path`` by a 0600 file with ``data``, so that a reader sees the old bytes or the new, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
