"""What a scope asks, as the expression that it is short for."""

from __future__ import annotations

from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.expression import And, Equal, Expression, In, Is, Literal, Name, SetOf, Variable
from ringwall.policy.scope import EqualTo, OfType, Scope, Slot, Within, WithinAny


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
