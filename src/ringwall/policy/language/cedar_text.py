"""Policies as Cedar policy text, language 4.5: what ``ringwall policy show`` prints."""

from __future__ import annotations

from collections.abc import Iterable

from ringwall.policy.entity_uid import quoted
from ringwall.policy.expression import (
    And,
    Arithmetic,
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
    IfThenElse,
    In,
    Is,
    IsEmpty,
    Less,
    Like,
    Literal,
    Negate,
    Not,
    Or,
    RecordOf,
    SetOf,
    Variable,
)
from ringwall.policy.policy import Policy
from ringwall.policy.scope import EqualTo, OfType, Place, Scope, Slot, Within, WithinAny

_ATOM, _UNARY, _RELATION, _AND, _OR, _IF = range(6)


def cedar_text(policies: Iterable[Policy]) -> str:
    """One policy after the other, each with its id and its annotations."""
    return "\n".join(_policy(policy) for policy in policies)


def expression_text(expression: Expression) -> str:
    """One expression, with no more parentheses than Cedar needs."""
    return _text(expression)[0]


def _policy(policy: Policy) -> str:
    lines = [f"@{name}({quoted(value)})" for name, value in {"id": policy.id, **policy.annotations}.items()]
    scopes = (("principal", policy.principal), ("action", policy.action), ("resource", policy.resource))
    lines.append(f"{policy.effect} ({', '.join(_scope(name, scope) for name, scope in scopes)})")
    lines += [f"{clause.kind} {{ {expression_text(clause.body)} }}" for clause in policy.clauses]
    return "\n".join(lines) + ";\n"


def _scope(name: str, scope: Scope) -> str:
    match scope:
        case EqualTo():
            return f"{name} == {_place(scope.entity, name)}"
        case Within():
            return f"{name} in {_place(scope.entity, name)}"
        case WithinAny():
            return f"{name} in [{', '.join(map(str, scope.entities))}]"
        case OfType():
            within = f" in {_place(scope.within, name)}" if scope.within is not None else ""
            return f"{name} is {scope.type}{within}"
    return name


def _place(place: Place, name: str) -> str:
    return f"?{name}" if isinstance(place, Slot) else str(place)


def _text(expression: Expression) -> tuple[str, int]:
    """The text, and how loosely its outermost operator binds."""
    match expression:
        case Literal(value=bool() as value):
            return str(value).lower(), _ATOM
        case Literal():
            return (quoted(expression.value) if isinstance(expression.value, str) else str(expression.value)), _ATOM
        case Variable():
            return expression.name, _ATOM
        case Attribute():
            dot = f".{expression.name}" if _is_plain(expression.name) else f"[{quoted(expression.name)}]"
            return _inside(expression.of, _ATOM) + dot, _ATOM
        case SetOf():
            return f"[{', '.join(expression_text(item) for item in expression.items)}]", _ATOM
        case Contains():
            return f"{_inside(expression.set, _ATOM)}.contains({expression_text(expression.item)})", _ATOM
        case Has():
            name = expression.name if _is_plain(expression.name) else quoted(expression.name)
            return f"{_inside(expression.of, _UNARY)} has {name}", _RELATION
        case Is():
            return f"{_inside(expression.of, _UNARY)} is {expression.type}", _RELATION
        case Like():
            pattern = "*".join(quoted(part)[1:-1].replace("*", "\\*") for part in expression.parts)
            return f'{_inside(expression.of, _UNARY)} like "{pattern}"', _RELATION
        case Not():
            return _negation(expression.of)
        case Equal():
            return _relation(expression.left, "==", expression.right)
        case Less():
            return _relation(expression.left, "<=" if expression.or_equal else "<", expression.right)
        case In():
            return _relation(expression.left, "in", expression.right)
        case And():
            return f"{_inside(expression.left, _RELATION)} && {_inside(expression.right, _AND)}", _AND
        case Or():
            return f"{_inside(expression.left, _AND)} || {_inside(expression.right, _OR)}", _OR
        case IfThenElse():
            parts = (expression.test, expression.then, expression.otherwise)
            test, then, other = (expression_text(part) for part in parts)
            return f"if {test} then {then} else {other}", _IF
        case ContainsAll() | ContainsAny():
            method = "containsAll" if isinstance(expression, ContainsAll) else "containsAny"
            return f"{_inside(expression.set, _ATOM)}.{method}({expression_text(expression.other)})", _ATOM
        case IsEmpty():
            return f"{_inside(expression.of, _ATOM)}.isEmpty()", _ATOM
        case HasTag() | GetTag():
            method = "hasTag" if isinstance(expression, HasTag) else "getTag"
            return f"{_inside(expression.of, _ATOM)}.{method}({expression_text(expression.tag)})", _ATOM
        case RecordOf() | Negate() | Arithmetic() | Call():
            raise NotImplementedError(type(expression).__name__)


_RESERVED = frozenset({"true", "false", "if", "then", "else", "in", "is", "like", "has", "__cedar"})


def _is_plain(name: str) -> bool:
    return name.isidentifier() and name.isascii() and name not in _RESERVED


def _relation(left: Expression, operator: str, right: Expression) -> tuple[str, int]:
    return f"{_inside(left, _UNARY)} {operator} {_inside(right, _UNARY)}", _RELATION


def _negation(inner: Expression) -> tuple[str, int]:
    match inner:
        case Equal():
            return _relation(inner.left, "!=", inner.right)
        case Less():
            return _relation(inner.left, ">" if inner.or_equal else ">=", inner.right)
    return f"!{_inside(inner, _ATOM)}", _UNARY


def _inside(expression: Expression, loosest: int) -> str:
    text, binds = _text(expression)
    return text if binds <= loosest else f"({text})"
