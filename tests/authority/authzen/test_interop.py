"""The interop scenarios of the AuthZEN working group: their to-do application and their search demo, in Cedar."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

VECTORS = [directory / "shared/vectors/authzen/todo-decisions.json" for directory in Path(__file__).parents[3:]]
ACTIONS = ("view", "edit", "delete")


@pytest.fixture(scope="module")
def decisions():
    found = next((path for path in VECTORS if path.exists()), None)
    if found is None:
        message = "the vectors authzen/todo-decisions.json are not here"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    return json.loads(found.read_text())


def test_todo(pdp, files, decisions):
    assert pdp.push("default", files("todo")).status == 201
    asked = decisions["evaluation"]
    assert len(asked) == 40
    for case in asked:
        found = pdp.post("/access/v1/evaluation", case["request"]).json()
        assert found["decision"] is case["expected"], (case, found)
    for case in decisions["evaluations"]:
        found = pdp.post("/access/v1/evaluations", case["request"]).json()["evaluations"]
        assert [item["decision"] for item in found] == [item["decision"] for item in case["expected"]]


@pytest.fixture(scope="module")
def expected():
    """Who may do what to which record, as their published results have it."""
    return json.loads(Path(__file__).with_name("search_expected.json").read_text())


@pytest.fixture
def search(pdp, files):
    assert pdp.push("default", files("search")).status == 201

    def ask(kind, **entities):
        answer = pdp.post(f"/access/v1/search/{kind}", entities)
        assert answer.status == 200
        return answer.json()["results"]

    return ask


def test_search_for_resources(search, expected):
    for user, allowed in expected.items():
        for action in ACTIONS:
            found = search(
                "resource",
                subject={"type": "user", "id": user},
                action={"name": action},
                resource={"type": "record"},
            )
            assert found == [{"type": "record", "id": record} for record in allowed[action]]


def test_search_for_subjects(search, expected):
    for record in map(str, range(101, 121)):
        for action in ACTIONS:
            found = search(
                "subject",
                subject={"type": "user"},
                action={"name": action},
                resource={"type": "record", "id": record},
            )
            may = [user for user, allowed in expected.items() if record in allowed[action]]
            assert found == [{"type": "user", "id": user} for user in sorted(may)]


def test_search_for_actions(search, expected):
    for user, allowed in expected.items():
        for record in map(str, range(101, 121)):
            found = search("action", subject={"type": "user", "id": user}, resource={"type": "record", "id": record})
            assert found == [{"name": action} for action in sorted(ACTIONS) if record in allowed[action]]
