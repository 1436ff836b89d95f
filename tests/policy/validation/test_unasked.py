"""A policy about an action that no mark asks for."""

from __future__ import annotations

from ringwall.policy.language.parse import parse_policies
from ringwall.policy.rules.grant import role_policies, service_policies
from ringwall.policy.validation.unasked import unasked

ASKED = frozenset({"order:read", "order:create"})


def test_a_slip_of_the_pen_is_named() -> None:
    (slip,) = unasked(role_policies({"customer": ["order:craete"]}), ASKED)
    assert (slip.policy, slip.message) == ("roles.customer", "it is for order:craete, which no mark asks for")
    assert slip.hint == "did you mean order:create?"


def test_a_group_that_no_asked_action_is_in() -> None:
    (slip,) = unasked(role_policies({"customer": ["invoice:*"]}), ASKED)
    assert "invoice:*" in slip.message
    assert slip.hint == "the marks ask for order:create, order:read"


def test_actions_and_their_groups_are_no_slip() -> None:
    granted = role_policies({"manager": ["order:*"], "customer": ["order:create", "order:read"], "admin": ["*"]})
    assert list(unasked((*granted, *service_policies({"shop": ["order:read"]})), ASKED)) == []


def test_each_name_of_a_scope_is_looked_at_where_it_stands() -> None:
    text = 'permit (principal, action in [Action::"order:read", Action::"order:raed", Action::"order:*"], resource);'
    (slip,) = unasked(parse_policies(text, file="orders.cedar"), ASKED)
    assert (slip.place, slip.hint) == ("orders.cedar:1:1", "did you mean order:read?")
