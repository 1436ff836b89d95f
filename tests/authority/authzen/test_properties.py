"""Whatever comes in is answered, or refused in one line; and a search finds just what an evaluation permits."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

_PATHS = ["evaluation", "evaluations", "search/subject", "search/resource", "search/action"]
_NAMES = st.sampled_from(["type", "id", "name", "properties", "status", "__entity", "__extn", "token", "limit", "x"])
_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=4),
    max_leaves=10,
)
_ENTITY = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["user", "record", "Group", "spaceship", "a b", ""]) | _JSON,
        "id": st.sampled_from(["alice", "bob", "record-1", "record-2", ""]) | _JSON,
        "properties": st.dictionaries(st.sampled_from(["role", "status", "x"]), _JSON, max_size=3) | _JSON,
    },
)
_ACTION = st.fixed_dictionaries(
    {}, optional={"name": st.sampled_from(["read", "write", "delete"]) | _JSON, "properties": _JSON}
)
_QUESTION = {"subject": _ENTITY | _JSON, "action": _ACTION | _JSON, "resource": _ENTITY | _JSON, "context": _JSON}
_REQUEST = st.fixed_dictionaries(
    {},
    optional={
        **_QUESTION,
        "evaluations": st.lists(st.fixed_dictionaries({}, optional=_QUESTION) | _JSON, max_size=4) | _JSON,
        "options": st.fixed_dictionaries({}, optional={"evaluations_semantic": st.text(max_size=3)}) | _JSON,
        "page": st.fixed_dictionaries({}, optional={"limit": _JSON, "token": _JSON}) | _JSON,
    },
)
_ONE_FIXTURE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)


@pytest.fixture(params=["with a schema", "without"])
def ready(request, pdp, files):
    chosen = files("certification")
    if request.param == "without":
        del chosen["schema.cedarschema"]
    assert pdp.push("default", chosen).status == 201
    return pdp


@_ONE_FIXTURE
@given(path=st.sampled_from(_PATHS), asked=_REQUEST)
def test_any_request_is_answered_or_refused(ready, path, asked):
    answer = ready.post(f"/access/v1/{path}", asked)
    assert answer.status in (200, 400), answer.body
    if answer.status == 400:
        assert 0 < len(answer.body.decode().splitlines()) == 1
    elif path == "evaluation":
        assert type(answer.json()["decision"]) is bool


@_ONE_FIXTURE
@given(data=st.binary(max_size=40))
def test_any_bytes_are_refused(ready, data):
    assert ready.post("/access/v1/evaluation", data).status == 400


_PERSON = st.builds(
    lambda role, group: ({"role": role} if role else {}, [{"type": "Group", "id": group}] if group else []),
    st.sampled_from([None, "admin", "clerk"]),
    st.sampled_from([None, "staff", "editors"]),
)


@_ONE_FIXTURE
@given(
    people=st.lists(_PERSON, max_size=6),
    records=st.lists(st.sampled_from(["active", "archived"]), max_size=5),
    action=st.sampled_from(["read", "write", "delete"]),
)
def test_a_search_finds_just_what_an_evaluation_permits(pdp, files, people, records, action):
    stored = [
        {"uid": {"type": "user", "id": f"u{number}"}, "attrs": attributes, "parents": parents}
        for number, (attributes, parents) in enumerate(people)
    ] + [
        {"uid": {"type": "record", "id": f"r{number}"}, "attrs": {"status": status}, "parents": []}
        for number, status in enumerate(records)
    ]
    assert pdp.push("default", {**files("certification"), "entities.json": json.dumps(stored)}).status == 201
    users, things = (
        [f"{letter}{number}" for number in range(len(all_))] for letter, all_ in (("u", people), ("r", records))
    )

    def may(user, thing):
        return pdp.evaluate(f"user {user}", action, f"record {thing}")["decision"]

    def search(kind, **asked):
        return [found["id"] for found in pdp.post(f"/access/v1/search/{kind}", asked).json()["results"]]

    for thing in things[:2]:
        resource = {"type": "record", "id": thing}
        found = search("subject", subject={"type": "user"}, action={"name": action}, resource=resource)
        assert found == [user for user in users if may(user, thing)]
    for user in users[:2]:
        found = search(
            "resource", subject={"type": "user", "id": user}, action={"name": action}, resource={"type": "record"}
        )
        assert found == [thing for thing in things if may(user, thing)]
