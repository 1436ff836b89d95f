"""What a class declares about its objects as entities: which of its relations are parents, and where its tags are.

``__cedar_parents__ = ("folder",)`` names attributes that hold an object, an ``EntityUid``, or several of them.
``__cedar_tags__ = "labels"`` names one attribute that holds a mapping of texts to values. A class that declares
neither has neither. The roles of a caller are its parents, and the groups of an action are its.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ringwall.caller import Caller
from ringwall.policy.actions import ACTION, groups_of
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.objects.entity import entity_uid, read
from ringwall.policy.objects.principal import ROLE
from ringwall.policy.values.evaluation_error import EvaluationError

_SEVERAL = (list, tuple, set, frozenset)


def parent_names(owner: type) -> tuple[str, ...]:
    """The attributes that lead to the parents of a class's objects."""
    declared = getattr(owner, "__cedar_parents__", ())
    return (declared,) if isinstance(declared, str) else tuple(declared)


def tags_name(owner: type) -> str:
    """The attribute that holds the tags of a class's objects; empty for a class without any."""
    return getattr(owner, "__cedar_tags__", "")


def is_below(entity: object, places: Iterable[EntityUid]) -> bool:
    """Whether an entity is one of the places, or below one. It climbs no higher than it must; a cycle ends the climb.

    Raises ``EvaluationError`` for an object on the way without a key, and what reading a relation raises.
    """
    wanted, seen = frozenset(places), set[EntityUid]()
    waiting = [entity]
    while waiting:
        one = waiting.pop()
        uid = entity_uid(one)
        if uid in wanted:
            return True
        if uid not in seen:
            seen.add(uid)
            waiting += _parents(one)
    return False


def tags_of(entity: object) -> Mapping[str, Any]:
    """The tags of an entity. Raises ``EvaluationError`` where its class declares what is no mapping."""
    name = tags_name(entity.__class__)
    if not name:
        return {}
    tags = read(entity, name)
    if tags is None:
        return {}
    if not isinstance(tags, Mapping):
        raise EvaluationError(f"the tags in {entity.__class__.__name__}.{name} are no mapping")
    return tags


def _parents(entity: object) -> list[object]:
    if isinstance(entity, Caller):
        return [EntityUid(ROLE, role) for role in entity.roles]
    if isinstance(entity, EntityUid):
        return [EntityUid(ACTION, group) for group in groups_of(entity.id)] if entity.type == ACTION else []
    found: list[object] = []
    for name in parent_names(entity.__class__):
        parent = read(entity, name)
        if parent.__class__ in _SEVERAL:
            found += parent
        elif parent is not None:
            found.append(parent)
    return found
