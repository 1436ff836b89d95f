"""Operators push, pull and look back; a set decides as soon as it is durable, and no sooner."""

from __future__ import annotations

import json

import pytest

from ringwall.authority.app import App
from ringwall.authority.authority import Authority
from ringwall.authority.operators import operator_app
from ringwall.authority.policies import push
from ringwall.authority.policies.question import Doing, Question, Thing
from ringwall.authority.routes import OAUTH, SERVICES
from ringwall.authority.settings import Settings
from ringwall.errors import Unavailable
from ringwall.store import policy_sets as rows

PERMIT = {"orders.cedar": 'permit (principal == User::"ann", action, resource);'}
SCHEMA = 'entity User; entity Order; action "read" appliesTo { principal: User, resource: Order };'
ASKED = Question(Thing("User", "ann"), Doing("read"), Thing("Order", "1"))


@pytest.fixture
def operator(world):
    app = operator_app(world.authority, push.ROUTES)

    def ask(method, path, body=None, uid=0, query=""):
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return world.call(app, method, path, body=data, uid=uid, query=query)

    return ask


def test_each_push_is_a_version_of_its_own(world, operator):
    first = operator("POST", "/policies", {"name": "orders", "files": PERMIT})
    assert first.status == 201
    assert (first.json()["version"], first.json()["author"], first.json()["policies"]) == (1, "operator:0", 1)
    second = operator("POST", "/policies", {"name": "orders", "files": {}}).json()
    assert second["version"] == 2
    assert second["pushed"] > first.json()["pushed"]
    pulled = operator("GET", "/policies", query="name=orders&version=1").json()
    assert pulled["files"] == PERMIT
    assert operator("GET", "/policies", query="name=orders").json()["files"] == {}
    history = operator("GET", "/policies/history", query="name=orders").json()
    assert [entry["version"] for entry in history] == [2, 1]
    assert [entry["name"] for entry in operator("GET", "/policies").json()] == ["orders"]
    pushed = [event for event in world.events() if event["kind"] == "policies.pushed"]
    assert [(event["subject"], event["actor"], event["detail"]["version"]) for event in pushed] == [
        ("orders", "operator:0", 1),
        ("orders", "operator:0", 2),
    ]


def test_a_push_decides_at_once_and_after_a_restart(world, operator):
    policies = world.authority.policies
    assert policies.of("orders") is None
    operator("POST", "/policies", {"name": "orders", "files": PERMIT})
    assert policies.of("orders").decide(ASKED).allowed
    operator("POST", "/policies", {"name": "orders", "files": {}})
    assert not policies.of("orders").decide(ASKED).allowed
    world.authority.close()
    again = Authority.open(world.home, world.authority.settings, clock=world.clock, synchronous="OFF")
    try:
        assert again.policies.of("orders").row.version == 2
    finally:
        again.close()


def test_a_clock_that_was_set_back_makes_no_version_older(world, operator):
    first = operator("POST", "/policies", {"name": "orders", "files": PERMIT}).json()
    world.clock.turn(-86400)
    assert operator("POST", "/policies", {"name": "orders", "files": {}}).json()["pushed"] > first["pushed"]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"a.cedar": "permit (principal, action, resource)"}, "a.cedar:1"),
        ({"a.cedar": "permit (prinzipal, action, resource); forbid (principal, action, ressource);"}, "; a.cedar:1"),
        ({"a.cedar": "", "s.cedarschema": "entity User in [Nobody];"}, "Nobody"),
        (
            {"a.cedar": 'permit (principal, action == Action::"rread", resource);', "s.cedarschema": SCHEMA},
            "rread",
        ),
        ({"e.json": "{}"}, "not a list"),
        ({"e.json": "[{}]"}, "uid"),
        ({"e.json": "[" * 100_000}, "not valid JSON"),
        ({"e.json": "nonsense"}, "not valid JSON"),
        ({"a.cedarschema": "", "b.cedarschema": ""}, "two schemas"),
        ({"../a.cedar": ""}, "no file of a policy set"),
        ({"a.rego": ""}, "no file of a policy set"),
        (
            {"a.cedar": '@id("x") permit (principal, action, resource);@id("x") forbid (principal, action, resource);'},
            "x",
        ),
        ({"a.cedar": "// " + "x" * 800_000}, "at most"),
        ({f"{number}.cedar": "" for number in range(300)}, "at most 256 files"),
    ],
)
def test_a_bad_set_is_refused_whole_and_the_old_one_stays(world, operator, files, said):
    operator("POST", "/policies", {"name": "orders", "files": PERMIT})
    refused = operator("POST", "/policies", {"name": "orders", "files": files})
    assert refused.status == 400
    assert said in refused.json()["error_description"]
    assert world.authority.policies.of("orders").row.version == 1
    assert world.authority.policies.of("orders").decide(ASKED).allowed
    assert world.events()[-1]["kind"] == "request.refused"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        {"name": "orders"},
        {"name": "Orders", "files": {}},
        {"name": "../x", "files": {}},
        {"name": 7, "files": {}},
        {"name": "orders", "files": {"a.cedar": 1}},
        b'{"name": "orders", "files": {"a.cedar": "\\ud800"}}',
        b'{"name": "orders", "files": {"\\ud800.cedar": ""}}',
    ],
)
def test_what_is_no_push(world, operator, body):
    assert operator("POST", "/policies", body).status == 400
    assert world.authority.store.read(rows.latest) == []


def test_only_operators_push_and_pull(world, operator):
    assert operator("POST", "/policies", {"name": "orders", "files": PERMIT}, uid=54321).status == 403
    assert operator("GET", "/policies", uid=54321).status == 403
    public, internal = App(world.authority, OAUTH), App(world.authority, {**OAUTH, **SERVICES})
    body = json.dumps({"name": "orders", "files": PERMIT}).encode()
    assert world.call(public, "POST", "/policies", body=body).status == 404
    assert world.call(internal, "POST", "/policies", body=body, service="orders").status == 405
    assert world.authority.policies.names == ()


def test_nothing_is_there_before_it_is_pushed(operator):
    assert operator("GET", "/policies", query="name=orders").status == 404
    assert operator("GET", "/policies/history", query="name=orders").json() == []
    assert operator("GET", "/policies", query="name=orders&version=x").status == 400


@pytest.mark.parametrize("settings", [Settings("https://a.example", "https://b.example", mode="production")])
def test_in_production_a_set_needs_a_schema(operator):
    refused = operator("POST", "/policies", {"name": "orders", "files": PERMIT})
    assert (refused.status, "schema" in refused.json()["error_description"]) == (400, True)
    assert operator("POST", "/policies", {"name": "orders", "files": {**PERMIT, "s.cedarschema": SCHEMA}}).status == 201


def test_a_stored_set_that_can_no_longer_be_read_decides_nothing(world):
    def broken(tx):
        rows.push(tx, "orders", {"a.cedar": "permit nonsense"}, "0" * 64, "operator:0", 1)

    world.run(_write(world, broken))
    world.authority.close()
    again = Authority.open(world.home, world.authority.settings, clock=world.clock, synchronous="OFF")
    try:
        with pytest.raises(Unavailable, match="push it again"):
            again.policies.of("orders")
        assert again.policies.of("billing") is None
    finally:
        again.close()


async def _write(world, transaction):
    await world.authority.store.write(transaction)
