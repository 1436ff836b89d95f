"""The command, word for word: each file in ``transcripts`` is a command, what it prints, and its exit status."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))


@pytest.mark.parametrize("transcript", TRANSCRIPTS, ids=lambda path: path.stem)
def test_transcript(transcript: Path, tmp_path: Path, replay: Callable[[Path, Path], None]) -> None:
    replay(transcript, tmp_path)
