"""About which resources a policy speaks, and what of its scope is left to ask of one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ringwall.caller import Caller
from ringwall.policy.language.cedar_text import expression_text
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.objects.resource import asked, left_to_ask, may_be
from ringwall.policy.policy import Policy


class Order: ...


class Parcel: ...


def _policy(scope: str, condition: str = "") -> Policy:
    (policy,) = parse_policies(f"permit (principal, action, {scope}) {condition};")
    return policy


@pytest.mark.parametrize(
    ("scope", "kinds"),
    [
        ("resource", {"Order", "Parcel", "Caller"}),
        ("resource is Order", {"Order"}),
        ('resource is Order in Folder::"1"', {"Order"}),
        ('resource == Order::"1"', {"Order"}),
        ('resource in Order::"1"', {"Order", "Parcel", "Caller"}),
        ("resource == ?resource", {"Order", "Parcel", "Caller"}),
        ("resource is Caller", {"Caller"}),
    ],
)
def test_a_class_or_its_name_may_be_inside(scope: str, kinds: set[str]) -> None:
    policy = _policy(scope)
    assert {kind.__name__ for kind in (Order, Parcel, Caller) if may_be(policy, kind)} == kinds
    assert {kind for kind in ("Order", "Parcel", "Caller") if may_be(policy, kind)} == kinds


def test_a_caller_is_a_person_or_a_service() -> None:
    for scope in ("resource is Person", 'resource == Service::"s"'):
        assert may_be(_policy(scope), Caller)
        assert not may_be(_policy(scope), Order)
    assert not may_be(_policy("resource is Role"), Caller)


def test_a_python_rule_speaks_about_the_one_class_that_it_names() -> None:
    class Other: ...

    Other.__name__ = "Order"
    rule = replace(_policy("resource is Order"), resource_class=Order)
    assert [may_be(rule, kind) for kind in (Order, Other, Parcel, "Order", "Parcel")] == [
        True,
        False,
        False,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("scope", "left"),
    [
        ("resource", ""),
        ("resource is Order", ""),
        ("resource is Person", "resource is Person"),
        ("resource is Service", "resource is Service"),
        ('resource is Order in Folder::"1"', 'resource is Order in Folder::"1"'),
        ('resource == Order::"1"', 'resource == Order::"1"'),
        ('resource in Folder::"1"', 'resource in Folder::"1"'),
        ("resource in ?resource", ""),
        ("resource is Order in ?resource", ""),
    ],
)
def test_what_a_class_does_not_settle_is_left_to_ask(scope: str, left: str) -> None:
    found = left_to_ask(_policy(scope))
    assert ("" if found is None else expression_text(found)) == left
    whole = asked(_policy(scope))
    assert ("" if whole is None else expression_text(whole)) == left
    both = asked(_policy(scope, "when { principal.x }"))
    assert both is not None
    assert expression_text(both) == (f"{left} && principal.x" if left else "principal.x")
