"""The SARIF log has the shape that section 3 of the standard requires of these objects."""

from __future__ import annotations

import json
from pathlib import Path

from ringwall.review import review
from ringwall.review.sarif import sarif

FIXTURES = Path(__file__).parent / "fixtures"


def log_of(report) -> dict:
    return json.loads(json.dumps(sarif(report, version="1.2.3")))


def test_every_result_points_to_its_rule_and_its_place() -> None:
    report = review(sorted(FIXTURES.glob("*/bad.*")))
    log = log_of(report)
    assert set(log) == {"$schema", "version", "runs"}
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("ringwall", "1.2.3")
    assert len({rule["id"] for rule in driver["rules"]}) == len(driver["rules"]) == len(report.checks)
    assert all(rule[key]["text"] for rule in driver["rules"] for key in ("shortDescription", "fullDescription", "help"))
    assert len(run["results"]) == len(report.findings) > 60
    for result, finding in zip(run["results"], report.findings, strict=True):
        assert set(result) == {"ruleId", "ruleIndex", "level", "message", "locations"}
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == finding.check.id
        assert result["level"] in {"error", "warning", "note"}
        assert result["message"]["text"] == finding.message
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"].startswith("file:///")
        assert place["region"] == {"startLine": finding.line, "startColumn": finding.column}
        assert min(place["region"].values()) >= 1
    assert run["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]


def test_an_unread_file_makes_the_run_unsuccessful(reviewed) -> None:
    (run,) = log_of(reviewed("a b.py", "x = (\n"))["runs"]
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    (notification,) = invocation["toolExecutionNotifications"]
    assert notification["level"] == "error"
    place = notification["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"].endswith("/a%20b.py")
    assert place["region"] == {"startLine": 1}
