"""A report as a person reads it: one line per finding, and once per check why it matters and how to fix it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from ringwall.review.finding import Finding
from ringwall.review.report import Report

_COLOUR = {"high": "31", "medium": "33", "low": "36"}

Paint = Callable[[str, str], str]


def lines(report: Report, *, paint: Paint = lambda text, _: text) -> Iterator[str]:
    """The findings in order, then the summary. ``paint`` gives a text an SGR colour, where there is a terminal.

    What was not read is for the caller to say, on the error stream.
    """
    explained: set[str] = set()
    for finding in report.findings:
        check = finding.check
        severity = paint(f"{check.severity:<6}", _COLOUR[check.severity])
        yield f"{finding.place}  {severity}  {check.id}  {finding.message}"
        if check.id not in explained:
            explained.add(check.id)
            yield f"    why: {check.why} (CWE-{check.cwe})"
            yield f"    fix: {check.fix}"
    yield summary(report)


def summary(report: Report) -> str:
    """One line: how much was read, and what came of it."""
    counted = Counter(finding.check.severity for finding in report.findings)
    kinds = ", ".join(f"{counted[kind]} {kind}" for kind in ("high", "medium", "low") if counted[kind])
    found = f"{_count(len(report.findings), 'finding')} ({kinds})" if report.findings else "no findings"
    unread = f", {len(report.unread)} not read" if report.unread else ""
    return f"{found} in {_count(report.files, 'file')}, {_count(report.lines, 'line')}{unread}"


def as_json(report: Report) -> dict[str, Any]:
    """Every fact of the report, for another program."""
    return {
        "findings": [_facts(finding) for finding in report.findings],
        "unread": [{"file": item.file, "line": item.line, "reason": item.reason} for item in report.unread],
        "files": report.files,
        "lines": report.lines,
    }


def _facts(finding: Finding) -> dict[str, Any]:
    check = finding.check
    return {
        "check": check.id,
        "severity": check.severity,
        "file": finding.file,
        "line": finding.line,
        "column": finding.column,
        "message": finding.message,
        "why": check.why,
        "fix": check.fix,
        "cwe": check.cwe,
        "chapter": check.chapter,
    }


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
