"""A policy's scope as an expression: ``principal in Role::"admin" && action == Action::"read"``."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.expression import And, Equal, Expression, In, Is, Literal, Name, SetOf, Variable
from ringwall.policy.policy import Policy
from ringwall.policy.scope import Anything, EqualTo, OfType, Place, Scope, Within, WithinAny


def scope_condition(policy: Policy) -> Expression | None:
    """Never an error where it is asked; ``None`` for a scope that is everything."""
    parts = scope_parts(policy)
    if not parts:
        return None
    return reduce(lambda left, right: And(left=left, right=right, span=policy.span), parts)


def scope_parts(policy: Policy) -> list[Expression]:
    """One expression for each thing that the scope says."""
    return [
        *_parts("principal", policy.principal),
        *_parts("action", policy.action),
        *_parts("resource", policy.resource),
    ]


def _parts(name: Name, scope: Scope) -> Iterator[Expression]:
    variable = Variable(name=name)
    match scope:
        case Anything():
            return
        case EqualTo():
            yield Equal(left=variable, right=_entity(scope.entity))
        case Within():
            yield In(left=variable, right=_entity(scope.entity))
        case WithinAny():
            yield In(left=variable, right=SetOf(items=tuple(_entity(uid) for uid in scope.entities)))
        case OfType():
            yield Is(of=variable, type=scope.type)
            if scope.within is not None:
                yield In(left=variable, right=_entity(scope.within))


def _entity(place: Place) -> Literal:
    assert isinstance(place, EntityUid), "a template has no scope before it is linked"
    return Literal(value=place)
