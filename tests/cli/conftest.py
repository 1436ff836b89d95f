"""A development authority that runs, for the verbs that speak to one."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest


class Command:
    """``ringwall …`` as a process that goes on; its output is in ``output``."""

    def __init__(self, *arguments: str, directory: Path, environment: Mapping[str, str] | None = None) -> None:
        self.output = Path(tempfile.mkstemp(dir=directory, suffix=".out")[1])
        with self.output.open("wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "ringwall", *arguments],
                cwd=directory,
                stdout=file,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})},
            )

    def until(self, pattern: str) -> re.Match[str]:
        """Wait until the output matches ``pattern``."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if found := re.search(pattern, self.output.read_text()):
                return found
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        pytest.fail(f"no {pattern!r} in:\n{self.output.read_text()}")

    def end(self) -> tuple[int, str]:
        """Wait for the end; the exit status and the output."""
        return self.process.wait(30), self.output.read_text()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)


Start = Callable[..., Command]


@pytest.fixture
def start() -> Iterator[Start]:
    """``start("up", directory=…)`` is a :class:`Command` that ends with the test."""
    started: list[Command] = []

    def run(*arguments: str, directory: Path, environment: Mapping[str, str] | None = None) -> Command:
        started.append(Command(*arguments, directory=directory, environment=environment))
        return started[-1]

    yield run
    for command in started:
        if command.process.poll() is None:
            command.process.kill()
        command.process.wait()


@pytest.fixture
def home() -> Iterator[Path]:
    """An empty directory, not below pytest's own: a Unix socket's path has at most 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="rw") as directory:
        yield Path(directory).resolve()


@pytest.fixture(scope="session")
def authority() -> Iterator[Path]:
    """The directory of a development authority that runs."""
    with tempfile.TemporaryDirectory(prefix="rw") as directory:
        command = Command("up", directory=Path(directory))
        command.until("The authority runs at")
        yield Path(directory).resolve()
        assert command.stop() == 0
