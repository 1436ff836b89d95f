"""What is printed is Cedar: Cedar's own engine parses it, and decides as ours does."""

from __future__ import annotations

import json
import random
from typing import Any

import cedarpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policy import worlds
from tests.policy.rules.test_agreement import Customer, Order

from ringwall.caller import Caller
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.expression import Attribute, Has, Is, Like, Literal, SetOf, Variable
from ringwall.policy.language.cedar_text import cedar_text, expression_text
from ringwall.policy.objects.engine import Engine
from ringwall.policy.rules.grant import mark_policy, role_policies, service_policies
from ringwall.policy.rules.python_rule import python_rule


def test_the_policy_set_of_a_service() -> None:
    rule = python_rule(worlds.function("caller.id == order.owner", {"Order": Order}), "order:read", name="own")
    rules = [
        *role_policies({"manager": ["order:*", "charge:read"]}),
        *service_policies({"shop": ["order:read"]}),
        mark_policy("me"),
        rule,
    ]
    assert cedar_text(rules) == (
        '@id("roles.manager")\n@sentence("Role manager may order:*, charge:read.")\n@where("ringwall.toml")\n'
        'permit (principal in Role::"manager", action in [Action::"order:*", Action::"charge:read"], resource);\n\n'
        '@id("services.shop")\n@sentence("Service shop may order:read.")\n@where("ringwall.toml")\n'
        'permit (principal == Service::"spiffe://ringwall.internal/shop", '
        'action == Action::"order:read", resource);\n\n'
        '@id("marks.me")\n@sentence("Anyone signed in may me.")\n'
        'permit (principal, action == Action::"me", resource);\n\n'
        f'@id("own")\n@sentence("Generated.")\n@where("{rule.where}")\n'
        'permit (principal, action == Action::"order:read", resource is Order)\n'
        "when { principal.id == resource.owner };\n"
    )


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (Literal(value='a"\\\n\u200b'), '"a\\"\\\\\\u{a}\\u{200b}"'),
        (Literal(value=-(2**63)), "-9223372036854775808"),
        (Attribute(of=Variable(name="context"), name="a b"), 'context["a b"]'),
        (Has(of=Variable(name="resource"), name="if"), 'resource has "if"'),
        (Is(of=Variable(name="resource"), type="Order"), "resource is Order"),
        (Like(of=Attribute(of=Variable(name="resource"), name="p"), parts=("/a*", "")), 'resource.p like "/a\\**"'),
        (SetOf(items=(Literal(value=EntityUid("Role", "a")), Literal(value=True))), '[Role::"a", true]'),
    ],
)
def test_expressions(expression: Any, text: str) -> None:
    assert expression_text(expression) == text
    cedarpy.format_policies(f"permit(principal, action, resource) when {{ {text} }};")


def _json(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _cedar_world(caller: Caller, order: Order) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The caller, the order and its customer as Cedar entities, and the context."""
    me = {"type": "Service" if caller.kind == "service" else "Person", "id": caller.id}
    attributes = {"id": caller.id, "kind": caller.kind, **_json(dict(caller.attributes))}
    row = _json({name: value for name, value in vars(order).items() if name != "customer"})
    entities = [
        {"uid": me, "attrs": attributes, "parents": [{"type": "Role", "id": role} for role in caller.roles]},
        {"uid": {"type": "Action", "id": "order:read"}, "attrs": {}, "parents": [{"type": "Action", "id": "order:*"}]},
    ]
    if order.customer is not None:
        reference = {"type": "Customer", "id": "1"}
        row["customer"] = {"__entity": reference}
        entities.append({"uid": reference, "attrs": _json(vars(order.customer)), "parents": []})
    entities.append({"uid": {"type": "Order", "id": "1"}, "attrs": row, "parents": []})
    if caller.actor is None:
        return entities, {}
    actor = {"type": "Service", "id": caller.actor.id}
    entities.append({"uid": actor, "attrs": {"id": caller.actor.id, "kind": "service"}, "parents": []})
    return [entity for n, entity in enumerate(entities) if entity["uid"] not in [e["uid"] for e in entities[:n]]], {
        "actor": {"__entity": actor}
    }


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**64))
def test_cedar_decides_the_same(seed: int) -> None:
    rng = random.Random(seed)
    rules = [
        python_rule(worlds.function(worlds.condition(rng), {"Order": Order}), "order:read", effect=effect, name=f"r{n}")
        for n, effect in enumerate(rng.choices(("permit", "permit", "forbid"), k=rng.randint(1, 3)))
    ]
    rules += role_policies({"a": [rng.choice(("order:*", "order:create"))]})
    engine, text = Engine(rules), cedar_text(rules)
    for _ in range(4):
        customer = Customer(**worlds.customer(rng)) if rng.random() < 0.7 else None
        order, caller = Order(**worlds.row(rng), customer=customer), worlds.caller(rng)
        entities, context = _cedar_world(caller, order)
        me = "Service" if caller.kind == "service" else "Person"
        request = {
            "principal": f"{me}::{json.dumps(caller.id)}",
            "action": 'Action::"order:read"',
            "resource": 'Order::"1"',
            "context": context,
        }
        theirs = cedarpy.is_authorized(request, text, entities)
        ours = engine.respond(caller, "order:read", order, Order)
        assert (theirs.decision == cedarpy.Decision.Allow) is ours.allowed, (text, theirs.diagnostics.errors)
        assert sorted(theirs.diagnostics.reasons) == sorted(
            f"policy{rules.index(entry.policy)}" for entry in ours.reasons
        )
        assert not theirs.diagnostics.errors
        assert not ours.errors
