"""What would turn a decision: every change that is told does turn it, and nothing smaller was there."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.policy.random_cedar import RandomCedar

from ringwall.errors import Misconfigured
from ringwall.policy.entities.entities import Entities
from ringwall.policy.entities.entity import Entity
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.evaluation.request import Request
from ringwall.policy.explanation.explain import explain
from ringwall.policy.explanation.facts import Facts
from ringwall.policy.explanation.flip import LARGEST, MOST, flips
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.values.cedar_set import CedarSet
from ringwall.policy.values.datetime import Datetime
from ringwall.policy.values.decimal import Decimal
from ringwall.policy.values.ip_address import IpAddress
from ringwall.policy.values.record import Record

ANN, PLAN, READ = EntityUid("Person", "ann"), EntityUid("Doc", "plan"), EntityUid("Action", "read")
ENTITIES = Entities(
    [
        Entity(ANN, {"level": 1, "groups": CedarSet(["a"])}),
        Entity(
            PLAN,
            {"level": 3, "state": "draft", "price": Decimal(5), "info": Record({"open": False}), "owner": ANN},
            tags={"team": "blue"},
        ),
    ]
)
AROUND = Record({"ip": IpAddress.parse("192.0.2.7"), "now": Datetime(0)})


def _ways(condition: str, effect: str = "permit", scope: str = "principal, action, resource") -> list[list[str]]:
    text = f"{effect} ({scope}) when {{ {condition} }};" + (
        "permit (principal, action, resource);" * (effect == "forbid")
    )
    found = flips(parse_policies(text), Request(ANN, READ, PLAN, AROUND), ENTITIES)
    return [[str(change) for change in way] for way in found]


@pytest.mark.parametrize(
    ("condition", "way"),
    [
        ("principal.level >= resource.level", ['Person::"ann".level: 1 → 3']),
        ("principal.level > 6", ['Person::"ann".level: 1 → 7']),
        ('resource.state == "open"', ['Doc::"plan".state: "draft" → "open"']),
        ('resource.state like "o*"', ['Doc::"plan".state: "draft" → "o"']),
        ('principal.groups.contains("b")', ['Person::"ann".groups: ["a"] → ["a", "b"]']),
        ('principal.groups.containsAll(["b", "c"])', ['Person::"ann".groups: ["a"] → ["b", "c"]']),
        ("principal.groups.isEmpty()", ['Person::"ann".groups: ["a"] → []']),
        ("resource.info.open", ['Doc::"plan".info.open: false → true']),
        ("resource has note", ['Doc::"plan".note: (absent) → true']),
        ("!(resource has state)", ['Doc::"plan".state: "draft" → (absent)']),
        ('resource.getTag("team") == "red"', ['Doc::"plan" tag team: "blue" → "red"']),
        ('resource.hasTag("red")', ['Doc::"plan" tag red: (absent) → true']),
        ('context.ip.isInRange(ip("10.0.0.0/8"))', ['context.ip: ip("192.0.2.7/32") → ip("10.0.0.0/8")']),
        (
            'context.now > datetime("2026-01-01")',
            ['context.now: datetime("1970-01-01T00:00:00.000Z") → datetime("2026-01-01T00:00:00.001Z")'],
        ),
        ('resource.price.lessThan(decimal("0.0"))', ['Doc::"plan".price: decimal("0.0005") → decimal("-0.0001")']),
        ('principal in Team::"x"', ['Person::"ann" in Team::"x": false → true']),
        ('resource.owner != principal', ['Doc::"plan".owner: Person::"ann" → Person::"ann~"']),
        (
            'principal.level == 2 && resource.state == "open"',
            ['Person::"ann".level: 1 → 2', 'Doc::"plan".state: "draft" → "open"'],
        ),
    ],
)  # fmt: skip
def test_a_way_to_a_yes(condition: str, way: list[str]) -> None:
    assert way in _ways(condition)


def test_a_way_to_lift_a_forbid() -> None:
    assert ['Doc::"plan".state: "draft" → "draft~"'] in _ways('resource.state == "draft"', "forbid")


def test_a_scope_is_a_condition_too() -> None:
    assert ['Doc::"plan" in Folder::"x": false → true'] in _ways(
        "true", scope='principal, action, resource in Folder::"x"'
    )


@pytest.mark.parametrize("condition", ["false", "1 == 2", 'action == Action::"write"'])
def test_where_nothing_helps_there_is_no_way(condition: str) -> None:
    assert _ways(condition) == []


def test_a_policy_for_another_action_helps_nobody() -> None:
    assert _ways("resource.info.open", scope='principal, action == Action::"write", resource') == []


def test_the_search_is_bounded() -> None:
    condition = " && ".join(f'resource.a{n} == "x"' for n in range(9))
    policies = parse_policies(f"permit (principal, action, resource) when {{ {condition} }};")
    assert flips(policies, Request(ANN, READ, PLAN), ENTITIES, tries=50) == []


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**64))
@example(seed=19388)  # a policy that reads an entity which it names itself
def test_each_way_turns_the_decision_and_no_part_of_it_does(seed: int) -> None:
    case = RandomCedar(seed).case(3, 1)
    (request,) = case.requests
    now = explain(case.policies, request, case.entities).allowed
    ways = flips(case.policies, request, case.entities, tries=300)
    assert len(ways) <= MOST
    facts = Facts.around(request, case.entities, case.policies)
    for way in ways:
        assert 1 <= len(way) <= LARGEST
        turned = facts.changed(way)
        assert explain(case.policies, turned.request, turned.world()).allowed is not now
        for left_out in way:
            fewer = facts.changed([change for change in way if change is not left_out])
            with suppress(Misconfigured):  # an entity above itself: no such world, so no smaller change
                assert explain(case.policies, fewer.request, fewer.world()).allowed is now


ALL = "permit (principal, action, resource)"


@pytest.mark.parametrize(
    ("text", "ways"),
    [
        # Three ways are told, in the order in which the policies speak of them.
        (f"{ALL} when {{ principal.level == 2 || principal.level == 5 || resource has x || context has y }};",
         [['Person::"ann".level: 1 → 2'], ['Person::"ann".level: 1 → 5'], ['Doc::"plan".x: (absent) → true']]),
        # What two policies offer is one way.
        (f"{ALL} when {{ resource.info.open }};" * 2, [['Doc::"plan".info.open: false → true']]),
        # A fact has one value at a time.
        (f"{ALL} when {{ principal.level == 2 && principal.level == 5 }};", []),
        # Three facts, and never four.
        (f"{ALL} when {{ principal has a && principal has b && resource.info.open }};",
         [['Person::"ann".a: (absent) → true', f'Person::"ann".b: (absent) → {b}',
           'Doc::"plan".info.open: false → true'] for b in ("true", '""', "0")]),
        (f"{ALL} when {{ resource.level == 9 && principal has a && principal has b && resource.info.open }};", []),
        # A forbid that errs is a no, so it is one before and after.
        (f"{ALL}; forbid (principal, action, resource) when {{ resource.state > 1 }};",
         [['Doc::"plan".state: "draft" → 1'], ['Doc::"plan".state: "draft" → 0']]),
        (f"{ALL}; forbid (principal, action, resource) when {{ resource.level > 3 }};",
         [['Doc::"plan".level: 3 → 4'], ['Doc::"plan".level: 3 → (absent)']]),
        # Nothing can be above itself.
        (f"{ALL} when {{ principal in resource && resource in principal }};", []),
        # What no condition speaks of cannot be lost.
        (f"{ALL};", []),
    ],
)  # fmt: skip
def test_all_ways_that_are_told(text: str, ways: list[list[str]]) -> None:
    found = flips(parse_policies(text), Request(ANN, READ, PLAN, AROUND), ENTITIES)
    assert [[str(change) for change in way] for way in found] == ways


def test_so_many_worlds_are_tried_and_no_more() -> None:
    policies = parse_policies(f"{ALL} when {{ principal.level == 2 || resource.info.open }};")
    request = Request(ANN, READ, PLAN, AROUND)
    found = [len(flips(policies, request, ENTITIES, tries=tries)) for tries in range(6)]
    # A level of 2, of 3, of 0, or none; then the document is open.
    assert found == [0, 1, 1, 1, 1, 2]


def test_a_fact_that_is_changed_twice_is_no_world_of_its_own() -> None:
    policies = parse_policies(f"{ALL} when {{ principal.level == 2 && resource.info.open }};")
    request = Request(ANN, READ, PLAN, AROUND)
    # Four levels, and two ways for the document; then the first pair.
    found = {tries: len(flips(policies, request, ENTITIES, tries=tries)) for tries in (7, 8)}
    assert found == {7: 0, 8: 1}
