"""Without a schema: types as policies read them, everything optional, and any hierarchy."""

from __future__ import annotations

import pytest

from ringwall.policy.comparison.difference import Difference, difference
from ringwall.policy.comparison.read_universe import read_universe
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.schema.types import BOOL, LONG, STRING, EntityType, ExtensionType, Field, RecordType, SetType, Type


def permit(condition: str) -> str:
    return f"permit (principal, action, resource) when {{ {condition} }};"


def compare(before: str, after: str) -> Difference:
    return difference(parse_policies(before), parse_policies(after))


@pytest.mark.parametrize(
    ("condition", "name", "type_"),
    [
        ("resource.x == 1", "x", LONG),
        ('resource.x == "a"', "x", STRING),
        ("resource.x", "x", BOOL),
        ("!resource.x", "x", BOOL),
        ("resource.x && true", "x", BOOL),
        ("(if resource.x then 1 else 2) == 1", "x", BOOL),
        ("resource.x < resource.y && resource.y == 3", "x", LONG),
        ("-resource.x + 1 == 2", "x", LONG),
        ('resource.x like "a*"', "x", STRING),
        ('resource.x.contains("a")', "x", SetType(STRING)),
        ("resource.x.containsAny([1])", "x", SetType(LONG)),
        ('["a"].contains(resource.x)', "x", STRING),
        ("resource.x.isEmpty()", "x", SetType(STRING)),
        ('resource.x.isInRange(ip("10.0.0.0/8"))', "x", ExtensionType("ipaddr")),
        ('resource.x.toTime() < duration("9h")', "x", ExtensionType("datetime")),
        ("resource.x.lessThan(resource.y)", "y", ExtensionType("decimal")),
        ('resource.x == User::"ann"', "x", EntityType("User")),
        ("resource.x is User", "x", EntityType("User")),
        ('resource.x in Team::"a"', "x", EntityType("Team")),
        ("principal.getTag(resource.x) == 1", "x", STRING),
        ("[if resource.b then 1 else resource.x].isEmpty()", "x", LONG),
        ("[if resource.b then resource.x else 1].isEmpty()", "x", LONG),
        ("resource has x", "x", STRING),
        ("1 == resource.x", "x", LONG),
        ("(if resource.b then resource.x else resource.y) == 1", "x", LONG),
        ("(if resource.b then resource.y else resource.x) == 1", "x", LONG),
        ("true && resource.x", "x", BOOL),
        ("resource.x + resource.y == 2", "x", LONG),
        ("resource.x + resource.y == 2", "y", LONG),
        ("[1].containsAll(resource.x)", "x", SetType(LONG)),
        ("resource.x.contains(1) && resource.x.isEmpty()", "x", SetType(LONG)),
        ("resource.y == [1] && resource.y.contains(resource.x)", "x", LONG),
        ("(resource.y == 1 || resource.y == [1]) && resource.y.contains(resource.x)", "x", LONG),
        ('resource.y == [Team::"a"] && resource.x in resource.y', "x", EntityType("Team")),
        ('resource.y == Team::"a" && resource.x in resource.y', "y", EntityType("Team")),
        ('Team::"a" in resource.x', "x", SetType(EntityType("Team"))),
        ('resource.x.toTime(resource.y) == duration("1s")', "x", ExtensionType("datetime")),
        ("resource.context.x == 1", "context", RecordType({"x": Field(LONG, required=False)})),
    ],
)
def test_what_an_attribute_is_compared_with_tells_its_type(condition: str, name: str, type_: Type) -> None:
    universe = read_universe(parse_policies(permit(condition)))
    field = universe.entity_types["Resource"].shape.fields[name]
    assert (field.type, field.required) == (type_, False)
    assert f"Resource.{name}" not in universe.choices


@pytest.mark.parametrize(
    "condition",
    [
        'resource.x == (if resource.b then "a" else 1)',
        'resource.x like "a*" || resource.x == 1',
        "principal.getTag(resource.x) == 2 || resource.x == 1",
        "principal.hasTag(resource.x) || resource.x == 1",
    ],
)
def test_an_attribute_that_is_read_as_two_types_is_of_either(condition: str) -> None:
    universe = read_universe(parse_policies(permit(condition)))
    assert universe.choices["Resource.x"] == (LONG, STRING)


@pytest.mark.parametrize(
    ("policies", "principals", "resources", "actions", "groups"),
    [
        ("permit (principal, action, resource);", "Principal", "Resource", "Action", ""),
        ("permit (principal is User, action, resource is Doc);", "User Principal", "Doc Resource", "Action", ""),
        ('permit (principal == User::"a", action == N::Action::"b", resource == Doc::"c");',
         "User Principal", "Doc Resource", "N::Action", ""),
        ('permit (principal is User in Team::"a", action in N::Action::"b", resource in Folder::"c");',
         "User Principal", "Resource", "N::Action", "Folder N::Action Team"),
        ('permit (principal, action in [N::Action::"b", Action::"c"], resource);',
         "Principal", "Resource", "Action N::Action", "Action N::Action"),
        (permit("principal is User && resource is Doc"), "User Principal", "Doc Resource", "Action", ""),
        (permit('principal == User::"a" && Doc::"b" == resource'), "User Principal", "Doc Resource", "Action", ""),
        (permit('User::"a" == principal && resource == Doc::"b"'), "User Principal", "Doc Resource", "Action", ""),
        (permit('principal.boss is Chief && principal.boss == Head::"a"'), "Principal", "Resource", "Action", ""),
        (permit("principal is Principal && principal is OtherPrincipal"),
         "OtherPrincipal Principal OtherOtherPrincipal", "Resource", "Action", ""),
        (permit('principal in Team::"a"'), "Principal", "Resource", "Action", "Team"),
        (permit('principal in [Team::"a", Club::"b"]'), "Principal", "Resource", "Action", "Club Team"),
        (permit('resource.readers == [Team::"a"] && principal in resource.readers'),
         "Principal", "Resource", "Action", "Team"),
        (permit("resource.level == 1 && principal in resource.level"), "Principal", "Resource", "Action", ""),
    ],
)  # fmt: skip
def test_who_may_ask_for_what_and_who_may_be_above_them(
    policies: str, principals: str, resources: str, actions: str, groups: str
) -> None:
    universe = read_universe(parse_policies(policies))
    (requests,) = universe.requests
    assert requests.principals == tuple(principals.split())
    assert requests.resources == tuple(resources.split())
    assert requests.actions is None
    assert universe.groups is None
    assert universe.action_types == tuple(actions.split())
    for declared in universe.entity_types.values():
        assert declared.parents == declared.ancestors == set(groups.split())


def test_every_type_that_is_spoken_of_has_every_attribute_that_is_read_and_no_other() -> None:
    condition = 'context.a == 1 && resource.b.c == 2 && User::"x".d.hasTag("t") && principal.e == [Team::"y"]'
    universe = read_universe(parse_policies(permit(condition)))
    assert {name: str(declared.shape) for name, declared in universe.entity_types.items()} == dict.fromkeys(
        ["Action", "Principal", "Resource", "Team", "User"], "{b?: {c?: Long}, d?: String, e?: Set<Team>}"
    )
    assert str(universe.requests[0].context) == "{a?: Long}"


def test_what_is_asked_for_a_tag_has_tags_of_what_it_is_compared_with() -> None:
    for condition, type_ in (('principal.hasTag("a")', STRING), ('principal.getTag("a") == 1', LONG)):
        types = read_universe(parse_policies(permit(condition))).entity_types
        assert {name: declared.tags for name, declared in types.items()} == dict.fromkeys(types, type_)
    assert not any(
        each.tags for each in read_universe(parse_policies(permit("principal.x == 1"))).entity_types.values()
    )


def test_a_path_is_a_record_unless_it_is_an_entity() -> None:
    universe = read_universe(
        parse_policies(permit('context.device.level > 3 && resource.owner.name == "x" && resource.owner is User'))
    )
    device = universe.requests[0].context.fields["device"].type
    assert isinstance(device, RecordType)
    assert device.fields["level"].type == LONG
    assert universe.entity_types["User"].shape.fields["name"].type == STRING
    assert universe.entity_types["User"].shape.fields["owner"].type == EntityType("User")


def test_an_attribute_of_two_types_may_be_either() -> None:
    found = compare(permit("resource.x == 1"), permit('resource.x == 1 || resource.x == "one"'))
    (example,) = found.newly_allowed.found
    assert example.entities[example.request.resource].attributes["x"] == "one"
    assert not found.newly_denied.found


def test_an_attribute_is_of_one_type_at_a_time() -> None:
    for condition in ('resource.x == 1 && (resource.x == "a" || resource.x)', 'resource.x == "a" && resource.x'):
        assert compare(
            permit(f"resource.x == 1 || {condition}"), permit(f"resource.x == 1 || {condition} && false")
        ).same


def test_a_principal_may_be_of_a_type_that_no_policy_names() -> None:
    found = compare("permit (principal is User, action, resource);", "permit (principal, action, resource);")
    (example,) = found.newly_allowed.found
    assert example.request.principal.type == "Principal"
    assert not found.newly_denied.undecided


def test_any_action_may_be_in_any_group() -> None:
    group = 'permit (principal, action in Action::"order:*", resource);'
    read = 'permit (principal, action == Action::"order:read", resource);'
    found = compare(group, read)
    assert found.newly_allowed.found
    assert found.newly_denied.found
    both = compare(f'{read} forbid (principal, action in Action::"order:*", resource);', read)
    (example,) = both.newly_allowed.found
    assert example.request.action.id == "order:read"
    assert example.entities[example.request.action].parents


def test_an_attribute_may_be_absent() -> None:
    found = compare(
        permit("principal has x && principal.x == 1 || principal has y"), permit("principal has x || principal has y")
    )
    assert found.newly_allowed.found
    assert compare(permit("principal.x == 1"), permit("principal has x && principal.x == 1")).same


def test_it_says_that_there_was_no_schema() -> None:
    assert compare(permit("principal.x"), permit("principal.x")).read


def test_records_whose_attributes_nobody_knows_are_not_compared() -> None:
    found = compare(permit("context.a == context.b && context.a.x == 1 && context.b.x == 1"), permit("false"))
    assert found.newly_denied.undecided
