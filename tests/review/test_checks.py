"""Each check finds the marked lines of its bad fixtures, and nothing else; no check finds anything in a good twin."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from ringwall.review import review
from ringwall.review.checks import CHECKS, NAMES

FIXTURES = Path(__file__).parent / "fixtures"
TODAY = date(2026, 11, 1)
MARK = re.compile(r"finding: ([\w-]+)")

bad = sorted(FIXTURES.glob("*/bad.*"))
good = sorted(FIXTURES.glob("*/good.*"))


def marked(path: Path) -> list[tuple[int, str]]:
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    return [(number, name) for number, line in lines for name in MARK.findall(line)]


@pytest.mark.parametrize("path", bad, ids=lambda path: f"{path.parent.name}-{path.suffix[1:]}")
def test_bad_fixture_yields_exactly_the_marked_findings(path: Path) -> None:
    report = review([path], today=TODAY)
    assert not report.unread
    assert {name for _, name in marked(path)} == {path.parent.name}
    assert sorted((finding.line, finding.check.id) for finding in report.findings) == marked(path)


@pytest.mark.parametrize("path", good, ids=lambda path: f"{path.parent.name}-{path.suffix[1:]}")
def test_good_twin_is_silent_for_every_check(path: Path) -> None:
    report = review([path], today=TODAY)
    assert not report.unread
    assert [(finding.place, finding.check.id) for finding in report.findings] == []


def test_every_check_has_a_bad_fixture_and_every_bad_fixture_a_good_twin() -> None:
    assert {path.parent.name for path in bad} == {check.id for check in CHECKS}
    assert {path.with_name("good" + path.suffix) for path in bad} == set(good)


def test_every_language_that_a_check_reads_has_a_fixture() -> None:
    for check in CHECKS:
        suffixes = {path.suffix for path in bad if path.parent.name == check.id}
        assert not (check.by_node or check.by_call or check.by_method) or ".py" in suffixes, check.id
        assert not check.by_script or ".js" in suffixes, check.id
        assert not check.by_template or ".html" in suffixes, check.id


def test_every_file_of_checks_is_listed_and_named_by_its_id() -> None:
    folder = Path(__file__).parents[2] / "src/ringwall/review/checks"
    files = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    assert set(NAMES) == files
    assert [check.id for check in CHECKS] == [name.replace("_", "-") for name in NAMES]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_every_check_says_what_why_and_how_in_our_voice(check) -> None:
    assert check.title == check.title.strip(". ")
    assert check.why.endswith(".")
    assert check.fix.endswith((".", ")", "'"))
    assert 0 < check.cwe < 1500


def test_the_page_lists_every_check() -> None:
    page = (Path(__file__).parents[2] / "docs/review.md").read_text(encoding="utf-8")
    rows = [f"| `{check.id}` | {check.severity} | {check.cwe} | {check.title} |" for check in CHECKS]
    assert [line for line in page.splitlines() if line.startswith("| `")] == rows
