"""A report as SARIF 2.1.0 (OASIS standard), the format that code hosts show beside the lines of a change."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from ringwall.review.check import Check
from ringwall.review.finding import Finding, Unread
from ringwall.review.report import Report

_LEVEL = {"high": "error", "medium": "warning", "low": "note"}
_SCORE = {"high": "8.0", "medium": "5.5", "low": "3.0"}  # what GitHub sorts by


def sarif(report: Report, *, version: str) -> dict[str, Any]:
    """The SARIF log of one run. A file that was not read makes the run unsuccessful (SARIF 2.1.0, section 3.20.14)."""
    index = {check.id: at for at, check in enumerate(report.checks)}
    return {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {"name": "ringwall", "version": version, "rules": [_rule(c) for c in report.checks]}
                },
                "columnKind": "unicodeCodePoints",
                "invocations": [
                    {
                        "executionSuccessful": not report.unread,
                        "toolExecutionNotifications": [_notification(unread) for unread in report.unread],
                    }
                ],
                "results": [_result(finding, index[finding.check.id]) for finding in report.findings],
            }
        ],
    }


def _rule(check: Check) -> dict[str, Any]:
    return {
        "id": check.id,
        "shortDescription": {"text": check.title},
        "fullDescription": {"text": check.why},
        "help": {"text": check.fix},
        "defaultConfiguration": {"level": _LEVEL[check.severity]},
        "properties": {
            "security-severity": _SCORE[check.severity],
            "tags": ["security", f"external/cwe/cwe-{check.cwe:03d}"],
        },
    }


def _result(finding: Finding, rule: int) -> dict[str, Any]:
    return {
        "ruleId": finding.check.id,
        "ruleIndex": rule,
        "level": _LEVEL[finding.check.severity],
        "message": {"text": finding.message},
        "locations": [_location(finding.file, finding.line, finding.column)],
    }


def _notification(unread: Unread) -> dict[str, Any]:
    return {
        "level": "error",
        "message": {"text": f"not read: {unread.reason}"},
        "locations": [_location(unread.file, unread.line)],
    }


def _location(file: str, line: int, column: int = 0) -> dict[str, Any]:
    path = PurePath(file)
    place: dict[str, Any] = {
        "artifactLocation": {"uri": path.as_uri() if path.is_absolute() else quote(path.as_posix())}
    }
    if line:
        place["region"] = {"startLine": line} | ({"startColumn": column} if column else {})
    return {"physicalLocation": place}
