"""What every verb has in common: colour on a terminal alone, and quiet ends."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ringwall.cli.frame import VERBS

from .conftest import Start

RINGWALL = [sys.executable, "-m", "ringwall"]


def on_a_terminal(*arguments: str, directory: Path, **environment: str) -> bytes:
    """What ``ringwall …`` prints when both its streams are a terminal."""
    ours, theirs = pty.openpty()
    surroundings = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    subprocess.run(
        [*RINGWALL, *arguments], cwd=directory, stdout=theirs, stderr=theirs, check=False, timeout=60,
        env={**surroundings, "TERM": "xterm", **environment},
    )  # fmt: skip
    os.close(theirs)
    said = os.read(ours, 1 << 16)
    os.close(ours)
    return said


def test_colour_on_a_terminal(tmp_path: Path) -> None:
    assert b"\x1b[31;1merror:\x1b[0m no verb" in on_a_terminal("nonsense", directory=tmp_path)


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=lambda wish: next(iter(wish)))
def test_no_colour_for_who_wants_none(tmp_path: Path, environment: dict[str, str]) -> None:
    assert b"\x1b" not in on_a_terminal("nonsense", directory=tmp_path, **environment)


def test_an_interrupt_ends_without_a_traceback(start: Start, authority: Path) -> None:
    command = start("audit", "tail", "--follow", directory=authority)
    command.until("client.registered")
    command.process.send_signal(signal.SIGINT)
    status, output = command.end()
    assert status == 130
    assert "Traceback" not in output


def test_a_reader_that_leaves_ends_it_quietly(tmp_path: Path) -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    done = subprocess.run(
        [*RINGWALL, "review", "--list"], cwd=tmp_path, stdout=theirs, stderr=subprocess.PIPE, check=False, timeout=60
    )
    os.close(theirs)
    assert (done.returncode, done.stderr) == (1, b"")


def test_help_of_every_verb(tmp_path: Path) -> None:
    shown = subprocess.run([*RINGWALL, "--help"], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    for verb in VERBS:
        assert f"\n  {verb} " in shown
        done = subprocess.run([*RINGWALL, verb, "--help"], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), verb
        assert done.stdout.startswith(f"Usage: ringwall {verb}")


def test_help_imports_no_verb() -> None:
    code = (
        "import sys; sys.argv = ['ringwall', '--help']\nimport ringwall.cli\n"
        "try: ringwall.cli.main()\nexcept SystemExit: pass\n"
        "heavy = {'cryptography', 'httpx2', 'pydantic', 'starlette', 'uvicorn', 'sqlalchemy', 'ringwall.config'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, timeout=60)
