"""Fixtures that every room shares."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings
from tests.postgres import postgres  # noqa: F401 - a fixture

# At home every run looks at other examples. In CI they are the same each time, and no example is judged by the clock.
settings.register_profile("home", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "home")

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


class Transcript:
    """A conversation with the command line, word for word, out of a text file.

    ``--- name`` writes the lines below it to the file of that name. ``$ ringwall …``, with variables of the environment
    before it, is a command; what it prints stands below, ``! `` before each line of the error stream, and ``exit N``
    ends it. ``…`` stands for any text within a line, and a line ``…`` for any lines.
    """

    def __init__(self, file: Path) -> None:
        self._text = file.read_text(encoding="utf-8")

    def replay(self, directory: Path) -> None:
        """Run every command in ``directory``, and hold what it says against the file."""
        for part in re.split(r"^(?=--- |\$ )", self._text, flags=re.MULTILINE):
            head, _, rest = part.partition("\n")
            if head.startswith("--- "):
                file = directory / head[4:]
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(rest, encoding="utf-8")
            elif head:
                said = self._said(head[2:], directory)
                assert re.fullmatch(_pattern(rest), said), f"{head}\n{said}"

    @staticmethod
    def _said(line: str, directory: Path) -> str:
        words = shlex.split(line)
        start = words.index("ringwall")
        done = subprocess.run(
            [sys.executable, "-m", "ringwall", *words[start + 1 :]],
            cwd=directory,
            env={**os.environ, **dict(word.split("=", 1) for word in words[:start])},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        assert "Traceback" not in done.stderr, done.stderr
        assert "\x1b" not in done.stdout + done.stderr, "colour without a terminal"
        lines = [*done.stdout.splitlines(), *(f"! {line}".rstrip() for line in done.stderr.splitlines())]
        return "".join(f"{line}\n" for line in (*lines, f"exit {done.returncode}"))


def _pattern(expected: str) -> str:
    lines = expected.rstrip("\n").splitlines()
    return "".join(r"(?:.*\n)*" if line == "…" else re.escape(line).replace("…", ".*") + "\n" for line in lines)


@pytest.fixture(scope="session")
def replay() -> Callable[[Path, Path], None]:
    """``replay(file, directory)`` runs the commands of a :class:`Transcript`."""
    return lambda file, directory: Transcript(file).replay(directory)


def _absent(message: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(f"{message}, and in CI it must be")
    pytest.skip(message)
