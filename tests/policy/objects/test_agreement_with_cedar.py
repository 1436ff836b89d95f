"""A policy asked about Python objects answers as Cedar does about the entities that they stand for."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policy.objects.random_objects import World, world

from ringwall.caller import Caller
from ringwall.policy.authorizer import Authorizer
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.evaluation.engine import CedarEngine
from ringwall.policy.expression import Attribute, GetTag, Has, HasTag, In, Literal
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.objects.engine import Engine
from ringwall.policy.objects.entry import Entry
from ringwall.policy.policy import Policy
from ringwall.policy.walk import walk

SEEDS = st.integers(0, 2**64)
OWNED = (Attribute, Has, HasTag, GetTag, In)


def _asks_a_name(policy: Policy) -> bool:
    """Whether a policy looks into an entity that it names itself: at a guard, nothing but its name is known."""
    asked = [part for part in walk(policy.condition) if isinstance(part, OWNED)] if policy.condition else []
    owners = (part.left if isinstance(part, In) else part.of for part in asked)
    parts = (part for owner in owners for part in walk(owner))
    return any(isinstance(part, Literal) and isinstance(part.value, EntityUid) for part in parts)


def _cedar(policy: Policy, asked: World) -> bool | None:
    response = CedarEngine([replace(policy, effect="permit")]).respond(asked.request, asked.entities)
    return None if response.errors else response.allowed


def _ours(policy: Policy, asked: World) -> bool | str | None:
    """The answer, or the one reason for which we have none where Cedar has."""
    resource = asked.objects[asked.request.resource]
    entries = Engine([policy]).plan(asked.request.action.id, resource.__class__).find(asked.caller, resource)
    for entry in entries:
        assert isinstance(entry, Entry)
        if entry.holds is None:
            return True
        try:
            return entry.holds(asked.caller, asked.request.action.id, resource, asked.context)
        except Exception as error:
            return str(error) if "a bool is compared with a number" in str(error) else None
    return False


@settings(max_examples=300, deadline=None)
@given(seed=SEEDS)
def test_every_policy_answers_as_in_cedar(seed: int) -> None:
    asked = world(seed)
    for policy in asked.policies:
        if _asks_a_name(policy):
            continue
        ours = _ours(policy, asked)
        if not isinstance(ours, str):
            assert ours is _cedar(policy, asked)


@settings(max_examples=120, deadline=None)
@given(seed=SEEDS)
def test_the_filter_of_rows_answers_as_decide(seed: int) -> None:
    asked = world(seed)
    action = asked.request.action.id
    open_to_shop = Policy("shop") if seed % 2 else None
    policies = [*asked.policies, *((open_to_shop,) if open_to_shop else ())]
    authorizer = Authorizer(policies, [action])
    for kind in {row.__class__ for row in asked.objects.values()}:
        for role in (None, "a"):
            allows = authorizer.filter(asked.caller, action, kind, role=role, context=asked.context)
            for row in asked.objects.values():
                decision = authorizer.decide(asked.caller, action, row, role=role, context=asked.context)
                assert allows(row) is decision.allowed


def test_nobody_is_permitted_an_unknown_action() -> None:
    allows = Authorizer([Policy("all")], ["read"]).filter(Caller("ann"), "raed", object)
    assert allows(object()) is False


EU = Caller("ann", attributes={"region": "eu"})


def test_presence_that_is_known_is_a_constant_of_the_filter() -> None:
    (policy,) = parse_policies(
        "permit (principal, action, resource) when { [principal has region, resource.flag].contains(false) };"
    )
    allows = Authorizer([policy], ["read"]).filter(EU, "read", SimpleNamespace)
    assert allows(SimpleNamespace(flag=False))
    assert not allows(SimpleNamespace(flag=True))
