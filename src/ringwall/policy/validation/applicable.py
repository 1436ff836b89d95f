"""Which kinds of request the scope of a policy can match."""

from __future__ import annotations

from collections.abc import Iterable

from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.policy import Policy
from ringwall.policy.schema.schema import ActionDeclaration, Environment, Schema
from ringwall.policy.scope import EqualTo, OfType, Place, Scope, Slot, Within, WithinAny


def applicable(policy: Policy, schema: Schema, environments: Iterable[Environment]) -> list[Environment]:
    """Those in which the scope is not false for every request. A slot may be filled with anything that fits."""
    return [
        environment
        for environment in environments
        if _action_fits(policy.action, environment.action)
        and _type_fits(policy.principal, environment.principal, schema)
        and _type_fits(policy.resource, environment.resource, schema)
    ]


def _action_fits(scope: Scope, action: ActionDeclaration) -> bool:
    match scope:
        case EqualTo():
            return scope.entity == action.uid
        case Within():
            return scope.entity == action.uid or scope.entity in action.ancestors
        case WithinAny():
            return any(uid == action.uid or uid in action.ancestors for uid in scope.entities)
    return True


def _type_fits(scope: Scope, name: str, schema: Schema) -> bool:
    match scope:
        case EqualTo():
            return isinstance(scope.entity, Slot) or scope.entity.type == name
        case Within():
            return _below(name, scope.entity, schema)
        case OfType():
            return scope.type == name and _below(name, scope.within, schema)
    return True


def _below(name: str, place: Place | None, schema: Schema) -> bool:
    match place:
        case EntityUid():
            return place.type == name or place.type in schema.entity_types[name].ancestors
    return True
