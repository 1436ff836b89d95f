"""Fixtures that every room shares."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

NODE = Path(__file__).parent / "strangers" / "node"


@pytest.fixture(scope="session")
def stranger() -> Callable[[str], str]:
    """``stranger("go")`` is the path of another project's program. Absent: a skip at home, a failure in CI."""

    def find(name: str) -> str:
        if (path := shutil.which(name)) is None:
            _absent(f"{name} is not installed")
        return str(path)

    return find


@pytest.fixture(scope="session")
def node_home(stranger: Callable[[str], str]) -> Path:
    """Where the ``node_modules`` of ``strangers/node`` are installed, once for each lock file."""
    npm, lock = stranger("npm"), NODE / "package-lock.json"
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "ringwall-tests"
    home = cache / f"node-{hashlib.sha256(lock.read_bytes()).hexdigest()[:16]}"
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if not (home / "installed").exists():
            for file in (lock, NODE / "package.json"):
                shutil.copy(file, home)
            command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
            done = subprocess.run(command, cwd=home, capture_output=True, text=True, timeout=300, check=False)
            if done.returncode != 0:
                _absent(f"npm ci failed: {done.stderr[-500:]}")
            (home / "installed").touch()
    return home


def _absent(message: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(f"{message}, and in CI it must be")
    pytest.skip(message)
