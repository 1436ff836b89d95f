"""Writes small trees of files, and reviews them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from ringwall.review import Report, review

TODAY = date(2026, 11, 1)


@pytest.fixture
def reviewed(tmp_path: Path) -> Callable[..., Report]:
    """``reviewed("name.py", text)`` writes the file and reviews it as of 1 November 2026."""

    def write_and_review(name: str, text: str | bytes, **options: object) -> Report:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return review([path], **{"today": TODAY, **options})

    return write_and_review
