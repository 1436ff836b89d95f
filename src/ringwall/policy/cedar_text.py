"""Rules as Cedar policy text, language 4.5: what ``ringwall policy show`` prints."""

from __future__ import annotations

from collections.abc import Iterable

from ringwall.policy.entity import quote
from ringwall.policy.expression import (
    And,
    Attribute,
    Contains,
    EntityUid,
    Equal,
    Expression,
    Has,
    IfThenElse,
    In,
    Is,
    Less,
    Like,
    Literal,
    Not,
    Or,
    SetOf,
    Variable,
)
from ringwall.policy.rule import Rule

_ATOM, _UNARY, _RELATION, _AND, _OR, _IF = range(6)


def cedar_text(rules: Iterable[Rule]) -> str:
    """One policy for each rule, with its id, its sentence and its place as annotations."""
    return "\n".join(_policy(rule) for rule in rules)


def expression_text(expression: Expression) -> str:
    """One expression, with no more parentheses than Cedar needs."""
    return _text(expression)[0]


def _policy(rule: Rule) -> str:
    notes = {"id": rule.id, "sentence": rule.sentence, "where": rule.where}
    lines = [f"@{name}({quote(value)})" for name, value in notes.items() if value]
    scope = ", ".join((_principal(rule), _action(rule.actions), _resource(rule)))
    lines.append(f"{rule.effect} ({scope})")
    if rule.condition is not None:
        lines.append(f"when {{ {expression_text(rule.condition)} }}")
    return "\n".join(lines) + ";\n"


def _principal(rule: Rule) -> str:
    if rule.role:
        return f"principal in {_uid('Role', rule.role)}"
    return f"principal == {_uid('Service', rule.service)}" if rule.service else "principal"


def _action(actions: tuple[str, ...]) -> str:
    if not actions or "*" in actions:
        return "action"
    uids = ", ".join(_uid("Action", name) for name in actions)
    if len(actions) > 1:
        return f"action in [{uids}]"
    return f"action in {uids}" if any(name.endswith(":*") for name in actions) else f"action == {uids}"


def _resource(rule: Rule) -> str:
    return f"resource is {rule.resource_type}" if rule.resource_type else "resource"


def _uid(type_: str, id_: str) -> str:
    return f"{type_}::{quote(id_)}"


def _text(expression: Expression) -> tuple[str, int]:
    """The text, and how loosely its outermost operator binds."""
    match expression:
        case Literal(value=bool() as value):
            return str(value).lower(), _ATOM
        case Literal():
            return (quote(expression.value) if isinstance(expression.value, str) else str(expression.value)), _ATOM
        case EntityUid():
            return _uid(expression.type, expression.id), _ATOM
        case Variable():
            return expression.name, _ATOM
        case Attribute():
            dot = f".{expression.name}" if _is_plain(expression.name) else f"[{quote(expression.name)}]"
            return _inside(expression.of, _ATOM) + dot, _ATOM
        case SetOf():
            return f"[{', '.join(expression_text(item) for item in expression.items)}]", _ATOM
        case Contains():
            return f"{_inside(expression.set, _ATOM)}.contains({expression_text(expression.item)})", _ATOM
        case Has():
            name = expression.name if _is_plain(expression.name) else quote(expression.name)
            return f"{_inside(expression.of, _UNARY)} has {name}", _RELATION
        case Is():
            return f"{_inside(expression.of, _UNARY)} is {expression.type}", _RELATION
        case Like():
            pattern = "*".join(quote(part)[1:-1].replace("*", "\\*") for part in expression.parts)
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
