"""Every no explains itself, and the explanation gives the same answer again."""

from __future__ import annotations

import importlib.util
import random
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policy import worlds
from tests.policy.rules.test_agreement import Customer, Order

from ringwall.caller import Caller
from ringwall.decision import Condition
from ringwall.policy.authorizer import Authorizer
from ringwall.policy.rules.grant import role_policies, service_policies
from ringwall.policy.rules.python_rule import python_rule
from ringwall.secret import Secret

ANN = Caller("ann", roles=frozenset({"customer"}), attributes={"region": "eu"})
ROLES = role_policies({"customer": ["order:create"], "manager": ["order:*"]}, "ringwall.toml")
ACTIONS = ("order:read", "order:create", "order:delete")

SHOP = '''\
from dataclasses import dataclass

from ringwall import Caller


@dataclass
class Order:
    id: int
    owner: str
    region: str

{blank}
def owner_or_regional_support(caller: Caller, order: Order) -> bool:
    """Owners read their orders; support reads its region."""
    return caller.id == order.owner or (caller.has_role("support") and caller.region == order.region)
'''


def test_the_refusal_reads_as_the_readme_shows_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = SHOP.format(blank="\n" * 31)
    Path("orders.py").write_text(text)
    spec = importlib.util.spec_from_file_location("orders", tmp_path / "orders.py")
    assert spec is not None
    assert spec.loader is not None
    orders = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(orders)
    rule = python_rule(orders.owner_or_regional_support, "order:read")
    decision = Authorizer([*ROLES, rule], ACTIONS).decide(ANN, "order:read", orders.Order(17, "sue", "eu"))
    assert decision.explain() == (
        'DENY order:read  caller ann (person)  resource Order::"17"\n'
        "  no permit applies; the nearest is 'Owners read their orders; support reads its region.'  orders.py:44\n"
        "  ✗ any of\n"
        "    ✗ caller.id == order.owner            'ann' == 'sue'\n"
        "    ✗ all of\n"
        '      ✗ caller.has_role("support")        roles: customer\n'
        "      ✓ caller.region == order.region     'eu' == 'eu'\n"
        "  to allow: be sue, or hold the role support"
    )


def test_a_role_permission_that_is_missing() -> None:
    decision = Authorizer(ROLES, ACTIONS).decide(ANN, "order:delete")
    assert decision.explain() == (
        "DENY order:delete  caller ann (person)\n"
        "  requires role manager; roles: customer\n"
        "  ✗ role manager                          roles: customer\n"
        "  to allow: hold the role manager"
    )


def test_a_role_beside_the_action() -> None:
    decision = Authorizer(ROLES, ACTIONS).decide(ANN, "order:create", role="manager")
    assert not decision
    assert decision.summary == "requires role manager; roles: customer"
    assert decision.remedy == "hold the role manager"


@dataclass
class Parcel:
    id: int
    open: bool
    weight: int
    tags: set[str]
    card: Secret[str]
    note: str | None = None


PARCEL = Parcel(4, open=False, weight=9, tags={"b", "a"}, card=Secret("4111"))


@pytest.mark.parametrize(
    ("source", "shown", "remedy"),
    [
        ("order.open", "  ✗ order.open                            False", "have order.open"),
        ("order.weight < 5", "  ✗ order.weight < 5                      9 < 5", "have order.weight < 5"),
        ("order.weight != 9", "  ✗ order.weight != 9                     9 != 9", "have order.weight != 9"),
        (
            '"c" in order.tags',
            "  ✗ \"c\" in order.tags                     'c' in ('a', 'b')",
            'have "c" in order.tags',
        ),
        ("order.note is not None", "  ✗ order.note is not None                None", "have order.note is not None"),
        ("not order.weight >= 5", "  ✗ not order.weight >= 5                 9 >= 5", "not have order.weight >= 5"),
        ('caller.region == "us"', "  ✗ caller.region == \"us\"                 'eu' == 'us'", "have region us"),
        ('caller.team == "a"', "  ✗ caller.team == \"a\"                    None == 'a'", "have team a"),
        (
            'caller.has_role("x", "y")',
            '  ✗ caller.has_role("x", "y")             roles: customer',
            "hold one of the roles x, y",
        ),
        ("False", "  ✗ False", ""),
    ],
)
def test_each_kind_of_condition(source: str, shown: str, remedy: str) -> None:
    rule = python_rule(worlds.function(source, {"Order": Parcel}), "order:read")
    decision = Authorizer([rule]).decide(ANN, "order:read", PARCEL)
    assert decision.explain().splitlines()[2] == shown
    assert decision.remedy == remedy


def test_the_smallest_change_is_named_first() -> None:
    source = '(caller.has_role("a") and order.open) or (caller.has_role("b") and order.open and order.weight < 5)'
    rule = python_rule(worlds.function(source, {"Order": Parcel}), "order:read")
    assert Authorizer([rule]).decide(ANN, "order:read", PARCEL).remedy == "hold the role a and have order.open"


def test_a_forbid_explains_itself_and_says_what_would_lift_it() -> None:
    rule = python_rule(worlds.function("order.weight > 5", {"Order": Parcel}), "order:read", effect="forbid")
    manager = Caller("max", roles=frozenset({"manager"}))
    decision = Authorizer([*ROLES, rule], ACTIONS).decide(manager, "order:read", PARCEL)
    assert decision.explain().splitlines()[1:] == [
        f"  forbidden by 'Generated.'  {rule.where}",
        "  ✓ order.weight > 5                      9 > 5",
        "  to allow: not have order.weight > 5",
    ]


@pytest.mark.parametrize(
    ("join", "remedy"),
    [
        ("and", "not have order.weight > 5, or not have order.id > 3"),
        ("or", "not have order.weight > 5 and not have order.id > 3"),
    ],
)
def test_to_lift_a_forbid_one_part_of_all_or_each_part_of_any_must_go(join: str, remedy: str) -> None:
    function = worlds.function(f"order.weight > 5 {join} order.id > 3", {"Order": Parcel})
    rules = [*ROLES, python_rule(function, "order:read", effect="forbid")]
    manager = Caller("max", roles=frozenset({"manager"}))
    assert Authorizer(rules, ACTIONS).decide(manager, "order:read", PARCEL).remedy == remedy


def test_the_outside_hears_only_a_public_sentence_and_never_a_value() -> None:
    function = worlds.function('order.note == "paid"', {"Order": Parcel})
    closed = Authorizer([python_rule(function, "order:read")]).decide(ANN, "order:read", PARCEL)
    told = Authorizer([python_rule(function, "order:read", public=True)]).decide(ANN, "order:read", PARCEL)
    assert closed.said_outside == ""
    assert told.said_outside == "Generated."


class Loose:
    """Declares nothing, so that nothing is known before the request."""

    def __init__(self, **values: object) -> None:
        vars(self).update(values)


def test_a_secret_is_never_read_nor_shown() -> None:
    rule = python_rule(worlds.function('order.card is None or order.card != "x"', {"Order": Loose}), "order:read")
    decision = Authorizer([rule]).decide(ANN, "order:read", Loose(card=Secret("4111")))
    assert not decision
    assert "4111" not in decision.explain()
    assert "(Secret) != 'x'" in decision.explain()


def test_an_object_is_shown_by_its_type_and_a_long_text_is_cut() -> None:
    rule = python_rule(worlds.function('order.note == "x"', {"Order": Loose}), "order:read")
    for value, shown in ((object(), "(object) == 'x'"), ("y" * 99, f"'{'y' * 58}… == 'x'")):
        assert shown in Authorizer([rule]).decide(ANN, "order:read", Loose(note=value)).explain()


def test_an_attribute_that_raises_says_so() -> None:
    rule = python_rule(worlds.function('order.note == "x"', {"Order": Loose}), "order:read")
    decision = Authorizer([rule]).decide(ANN, "order:read", Loose())
    assert not decision
    assert "(cannot be read) == 'x'" in decision.explain()


def test_branches_and_negated_groups_unfold() -> None:
    source = '(order.open and order.weight < 5) if order.weight > 1 else not (order.open or caller.has_role("x"))'
    rule = python_rule(worlds.function(source, {"Order": Parcel}), "order:read")
    lines = Authorizer([rule]).decide(ANN, "order:read", PARCEL).explain().splitlines()
    assert [line.strip().split("  ")[0] for line in lines[2:-1]] == [
        "✗ if, then, else",
        "✓ order.weight > 1",
        "✗ all of",
        "✗ order.open",
        "✗ order.weight < 5",
        "✓ not any of",
        "✗ order.open",
        '✗ caller.has_role("x")',
    ]


def _replay(condition: Condition) -> bool:
    """The answer again, from nothing but what the explanation shows."""
    parts = [_replay(part) for part in condition.parts]
    if condition.values == "cannot be told":
        return condition.held
    match condition.text:
        case "all of":
            again = all(parts)
        case "any of":
            again = any(parts)
        case "if, then, else":
            again = parts[1] if parts[0] else parts[2]
        case "not any of":
            again = not any(parts)
        case "not all of":
            again = not all(parts)
        case "not if, then, else":
            again = not (parts[1] if parts[0] else parts[2])
        case _:
            assert not [part for part in condition.parts if not condition.text.startswith("not ")]
            again = condition.held
    assert again is condition.held
    return again


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**64))
def test_the_explanation_replays_to_the_same_decision(seed: int) -> None:
    rng = random.Random(seed)
    rules = [
        python_rule(worlds.function(worlds.condition(rng), {"Order": Order}), "order:read", name=f"r{n}", effect=effect)
        for n, effect in enumerate(rng.choices(("permit", "permit", "forbid"), k=3))
    ]
    authorizer = Authorizer(
        [*rules, *role_policies({"a": ["order:read"]}), *service_policies({"shop": ["order:read"]})]
    )
    for _ in range(10):
        customer = Customer(**worlds.customer(rng)) if rng.random() < 0.7 else None
        order, caller = Order(**worlds.row(rng), customer=customer), worlds.caller(rng)
        decision, outcomes = (
            authorizer.decide(caller, "order:read", order),
            authorizer.outcomes(caller, "order:read", order),
        )
        said = {"permit": False, "forbid": False}
        for outcome in outcomes:
            assert outcome.condition is not None
            assert _replay(outcome.condition) is outcome.held
            said[outcome.effect] |= outcome.held
        may = caller.actor is None or authorizer.actor_may(caller.actor, "order:read", order, Order)
        assert decision.allowed is (said["permit"] and not said["forbid"] and may)
