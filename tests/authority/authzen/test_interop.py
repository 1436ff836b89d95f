"""The interop scenarios of the AuthZEN working group, in Cedar: to-do, API gateway, identity provider, search."""

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


def test_api_gateway(pdp, files):
    """``authzen-api-gateways/test-harness/test/decisions.json``: five people, five routes."""
    assert pdp.push("default", files("gateway")).status == 201
    routes = ("GET /users/{userId}", "GET /todos", "POST /todos", "PUT /todos/{todoId}", "DELETE /todos/{todoId}")
    writers = {"A", "E", "I"}  # rick, morty and summer; beth and jerry only look
    for person in "AEIMQ":
        identity = f"identity CiRmZD{person}2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs"
        for method, route in (line.split() for line in routes):
            expected = method == "GET" or person in writers
            assert pdp.evaluate(identity, method, f"route {route}")["decision"] is expected, (person, method, route)


@pytest.mark.parametrize(
    ("user", "role", "balance", "expected"),
    [
        ("alice", "manager", 110, True),
        ("bob", "editor", 60, True),
        ("carol", "contractor", 0, False),
        ("dan", "manager", 60, True),
        ("erin", "editor", 110, True),
        ("felix", "contractor", 100, False),
    ],
)
def test_identity_provider(pdp, files, user, role, balance, expected):
    """``authzen-idp/test/token_issuance/results.json``."""
    assert pdp.push("default", files("idp")).status == 201
    subject = {"type": "user", "id": user, "properties": {"role": role, "balance": balance}}
    assert pdp.evaluate(subject, "issue", "application DemoApp")["decision"] is expected
