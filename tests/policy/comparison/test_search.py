"""How far a search goes, and what of the policies stays in what it shows."""

from __future__ import annotations

from tests.policy.comparison.random_policies import SCHEMA

from ringwall.policy.comparison.difference import difference
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.schema.parse import parse_schema
from ringwall.policy.values.record import Record

KNOWN = parse_schema(SCHEMA)


def permit(condition: str) -> str:
    return f"permit (principal, action, resource) when {{ {condition} }};"


NONE = parse_policies(permit("false"))
THREE = parse_policies("".join(permit(f"principal.level == {level}") for level in (1, 2, 3)))


def test_it_stops_when_there_is_enough_and_says_so() -> None:
    for most, more in ((1, True), (2, True), (3, False), (5, False)):
        found = difference(NONE, THREE, KNOWN, most=most).newly_allowed
        assert len(found.found) == min(most, 3)
        assert found.more is more
        forbids = parse_policies("permit (principal, action, resource);")
        banned = parse_policies(
            "permit (principal, action, resource);"
            + "".join(permit(f"principal.level == {level}").replace("permit", "forbid") for level in (1, 2, 3))
        )
        denied = difference(forbids, banned, KNOWN, most=most).newly_denied
        assert (len(denied.found), denied.more) == (min(most, 3), more)


def test_each_shows_the_policy_that_it_began_with() -> None:
    found = difference(NONE, THREE, KNOWN).newly_allowed.found
    assert [example.policy for example in found] == list(THREE)
    levels = [example.entities[example.request.principal].attributes["level"] for example in found]
    assert levels == [1, 2, 3]


def test_a_text_of_the_policies_stays_and_an_invented_one_is_a_word() -> None:
    after = parse_policies(permit('principal.name == "x" && resource.meta.kind != "x" && resource.meta.kind != ""'))
    (example,) = difference(NONE, after, KNOWN).newly_allowed.found
    shown = str(example.entities[example.request.principal].attributes["name"])
    assert shown == "x"
    assert example.entities[example.request.resource].attributes["meta"] == Record({"kind": "other"})


def test_enumerated_principals_are_all_there_are() -> None:
    schema = parse_schema("""
      entity User enum ["ann", "sue"]; entity Doc { owner: User };
      action read appliesTo { principal: [User, Doc], resource: [Doc, User] };
    """)
    either = "".join(
        permit(f'{who} == User::"ann" || {who} == User::"sue" || {who} is Doc') for who in ("principal", "resource")
    )
    assert difference(parse_policies(either), parse_policies(permit("true")), schema).same
    assert not difference(parse_policies(permit('principal == User::"ann"')), parse_policies(either), schema).same
    assert difference(parse_policies(permit("principal has x")), NONE, schema).same


def test_attributes_may_hold_actions_whose_groups_are_known() -> None:
    schema = parse_schema("""
      entity User; entity Doc { one: Action, some: Set<Action>, far: Set<N::Action> };
      action all; action read in all appliesTo { principal: User, resource: Doc };
      action write in [all, N::Action::"any"] appliesTo { principal: User, resource: Doc };
      namespace N { action any; }
    """)
    for one, other in (
        ("action in resource.one", 'action == resource.one || resource.one == Action::"all"'),
        ("action in resource.some", 'resource.some.contains(action) || resource.some.contains(Action::"all")'),
        ("action in resource.far", 'action == Action::"write" && resource.far.contains(N::Action::"any")'),
        ("resource.one in action", "resource.one == action"),
        ('resource.one in Action::"all"', "true"),
        ('resource.one in N::Action::"any"', 'resource.one == Action::"write"'),
    ):
        assert difference(parse_policies(permit(one)), parse_policies(permit(other)), schema).same, one
