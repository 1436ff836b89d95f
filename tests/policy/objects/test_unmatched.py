"""A forbid that a guard could never hear is refused with the set that it stands in."""

from __future__ import annotations

import pytest

from ringwall.errors import Misconfigured
from ringwall.policy.bundle import read_bundle
from ringwall.policy.language.problem import Unreadable
from ringwall.policy.objects.unmatched import must_match

SCHEMA = """
entity Person, Order;
action writers;
action "order:change" in [writers] appliesTo { principal: [Person], resource: [Order] };
action "order:*";
action "order:read" in ["order:*"] appliesTo { principal: [Person], resource: [Order] };
"""


def _check(text: str, **files: str) -> None:
    must_match(read_bundle({"a.cedar": text, **{name.replace("_", "."): each for name, each in files.items()}}))


@pytest.mark.parametrize(
    "text",
    [
        'forbid (principal in Group::"banned", action, resource);',
        "forbid (principal is User, action, resource);",
        'forbid (principal == User::"eve", action, resource);',
        'forbid (principal is Person in Group::"banned", action, resource);',
        'forbid (principal, action, resource) when { principal in Group::"banned" };',
        'forbid (principal, action, resource) when { true || principal in [Role::"a", Group::"banned"] };',
        "forbid (principal, action, resource) unless { principal is User };",
        "forbid (principal, action, resource is Shop::Order);",
        'forbid (principal, action, resource == Shop::Order::"1");',
        'forbid (principal, action, resource) when { resource.owner == Shop::Person::"eve" };',
        'forbid (principal, action == Shop::Action::"order:read", resource);',
        'forbid (principal, action in [Shop::Action::"order:read"], resource);',
        "forbid (principal == ?principal, action, resource);",
        "permit (principal, action, resource in ?resource);",
    ],
)
def test_what_no_question_of_a_guard_matches_is_refused(text: str) -> None:
    with pytest.raises(Misconfigured, match=r"policy a\.cedar#1 "):
        _check(text)


def test_every_such_policy_is_named_at_its_place() -> None:
    with pytest.raises(Misconfigured) as caught:
        _check("permit (principal, action, resource);\nforbid (principal is User, action, resource is A::B);")
    assert "a.cedar:2:1: policy a.cedar#2 is for principals of type User" in caught.value.render()
    assert "a.cedar:2:1: policy a.cedar#2 speaks of A::B" in caught.value.render()


def test_an_action_group_that_only_the_schema_knows_is_refused() -> None:
    text = 'forbid (principal, action in Action::"writers", resource);'
    with pytest.raises(Misconfigured, match=r'counts on Action::"order:change" to be in Action::"writers"'):
        _check(text, a_cedarschema=SCHEMA)


def test_entities_that_the_guard_would_not_look_at_are_refused() -> None:
    banned = '[{"uid": {"type": "Person", "id": "eve"}, "attrs": {"banned": true}, "parents": []}]'
    with pytest.raises(Misconfigured, match='would not look at Person::"eve"'):
        _check("forbid (principal, action, resource) when { principal has banned };", a_json=banned)


@pytest.mark.parametrize(
    "text",
    [
        "permit (principal, action, resource);",
        'permit (principal is Person in Role::"a", action in Action::"order:*", resource is Order);',
        'forbid (principal is Service, action, resource) when { principal in [Role::"a", Person::"b"] };',
        'permit (principal == Service::"x", action in [Action::"order:read", Action::"*"], resource in Folder::"1");',
        "permit (principal, action, resource) when { resource.owner == principal && resource.folder is Folder };",
    ],
)
def test_what_a_guard_can_ask_is_taken(text: str) -> None:
    _check(text)


def test_groups_that_names_say_are_taken() -> None:
    _check('permit (principal is Person, action in Action::"order:*", resource is Order);', a_cedarschema=SCHEMA)


CALLERS = "a caller is a Person or a Service, and stands below its Roles alone"


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        ('forbid (principal in Group::"b", action, resource);',
         'is for principals in Group::"b", and no caller is', CALLERS),
        ("forbid (principal is User, action, resource);",
         "is for principals of type User, which no caller is", CALLERS),
        ('forbid (principal == User::"eve", action, resource);', 'is for User::"eve", which no caller is', CALLERS),
        ("forbid (principal, action, resource is Shop::Sub::Order);",
         "speaks of Shop::Sub::Order, and no class is called that", "write Order"),
        ("forbid (principal == ?principal, action, resource);", "is a template, and no link fills it",
         "write the entity itself"),
        ('forbid (principal, action in Action::"writers", resource);',
         'counts on Action::"order:change" to be in Action::"writers"', "at a guard it is in order:*, *"),
    ],
)  # fmt: skip
def test_the_problem_and_the_remedy_are_told(text: str, said: str, hint: str) -> None:
    with pytest.raises(Unreadable) as caught:
        _check(text, **({"a_cedarschema": SCHEMA} if "writers" in text else {}))
    (problem,) = caught.value.problems
    assert (problem.message, problem.hint) == (f"policy a.cedar#1 {said}", hint)


def test_an_entity_that_only_the_bundle_knows_is_named_with_the_remedy() -> None:
    with pytest.raises(Misconfigured) as caught:
        _check(
            "permit (principal, action, resource);",
            a_json='[{"uid": {"type": "A", "id": "b"}, "attrs": {}, "parents": []}]',
        )
    assert caught.value.message == (
        'a guard\'s entities are the objects of its service, so it would not look at A::"b"'
    )
    assert caught.value.hint == (
        "map claims and roles of callers, or keep these entities in a set that is only asked by AuthZEN"
    )


def test_every_fault_of_one_policy_is_told() -> None:
    text = 'forbid (principal, action, resource is A::B) when { principal in [Role::"a", Team::"b", Team::"c"] };'
    with pytest.raises(Unreadable) as caught:
        _check(text)
    assert [problem.message.removeprefix("policy a.cedar#1 ") for problem in caught.value.problems] == [
        "speaks of A::B, and no class is called that",
        'is for principals in Team::"b", and no caller is',
        'is for principals in Team::"c", and no caller is',
    ]
