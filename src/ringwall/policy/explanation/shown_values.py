"""The values that a condition was asked with, as its operator reads them: ``'ann' == 'sue'``. Never a secret one."""

from __future__ import annotations

from collections.abc import Iterable

from ringwall.caller import Caller
from ringwall.known_values import MASK
from ringwall.policy.expression import (
    And,
    Attribute,
    Contains,
    Equal,
    Expression,
    Has,
    In,
    Less,
    Literal,
    Not,
    SetOf,
    Variable,
)
from ringwall.policy.objects.entity import SealedRead, read
from ringwall.policy.objects.value import is_scalar

_LONGEST = 60


def shown_values(expression: Expression, caller: Caller, resource: object) -> str:
    """The display text for one condition; empty for a constant."""
    negated, core = core_of(expression)

    def shown(part: Expression) -> str:
        return _shown(part, caller, resource)

    match core:
        case Equal():
            return f"{shown(core.left)} {'!=' if negated else '=='} {shown(core.right)}"
        case Less():
            operator = (">" if core.or_equal else ">=") if negated else ("<=" if core.or_equal else "<")
            return f"{shown(core.left)} {operator} {shown(core.right)}"
        case Contains():
            return f"{shown(core.item)} {'not in' if negated else 'in'} {shown(core.set)}"
        case In():
            return f"roles: {roles_of(caller)}"
        case Has():
            return shown(Attribute(of=core.of, name=core.name))
        case Attribute():
            return shown(core)
    return ""


def roles_of(caller: Caller) -> str:
    """The caller's roles in one line."""
    return ", ".join(sorted(caller.roles)) or "none"


def core_of(expression: Expression) -> tuple[bool, Expression]:
    """The comparison that was written, without the ``has`` in front of it, and whether it is negated."""
    match expression:
        case Not():
            negated, core = core_of(expression.of)
            return not negated, core
        case And():
            return core_of(expression.right)
    return False, expression


def value_of(expression: Expression, caller: Caller, resource: object) -> object:
    """What an operand is, with ``None`` for an absent attribute. Raises what reading raises."""
    match expression:
        case Literal():
            return expression.value
        case SetOf():
            return tuple(value_of(item, caller, resource) for item in expression.items)
        case Variable(name="principal" | "context"):
            return caller
        case Variable(name="resource"):
            return resource
        case Attribute():
            return read(value_of(expression.of, caller, resource), expression.name)
    raise TypeError(type(expression).__name__)


def _shown(expression: Expression, caller: Caller, resource: object) -> str:
    try:
        value = value_of(expression, caller, resource)
    except SealedRead:
        return MASK
    except Exception:  # noqa: BLE001  the explanation says so, in place of the value
        return "(cannot be read)"
    return _short(value)


def _short(value: object) -> str:
    if value is None or is_scalar(value):
        text = repr(value)
    elif value.__class__ in (tuple, list, set, frozenset):
        assert isinstance(value, Iterable)
        text = f"({', '.join(sorted(_short(item) for item in value))})"
    else:
        # Only Cedar's own values are shown: any other object's repr may hold what nobody should read.
        text = f"({type(value).__name__})"
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
