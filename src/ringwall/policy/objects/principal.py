"""A caller as a Cedar principal: its entity, and the part of a policy's scope that says whom it speaks about."""

from __future__ import annotations

from ringwall.caller import Caller
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.expression import In, Literal, SetOf, Variable
from ringwall.policy.policy import Policy
from ringwall.policy.scope import Anything, EqualTo, OfType, Scope, Within

PERSON, SERVICE, ROLE = "Person", "Service", "Role"
FIELDS = ("id", "kind", "proof", "issuer")
"""What every caller has, as text."""

_PRINCIPAL = Variable(name="principal")


def uid_of(caller: Caller) -> EntityUid:
    """``Person::"ann"``, or ``Service::"spiffe://…"``."""
    return EntityUid(SERVICE if caller.kind == "service" else PERSON, caller.id)


def role_of(policy: Policy) -> str:
    """The role whose holders a policy speaks about (``principal in Role::"…"``); empty for any other scope."""
    match policy.principal:
        case Within(entity=EntityUid(type="Role") as role):
            return role.id
    return ""


def roles_in(expression: In) -> tuple[str, ...]:
    """The roles of ``principal in Role::"…"`` or ``principal in [Role::"…", …]``; none for any other question."""
    if expression.left != _PRINCIPAL:
        return ()
    places = expression.right.items if isinstance(expression.right, SetOf) else (expression.right,)
    uids = [place.value for place in places if isinstance(place, Literal) and isinstance(place.value, EntityUid)]
    only_roles = len(uids) == len(places) and all(uid.type == ROLE for uid in uids)
    return tuple([uid.id for uid in uids]) if only_roles else ()


def service_of(policy: Policy) -> str:
    """The SPIFFE id of the one service that a policy speaks about; empty for any other scope."""
    match policy.principal:
        case EqualTo(entity=EntityUid(type="Service") as service):
            return service.id
    return ""


def speaks_about(scope: Scope, caller: Caller) -> bool:
    """Whether the caller is inside the scope. Roles are a caller's only parents."""
    match scope:
        case Anything():
            return True
        case EqualTo(entity=EntityUid() as uid):
            return uid == uid_of(caller)
        case Within(entity=EntityUid() as uid):
            return _below(caller, uid)
        case OfType(type=name, within=within):
            return name == uid_of(caller).type and (
                within is None or (isinstance(within, EntityUid) and _below(caller, within))
            )
    return False


def _below(caller: Caller, uid: EntityUid) -> bool:
    return (uid.type == ROLE and uid.id in caller.roles) or uid == uid_of(caller)
