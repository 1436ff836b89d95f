"""A caller as a principal, and whom a scope speaks about."""

from __future__ import annotations

import pytest

from ringwall.caller import Caller
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.expression import In, Variable
from ringwall.policy.language.parse import parse_expression, parse_policies
from ringwall.policy.objects.principal import role_of, roles_in, service_of, speaks_about, uid_of
from ringwall.policy.scope import EqualTo, OfType, Slot, Within

ANN = Caller("ann", roles=frozenset({"a"}))
SHOP = Caller("spiffe://x/shop", kind="service", roles=frozenset({"a"}))
NAMED_AS_A_ROLE = Caller("a")


def test_a_caller_is_a_person_or_a_service() -> None:
    assert uid_of(ANN) == EntityUid("Person", "ann")
    assert uid_of(SHOP) == EntityUid("Service", "spiffe://x/shop")


@pytest.mark.parametrize(
    ("scope", "callers"),
    [
        ("principal", {"ann", SHOP.id, "a"}),
        ('principal == Person::"ann"', {"ann"}),
        ('principal == Role::"a"', set()),
        ('principal in Role::"a"', {"ann", SHOP.id}),
        ('principal in Role::"b"', set()),
        ('principal in Group::"a"', set()),
        ('principal in Person::"ann"', {"ann"}),
        ('principal in Person::"a"', {"a"}),
        ("principal is Person", {"ann", "a"}),
        ("principal is Service", {SHOP.id}),
        ("principal is Role", set()),
        ('principal is Person in Role::"a"', {"ann"}),
        ('principal is Service in Role::"a"', {SHOP.id}),
        ('principal is Person in Person::"ann"', {"ann"}),
        ("principal == ?principal", set()),
        ("principal in ?principal", set()),
        ("principal is Person in ?principal", set()),
    ],
)
def test_a_scope_speaks_about_those_inside_it(scope: str, callers: set[str]) -> None:
    (policy,) = parse_policies(f"permit ({scope}, action, resource);")
    assert {one.id for one in (ANN, SHOP, NAMED_AS_A_ROLE) if speaks_about(policy.principal, one)} == callers


def test_a_template_speaks_about_nobody() -> None:
    slot = Slot("principal")
    assert not any(speaks_about(scope, ANN) for scope in (EqualTo(slot), Within(slot), OfType("Person", slot)))


@pytest.mark.parametrize(
    ("scope", "role", "service"),
    [
        ("principal", "", ""),
        ('principal in Role::"a"', "a", ""),
        ('principal == Role::"a"', "", ""),
        ('principal in Group::"a"', "", ""),
        ('principal is Person in Role::"a"', "", ""),
        ('principal == Service::"s"', "", "s"),
        ('principal == Person::"s"', "", ""),
        ('principal in Service::"s"', "", ""),
    ],
)
def test_a_scope_may_name_one_role_or_one_service(scope: str, role: str, service: str) -> None:
    (policy,) = parse_policies(f"permit ({scope}, action, resource);")
    assert (role_of(policy), service_of(policy)) == (role, service)


@pytest.mark.parametrize(
    ("expression", "roles"),
    [
        ('principal in Role::"a"', ("a",)),
        ('principal in [Role::"a", Role::"b"]', ("a", "b")),
        ('principal in [Role::"a", Person::"b"]', ()),
        ('principal in [Role::"a", resource.owner]', ()),
        ('principal in Group::"a"', ()),
        ('resource in Role::"a"', ()),
        ("principal in resource.group", ()),
        ("principal in []", ()),
        ('principal in [Role::"a", 1]', ()),
    ],
)
def test_a_question_about_roles_alone_names_them(expression: str, roles: tuple[str, ...]) -> None:
    asked = parse_expression(expression)
    assert isinstance(asked, In)
    assert isinstance(asked.left, Variable)
    assert roles_in(asked) == roles
