"""The values that a condition was asked with, as its operator reads them: ``'ann' == 'sue'``. Never a secret one."""

from __future__ import annotations

from ringwall.known_values import MASK
from ringwall.policy.explanation.short_value import short_value
from ringwall.policy.explanation.unfold import Leaf
from ringwall.policy.explanation.world import World
from ringwall.policy.expression import (
    And,
    Attribute,
    Call,
    Contains,
    ContainsAll,
    ContainsAny,
    Equal,
    Expression,
    GetTag,
    Has,
    HasTag,
    In,
    Is,
    IsEmpty,
    Less,
    Like,
    Not,
    Or,
    Variable,
)
from ringwall.policy.objects.entity import SealedRead

_PRINCIPAL = Variable(name="principal")


def shown_values(leaf: Leaf, world: World) -> str:
    """The display text for one condition; empty for a constant."""
    negated, core = core_of(leaf.expression)

    def shown(part: Expression) -> str:
        return _shown(part, leaf, world)

    match core:
        case Equal():
            return f"{shown(core.left)} {'!=' if negated else '=='} {shown(core.right)}"
        case Less():
            operator = (">" if core.or_equal else ">=") if negated else ("<=" if core.or_equal else "<")
            return f"{shown(core.left)} {operator} {shown(core.right)}"
        case Contains() if leaf.policy.in_python:
            return f"{shown(core.item)} {'not in' if negated else 'in'} {shown(core.set)}"
        case Contains():
            return f"{shown(core.set)} contains {shown(core.item)}"
        case ContainsAll():
            return f"{shown(core.set)} contains all of {shown(core.other)}"
        case ContainsAny():
            return f"{shown(core.set)} contains any of {shown(core.other)}"
        case In() if core.left == _PRINCIPAL:
            return world.groups()
        case In():
            return f"{shown(core.left)} in {shown(core.right)}"
        case Has():
            return shown(Attribute(of=core.of, name=core.name))
        case HasTag():
            return shown(GetTag(of=core.of, tag=core.tag))
        case Attribute() | GetTag():
            return shown(core)
        case Is() | Like() | IsEmpty():
            return shown(core.of)
        case Call():
            return ", ".join(shown(argument) for argument in core.arguments)
    return ""


def core_of(expression: Expression) -> tuple[bool, Expression]:
    """The comparison that was written, without what is in front of it in one with it, and whether it is negated."""
    match expression:
        case Not():
            negated, core = core_of(expression.of)
            return not negated, core
        case And() | Or():
            return core_of(expression.right)
    return False, expression


def _shown(expression: Expression, leaf: Leaf, world: World) -> str:
    try:
        return short_value(world.value(leaf, expression), in_python=leaf.policy.in_python)
    except SealedRead:
        return MASK
    except Exception:  # noqa: BLE001  the explanation says so, in place of the value
        return "(cannot be read)"
