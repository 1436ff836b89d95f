"""What a counterexample shows: every entity and value that an engine reads, under names that a reader can follow."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest

from ringwall.policy.comparison.difference import difference
from ringwall.policy.comparison.search import Counterexample
from ringwall.policy.entities.entity import Entity
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.schema.parse import parse_schema
from ringwall.policy.values.cedar_set import CedarSet
from ringwall.policy.values.datetime import Datetime
from ringwall.policy.values.decimal import Decimal
from ringwall.policy.values.duration import Duration
from ringwall.policy.values.ip_address import IpAddress
from ringwall.policy.values.record import Record
from ringwall.policy.values.value import Value

ASKED = "action read appliesTo { principal: User, resource: Doc };"


def example(entities: str, condition: str, action: str = ASKED) -> Counterexample:
    """A request that a permit with this condition allows."""
    policy = parse_policies(f"permit (principal, action, resource) when {{ {condition} }};")
    (found,) = difference([], policy, parse_schema(f"{entities} {action}")).newly_allowed.found
    return found


def attributes(found: Counterexample, type_: str, id_: str) -> dict[str, Value]:
    return dict(found.entities[EntityUid(type_, id_)].attributes)


def names(found: Counterexample) -> set[str]:
    return {str(uid) for uid in found.entities}


@pytest.mark.parametrize(
    ("condition", "principal", "others"),
    [
        ("true", 'User::"user 1"', {'Org::Doc::"doc 1"'}),
        ('principal == User::"ann"', 'User::"ann"', {'Org::Doc::"doc 1"'}),  # the number of one type, not of another
        ('principal != User::"user 1"', 'User::"user 2"', {'Org::Doc::"doc 1"'}),
        (
            'principal != User::"user 1" && principal != User::"user 2"',
            'User::"user 3"',
            {'Org::Doc::"doc 1"'},
        ),
        (
            "resource.owner != principal && resource.next != resource",
            'User::"user 1"',
            {'User::"user 2"', 'Org::Doc::"doc 1"', 'Org::Doc::"doc 2"'},
        ),
        (
            "resource.owner != principal && resource.owner != resource.other && resource.other != principal",
            'User::"user 1"',
            {'User::"user 2"', 'User::"user 3"', 'Org::Doc::"doc 1"'},
        ),
    ],
)
def test_an_invented_entity_has_the_next_free_name(condition: str, principal: str, others: set[str]) -> None:
    found = example(
        "entity User; namespace Org { entity Doc { owner: User, other: User, next: Doc }; }",
        condition,
        "action read appliesTo { principal: User, resource: Org::Doc };",
    )
    assert str(found.request.principal) == principal
    assert names(found) >= {principal, *others, 'Action::"read"'}


def test_what_no_policy_reads_is_there_only_where_it_must_be() -> None:
    found = example(
        """
        entity User; entity Team; entity Level enum ["low", "high"];
        entity Doc { b: Bool, n: Long, s: String, met: User, unmet: Team, level: Level, some: Set<Long>,
          inside: { a: Long, b?: Long }, price: decimal, at: datetime, wait: duration, home: ipaddr,
          maybe?: Long, maybe_met?: User };
        """,
        "true",
    )
    assert attributes(found, "Doc", "doc 1") == {
        "b": False,
        "n": 0,
        "s": "other",
        "met": EntityUid("User", "user 1"),
        "unmet": EntityUid("Team", "team 1"),
        "level": EntityUid("Level", "low"),
        "some": CedarSet(),
        "inside": Record({"a": 0}),
        "price": Decimal(0),
        "at": Datetime(0),
        "wait": Duration(0),
        "home": IpAddress(IPv4Address(0), 32),
    }
    assert names(found) == {'User::"user 1"', 'Doc::"doc 1"', 'Team::"team 1"', 'Action::"read"'}


def test_an_action_that_must_be_there_is_one_of_the_schema() -> None:
    found = example('entity User; entity Doc { by: N::Action }; namespace N { action "any"; }', "true")
    assert attributes(found, "Doc", "doc 1") == {"by": EntityUid("N::Action", "any")}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("principal has level && principal.level == 7", {"level": 7}),
        ("!(principal has level)", {}),
        ("principal has home && principal.home == ip(\"::1/64\")", {"home": IpAddress.parse("::1/64")}),
        ("principal has home && principal.home == ip(\"10.0.0.1\")", {"home": IpAddress.parse("10.0.0.1")}),
        ("principal has price && principal.price == decimal(\"-1.5\")", {"price": Decimal.parse("-1.5")}),
        ("principal has at && principal.at == datetime(\"2026-11-24\")", {"at": Datetime.parse("2026-11-24")}),
        ("principal has wait && principal.wait == duration(\"-1s\")", {"wait": Duration.parse("-1s")}),
        ("principal has open && principal.open", {"open": True}),
        ("principal has open && !principal.open", {"open": False}),
        ("principal has meta && !(principal.meta has size) && principal.meta.kind == \"x\"",
         {"meta": Record({"kind": "x"})}),
        ("principal has meta && principal.meta has size && principal.meta == {kind: \"x\", size: 2}",
         {"meta": Record({"kind": "x", "size": 2})}),
        ("principal has names && principal.names == [\"a\", \"b\"]", {"names": CedarSet(["a", "b"])}),
        ("principal has names && [\"a\", \"b\"].containsAll(principal.names) && principal.names.contains(\"a\")"
         " && !principal.names.contains(\"b\")", {"names": CedarSet(["a"])}),
        ("principal has flags && principal.flags == [true, false]", {"flags": CedarSet([True, False])}),
        ("principal has numbers && principal.numbers == [1, -2]", {"numbers": CedarSet([1, -2])}),
        ("principal has friends && principal.friends == [principal, User::\"sue\"]",
         {"friends": CedarSet([EntityUid("User", "user 1"), EntityUid("User", "sue")])}),
        ("principal has times && principal.times == [datetime(\"2026-11-24\")]",
         {"times": CedarSet([Datetime.parse("2026-11-24")])}),
    ],
)  # fmt: skip
def test_what_a_policy_reads_has_the_value_that_it_needs(condition: str, expected: dict[str, Value]) -> None:
    found = example(
        """
        entity User { level?: Long, home?: ipaddr, price?: decimal, at?: datetime, wait?: duration, open?: Bool,
          meta?: { kind: String, size?: Long }, names?: Set<String>, flags?: Set<Bool>, numbers?: Set<Long>,
          friends?: Set<User>, times?: Set<datetime> };
        entity Doc;
        """,
        condition,
    )
    assert attributes(found, "User", "user 1") == expected


@pytest.mark.parametrize(
    ("condition", "boss"),
    [
        ('User::"boss".level == 3', Entity(EntityUid("User", "boss"), {"level": 3})),
        (
            'User::"boss".getTag("x") == "y" && !User::"boss".hasTag("z")',
            Entity(EntityUid("User", "boss"), {"level": 0}, (), {"x": "y"}),
        ),
        ('User::"boss" in User::"top"', Entity(EntityUid("User", "boss"), {"level": 0}, [EntityUid("User", "top")])),
    ],
)
def test_an_entity_that_only_a_policy_names_is_there(condition: str, boss: Entity) -> None:
    found = example("entity User in [User] { level: Long } tags String; entity Doc;", condition)
    assert found.entities[boss.uid] == boss


def test_parents_are_the_next_above() -> None:
    found = example(
        "entity Team in [Team]; entity User in [Team]; entity Doc;",
        'principal in Team::"a" && Team::"a" in Team::"b" && Team::"b" in Team::"c" && principal in Team::"c"',
    )
    parents = {str(entity.uid): {str(uid) for uid in entity.parents} for entity in found.entities.values()}
    assert parents == {
        'User::"user 1"': {'Team::"a"'},
        'Team::"a"': {'Team::"b"'},
        'Team::"b"': {'Team::"c"'},
        'Team::"c"': set(),
        'Doc::"doc 1"': set(),
        'Action::"read"': set(),
    }


def test_of_the_actions_only_the_one_asked_about_is_there_with_its_groups() -> None:
    found = example(
        "entity User; entity Doc; action top; action all in top;",
        'action in Action::"top" && action == Action::"read"',
        "action read, write in all appliesTo { principal: User, resource: Doc };",
    )
    (action,) = (entity for entity in found.entities.values() if entity.uid.type == "Action")
    assert (action.uid.id, {uid.id for uid in action.parents}) == ("read", {"all", "top"})


def test_what_no_formula_says_is_shown_where_it_must_be_there() -> None:
    odd = "Set<Set<Long>>"
    found = example(
        "entity User; entity Doc;",
        "context.n == 1",
        "action read appliesTo { principal: User, resource: Doc,"
        f" context: {{ n: Long, odd: {odd}, maybe?: {odd}, inner: {{ odd: {odd}, maybe?: {odd} }} }} }};",
    )
    assert found.request.context == Record(
        {"n": 1, "odd": CedarSet(), "inner": Record({"odd": CedarSet()})},
    )


def test_tags_that_no_formula_says_are_left_out() -> None:
    schema = parse_schema(f"entity User {{ level: Long }} tags Set<Set<Long>>; entity Doc; {ASKED}")
    after = parse_policies("""
      permit (principal, action, resource) when { principal.level == 2 };
      permit (principal, action, resource) when { principal.hasTag("x") };
    """)
    found = difference([], after, schema)
    assert [limit.reason for limit in found.limits] == ["values of the type Set<Set<Long>>"]
    user = found.newly_allowed.found[0].entities[EntityUid("User", "user 1")]
    assert (dict(user.attributes), dict(user.tags)) == ({"level": 2}, {})
