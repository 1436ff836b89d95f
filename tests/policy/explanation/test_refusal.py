"""Every no explains itself, and the explanation gives the same answer again."""

from __future__ import annotations

import importlib.util
import random
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policy import worlds
from tests.policy.rules.test_agreement import Customer, Order

from ringwall.caller import Caller
from ringwall.decision import Condition, RuleOutcome
from ringwall.policy.authorizer import Authorizer
from ringwall.policy.expression import Attribute, Equal, Variable
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.policy import Clause, Effect, Policy
from ringwall.policy.rules.grant import mark_policy, role_policies, service_policies
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


SHOP_ID = "spiffe://ringwall.internal/shop"
SERVICE = Caller(SHOP_ID, kind="service")


def _rule(condition: str, name: str = "r", effect: Effect = "permit", **more: bool) -> Policy:
    return python_rule(worlds.function(condition, {"Order": Parcel}), "order:read", name=name, effect=effect, **more)


def test_a_service_without_a_rule_is_told_what_grants_it() -> None:
    others = service_policies({"mail": ["order:read"]})
    decision = Authorizer([*ROLES, *others], ACTIONS).decide(SERVICE, "order:read", PARCEL)
    assert decision.explain() == (
        'DENY order:read  caller shop (service)  resource Parcel::"4"\n'
        "  no rule permits order:read to service shop\n"
        "  to allow: grant order:read to shop under [services]"
    )


def test_a_service_is_told_of_a_rule_that_speaks_of_anyone_and_of_no_role() -> None:
    decision = Authorizer([*ROLES, _rule("order.open")], ACTIONS).decide(SERVICE, "order:read", PARCEL)
    assert decision.remedy == "have order.open"


def test_a_person_is_not_told_of_what_a_service_may() -> None:
    authorizer = Authorizer(service_policies({"shop": ["order:read"]}), ACTIONS)
    decision = authorizer.decide(ANN, "order:read", PARCEL)
    assert (decision.summary, decision.remedy) == ("no rule permits order:read to anyone", "")
    assert decision.nearest is None


def test_any_of_the_roles_that_may_is_asked_for_once() -> None:
    roles = [*role_policies({"a": ["order:*"], "b": ["order:read"]}), mark_policy("order:read", role="a")]
    decision = Authorizer(roles, ACTIONS).decide(Caller("max"), "order:read", PARCEL)
    assert decision.summary == "requires role a or b; roles: none"
    assert decision.remedy == "hold the role a, or hold the role b"
    assert decision.nearest is not None
    assert (decision.nearest.rule, decision.nearest.held) == ("roles.a", False)


def test_at_equal_distance_a_condition_says_more_than_a_role() -> None:
    roles = role_policies({"a": ["order:read"]})
    decision = Authorizer([*roles, _rule("order.open")], ACTIONS).decide(ANN, "order:read", PARCEL)
    assert decision.remedy == "have order.open"
    further = Authorizer([*roles, _rule("order.open and order.weight < 5")], ACTIONS)
    assert further.decide(ANN, "order:read", PARCEL).remedy == "hold the role a"


def test_a_rule_for_one_person_is_told_as_a_rule_and_not_as_a_role() -> None:
    policies = parse_policies('permit (principal == Person::"sue", action, resource);', file="a")
    decision = Authorizer(policies, ACTIONS).decide(ANN, "order:read", PARCEL)
    assert decision.summary == "no permit applies; the nearest is 'policy0'  a:1"
    assert decision.remedy == "be sue"


def test_a_role_with_a_condition_is_more_than_a_role() -> None:
    (policy,) = parse_policies(
        'permit (principal in Role::"a", action == Action::"order:read", resource) when { resource.open };', file="a"
    )
    decision = Authorizer([policy], ACTIONS).decide(ANN, "order:read", PARCEL)
    assert decision.summary == "no permit applies; the nearest is 'policy0'  a:1"
    assert decision.remedy == "hold the role a and have resource.open"


@pytest.mark.parametrize(("number", "among"), [(256, ""), (257, " of the first 256")])
def test_of_very_many_permits_the_first_are_weighed(number: int, among: str) -> None:
    far, near = _rule("order.open and order.weight < 5", "far"), _rule("order.open", "near")
    policies = [replace(far, id=f"far{n}") for n in range(number - 1)] + [near]
    decision = Authorizer(policies).decide(ANN, "order:read", PARCEL)
    assert decision.nearest is not None
    assert decision.nearest.rule == ("far0" if among else "near")
    assert decision.summary.startswith(f"no permit applies; the nearest{among} is 'Generated.'  ")


def test_a_forbid_that_cannot_be_told_has_no_remedy() -> None:
    function = worlds.function('order.note == "x"', {"Order": Loose})
    forbid = python_rule(function, "order:read", name="r", effect="forbid", public=True)
    manager = Caller("max", roles=frozenset({"manager"}))
    decision = Authorizer([*ROLES, forbid], ACTIONS).decide(manager, "order:read", Loose())
    assert decision.summary == f"it cannot be told whether a rule forbids this: 'Generated.'  {forbid.where}"
    assert (decision.remedy, decision.said_outside) == ("", "Generated.")
    assert [(reason.rule, reason.held) for reason in decision.reasons] == [("r", False)]


def test_a_forbid_that_applied_is_a_reason_that_held() -> None:
    forbid = _rule("order.weight > 5", effect="forbid", public=True)
    manager = Caller("max", roles=frozenset({"manager"}))
    decision = Authorizer([*ROLES, forbid], ACTIONS).decide(manager, "order:read", PARCEL)
    assert [(reason.rule, reason.effect, reason.held) for reason in decision.reasons] == [("r", "forbid", True)]
    assert (decision.said_outside, decision.nearest) == ("Generated.", None)


def test_a_service_that_calls_for_a_person_needs_a_grant_of_its_own() -> None:
    caller = Caller("max", roles=frozenset({"manager"}), actor=SERVICE)
    assert Authorizer(ROLES, ACTIONS).decide(caller, "order:read", PARCEL).explain() == (
        'DENY order:read  caller max (person, called by shop)  resource Parcel::"4"\n'
        "  shop, acting for max, may not order:read itself\n"
        "  to allow: grant order:read to shop under [services]"
    )


@pytest.mark.parametrize(
    ("action", "hint"), [("order:raed", "; did you mean order:read?"), ("invoice", "")], ids=["near", "far"]
)
def test_an_action_that_nobody_named(action: str, hint: str) -> None:
    decision = Authorizer(ROLES, ACTIONS).decide(ANN, action)
    assert decision.summary == f"no rule and no mark knows the action {action}{hint}"


def test_a_role_beside_the_action_is_a_rule_of_its_own() -> None:
    decision = Authorizer(ROLES, ACTIONS).decide(ANN, "order:create", role="manager")
    assert decision.nearest == RuleOutcome(
        "role=manager", "permit", "Requires role manager.", "", held=False,
        condition=Condition("role manager", held=False, values="roles: customer"),
    )  # fmt: skip


def test_each_outcome_says_whether_its_rule_held_for_this_caller() -> None:
    authorizer = Authorizer([*role_policies({"customer": ["order:read"]}), _rule("order.open"), _rule("True", "all")])
    found = authorizer.outcomes(ANN, "order:read", PARCEL)
    assert {one.rule: one.held for one in found} == {"roles.customer": True, "r": False, "all": True}


class Vault:
    """Its code is sealed, which is known before any request."""

    id = 1
    code: Secret[str]
    open = True

    @property
    def number(self) -> int:
        raise RuntimeError("gone")


def test_what_is_sealed_is_neither_asked_nor_shown() -> None:
    vault = Vault()
    vault.code = Secret("4111")
    policies = parse_policies(
        'permit (principal, action, resource) when { resource.code == "4111" && resource.open && resource.number > 1 };'
    )
    decision = Authorizer(policies, ["read"]).decide(ANN, "read", vault)
    assert decision.nearest is not None
    assert decision.nearest.condition is not None
    assert [(part.held, part.erred, part.values) for part in decision.nearest.condition.parts] == [
        (False, True, '••• == "4111"'),
        (True, False, "true"),
        (False, True, "(cannot be read) > 1"),
    ]


def test_what_is_sealed_is_not_even_looked_at() -> None:
    opened: list[str] = []

    class Safe:
        id = 1
        code: Secret[str]

        def __getattr__(self, name: str) -> object:
            opened.append(name)
            return Secret("4111")

    policies = parse_policies('permit (principal, action, resource) when { resource.code == "4111" };')
    decision = Authorizer(policies, ["read"]).decide(ANN, "read", Safe())
    assert decision.explain().splitlines()[2] == '  ✗ resource.code == "4111"               ••• == "4111"'
    assert "code" not in opened


def test_a_promise_that_is_broken_spoils_the_conditions_that_rest_on_it_and_no_other() -> None:
    @dataclass
    class Crate:
        id: int
        open: bool
        owner: str

    rule = python_rule(worlds.function("order.open or caller.region == order.owner", {"Order": Crate}), "order:read")
    decision = Authorizer([rule]).decide(Caller("max"), "order:read", Crate(1, False, None))  # type: ignore[arg-type]
    assert decision.nearest is not None
    assert decision.nearest.condition is not None
    assert [(part.text, part.erred) for part in decision.nearest.condition.parts] == [
        ("order.open", False),
        ("caller.region == order.owner", True),
    ]


def test_what_a_scope_asks_of_the_very_object_is_a_condition_and_its_class_is_none() -> None:
    scope = 'resource == Loose::"1"'
    (policy,) = parse_policies(f"permit (principal, action, {scope}) when {{ resource.open }};")
    decision = Authorizer([policy], ["read"]).decide(ANN, "read", Loose(id=2, open=True))
    assert decision.explain().splitlines()[2:5] == [
        "  ✗ all of",
        '    ✗ resource == Loose::"1"              Loose::"2" == Loose::"1"',
        "    ✓ resource.open                       true",
    ]


def test_a_policy_that_was_never_written_is_told_in_cedar() -> None:
    owner = Attribute(of=Variable(name="resource"), name="owner")
    policy = Policy("r", clauses=(Clause("when", Equal(left=owner, right=Variable(name="principal"))),))
    decision = Authorizer([policy], ["read"]).decide(ANN, "read", Loose(owner="sue"))
    assert decision.explain().splitlines()[1:3] == [
        "  no permit applies; the nearest is 'r'",
        '  ✗ resource.owner == principal           "sue" == Person::"ann"',
    ]


def test_a_person_is_named_by_id_and_any_other_entity_in_full() -> None:
    for written, said in (('Person::"sue"', "be sue"), ('Service::"shop"', 'be Service::"shop"')):
        policies = parse_policies(f"permit (principal, action, resource) when {{ principal == {written} }};")
        assert Authorizer(policies, ["read"]).decide(ANN, "read").remedy == said


def test_a_python_rule_tells_that_a_member_was_not_to_be_there() -> None:
    rule = python_rule(worlds.function('"a" not in order.tags', {"Order": Parcel}), "order:read")
    decision = Authorizer([rule]).decide(ANN, "order:read", PARCEL)
    assert decision.explain().splitlines()[2] == "  ✗ \"a\" not in order.tags                 'a' not in ('a', 'b')"


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
