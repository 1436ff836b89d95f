"""What a policy reads of Python objects, whatever its names and shapes: the compiled condition says what is written."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ringwall.caller import Caller
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.objects.compiled import compiled
from ringwall.policy.objects.context import Context
from ringwall.policy.objects.entry import Entry
from ringwall.policy.objects.question import Question


class Row(SimpleNamespace):
    __cedar_tags__ = "labels"


SHOP = Caller("s", kind="service")
ANN = Caller(
    "ann", roles=frozenset({"a", "b"}), attributes={"city": "eu", "n": 3, "none": None, "a b": 1, "_x": 2}, actor=SHOP
)
ROW = Row(id="1", city="eu", other="us", n=3, ok=True, words=["eu", "us"], mixed=["eu", 1], none=None,
          boss=Row(id="2", city="us"), labels={"colour": "red", "boss": Row(id="3", city="eu")}, _x=1)  # fmt: skip
setattr(ROW, "a b", 1)

TRUE = [
    'action == Action::"order:read"',
    'action in Action::"order:*"',
    "principal == principal",
    'principal == Person::"ann"',
    "resource == resource",
    'resource == Row::"1"',
    "context has actor",
    'context.actor == Service::"s"',
    "context == {actor: context.actor, time: context.time, ip: context.ip}",
    '[context].contains({actor: Service::"s", time: context.time, ip: ip("::1")})',
    'context.ip == ip("::1")',
    "principal.city == resource.city",
    '"eu" == resource.city',
    'resource.city == "eu"',
    '"a" == "a"',
    'principal.id == "ann"',
    '"ann" == principal.id',
    "principal.kind != resource.city",
    "resource.city != principal.kind",
    "resource.n == principal.n",
    '!(resource.n == "3")',
    '!("3" == resource.n)',
    'principal["a b"] == 1',
    'resource["a b"] == 1',
    'resource has "a b"',
    "principal has city",
    "!(principal has none)",
    "!(principal has nothing)",
    "principal has id",
    "resource has city",
    "!(resource has none)",
    "!(resource has _x)",
    "resource.boss has city",
    "!(resource.boss has nothing)",
    'resource.boss.city == "us"',
    'resource.boss == Row::"2"',
    "resource.boss is Row",
    "principal is Person",
    'resource.hasTag("colour")',
    'resource.getTag("colour") == "red"',
    'resource.getTag("boss").city == "eu"',
    'resource.getTag("boss") == Row::"3"',
    '["eu", "us"].contains(resource.city)',
    '!["eu", "us"].contains(resource.n)',
    '["eu", 3].contains(resource.n)',
    '!["a"].contains(resource.city)',
    "![].contains(resource.city)",
    '["ann"].contains(principal.id)',
    '[principal.city].contains("eu")',
    'resource.words.contains("eu")',
    'resource.words.containsAll(["us", "eu"])',
    'resource.words.containsAny(["us", "x"])',
    "resource.words.containsAll([])",
    "![].containsAny(resource.words)",
    "!resource.words.isEmpty()",
    'principal in Role::"a"',
    '!(principal in Role::"c")',
    'principal in [Role::"c", Role::"b"]',
    '!(principal in [Role::"c", Role::"d"])',
    'principal in [Role::"c", Person::"ann"]',
    '{a: resource.boss}.a.city == "us"',
    "{a: 1}.a == 1",
    '(if resource.ok then resource.boss else resource).city == "us"',
    '(if resource.ok then principal else resource) == Person::"ann"',
    "if resource.ok then resource.n == 3 else false",
    "resource.n < 4 && resource.n <= 3 && 2 < resource.n && 3 <= resource.n",
    "resource.n + principal.n == 6",
    "-resource.n == -3",
    'resource.city like "e*"',
    "resource.ok",
    "resource.ok == true",
]
ERRORS = [
    'principal["_y"] == 1',
    "resource._x == 1",
    "resource.nothing == 1",
    "resource.none == 1",
    "principal.nothing == 1",
    "context.nothing",
    "resource.n",
    "resource.boss.nothing == 1",
    "resource.boss.none has x",
    'resource.getTag("nothing") == 1',
    '["eu"].contains(resource.none)',
    "[1].contains(resource.ok)",
    "resource.city.contains(1)",
    'resource.n in Row::"1"',
    "{a: resource.none}.a == 1",
    "resource.n == true",
    "1 == resource.ok",
    '"eu" == resource.none',
    "resource.city < 3",
]


def _outcome(condition: str) -> bool | None:
    (policy,) = parse_policies(f"permit (principal, action, resource) when {{ {condition} }};")
    question: Any = Question(ANN, "order:read", ROW, Context(1.0, "::1"))
    return Entry(policy).outcome(question)


@pytest.mark.parametrize("condition", TRUE)
def test_true(condition: str) -> None:
    assert _outcome(condition) is True
    assert _outcome(f"!({condition})") is False


@pytest.mark.parametrize("condition", ERRORS)
def test_error(condition: str) -> None:
    assert _outcome(condition) is None


def test_a_name_is_the_entity_that_it_names() -> None:
    (policy,) = parse_policies(
        'permit (principal, action, resource) when { resource == Row::"1" && !(resource has x) };'
    )
    assert Entry(policy).outcome(Question(ANN, "a", EntityUid("Row", "1"))) is True


@pytest.mark.parametrize(
    ("condition", "names", "constants"),
    [
        ('resource.city == "eu"', {"city", "__class__", "str", "equal"}, 0),
        ('"eu" == resource.city', {"city", "__class__", "str", "equal"}, 0),
        ('principal.id == "ann"', {"id"}, 0),
        ("resource.owner == principal.id", {"owner", "id", "__class__", "str", "equal"}, 0),
        ('principal in Role::"a"', {"roles"}, 0),
        ('principal in [Role::"a", Role::"b"]', {"roles", "isdisjoint"}, 1),
        ('["a", "b"].contains(resource.city)', {"city", "__class__", "str", "contains"}, 2),
        ("resource has city", {"resource_has"}, 0),
        ("principal has city", {"attributes", "get"}, 0),
        ("context has actor", {"actor"}, 0),
    ],
)
def test_what_most_policies_ask_is_written_in_place(condition: str, names: set[str], constants: int) -> None:
    """A role, and an attribute that is a text, cost no call; what is called is for any other value."""
    (policy,) = parse_policies(f"permit (principal, action, resource) when {{ {condition} }};")
    assert policy.condition is not None
    code = compiled(policy.condition, policy).__code__  # type: ignore[attr-defined]
    assert (set(code.co_names), len(code.co_freevars)) == (names, constants)
