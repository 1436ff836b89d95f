"""A key ring on disk: one JSON file that only its owner can read, optionally wrapped under a passphrase.

``docs/sealing.md`` has the format. Losing this file loses everything that was sealed with it; back it up.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ringwall.errors import Misconfigured
from ringwall.sealing.keyring import DataKey, KeyRing
from ringwall.sealing.wrapping import unwrap, wrap
from ringwall.snapshot_file import write_atomically

FORMAT = "ringwall-keyring"
VERSION = 1

_BACKUP = "restore it from a backup; a new ring cannot open what the old one sealed"


class MissingKeyRing(Misconfigured):
    """There is no file at the ring's path."""


class KeyRingFile:
    """The ring of ``application`` in ``path``. With a ``passphrase`` the keys in the file are wrapped under it.

    Every method raises :class:`Misconfigured` for a file that others can read, that is damaged, that belongs to another
    application, or that the passphrase does not open.
    """

    def __init__(self, path: Path, application: str, *, passphrase: str | None = None) -> None:
        self.path = path
        self.application = application
        self._passphrase = passphrase
        self._seen: tuple[tuple[int, ...], KeyRing] | None = None

    def load(self) -> KeyRing:
        """The ring, read now."""
        with self._open() as descriptor:
            return self._parse(_read(descriptor))

    def current(self) -> KeyRing:
        """The ring; read again only when the file was replaced since. Costs one ``stat`` when it was not."""
        try:
            mark = _mark(self.path.stat())
        except FileNotFoundError:
            raise self._missing() from None
        # No lock: two threads that both read get equal rings, and one reference is swapped whole.
        if self._seen is None or self._seen[0] != mark:
            with self._open() as descriptor:
                self._seen = (_mark(os.fstat(descriptor)), self._parse(_read(descriptor)))
        return self._seen[1]

    def create(self, *, now: float) -> KeyRing:
        """Write a ring with one fresh key. Two processes that do so at once both get the same one."""
        with self._lock():
            if self.path.exists():
                return self.load()
            ring = KeyRing.new(self.application, now=now)
            self._write(ring)
            return ring

    def update(self, change: Callable[[KeyRing], KeyRing]) -> KeyRing:
        """Replace the ring by what ``change`` makes of it, while nobody else does: ``lambda r: r.renewed(now=…)``."""
        with self._lock():
            ring = change(self.load())
            self._write(ring)
            return ring

    def _write(self, ring: KeyRing) -> None:
        keys = [
            {
                "id": k.id.hex(),
                "state": k.state,
                "created": k.created,
                "material": base64.b64encode(k.material).decode(),
            }
            for k in ring.keys
        ]
        document: dict[str, Any] = {"format": FORMAT, "version": VERSION, "application": ring.application}
        if self._passphrase is None:
            document["keys"] = keys
        else:
            document["wrapped"] = wrap(json.dumps(keys).encode(), self._passphrase, ring.application)
        write_atomically(self.path, json.dumps(document, indent=2).encode() + b"\n")
        _sync(self.path.parent)

    def _parse(self, data: bytes) -> KeyRing:
        try:
            document = json.loads(data)
            if document["format"] != FORMAT or type(document["version"]) is not int:
                raise ValueError("another format")
            version, application = document["version"], document["application"]
        except (ValueError, KeyError, TypeError):
            raise Misconfigured(f"{self.path} is not a whole key ring", hint=_BACKUP) from None
        if version != VERSION:
            raise Misconfigured(f"{self.path} is of version {version}, and this is version {VERSION}")
        if application != self.application:
            raise Misconfigured(
                f"{self.path} is the key ring of {application!r}, not of {self.application!r}",
                hint="put the right key ring there, or correct [service] name",
            )
        try:
            ring = KeyRing(application, tuple(_key(entry) for entry in self._keys(document)))
        except (ValueError, KeyError, TypeError):
            raise Misconfigured(f"{self.path} holds a damaged key", hint=_BACKUP) from None
        return ring

    def _keys(self, document: dict[str, Any]) -> list[dict[str, Any]]:
        if "wrapped" not in document:
            keys: list[dict[str, Any]] = document["keys"]
            return keys
        if self._passphrase is None:
            raise Misconfigured(
                f"{self.path} is wrapped under a passphrase, and none was given",
                hint="set RINGWALL_KEYRING_PASSPHRASE",
            )
        unwrapped = unwrap(document["wrapped"], self._passphrase, self.application)
        if unwrapped is None:
            raise Misconfigured(f"the passphrase does not open {self.path}, or the file was changed")
        opened: list[dict[str, Any]] = json.loads(unwrapped)
        return opened

    @contextmanager
    def _open(self) -> Iterator[int]:
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            raise self._missing() from None
        except OSError as error:
            raise Misconfigured(f"{self.path} cannot be read: {error.strerror}") from error
        try:
            # The very file that is read is asked, not its name: there is no moment in between.
            if os.fstat(descriptor).st_mode & 0o077:
                raise Misconfigured(f"{self.path} can be read by others", hint=f"chmod 600 {self.path}")
            yield descriptor
        finally:
            os.close(descriptor)

    def _missing(self) -> MissingKeyRing:
        return MissingKeyRing(f"there is no key ring at {self.path}", hint=_BACKUP)

    @contextmanager
    def _lock(self) -> Iterator[None]:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(
            self.path.with_name(f"{self.path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
        )
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _key(entry: dict[str, Any]) -> DataKey:
    if entry["state"] not in ("active", "retired") or type(entry["created"]) is not int:
        raise ValueError("unknown state")
    key = DataKey(base64.b64decode(entry["material"], validate=True), entry["state"], entry["created"])
    if key.id.hex() != entry["id"]:
        raise ValueError("the id does not belong to the key")
    return key


def _mark(status: os.stat_result) -> tuple[int, ...]:
    return status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size


def _read(descriptor: int) -> bytes:
    with os.fdopen(os.dup(descriptor), "rb") as file:
        return file.read()


def _sync(directory: Path) -> None:
    """Make the replacement itself durable: a new key must outlive a power cut before anything is sealed under it."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
