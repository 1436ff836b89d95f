"""The command, word for word: each file in ``transcripts`` is a command, what it prints, and its exit status.

A line ``--- name`` writes the file of that name before the command; ``! `` begins a line of the error stream.
"""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

import pytest

from ringwall.cli import main

TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))


@pytest.mark.parametrize("transcript", TRANSCRIPTS, ids=lambda path: path.stem)
def test_transcript(transcript: Path, tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    files, _, session = transcript.read_text(encoding="utf-8").partition("$ ringwall ")
    for name, text in re.findall(r"^--- (\S+)\n((?:(?!--- ).*\n)*)", files, re.MULTILINE):
        Path(name).write_text(text, encoding="utf-8")
    command, *expected = session.splitlines()
    monkeypatch.setattr(sys, "argv", ["ringwall", *shlex.split(command)])
    with pytest.raises(SystemExit) as left:
        main()
    shown = capsys.readouterr()
    lines = [*shown.out.splitlines(), *("! " + line for line in shown.err.splitlines()), f"exit {left.value.code or 0}"]
    assert lines == expected
