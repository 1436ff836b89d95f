"""One process per database file. SQLite before 3.51.3 can corrupt a write-ahead log that two connections write."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from ringwall.errors import Unavailable


class FileLock:
    """Held from construction to :meth:`release`, or to the death of the process. Raises ``Unavailable`` when taken."""

    def __init__(self, path: Path) -> None:
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        try:
            self._descriptor = os.open(path, flags, 0o600)
        except OSError as error:
            raise Unavailable(f"cannot create the lock {path}: {error.strerror}") from error
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.read(self._descriptor, 32).decode("ascii", "replace").strip() or "unknown"
            os.close(self._descriptor)
            raise Unavailable(
                f"{path.with_suffix('')} is in use by process {holder}",
                hint="stop that process first, or use another directory",
            ) from error
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, str(os.getpid()).encode(), 0)

    def release(self) -> None:
        os.close(self._descriptor)
