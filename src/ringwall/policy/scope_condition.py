"""What a scope asks, as expressions: ``principal in Role::"admin"``, ``action == Action::"read"``."""

from __future__ import annotations

from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.expression import And, Equal, Expression, In, Is, Literal, Name, SetOf, Variable
from ringwall.policy.policy import Policy
from ringwall.policy.scope import EqualTo, OfType, Scope, Slot, Within, WithinAny


def scope_conditions(policy: Policy) -> list[Expression]:
    """One expression for each variable that a policy's scope says something of; none of them ever errs."""
    conditions = (
        scope_condition("principal", policy.principal),
        scope_condition("action", policy.action),
        scope_condition("resource", policy.resource),
    )
    return [condition for condition in conditions if condition is not None]


def scope_condition(name: Name, scope: Scope) -> Expression | None:
    """``principal in Role::"support"``; ``None`` where everything is inside. A slot that nothing fills is never met."""
    variable = Variable(name=name)
    match scope:
        case EqualTo(entity=Slot()) | Within(entity=Slot()) | OfType(within=Slot()):
            return Literal(value=False)
        case EqualTo(entity=EntityUid() as uid):
            return Equal(left=variable, right=Literal(value=uid))
        case Within(entity=EntityUid() as uid):
            return In(left=variable, right=Literal(value=uid))
        case WithinAny():
            return In(left=variable, right=SetOf(items=tuple(Literal(value=uid) for uid in scope.entities)))
        case OfType(type=type_, within=EntityUid() as uid):
            inside = In(left=variable, right=Literal(value=uid))
            return And(left=Is(of=variable, type=type_), right=inside)
        case OfType():
            return Is(of=variable, type=scope.type)
    return None
