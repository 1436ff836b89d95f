"""Searches: pages that join to the whole, tokens that open nothing, and bounds."""

from __future__ import annotations

import base64
import json

import pytest

from ringwall.authority.authzen import page, search

PEOPLE = 250
FILES = {
    "a.cedar": 'permit (principal, action == Action::"read", resource) when { principal has good };',
    "e.json": json.dumps(
        [
            {
                "uid": {"type": "user", "id": f"u{number:04}"},
                "attrs": {"good": True} if number % 2 else {},
                "parents": [],
            }
            for number in range(PEOPLE)
        ]
    ),
}
ASKED = {"subject": {"type": "user"}, "action": {"name": "read"}, "resource": {"type": "record", "id": "1"}}
GOOD = [f"u{number:04}" for number in range(1, PEOPLE, 2)]


@pytest.fixture
def ask(pdp):
    assert pdp.push("default", FILES).status == 201

    def ask(*, status=200, asked=ASKED, **wanted):
        answer = pdp.post("/access/v1/search/subject", {**asked, **({"page": wanted} if wanted else {})})
        assert answer.status == status, answer.body
        return answer.json() if status == 200 else answer.body.decode()

    return ask


def ids(found):
    return [result["id"] for result in found["results"]]


def pages(ask, **first):
    found = ask(**first)
    yield found
    while token := found["page"]["next_token"]:
        found = ask(token=token)
        yield found


def test_without_a_page_all_are_there(ask):
    found = ask()
    assert ids(found) == GOOD
    assert found["page"] == {"next_token": "", "count": len(GOOD)}


@pytest.mark.parametrize("limit", [1, 7, 124, 125, 126, 10_000])
def test_pages_join_to_the_whole_with_none_twice(ask, limit):
    all_pages = list(pages(ask, limit=limit))
    assert [id_ for one in all_pages for id_ in ids(one)] == GOOD
    assert all(len(one["results"]) <= limit for one in all_pages)


def test_a_page_of_none_is_a_page(ask):
    found = ask(limit=0)
    assert ids(found) == []
    assert found["page"]["next_token"]


def test_nobody_looks_at_everything_in_one_request(ask, monkeypatch, world):
    """A search blow-up ends at the deadline; what follows comes with the token."""
    readings = iter(range(1_000_000))
    monkeypatch.setattr(world.authority.clock, "steady", lambda: next(readings) * search.DEADLINE / 2)
    all_pages = list(pages(ask))
    assert len(all_pages) > 2
    assert [id_ for one in all_pages for id_ in ids(one)] == GOOD


def test_entities_that_came_and_went_between_two_pages(ask, pdp):
    token = ask(limit=3)["page"]["next_token"]
    kept = [entity for entity in json.loads(FILES["e.json"]) if entity["uid"]["id"] > "u0003"]
    pdp.push("default", {**FILES, "e.json": json.dumps(kept)})
    assert ids(ask(token=token))[:2] == ["u0007", "u0009"]


@pytest.mark.parametrize(
    "wanted", [{"limit": -1}, {"limit": True}, {"limit": 1.5}, {"limit": "1"}, {"limit": 10**30 + 0.5}]
)
def test_what_is_no_limit(ask, wanted):
    assert "page.limit" in ask(status=400, **wanted)


@pytest.mark.parametrize(
    "token", ["x", "e30", "bnVsbA", 7, [], {}, "é", "W10=", base64.b64encode(b'{"q":1,"n":-1}').decode()]
)
def test_what_is_no_token(ask, token):
    assert "page.token" in ask(status=400, token=token)


def test_a_token_is_good_for_its_own_question_alone(ask):
    token = ask(limit=3)["page"]["next_token"]
    for change in ({"action": {"name": "write"}}, {"resource": {"type": "record", "id": "2"}}, {"context": {"a": 1}}):
        assert "another request" in ask(status=400, asked={**ASKED, **change}, token=token)
    assert "another request" in ask(status=400, token=token, limit=4)
    assert ids(ask(token=token, limit=3)) == GOOD[3:6]


def test_a_forged_token_gets_nothing_that_is_not_permitted(ask):
    token = ask(limit=3)["page"]["next_token"]
    place = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    forged = (
        base64.urlsafe_b64encode(json.dumps({**place, "after": "u0099", "n": page.MOST}).encode()).decode().rstrip("=")
    )
    assert ids(ask(token=forged)) == [id_ for id_ in GOOD if id_ > "u0099"]


@pytest.mark.parametrize(
    "change", [{"n": page.MOST + 1}, {"n": -1}, {"n": True}, {"n": 1.0}, {"after": 7}, {"after": [1]}, {"after": False}]
)
def test_a_token_that_holds_something_else_is_none(ask, change):
    token = ask(limit=3)["page"]["next_token"]
    place = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    forged = base64.urlsafe_b64encode(json.dumps({**place, **change}).encode()).decode().rstrip("=")
    assert "not a next_token of ours" in ask(status=400, token=forged)


def test_a_token_may_ask_for_pages_of_any_size_that_a_request_may(ask):
    for limit in (0, page.MOST):
        token = ask(limit=3)["page"]["next_token"]
        place = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        other = base64.urlsafe_b64encode(json.dumps({**place, "n": limit}).encode()).decode().rstrip("=")
        assert len(ask(token=other)["results"]) == min(limit, len(GOOD) - 3)


def test_the_id_of_what_is_searched_for_means_nothing(ask):
    assert ids(ask(asked={**ASKED, "subject": {"type": "user", "id": "u0001"}})) == GOOD


def test_page_must_be_an_object(pdp, ask):
    assert pdp.post("/access/v1/search/subject", {**ASKED, "page": 1}).status == 400


def test_actions_of_policies_and_stored_actions_without_a_schema(pdp):
    policies = 'permit (principal, action in [Action::"a", Shop::Action::"b"], resource);'
    stored = [{"uid": {"type": "Action", "id": "c"}, "attrs": {}, "parents": [{"type": "Action", "id": "a"}]}]
    pdp.push("default", {"a.cedar": policies, "e.json": json.dumps(stored)})
    asked = {"subject": {"type": "user", "id": "ann"}, "resource": {"type": "record", "id": "1"}}
    found = pdp.post("/access/v1/search/action", asked).json()["results"]
    assert found == [{"name": name} for name in ('Shop::Action::"b"', "a", "c")]
    for name in found:
        assert pdp.evaluate("user ann", name, "record 1")["decision"] is True
