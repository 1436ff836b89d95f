"""A policy as the engine keeps it: what its scope leaves to ask, compiled when it is first asked."""

from __future__ import annotations

from functools import reduce

from ringwall.policy.entities.entities import Entities
from ringwall.policy.entities.entity import Entity
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.evaluation.compiled import Condition, compiled
from ringwall.policy.expression import And, Expression, Is, Name, Variable
from ringwall.policy.policy import Policy
from ringwall.policy.scope import OfType, Scope
from ringwall.policy.values.record import Record


class Entry:
    """``holds`` asks the condition of one request that is inside the scope; ``position`` is its place in the set."""

    __slots__ = ("_policy", "holds", "id", "permits", "position")

    def __init__(self, policy: Policy, position: int) -> None:
        self._policy = policy
        self.id, self.position = policy.id, position
        self.permits = policy.effect == "permit"
        self.holds: Condition = self._first

    def _first(
        self, principal: Entity, action: EntityUid, resource: Entity, context: Record, entities: Entities
    ) -> bool:
        # Two threads may both come here, and make equal functions.
        asked = unsettled(self._policy)
        self.holds = _always if asked is None else compiled(asked)
        return self.holds(principal, action, resource, context, entities)


def unsettled(policy: Policy) -> Expression | None:
    """What is left to ask of a request that the index found: the condition, and the type where a scope names both.

    What the classes of a Python rule promise (``requires``) is no part of it: Cedar's text does not say it either.
    """
    scopes: tuple[tuple[Name, Scope], ...] = (("principal", policy.principal), ("resource", policy.resource))
    asked: list[Expression] = [
        Is(of=Variable(name=name), type=scope.type)
        for name, scope in scopes
        if isinstance(scope, OfType) and scope.within is not None
    ]
    if policy.condition is not None:
        asked.append(policy.condition)
    return reduce(lambda left, right: And(left=left, right=right), asked) if asked else None


def _always(principal: Entity, action: EntityUid, resource: Entity, context: Record, entities: Entities) -> bool:  # noqa: ARG001
    return True
