"""Which service a local process is, by what the kernel says of it. Nothing that the process says counts."""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path

from ringwall.errors import Invalid
from ringwall.peers.identity import SpiffeId

Attestor = Callable[[int, int, int], str | None]
"""``(pid, uid, gid) -> service name``, or ``None`` when the process is nobody we know."""

RESERVED = "authority"
"""The name in our own certificate. Whoever was given it could stand in our place."""

_LARGEST = 256 * 1024


def by_user(services: Mapping[int, str]) -> Attestor:
    """Production: one user id per service. The kernel vouches for the user id alone, so no process can be confused."""
    table = dict(services)
    return lambda _pid, uid, _gid: table.get(uid)


def by_directory(root: Path, *, proc: Path = Path("/proc")) -> Attestor:
    """Development: a process of our own user is the service whose ``ringwall.toml`` is nearest above its directory.

    Only directories at or below ``root`` count; a service elsewhere belongs to another authority.
    """
    root = root.resolve()

    def attest(pid: int, uid: int, _gid: int) -> str | None:
        if uid != os.geteuid():
            return None
        started = _started(proc / str(pid))
        try:
            directory = (proc / str(pid) / "cwd").readlink()
        except OSError:
            return None
        # A process number can be given to another process while we look. The start time tells the two apart.
        if started is None or _started(proc / str(pid)) != started:
            return None
        return _service(directory, root, uid)

    return attest


def _started(process: Path) -> bytes | None:
    try:
        # The second field is the program's name in brackets and may hold anything; the 22nd is the start time.
        return (process / "stat").read_bytes().rpartition(b")")[2].split()[19]
    except (OSError, IndexError):
        return None


def _service(directory: Path, root: Path, uid: int) -> str | None:
    for candidate in (directory, *directory.parents):
        if not candidate.is_relative_to(root):
            return None
        file = candidate / "ringwall.toml"
        if file.exists():
            return _declared(file, uid)
    return None


def _declared(file: Path, uid: int) -> str | None:
    try:
        # Without O_NONBLOCK a named pipe of that name would hold us for ever.
        with os.fdopen(os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as opened:
            facts = os.fstat(opened.fileno())
            if not stat.S_ISREG(facts.st_mode) or facts.st_uid != uid or facts.st_size > _LARGEST:
                return None
            name = tomllib.loads(opened.read(_LARGEST).decode())["service"]["name"]
        if not isinstance(name, str) or "/" in name or name == RESERVED:
            return None
        SpiffeId.of("any", name)
    except (OSError, ValueError, KeyError, TypeError, Invalid):
        return None
    return name
