"""Cedar's own answer, from an index that never loses a rule."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policy import worlds

from ringwall.caller import Caller
from ringwall.policy.actions import action_scope, covers
from ringwall.policy.authorizer import Authorizer
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.expression import In, Literal, Variable
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.objects.engine import Engine
from ringwall.policy.objects.principal import speaks_about
from ringwall.policy.objects.resource import may_be
from ringwall.policy.policy import Clause, Policy
from ringwall.policy.scope import ANYTHING, EqualTo, OfType, Within
from ringwall.secret import Secret

SHOP = "spiffe://ringwall.internal/shop"
HOLDS_C = In(left=Variable(name="principal"), right=Literal(value=EntityUid("Role", "c")))
PRINCIPALS = (
    *(
        ANYTHING,
        OfType("Person"),
        OfType("Service"),
        EqualTo(EntityUid("Service", SHOP)),
        EqualTo(EntityUid("Person", "ann")),
    ),
    *(Within(EntityUid("Role", "a")), Within(EntityUid("Role", "b")), Within(EntityUid("Person", "ann"))),
    OfType("Person", within=EntityUid("Role", "a")),
)


class Order:
    pass


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**64))
def test_the_index_answers_as_a_walk_over_all_rules(seed: int) -> None:
    rng = random.Random(seed)
    rules = [
        Policy(
            f"r{n}",
            rng.choice(("permit", "permit", "forbid")),
            principal=rng.choice(PRINCIPALS),
            action=action_scope(rng.choice(((), ("*",), ("order:*",), ("order:read",), ("order:create", "charge:*")))),
            resource=rng.choice((ANYTHING, OfType("Order"), OfType("Parcel"))),
            clauses=rng.choice(((), (Clause("when", Literal(value=False)),), (Clause("when", HOLDS_C),))),
        )
        for n in range(rng.randint(0, 8))
    ]
    engine = Engine(rules)
    for _ in range(5):
        caller, action = worlds.caller(rng), rng.choice(("order:read", "order:create", "charge:read"))
        service = Caller(SHOP, kind="service", roles=caller.roles)
        for who in (caller, service):
            found = [
                rule
                for rule in rules
                if covers(rule.action, action)
                and may_be(rule, "Order")
                and speaks_about(rule.principal, who)
                and (rule.condition is None or (isinstance(rule.condition, In) and "c" in who.roles))
            ]
            forbids = [rule for rule in found if rule.effect == "forbid"]
            response = engine.respond(who, action, Order(), Order)
            assert response.allowed is bool(found and not forbids)
            assert {entry.policy.id for entry in response.reasons} == {rule.id for rule in forbids or found}


def test_an_erring_rule_is_skipped_and_reported() -> None:
    engine = Engine([Policy("bare", clauses=(Clause("when", Variable(name="resource")),)), Policy("open")])
    response = engine.respond(Caller("ann"), "read", Order(), Order)
    assert response.allowed
    assert [entry.policy.id for entry in response.errors] == ["bare"]


def test_a_rule_read_before_its_class_was_known_errs_on_a_secret() -> None:
    from ringwall.policy.rules.python_rule import python_rule

    class Card:
        number: Secret[str]

    rule = python_rule(worlds.function('order.number is not None and caller.id == "ann"', {"Order": "Card"}), "read")
    card = Card()
    card.number = Secret("4111")
    response = Engine([rule]).respond(Caller("ann"), "read", card, Card)
    assert not response.allowed
    assert [entry.policy.id for entry in response.errors] == ["rule"]


def test_a_sealed_attribute_is_not_read_where_rows_are_filtered() -> None:
    class Card:
        number: Secret[str]

    card = Card()
    card.number = "4111"  # type: ignore[assignment]
    policies = parse_policies('permit (principal, action, resource) when { resource.number == "4111" };')
    assert not Authorizer(policies, ["read"]).filter(Caller("ann"), "read", Card)(card)


TEMPLATE = "permit (principal == ?principal, action, resource);"
PERMITS, FORBIDS = (
    'permit (principal, action == Action::"read", resource is Order);',
    "forbid (principal, action, resource);",
)


@pytest.mark.parametrize(
    ("text", "allowed", "reasons", "errors"),
    [
        ("", False, [], []),
        (TEMPLATE, False, [], []),
        (PERMITS, True, [0], []),
        (FORBIDS, False, [0], []),
        (PERMITS + FORBIDS, False, [1], []),
        (PERMITS + PERMITS, True, [0, 1], []),
        (FORBIDS + PERMITS + FORBIDS, False, [0, 2], []),
        ("permit (principal, action, resource is Parcel);", False, [], []),
        ('permit (principal, action == Action::"write", resource);', False, [], []),
        ("permit (principal, action, resource) when { resource.nothing };", False, [], [0]),
        ("forbid (principal, action, resource) when { resource.nothing };" + PERMITS, True, [1], [0]),
    ],
)
def test_the_answer_and_who_decided_it(text: str, allowed: bool, reasons: list[int], errors: list[int]) -> None:
    policies = parse_policies(text)
    response = Engine(policies).respond(Caller("ann"), "read", Order(), Order)
    assert response.allowed is allowed
    assert [policies.index(entry.policy) for entry in response.reasons] == reasons
    assert [policies.index(entry.policy) for entry in response.errors] == errors


def test_more_policies_make_another_engine() -> None:
    (permit,), (forbid,) = parse_policies(PERMITS), parse_policies(FORBIDS)
    engine = Engine([permit])
    both = engine.including([forbid])
    assert (engine.policies, both.policies) == ((permit,), (permit, forbid))
    assert engine.respond(Caller("ann"), "read", Order(), Order).allowed
    assert not both.respond(Caller("ann"), "read", Order(), Order).allowed


def test_a_plan_is_made_once() -> None:
    engine = Engine(parse_policies(PERMITS))
    plan = engine.plan("read", Order)
    engine.respond(Caller("ann"), "read", Order(), Order)
    assert engine.plan("read", Order) is plan
    assert engine.plan("read", "Order") is not plan
