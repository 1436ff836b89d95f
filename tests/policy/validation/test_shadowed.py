"""Policies that change nothing: told apart exactly, and the engine agrees that they can go."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringwall.policy.entities.entities import Entities
from ringwall.policy.entities.entity import Entity
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.evaluation.engine import CedarEngine
from ringwall.policy.evaluation.request import Request
from ringwall.policy.expression import Has, Variable
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.schema.parse import parse_schema
from ringwall.policy.validation.shadowed import shadowed
from ringwall.policy.values.record import Record

SCHEMA = parse_schema("""
entity Role; entity User in [Role]; entity Folder in [Folder];
action all; action alone; action some in all;
action read, list in some appliesTo { principal: User, resource: Folder };
""")


def needless(text: str) -> list[tuple[str, str]]:
    return [(found.policy, found.message) for found in shadowed(parse_policies(text), SCHEMA)]


@pytest.mark.parametrize(
    ("wider", "narrower"),
    [
        ("principal, action, resource", 'principal == User::"a", action == Action::"read", resource is Folder'),
        ('principal in Role::"a", action, resource', 'principal in Role::"a", action, resource'),
        ('principal in Role::"a", action, resource', 'principal is User in Role::"a", action, resource'),
        ('principal in Role::"a", action, resource', 'principal == Role::"a", action, resource'),
        ('principal == User::"a", action, resource', 'principal == User::"a", action == Action::"read", resource'),
        ('principal is User in Role::"a", action, resource', 'principal is User in Role::"a", action, resource'),
        ("principal is User, action, resource", 'principal == User::"a", action, resource'),
        ("principal is User, action, resource", 'principal is User in Role::"a", action, resource'),
        ('principal, action in Action::"all", resource', 'principal, action == Action::"read", resource'),
        (
            'principal, action in Action::"all", resource',
            'principal, action in [Action::"read", Action::"some"], resource',
        ),
        (
            'principal, action in [Action::"list", Action::"read"], resource',
            'principal, action == Action::"read", resource',
        ),
    ],
)
def test_a_narrower_scope_is_needless(wider: str, narrower: str) -> None:
    assert needless(f"permit ({wider}); permit ({narrower});") == [("policy1", "policy0 says this already")]
    assert needless(f"permit ({narrower}); forbid ({wider});") == [("policy0", "policy1 forbids all that this permits")]
    if wider != narrower:
        assert needless(f"forbid ({narrower}); permit ({wider});") == []
        assert needless(f"permit ({narrower}); permit ({wider});") == [("policy0", "policy1 says this already")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('principal in Role::"a", action, resource', 'principal in Role::"b", action, resource'),
        ('principal == Role::"a", action, resource', 'principal is User in Role::"a", action, resource'),
        ("principal is User, action, resource", 'principal in Role::"a", action, resource'),
        ("principal is User, action, resource", "principal is Role, action, resource"),
        ('principal, action == Action::"some", resource', 'principal, action == Action::"read", resource'),
        ('principal, action == Action::"some", resource', 'principal, action in [Action::"read"], resource'),
        ("principal is User, action, resource", "principal, action, resource is Folder"),
        (
            'principal, action in Action::"some", resource',
            'principal, action in [Action::"read", Action::"alone"], resource',
        ),
    ],
)
def test_what_only_overlaps_is_not(one: str, other: str) -> None:
    assert needless(f"permit ({one}); permit ({other});") == []


def test_more_conditions_are_needless_beside_fewer() -> None:
    few = 'permit (principal, action, resource) when { context has a } when { context.a == "x" };'
    more = 'permit (principal, action, resource) when { context has b && context has a && context.a == "x" };'
    assert needless(few + more) == [("policy1", "policy0 says this already")]
    assert needless(more + few) == [("policy0", "policy1 says this already")]
    assert needless(few + "permit (principal, action, resource) when { context has a };") == [
        ("policy0", "policy1 says this already")
    ]
    assert needless(few + "permit (principal, action, resource) unless { context has a };") == []


def test_a_permit_is_needless_beside_a_forbid_without_conditions_alone() -> None:
    asked = "(principal, action, resource) when { context has a };"
    assert needless(f"permit {asked} forbid {asked}") == []
    assert needless(f"permit {asked} forbid (principal, action, resource);") == [
        ("policy0", "policy1 forbids all that this permits")
    ]


def test_a_forbid_that_can_err_elsewhere_is_not_needless() -> None:
    few = "forbid (principal, action, resource) when { context has a };"
    more = "forbid (principal, action, resource) when { context.b == 1 && context has a };"
    assert needless(few + more) == []
    assert needless(few + few) == [("policy1", "policy0 says this already")]


def test_what_a_rule_requires_is_a_condition_of_it() -> None:
    plain, other = parse_policies("permit (principal, action, resource);" * 2)
    asking = replace(other, requires=(Has(of=Variable("context"), name="a"),))
    assert [found.policy for found in shadowed([plain, asking])] == ["policy1"]
    assert [found.policy for found in shadowed([asking, plain])] == ["policy1"]


def test_templates_are_left_alone() -> None:
    assert needless("permit (principal, action, resource); permit (principal == ?principal, action, resource);") == []


def test_the_other_policy_is_named_with_its_place() -> None:
    policies = parse_policies("permit (principal, action, resource);\n" * 2, file="shop.cedar")
    (found,) = shadowed(policies)
    assert found.message == "policy0 (shop.cedar:1) says this already"


PRINCIPALS = ("principal", 'principal == User::"a"', 'principal in Role::"a"', 'principal is User in Role::"a"')
ACTIONS = (
    "action",
    'action == Action::"read"',
    'action in Action::"some"',
    'action in [Action::"list", Action::"read"]',
)
RESOURCES = ("resource", "resource is Folder", 'resource in Folder::"x"', 'resource == Folder::"y"')
CONDITIONS = (
    "",
    "when { context has a }",
    "when { context has a && context.a }",
    "when { context.a }",
    "unless { context.a }",
)
POLICIES = st.builds(
    "{} ({}, {}, {}) {};".format,
    st.sampled_from(["permit", "permit", "forbid"]),
    *map(st.sampled_from, (PRINCIPALS, ACTIONS, RESOURCES, CONDITIONS)),
)
ENTITIES = Entities(
    [
        Entity(EntityUid("User", "a"), parents=[EntityUid("Role", "a")]),
        Entity(EntityUid("Folder", "y"), parents=[EntityUid("Folder", "x")]),
        *(Entity(action.uid, parents=action.parents) for action in SCHEMA.actions.values()),
    ]
)
REQUESTS = [
    Request(EntityUid("User", user), EntityUid("Action", action), EntityUid("Folder", folder), context)
    for user in ("a", "b")
    for action in ("read", "list")
    for folder in ("x", "y", "z")
    for context in (Record(), Record({"a": True}), Record({"a": False}), Record({"a": 1}))
]


@settings(max_examples=60)
@given(st.lists(POLICIES, min_size=2, max_size=5))
def test_a_set_decides_the_same_without_its_needless_policies(texts: list[str]) -> None:
    policies = parse_policies("".join(texts))
    gone = {found.policy for found in shadowed(policies, SCHEMA)}
    whole = CedarEngine(policies)
    rest = CedarEngine([policy for policy in policies if policy.id not in gone])
    for request in REQUESTS:
        assert whole.respond(request, ENTITIES).allowed == rest.respond(request, ENTITIES).allowed
