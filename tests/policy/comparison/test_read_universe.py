"""Without a schema: types as policies read them, everything optional, and any hierarchy."""

from __future__ import annotations

import pytest

from ringwall.policy.comparison.difference import Difference, difference
from ringwall.policy.comparison.read_universe import read_universe
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.schema.types import BOOL, LONG, STRING, EntityType, ExtensionType, RecordType, SetType, Type


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
    ],
)
def test_what_an_attribute_is_compared_with_tells_its_type(condition: str, name: str, type_: Type) -> None:
    universe = read_universe(parse_policies(permit(condition)))
    field = universe.entity_types["Resource"].shape.fields[name]
    assert (field.type, field.required) == (type_, False)


def test_a_path_is_a_record_unless_it_is_an_entity() -> None:
    universe = read_universe(
        parse_policies(permit('context.device.level > 3 && resource.owner.name == "x" && resource.owner is User'))
    )
    device = universe.requests[0].context.fields["device"].type
    assert isinstance(device, RecordType)
    assert device.fields["level"].type == LONG
    assert universe.entity_types["User"].shape.fields["name"].type == STRING


def test_an_attribute_of_two_types_may_be_either() -> None:
    found = compare(permit("resource.x == 1"), permit('resource.x == 1 || resource.x == "one"'))
    (example,) = found.newly_allowed.found
    assert example.entities[example.request.resource].attributes["x"] == "one"
    assert not found.newly_denied.found


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
