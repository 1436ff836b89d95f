"""Cedar's own answer, from an index that never loses a rule."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policy import worlds

from ringwall.caller import Caller
from ringwall.policy.engine import Engine
from ringwall.policy.expression import EntityUid, In, Literal, Variable
from ringwall.policy.rule import Rule
from ringwall.secret import Secret

SHOP = "spiffe://ringwall.internal/shop"


class Order:
    pass


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**64))
def test_the_index_answers_as_a_walk_over_all_rules(seed: int) -> None:
    rng = random.Random(seed)
    rules = [
        Rule(
            f"r{n}",
            rng.choice(("permit", "permit", "forbid")),
            role=rng.choice(("", "a", "b")) if n % 2 else "",
            service=rng.choice(("", SHOP)) if not n % 2 else "",
            actions=rng.choice(((), ("*",), ("order:*",), ("order:read",), ("order:create", "charge:*"))),
            resource_type=rng.choice(("", "Order", "Parcel")),
            condition=rng.choice(
                (None, Literal(value=False), In(left=Variable(name="principal"), right=EntityUid(type="Role", id="c")))
            ),
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
                if rule.speaks_of(action, "Order")
                and (not rule.role or rule.role in who.roles)
                and (not rule.service or (who.kind == "service" and who.id == rule.service))
                and (rule.condition is None or (isinstance(rule.condition, In) and "c" in who.roles))
            ]
            forbids = [rule for rule in found if rule.effect == "forbid"]
            response = engine.respond(who, action, Order(), Order)
            assert response.allowed is bool(found and not forbids)
            assert {entry.rule.id for entry in response.reasons} == {rule.id for rule in forbids or found}


def test_an_erring_rule_is_skipped_and_reported() -> None:
    engine = Engine([Rule("bare", condition=Variable(name="resource")), Rule("open")])
    response = engine.respond(Caller("ann"), "read", Order(), Order)
    assert response.allowed
    assert [entry.rule.id for entry in response.errors] == ["bare"]


def test_a_rule_read_before_its_class_was_known_errs_on_a_secret() -> None:
    from ringwall.policy.python_rule import python_rule

    class Card:
        number: Secret[str]

    rule = python_rule(worlds.function('order.number is not None and caller.id == "ann"', {"Order": "Card"}), "read")
    card = Card()
    card.number = Secret("4111")
    response = Engine([rule]).respond(Caller("ann"), "read", card, Card)
    assert not response.allowed
    assert [entry.rule.id for entry in response.errors] == ["rule"]
