"""Decisions told in Cedar's own world."""

from __future__ import annotations

from tests.policy.trial.sample import POLICIES, policies, table

from ringwall.policy.trial.account import account


def told(row: int, text: str = POLICIES) -> str:
    rows, entities = table()
    return account(policies(text), rows[row].request, entities).explain()


def test_an_allow_names_its_permit_and_the_values() -> None:
    assert told(0).splitlines() == [
        'ALLOW Action::"read"  caller User::"ann"  resource Doc::"plan"',
        "  permitted by owner",
        "  ✓ all of",
        "    ✓ principal is User",
        '    ✓ action == Action::"read"            Action::"read" == Action::"read"',
        '    ✓ resource.owner == principal         User::"ann" == User::"ann"',
    ]


def test_a_deny_names_the_nearest_permit() -> None:
    lines = told(1).splitlines()
    assert lines[1] == "  no permit applies; the nearest is owner"
    assert '    ✗ action == Action::"read"            Action::"write" == Action::"read"' in lines


def test_a_forbid_shows_its_clauses() -> None:
    assert told(3).splitlines()[1:] == [
        "  forbidden by young",
        "  ✓ all of",
        "    ✓ principal has age                   17",
        "    ✓ principal.age < 18                  17 < 18",
        "    ✓ unless",
        "      ✗ resource.open                     resource.open: false",
    ]


def test_a_forbid_that_errs_is_a_no_that_says_so() -> None:
    text = POLICIES.replace("principal has age && principal.age < 18", "principal.height < 18")
    assert "it cannot be told whether young forbids this" in told(0, text)


def test_without_a_permit_there_is_none_to_name() -> None:
    assert "there is no permit" in told(0, "forbid (principal, action, resource) when { false };")


def test_the_decision_is_the_engines() -> None:
    rows, entities = table()
    for row in rows:
        assert account(policies(), row.request, entities).allowed is (row.answer == "allow")
