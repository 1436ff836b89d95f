"""Actions and their groups: ``order:read`` stands below ``order:*``, and every action below ``*``."""

from __future__ import annotations

from collections.abc import Sequence

from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.scope import ANYTHING, Anything, EqualTo, Scope, Within, WithinAny

ACTION = "Action"


def groups_of(action: str) -> tuple[str, ...]:
    """The groups that an action or a group is in, nearest first: ``("order:*", "*")``."""
    parts = action.removesuffix(":*").split(":")
    groups = [":".join(parts[:length]) + ":*" for length in range(len(parts) - 1, 0, -1)]
    return (*groups, "*") if action != "*" else ()


def is_group(name: str) -> bool:
    """Whether a name stands for many actions."""
    return name == "*" or name.endswith(":*")


def action_scope(names: Sequence[str]) -> Scope:
    """The scope that speaks of these actions and groups; of all, where there are none or one is ``*``."""
    if not names or "*" in names:
        return ANYTHING
    first, *others = (EntityUid(ACTION, name) for name in names)
    if others:
        return WithinAny((first, *others))
    return Within(first) if is_group(first.id) else EqualTo(first)


def named(scope: Scope) -> tuple[str, ...]:
    """The actions and groups that a scope names; none for one that speaks of all."""
    match scope:
        case EqualTo(entity=EntityUid() as uid) | Within(entity=EntityUid() as uid):
            return (uid.id,)
        case WithinAny():
            return tuple(uid.id for uid in scope.entities)
    return ()


def covers(scope: Scope, action: str) -> bool:
    """Whether ``action`` is inside the scope."""
    match scope:
        case Anything():
            return True
        case EqualTo(entity=EntityUid() as uid):
            return uid == (ACTION, action)
        case Within(entity=EntityUid() as uid):
            return uid.type == ACTION and uid.id in (action, *groups_of(action))
        case WithinAny():
            names = (action, *groups_of(action))
            return any(uid.type == ACTION and uid.id in names for uid in scope.entities)
    return False
