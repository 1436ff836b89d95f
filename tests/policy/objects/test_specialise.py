"""The filter of rows: as ``decide`` row by row, and what does not read the row is asked once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from tests.policy import worlds

from ringwall.caller import Caller
from ringwall.policy.authorizer import Authorizer
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.objects.context import Context
from ringwall.policy.objects.entry import Entry
from ringwall.policy.objects.question import Question
from ringwall.policy.objects.specialise import specialised
from ringwall.policy.rules.python_rule import python_rule


class Row(SimpleNamespace):
    pass


class Claims(dict[str, Any]):
    """Counts how often a claim is read."""

    read = 0

    def get(self, name: str, default: Any = None) -> Any:
        self.read += 1
        return super().get(name, default)


YES, NO, EMPTY = Row(flag=True, city="eu", tags=["eu"]), Row(flag=False, city="us", tags=[]), Row()
ROWS = (YES, NO, EMPTY)
PERMIT = "permit (principal, action, resource)"
FORBID = f"{PERMIT}; forbid (principal, action, resource)"


@pytest.mark.parametrize(
    ("policies", "answers"),
    [
        (f"{PERMIT};", (True, True, True)),
        (f"{FORBID};", (False, False, False)),
        (f"{PERMIT} when {{ resource.flag }};", (True, False, False)),
        (f"{PERMIT} unless {{ resource.flag }};", (False, True, False)),
        (f"{FORBID} when {{ resource.flag }};", (False, True, False)),
        (f"{FORBID} unless {{ resource.flag }};", (True, False, False)),
        (f"{PERMIT} when {{ resource.flag }}; {PERMIT} when {{ resource has flag }};", (True, True, False)),
        (f"{PERMIT} when {{ resource.flag }}; {PERMIT};", (True, True, True)),
        (f"{FORBID} when {{ false }};", (True, True, True)),
        (f"{FORBID} when {{ true }};", (False, False, False)),
        (f"{PERMIT} when {{ false }};", (False, False, False)),
        (f"{FORBID} when {{ principal.nothing }};", (False, False, False)),
        (f"{PERMIT} when {{ principal.nothing }};", (False, False, False)),
        (f"{PERMIT} when {{ resource.flag && principal.nothing }};", (False, False, False)),
        (f"{FORBID} when {{ resource.flag && principal.nothing }};", (False, True, False)),
        (f"{PERMIT} when {{ resource.flag || principal.nothing }};", (True, False, False)),
        (f"{FORBID} when {{ principal.nothing && false }};", (False, False, False)),
        (f"{FORBID} when {{ false && principal.nothing }};", (True, True, True)),
        (f"{PERMIT} when {{ true || principal.nothing }};", (True, True, True)),
        (f"{PERMIT} when {{ principal.nothing || true }};", (False, False, False)),
        (f"{PERMIT} when {{ principal.old && resource.flag }};", (True, False, False)),
        (f"{PERMIT} when {{ !principal.old || resource.flag }};", (True, False, False)),
        (f"{PERMIT} when {{ !principal.old && resource.flag }};", (False, False, False)),
        (f"{PERMIT} when {{ principal.old || resource.flag }};", (True, True, True)),
        (f"{PERMIT} when {{ resource.flag || principal.old }};", (True, True, False)),
        (f"{PERMIT} when {{ principal.old && principal.old }};", (True, True, True)),
        (f"{PERMIT} when {{ !principal.old || !principal.old }};", (False, False, False)),
        (f"{PERMIT} when {{ principal.region == resource.city }};", (True, False, False)),
        (f"{PERMIT} when {{ resource.tags.contains(principal.region) }};", (True, False, False)),
        (f"{PERMIT} when {{ [principal has region] == [resource.flag] }};", (True, False, False)),
        (f"{PERMIT} when {{ {{a: principal.region}} == {{a: resource.city}} }};", (True, False, False)),
        (f"{PERMIT} when {{ (if principal.old then 1 else 2) == (if resource.flag then 1 else 2) }};",
         (True, False, False)),
        (f"{PERMIT} when {{ resource.city == principal.id }};", (False, False, False)),
        (f'{PERMIT} when {{ resource == Row::"1" }};', (False, False, False)),
    ],
)  # fmt: skip
def test_each_row_is_answered_as_by_itself(policies: str, answers: tuple[bool, ...]) -> None:
    authorizer = Authorizer(parse_policies(policies), ["read"])
    caller = Caller("ann", attributes={"region": "eu", "old": True})
    allows = authorizer.filter(caller, "read", Row)
    assert tuple(allows(row) for row in ROWS) == answers
    assert tuple(bool(authorizer.decide(caller, "read", row)) for row in ROWS) == answers


@pytest.mark.parametrize(
    "condition",
    [
        'principal.region == "eu" && resource.flag',
        'resource.flag && principal.region == "eu"',
        "principal has region || resource.flag",
        "resource.flag || !(principal has region)",
        "resource.city == principal.region",
        "resource.tags.contains(principal.region)",
        "[principal has region].contains(resource.flag)",
        "if principal has region then resource.flag else true",
        "{a: principal.region} == {a: resource.city}",
    ],
)
def test_what_does_not_read_the_row_is_asked_once(condition: str) -> None:
    claims = Claims(region="eu")
    allows = Authorizer(parse_policies(f"{PERMIT} when {{ {condition} }};"), ["read"]).filter(
        Caller("ann", attributes=claims), "read", Row
    )
    asked = claims.read
    assert asked > 0
    assert allows(YES)
    assert claims.read == asked


def test_a_row_of_another_class_is_decided_by_itself() -> None:
    class Other(Row):
        pass

    text = "permit (principal, action, resource is Row); forbid (principal, action, resource is Other);"
    allows = Authorizer(parse_policies(text), ["read"]).filter(Caller("ann"), "read", Row)
    assert [allows(Row()), allows(Other())] == [True, False]


def test_the_time_is_that_of_the_question() -> None:
    text = f'{PERMIT} when {{ context.time < datetime("1970-01-02") && resource.flag }};'
    authorizer = Authorizer(parse_policies(text), ["read"])
    for time, answer in ((5.0, True), (200_000.0, False), (None, False)):
        assert authorizer.filter(Caller("ann"), "read", Row, context=Context(time))(YES) is answer


class Order:
    owner: str
    city: str

    def __init__(self, owner: Any, city: Any) -> None:
        self.owner, self.city = owner, city


@pytest.mark.parametrize(
    ("source", "owner", "city", "answer"),
    [
        ("caller.region != order.owner", "us", "x", True),
        ("caller.region != order.owner", None, "x", False),
        ("caller.region != order.owner and caller.region != order.city", "us", "x", True),
        ("caller.region != order.owner and caller.region != order.city", None, "x", False),
        ("caller.region != order.owner and caller.region != order.city", "us", None, False),
    ],
)
def test_a_promise_of_a_class_that_is_broken_is_no(source: str, owner: Any, city: Any, answer: bool) -> None:
    authorizer = Authorizer([python_rule(worlds.function(source, {"Order": Order}), "read")], ["read"])
    caller = Caller("ann", attributes={"region": "eu"})
    order = Order(owner, city)
    assert authorizer.filter(caller, "read", Order)(order) is answer
    assert authorizer.decide(caller, "read", order).allowed is answer


@pytest.mark.parametrize(
    "condition", ["resource.flag", "resource has flag && resource.flag", '[resource.city] == ["eu"]']
)
def test_the_resource_of_the_question_is_not_looked_at(condition: str) -> None:
    (policy,) = parse_policies(f"{PERMIT} when {{ {condition} }};")
    allows = specialised([Entry(policy)], Question(Caller("ann"), "read", YES), Row, lambda row: True)
    assert [allows(row) for row in ROWS] == [True, False, False]
