"""Decisions about Cedar's own entities, explained; every explanation replays to the decision."""

from __future__ import annotations

import pytest
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
from ringwall.policy.policy import Policy
from ringwall.policy.policy_set import PolicySet
from ringwall.policy.scope import EqualTo
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


ALL = "(principal, action, resource)"


@pytest.mark.parametrize(
    ("text", "allowed", "summary", "reasons", "remedy"),
    [
        (f"permit {ALL};\npermit {ALL};", True, "permitted by policy0  a.cedar:1, policy1  a.cedar:2", [0, 1], ""),
        (f"permit {ALL} when {{ resource.x }};\npermit {ALL};", True, "permitted by policy1  a.cedar:2", [1], ""),
        (f"permit {ALL};\nforbid {ALL} when {{ resource.level > 2 }};", False,
         "forbidden by policy1  a.cedar:2", [1], "not have resource.level > 2"),
        # To lift one of two forbids would change nothing.
        (f"permit {ALL};\nforbid {ALL} when {{ resource.level > 2 }};\nforbid {ALL} when {{ resource.level > 1 }};",
         False, "forbidden by policy1  a.cedar:2, policy2  a.cedar:3", [1, 2], ""),
        (f"permit {ALL};\nforbid {ALL} when {{ resource.x }};\nforbid {ALL} when {{ resource.y }};", False,
         "it cannot be told whether policy1 forbids this: there is no attribute x", [1, 2], ""),
        # What surely forbids is told before what might.
        (f"forbid {ALL} when {{ resource.x }};\nforbid {ALL} when {{ resource.level > 2 }};", False,
         "forbidden by policy1  a.cedar:2", [1], "not have resource.level > 2"),
        (f"forbid {ALL} when {{ resource.level > 3 }};", False, "there is no permit", [], ""),
        ("", False, "there is no permit", [], ""),
    ],
)  # fmt: skip
def test_what_decided_is_named(text: str, allowed: bool, summary: str, reasons: list[int], remedy: str) -> None:
    decision = explain(parse_policies(text, file="a.cedar"), REQUEST, ENTITIES)
    assert (decision.allowed, decision.summary, decision.remedy) == (allowed, summary, remedy)
    assert [reason.rule for reason in decision.reasons] == [f"policy{number}" for number in reasons]
    assert decision.nearest is None


def test_a_policy_that_was_written_nowhere_is_named_alone() -> None:
    policies = PolicySet.of([Policy(id="all"), Policy(id="none", effect="forbid", principal=EqualTo(PLAN))])
    assert explain(policies, REQUEST, ENTITIES).summary == "permitted by all"


def test_outcomes_say_of_each_policy_whether_it_held_and_who_may_read_it() -> None:
    policies = parse_policies(
        f'@public @sentence("All.") permit {ALL} when {{ true }};'
        f"forbid {ALL} when {{ resource.level > 3 }}; permit {ALL} when {{ resource.x }};"
    )
    found = outcomes(policies, REQUEST, ENTITIES)
    assert [(one.effect, one.sentence, one.held, one.public) for one in found] == [
        ("permit", "All.", True, True),
        ("forbid", "", False, False),
        ("permit", "", False, False),
    ]
    conditions = [one.condition for one in found if one.condition is not None]
    assert [(one.text, one.held, one.erred) for one in conditions] == [
        ("true", True, False),
        ("resource.level > 3", False, False),
        ("resource.x", False, True),
    ]


@pytest.mark.parametrize(
    ("condition", "text", "values"),
    [
        ("resource.x && true", "all of", "cannot be told"),
        ("resource.x || true", "any of", "cannot be told"),
        ("!(resource.x && true)", "not all of", "cannot be told"),
        ("!resource.x", "not resource.x", "cannot be told"),
        ("if resource.x then true else true", "if, then, else", "cannot be told"),
        ("resource.level > 3 && resource.x", "all of", ""),
        ("!(resource.level < 3 || resource.level < 4)", "not any of", ""),
        ("!(resource.level > 2)", "not resource.level > 2", "3 > 2"),
    ],
)
def test_a_group_says_where_it_cannot_be_told(condition: str, text: str, values: str) -> None:
    (outcome,) = outcomes(parse_policies(f"permit {ALL} when {{ {condition} }};"), REQUEST, ENTITIES)
    assert outcome.condition is not None
    assert (outcome.condition.text, outcome.condition.values) == (text, values)
    assert (outcome.held, outcome.condition.held, outcome.condition.erred) == (False, False, values == "cannot be told")


@pytest.mark.parametrize("condition", ["resource.level", "resource.level + 1", "principal"])
def test_a_condition_that_is_no_bool_errs(condition: str) -> None:
    (outcome,) = outcomes(parse_policies(f"permit {ALL} when {{ {condition} }};"), REQUEST, ENTITIES)
    assert outcome.condition is not None
    assert (outcome.held, outcome.condition.erred) == (False, True)


def test_all_that_the_principal_is_in_is_shown_in_order() -> None:
    role, team = EntityUid("Role", "r"), EntityUid("Team", "t")
    entities = Entities([Entity(ANN, parents=[team]), Entity(team, parents=[role])])
    (outcome,) = outcomes(parse_policies('permit (principal in Team::"x", action, resource);'), REQUEST, entities)
    assert outcome.condition is not None
    assert outcome.condition.values == 'Person::"ann" is in Role::"r", Team::"t"'


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
