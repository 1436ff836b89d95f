"""What would change a no: the fewest conditions, in words, and never one that would not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.policy.explanation.sample import ENTITIES, REQUEST

from ringwall.policy.explanation.explain import explain
from ringwall.policy.language.parse import parse_policies


def _remedy(text: str) -> str:
    return explain(parse_policies(text), REQUEST, ENTITIES).remedy


@pytest.mark.parametrize(
    ("condition", "remedy"),
    [
        ("principal.level == 3", "have level 3"),
        ("3 == principal.level", "have level 3"),
        ('principal.id == "sue"', "be sue"),
        ('principal == P::"sue"', 'be P::"sue"'),
        ('P::"sue" == principal', 'be P::"sue"'),
        ("principal == resource", "have principal == resource"),
        ("principal == 1", "have principal == 1"),
        ('resource.owner == P::"sue"', 'have resource.owner == P::"sue"'),
        ('resource.name == "b"', 'have resource.name == "b"'),
        ("principal.level != 1", "have principal.level != 1"),
        ('!(resource.owner == P::"ann")', 'not have resource.owner == P::"ann"'),
        ("!(principal.level < 2)", "not have principal.level < 2"),
        ('principal in Role::"a"', "hold the role a"),
        ('principal in [Role::"a", Role::"b"]', "hold one of the roles a, b"),
        ('principal in T::"sky"', 'have principal in T::"sky"'),
        ('!(principal in T::"sea")', 'not have principal in T::"sea"'),
        ("resource has info.m", "have resource has info.m"),
    ],
)
def test_one_condition_is_named_in_words(condition: str, remedy: str) -> None:
    assert _remedy(f"permit (principal, action, resource) when {{ {condition} }};") == remedy


@pytest.mark.parametrize(
    "condition",
    ["false", "principal.level == resource.none", "principal.level == principal.groups", "resource.open && false"],
)
def test_what_nothing_helps_has_no_remedy(condition: str) -> None:
    assert _remedy(f"permit (principal, action, resource) when {{ {condition} }};") == ""


@pytest.mark.parametrize(
    "scope",
    [
        'principal, action == Action::"write", resource',
        'principal, action in Action::"write", resource',
        'principal, action in [Action::"write", Action::"list"], resource',
        'principal, action, resource == D::"other"',
        'principal, action, resource in D::"folder"',
        "principal, action, resource is F",
        "principal is Q, action, resource",
    ],
)
def test_what_was_asked_for_is_not_to_be_changed(scope: str) -> None:
    assert _remedy(f"permit ({scope});") == ""
    assert _remedy(f"permit ({scope}) when {{ resource.open }};") == ""


def test_a_forbid_is_not_lifted_by_asking_for_something_else() -> None:
    forbid = 'forbid (principal, action == Action::"read", resource is D) when { principal.level < 2 };'
    assert _remedy(f"permit (principal, action, resource); {forbid}") == "not have principal.level < 2"


@pytest.mark.parametrize(
    ("condition", "remedy"),
    [
        ("resource.open && principal.level == 1", "have resource.open"),
        ("resource.open && context.vip", "have resource.open and have context.vip"),
        ("resource.open && (context.vip || resource.open)", "have resource.open and have context.vip, or "
         "have resource.open"),
        ("resource.open || context.vip", "have resource.open, or have context.vip"),
        ("resource.open || (context.vip && resource.name == \"b\")", "have resource.open"),
        ("(context.vip && resource.open) || resource.name == \"b\"", 'have resource.name == "b"'),
        ("resource.open || resource.open", "have resource.open"),
        ("false || resource.open", "have resource.open"),
        ("principal.level == 2 || principal.level == 3 || principal.level == 4 || principal.level == 5",
         "have level 2, or have level 3, or have level 4"),
        ("(principal.level == 2 || principal.level == 3) && (resource.open || context.vip)",
         "have level 2 and have resource.open, or have level 2 and have context.vip, or have level 3 and have "
         "resource.open"),
        ('!(principal.level == 1 && resource.name == "x")',
         'not have principal.level == 1, or not have resource.name == "x"'),
        ('!(principal.level == 1 || resource.name == "x")',
         'not have principal.level == 1 and not have resource.name == "x"'),
        ("if resource.open then principal.level == 2 else principal.level == 3", "have level 3"),
        ("if principal.level == 1 then principal.level == 2 else principal.level == 3", "have level 2"),
        ("if resource.open then principal.level == 1 else principal.level == 3", "have resource.open, or have level 3"),
        ("if principal.level == 1 then false else true", "not have principal.level == 1"),
    ],
)  # fmt: skip
def test_of_several_conditions_the_fewest_are_named(condition: str, remedy: str) -> None:
    assert _remedy(f"permit (principal, action, resource) when {{ {condition} }};") == remedy


@pytest.mark.parametrize(
    ("condition", "remedy"),
    [
        ("resource.none == 1 || true", "have resource.none == 1"),
        ("resource.open || resource.none == 1 || true", "have resource.open, or have resource.none == 1"),
        ("if resource.none then true else false", "have resource.none"),
        ("resource.none == 1 && resource.open", "have resource.none == 1 and have resource.open"),
    ],
)
def test_what_stands_after_an_error_helps_nobody(condition: str, remedy: str) -> None:
    assert _remedy(f"permit (principal, action, resource) when {{ {condition} }};") == remedy


@pytest.mark.parametrize(
    ("condition", "remedy"),
    [
        ("principal.level == 1", "not have principal.level == 1"),
        ('principal == P::"ann"', 'not have principal == P::"ann"'),
        ('principal in Role::"a" || resource.name == "x"', 'not have resource.name == "x"'),
        ("!(principal.level < 1)", "have principal.level < 1"),
        ("true", ""),
    ],
)
def test_a_forbid_is_lifted(condition: str, remedy: str) -> None:
    forbid = f"forbid (principal, action, resource) when {{ {condition} }};"
    assert _remedy(f"permit (principal, action, resource); {forbid}") == remedy


def test_a_forbid_of_a_role_is_lifted_by_not_holding_it() -> None:
    text = 'permit (principal, action, resource); forbid (principal in Role::"a", action, resource);'
    request = REQUEST._replace(principal=REQUEST.principal._replace(type="Role", id="a"))
    assert explain(parse_policies(text), request, ENTITIES).remedy == "not hold the role a"


def test_the_nearest_permit_is_the_one_that_needs_least_and_the_first_of_equals() -> None:
    hopeless = "permit (principal, action, resource) when { false };"
    far = "permit (principal, action, resource) when { resource.open && context.vip };"
    near = "permit (principal, action, resource) when { context.vip };"
    other = "permit (principal, action, resource) when { resource.open };"
    assert _remedy(hopeless + far) == "have resource.open and have context.vip"
    assert _remedy(hopeless + far + near + other) == "have context.vip"
    assert _remedy(hopeless + far + other + near) == "have resource.open"
    first, second = parse_policies(other + near)
    named = [replace(first, id="z"), replace(second, id="a")]
    assert explain(named, REQUEST, ENTITIES).remedy == "have resource.open"


def test_of_permits_that_nothing_helps_the_one_with_less_in_its_way_is_the_nearest() -> None:
    far = "permit (principal, action, resource) when { resource.open && context.vip && false };"
    near = "permit (principal, action, resource) when { resource.open && false };"
    nearest = explain(parse_policies(far + near), REQUEST, ENTITIES).nearest
    assert nearest is not None
    assert nearest.rule == "policy1"
