"""The part of a policy's scope that says about which resources it speaks.

What a resource is shows in its class, but for a ``Caller``, which is a person or a service.
"""

from __future__ import annotations

from ringwall.caller import Caller
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.expression import And, Equal, Expression, In, Literal, Variable
from ringwall.policy.objects.principal import PERSON, SERVICE
from ringwall.policy.policy import Policy
from ringwall.policy.scope import EqualTo, OfType, Within
from ringwall.policy.scope_condition import scope_condition

_CALLERS = (PERSON, SERVICE)
_RESOURCE = Variable(name="resource")


def may_be(policy: Policy, kind: type | str) -> bool:
    """Whether resources of this class, or of this entity type by its name, can be inside the scope."""
    if not isinstance(kind, str) and policy.resource_class is not None:
        return kind is policy.resource_class
    name = kind if isinstance(kind, str) else kind.__name__
    match policy.resource:
        case OfType(type=wanted) | EqualTo(entity=EntityUid(type=wanted)):
            return wanted == name or (kind is Caller and wanted in _CALLERS)
    return True


def asked(policy: Policy) -> Expression | None:
    """All that is asked of a resource that ``may_be`` inside the scope: the rest of the scope, then the condition."""
    scope, condition = left_to_ask(policy), policy.condition
    if scope is None or condition is None:
        return condition if scope is None else scope
    return And(left=scope, right=condition, span=policy.span)


def left_to_ask(policy: Policy) -> Expression | None:
    """What remains to be asked of a resource that ``may_be`` inside the scope; ``None`` for nothing."""
    match policy.resource:
        case EqualTo(entity=EntityUid() as uid):
            return Equal(left=_RESOURCE, right=Literal(value=uid), span=policy.span)
        case Within(entity=EntityUid() as uid):
            return In(left=_RESOURCE, right=Literal(value=uid), span=policy.span)
        case OfType(type=type_, within=within) if type_ in _CALLERS or isinstance(within, EntityUid):
            return scope_condition("resource", policy.resource)
    return None
