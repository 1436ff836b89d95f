"""Actions stand below their groups, by whole words."""

from __future__ import annotations

import pytest

from ringwall.policy.actions import action_scope, covers, groups_of, is_group, named
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.scope import ANYTHING, EqualTo, OfType, Scope, Slot, Within, WithinAny


def _action(name: str, type_: str = "Action") -> EntityUid:
    return EntityUid(type_, name)


@pytest.mark.parametrize(
    ("action", "groups"),
    [
        ("read", ("*",)),
        ("order:read", ("order:*", "*")),
        ("order:item:read", ("order:item:*", "order:*", "*")),
        ("order:item:*", ("order:*", "*")),
        ("order:*", ("*",)),
        ("*", ()),
    ],
)
def test_the_groups_of_an_action_from_the_nearest(action: str, groups: tuple[str, ...]) -> None:
    assert groups_of(action) == groups


@pytest.mark.parametrize(("name", "group"), [("*", True), ("order:*", True), ("order", False), ("order*", False)])
def test_a_group_ends_in_a_star_of_its_own(name: str, group: bool) -> None:
    assert is_group(name) is group


@pytest.mark.parametrize(
    ("names", "scope"),
    [
        ([], ANYTHING),
        (["*"], ANYTHING),
        (["order:read", "*"], ANYTHING),
        (["order:read"], EqualTo(_action("order:read"))),
        (["order:*"], Within(_action("order:*"))),
        (["order:*", "read"], WithinAny((_action("order:*"), _action("read")))),
    ],
)
def test_names_become_the_narrowest_scope(names: list[str], scope: Scope) -> None:
    assert action_scope(names) == scope


READ, GROUP, ALL = _action("order:read"), _action("order:*"), _action("*")
FOREIGN = _action("order:read", "Deed")


@pytest.mark.parametrize(
    ("scope", "names", "covered"),
    [
        (ANYTHING, (), {"order:read", "order", "read"}),
        (EqualTo(READ), ("order:read",), {"order:read"}),
        (EqualTo(GROUP), ("order:*",), set()),
        (EqualTo(FOREIGN), ("order:read",), set()),
        (EqualTo(Slot("action")), (), set()),
        (Within(READ), ("order:read",), {"order:read"}),
        (Within(GROUP), ("order:*",), {"order:read"}),
        (Within(ALL), ("*",), {"order:read", "order", "read"}),
        (Within(_action("order:*", "Deed")), ("order:*",), set()),
        (WithinAny((GROUP, _action("read"))), ("order:*", "read"), {"order:read", "read"}),
        (WithinAny((FOREIGN, _action("read"))), ("order:read", "read"), {"read"}),
        (WithinAny(()), (), set()),
        (OfType("Action"), (), set()),
    ],
)
def test_a_scope_names_actions_and_covers_what_is_in_them(
    scope: Scope, names: tuple[str, ...], covered: set[str]
) -> None:
    assert named(scope) == names
    assert {action for action in ("order:read", "order", "read") if covers(scope, action)} == covered
