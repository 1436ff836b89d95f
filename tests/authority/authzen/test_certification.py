"""The certification scenario of the OpenID AuthZEN working group, test by test, with its own ids.

``certification.json`` holds the requests of the document as they stand there; what is about headers, pages and metadata
follows below. The fixture of its section 1 is ``sets/certification``, with a schema and without.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

CASES = json.loads(Path(__file__).with_name("certification.json").read_text())
READ = {
    "subject": {"type": "user", "id": "alice"},
    "action": {"name": "read"},
    "resource": {"type": "record", "id": "record-1"},
}
SEARCH = {**READ, "subject": {"type": "user"}}


@pytest.fixture(params=["with a schema", "without a schema"])
def fixture(request, pdp, files):
    chosen = files("certification")
    if request.param == "without a schema":
        del chosen["schema.cedarschema"]
    assert pdp.push("default", chosen).status == 201
    return pdp


@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join((case["id"], case.get("case", ""))).strip())
def test_requests(fixture, case):
    answer = fixture.post(f"/access/v1/{case['path']}", case["request"])
    assert answer.status == case.get("status", 200), answer.body
    if answer.status != 200:
        return
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    if "decision" in case:
        assert body["decision"] is case["decision"]
        assert "evaluations" not in body
    elif "evaluations" in case:
        found = [item["decision"] for item in body["evaluations"]]
        assert len(found) == len(case["evaluations"])
        assert all(type(decision) is bool for decision in found)
        assert [f for f, e in zip(found, case["evaluations"], strict=True) if e is not None] == [
            expected for expected in case["evaluations"] if expected is not None
        ]
    else:
        names = [item["name"] if "name" in item else item["id"] for item in body["results"]]
        assert set(case["includes"]) <= set(names)
        assert all(item["type"] == case["type"] for item in body["results"] if "type" in case)
        assert not (case.get("empty") and names)


def test_c_2_3_response_format(fixture):
    body = fixture.post("/access/v1/evaluation", READ).json()
    assert type(body["decision"]) is bool  # c-2-3-1
    assert type(body.get("context", {})) is dict  # c-2-3-2


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""])
def test_c_2_4_3_invalid_content_type(fixture, kind):
    assert fixture.post("/access/v1/evaluation", READ, {"content-type": kind}).status == 400


def test_c_2_4_4_malformed_json(fixture):
    assert fixture.post("/access/v1/evaluation", b'{"subject": ').status == 400


def test_c_2_4_5_empty_body(fixture):
    assert fixture.post("/access/v1/evaluation", b"").status == 400


@pytest.mark.parametrize("path", ["evaluation", "evaluations", "search/subject", "search/resource"])
def test_c_2_5_1_request_id_echo(fixture, path):
    headers = {"x-request-id": "bfe9eb29-ab87-4ca3-be83-a1d5d8305716"}
    assert fixture.post(f"/access/v1/{path}", READ, headers).headers["x-request-id"] == headers["x-request-id"]
    assert fixture.post(f"/access/v1/{path}", b"", headers).headers["x-request-id"] == headers["x-request-id"]


def test_c_2_5_2_request_id_absent(fixture):
    assert fixture.post("/access/v1/evaluation", READ).status == 200


def test_c_2_6_idempotency(fixture):
    assert {fixture.post("/access/v1/evaluation", READ).json()["decision"] for _ in range(5)} == {True}


def test_c_3_3_batch_response_format(fixture):
    asked = [{"action": {"name": name}} for name in ("delete", "read", "write", "read", "nothing")]
    body = fixture.post("/access/v1/evaluations", {**READ, "evaluations": asked}).json()
    assert [item["decision"] for item in body["evaluations"]] == [False, True, True, True, False]  # c-3-3-1, -2, -3
    assert "decision" not in body  # c-3-3-4


def test_c_4_5_pagination(fixture):
    first = fixture.post("/access/v1/search/subject", {**SEARCH, "page": {"limit": 1}})  # c-4-5-1
    assert first.status == 200
    token = first.json()["page"]["next_token"]
    assert token
    second = fixture.post("/access/v1/search/subject", {**SEARCH, "page": {"token": token}}).json()  # c-4-5-2
    assert [item["id"] for item in first.json()["results"] + second["results"]] == ["alice", "bob"]
    assert second["page"]["next_token"] == ""  # c-4-5-3
    assert second["page"]["count"] == 1


def test_c_5_transport(fixture):
    answer = fixture.post("/access/v1/evaluation", READ, {"content-type": "application/json; charset=utf-8"})
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")


def test_c_6_metadata(fixture):
    world = fixture.world
    answer = world.call(fixture.internal, "GET", "/.well-known/authzen-configuration", service="orders")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    found = answer.json()
    base = world.authority.settings.internal
    assert found.pop("policy_decision_point") == base
    assert set(found) >= {"access_evaluation_endpoint", "access_evaluations_endpoint"}
    for name, url in found.items():
        assert url.startswith("https://"), name
        assert fixture.post(url.removeprefix(base), b"").status == 400  # it is there, and wants a body


def test_every_id_of_the_matrix_has_its_test():
    """Section 3.1 and section 5 of the document."""
    basic = [f"c-2-2-{n}" for n in range(1, 10)] + ["c-2-3", "c-2-4", "c-2-5", "c-2-6"]
    batch = [f"c-3-2-{n}" for n in range(1, 8)] + ["c-3-3", "c-3-4"]
    search = [f"c-4-2-{n}" for n in range(1, 5)] + [f"c-4-{s}-{n}" for s in (3, 4) for n in range(1, 4)]
    matrix = [*basic, *batch, *search, "c-4-5", "c-4-6", "c-4-7", "c-5", "c-6"]
    assert len(matrix) == 37
    tests = [name.removeprefix("test_").replace("_", "-") for name in globals() if name.startswith("test_c_")]
    covered = [case["id"] for case in CASES] + tests
    assert [wanted for wanted in matrix if not any(f"{found}-".startswith(f"{wanted}-") for found in covered)] == []
