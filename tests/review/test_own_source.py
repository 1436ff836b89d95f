"""We keep our own rules."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from ringwall.review import review

ROOT = Path(__file__).parents[2]


def test_our_own_code_and_examples_have_no_finding() -> None:
    report = review(
        [ROOT / name for name in ("src/ringwall", "examples") if (ROOT / name).exists()], today=date(2026, 11, 1)
    )
    assert [f"{item.place} {item.reason}" for item in report.unread] == []
    assert [f"{finding.place} {finding.check.id} {finding.message}" for finding in report.findings] == []
    assert report.files > 50
