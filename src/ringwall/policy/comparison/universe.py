"""The requests and entities over which policies are compared: those that a schema allows, or that policies speak of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.schema.schema import EntityDeclaration, Schema
from ringwall.policy.schema.types import RecordType, Type


@dataclass(frozen=True, slots=True)
class Requests:
    """One family of requests. ``actions`` are all there are; ``None`` means any entity of the ``action_types``."""

    principals: tuple[str, ...]
    actions: tuple[EntityUid, ...] | None
    resources: tuple[str, ...]
    context: RecordType


@dataclass(frozen=True, slots=True)
class Universe:
    """``groups`` has the ancestors of each action where the actions are known; ``None`` where any may be above any.

    ``choices`` has the types of an attribute (``User.level``, ``context.at``) that may be of more than one. ``read``
    says that no schema was there, and that the types are those that the policies themselves read.
    """

    entity_types: Mapping[str, EntityDeclaration]
    requests: tuple[Requests, ...]
    action_types: tuple[str, ...]
    groups: Mapping[EntityUid, frozenset[EntityUid]] | None
    choices: Mapping[str, tuple[Type, ...]] = field(default_factory=dict)
    read: bool = False


def universe_of(schema: Schema) -> Universe:
    """Every request that ``schema`` allows, over entities that conform to it and refer only to entities that exist."""
    families: dict[tuple[tuple[str, ...], tuple[str, ...], str], list[EntityUid]] = {}
    contexts: dict[str, RecordType] = {}
    for action in schema.actions.values():
        if action.principals and action.resources:
            contexts[str(action.context)] = action.context
            family = (action.principals, action.resources, str(action.context))
            families.setdefault(family, []).append(action.uid)
    requests = tuple(
        Requests(principals, tuple(actions), resources, contexts[context])
        for (principals, resources, context), actions in families.items()
    )
    groups = {uid: action.ancestors for uid, action in schema.actions.items()}
    return Universe(schema.entity_types, requests, tuple(sorted(schema.action_types)), groups)
