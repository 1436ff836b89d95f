"""Every verb, word for word: alone in an empty directory, beside an authority that runs, and over the examples."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("cli")

HERE = Path(__file__).parent / "transcripts"
EXAMPLES = Path(__file__).parents[2] / "examples" / "policies"


@pytest.mark.parametrize("transcript", sorted((HERE / "alone").glob("*.txt")), ids=lambda path: path.stem)
def test_alone(transcript: Path, home: Path, replay: Callable[[Path, Path], None]) -> None:
    replay(transcript, home)


@pytest.mark.parametrize("transcript", sorted((HERE / "beside").glob("*.txt")), ids=lambda path: path.stem)
def test_beside_an_authority(transcript: Path, authority: Path, replay: Callable[[Path, Path], None]) -> None:
    directory = authority / transcript.stem
    directory.mkdir()
    replay(transcript, directory)


@pytest.mark.parametrize("transcript", sorted((HERE / "examples").glob("*.txt")), ids=lambda path: path.stem)
def test_in_a_directory_of_the_examples(transcript: Path, home: Path, replay: Callable[[Path, Path], None]) -> None:
    replay(transcript, shutil.copytree(EXAMPLES / transcript.stem, home / transcript.stem))
