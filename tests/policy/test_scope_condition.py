"""What a scope asks, as Cedar would write it in a condition."""

from __future__ import annotations

import pytest

from ringwall.policy.expression import Literal
from ringwall.policy.language.parse import parse_expression, parse_policies
from ringwall.policy.scope_condition import scope_condition, scope_conditions


@pytest.mark.parametrize(
    ("scope", "condition"),
    [
        ('principal == User::"a"', 'principal == User::"a"'),
        ('principal in User::"a"', 'principal in User::"a"'),
        ("principal is User", "principal is User"),
        ('principal is User in Team::"b"', 'principal is User && principal in Team::"b"'),
    ],
)
def test_a_scope_as_a_condition(scope: str, condition: str) -> None:
    (policy,) = parse_policies(f"permit ({scope}, action, resource);")
    assert scope_condition("principal", policy.principal) == parse_expression(condition)


def test_actions_are_asked_for_as_a_set_and_an_open_scope_asks_nothing() -> None:
    (policy,) = parse_policies('permit (principal, action in [Action::"a", Action::"b"], resource is Doc);')
    assert scope_condition("principal", policy.principal) is None
    assert scope_conditions(policy) == [
        parse_expression('action in [Action::"a", Action::"b"]'),
        parse_expression("resource is Doc"),
    ]


@pytest.mark.parametrize("scope", ["== ?principal", "in ?principal", "is User in ?principal"])
def test_a_slot_that_nothing_fills_is_never_met(scope: str) -> None:
    (policy,) = parse_policies(f"permit (principal {scope}, action, resource);")
    assert scope_condition("principal", policy.principal) == Literal(value=False)
