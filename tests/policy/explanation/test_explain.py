"""Decisions about Cedar's own entities, explained; every explanation replays to the decision."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policy.objects.random_objects import world
from tests.policy.random_cedar import RandomCedar

from ringwall.caller import Caller
from ringwall.policy.authorizer import Authorizer
from ringwall.policy.entities.entities import Entities
from ringwall.policy.entities.entity import Entity
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.evaluation.engine import CedarEngine
from ringwall.policy.evaluation.request import Request
from ringwall.policy.explanation.explain import explain, outcomes
from ringwall.policy.explanation.replay import replay
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.objects.context import Context
from ringwall.policy.values.cedar_set import CedarSet
from ringwall.policy.values.ip_address import IpAddress
from ringwall.policy.values.record import Record

ANN, PLAN, READ = EntityUid("Person", "ann"), EntityUid("Doc", "plan"), EntityUid("Action", "read")
TEXT = """
@id("readers")
permit (principal in Role::"reader", action == Action::"read", resource is Doc)
when { principal.level + 1 >= resource.level && resource.tags.contains("open") }
when { context.ip.isInRange(ip("10.0.0.0/8")) }
unless { resource.state like "draft*" };
"""
DOC = Entity(PLAN, {"level": 3, "tags": CedarSet(["b", "a"]), "state": "draft 1"})
ENTITIES = Entities([Entity(ANN, {"level": 1}), DOC])
REQUEST = Request(ANN, READ, PLAN, Record({"ip": IpAddress.parse("192.168.0.7")}))


def test_a_policy_is_told_in_its_own_words_scope_first() -> None:
    policies = parse_policies(TEXT, file="docs.cedar")
    decision = explain([policies[0]], REQUEST, ENTITIES)
    assert decision.explain().splitlines() == [
        'DENY Action::"read"  caller Person::"ann"  resource Doc::"plan"',
        "  no permit applies; the nearest is policy0  docs.cedar:2",
        "  ✗ all of",
        '    ✗ principal in Role::"reader"         Person::"ann" is in nothing',
        '    ✓ action == Action::"read"            Action::"read" == Action::"read"',
        '    ✓ resource is Doc                     Doc::"plan"',
        "    ✗ all of",
        "      ✗ principal.level + 1 >= resource.level  2 >= 3",
        '      ✗ resource.tags.contains("open")    ["a", "b"] contains "open"',
        '    ✗ context.ip.isInRange(ip("10.0.0.0/8"))  ip("192.168.0.7/32"), ip("10.0.0.0/8")',
        '    ✗ unless resource.state like "draft*"  "draft 1"',
        "  to allow: hold the role reader and have principal.level + 1 >= resource.level and have "
        'resource.tags.contains("open") and have context.ip.isInRange(ip("10.0.0.0/8")) and not have '
        'resource.state like "draft*"',
    ]


def test_a_long_chain_is_as_many_conditions_as_it_has() -> None:
    policies = parse_policies(
        "permit (principal, action, resource)"
        " when { principal has a && principal has b && principal has c && principal has d };"
    )
    request = Request(EntityUid("User", "ann"), EntityUid("Action", "read"), EntityUid("Order", "1"))
    nearest = explain(policies, request, Entities()).nearest
    assert nearest is not None
    assert nearest.condition is not None
    assert [part.text for part in nearest.condition.parts] == [f"principal has {name}" for name in "abcd"]


def test_a_guard_tells_the_same_policy_alike() -> None:
    class Doc:
        id, level, tags, state = "plan", 3, ("b", "a"), "draft 1"

    authorizer = Authorizer(parse_policies(TEXT, file="docs.cedar"), ["read"])
    caller = Caller("ann", attributes={"level": 1})
    lines = authorizer.decide(caller, "read", Doc(), context=Context(ip="192.168.0.7")).explain().splitlines()
    assert lines[3] == '    ✗ principal in Role::"reader"         roles: none'
    assert lines[5] == "      ✗ principal.level + 1 >= resource.level  2 >= 3"
    assert lines[-2] == '    ✗ unless resource.state like "draft*"  "draft 1"'


def test_an_absent_attribute_is_shown_as_absent_and_an_error_as_one() -> None:
    policies = parse_policies("forbid (principal, action, resource) when { resource.owner == principal };")
    decision = explain(policies, REQUEST, ENTITIES)
    assert decision.summary.startswith("it cannot be told whether policy0 forbids this: ")
    assert '(absent) == Person::"ann"' in decision.explain()


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**64))
def test_an_explanation_of_entities_replays_to_the_decision(seed: int) -> None:
    case = RandomCedar(seed).case(5, 3)
    for request in case.requests:
        response = CedarEngine(case.policies).respond(request, case.entities)
        erred = {error.policy_id for error in response.errors}
        unsure = any(policy.effect == "forbid" and policy.id in erred for policy in case.policies)
        decision = explain(case.policies, request, case.entities)
        assert decision.allowed is (response.allowed and not unsure)
        each = outcomes(case.policies, request, case.entities)
        assert replay(each) is decision.allowed
        if response.allowed:
            assert {outcome.rule for outcome in each if outcome.held} >= set(response.reasons)


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**64))
def test_an_explanation_of_objects_replays_to_the_decision(seed: int) -> None:
    asked = world(seed)
    action, caller = asked.request.action.id, asked.caller
    authorizer = Authorizer(asked.policies, [action])
    for row in asked.objects.values():
        decision = authorizer.decide(caller, action, row, context=asked.context)
        may = caller.actor is None or authorizer.actor_may(caller.actor, action, row, row.__class__, asked.context)
        each = authorizer.outcomes(caller, action, row, context=asked.context)
        assert (replay(each) and may) is decision.allowed
        assert decision.explain()
