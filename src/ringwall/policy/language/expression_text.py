"""An expression as Cedar text, with no more parentheses than Cedar needs."""

from __future__ import annotations

from typing import TypeAlias

from ringwall.policy.chain import terms
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
from ringwall.policy.language.sugar import comparison, is_in
from ringwall.policy.language.vocabulary import EXTENSION_METHODS, is_name

Bound: TypeAlias = tuple[str, int]
"""A text, and how loosely its outermost operator binds."""

_ATOM, _UNARY, _PRODUCT, _SUM, _RELATION, _AND, _OR, _IF = range(8)


def expression_text(expression: Expression) -> str:
    """One line; parsed again, it is the same expression, and every chain of ``&&`` and ``||`` the same chain."""
    return _bound(expression)[0]


def _bound(expression: Expression) -> Bound:
    match expression:
        case Literal():
            return _literal(expression.value)
        case Variable():
            return expression.name, _ATOM
        case Attribute(of=of, name=name):
            return _inside(of, _ATOM) + (f".{name}" if is_name(name) else f"[{quoted(name)}]"), _ATOM
        case Has(of=of, name=name):
            return f"{_inside(of, _SUM)} has {name if is_name(name) else quoted(name)}", _RELATION
        case Is():
            return f"{_inside(expression.of, _SUM)} is {expression.type}", _RELATION
        case Like():
            return f'{_inside(expression.of, _SUM)} like "{_pattern(expression.parts)}"', _RELATION
        case Equal() | Less() | In() | Not(of=Equal() | Less()):
            operator, left, right = comparison(expression)
            return f"{_inside(left, _SUM)} {operator} {_inside(right, _SUM)}", _RELATION
        case Not():
            return f"!{_inside(expression.of, _ATOM)}", _UNARY
        case Negate(of=of):
            number = isinstance(of, Literal) and isinstance(of.value, int)  # -1 is a number, and -(1) takes it away
            return (f"-({_bound(of)[0]})" if number else f"-{_inside(of, _ATOM)}"), _UNARY
        case Arithmetic():
            return _arithmetic(expression)
        case And(left=Is() as kind, right=In(right=right)) if is_in(expression):
            return f"{_bound(kind)[0]} in {_inside(right, _SUM)}", _RELATION
        case And():
            return " && ".join(_inside(term, _RELATION) for term in terms(expression, is_in)), _AND
        case Or():
            return " || ".join(_inside(term, _AND) for term in terms(expression)), _OR
        case IfThenElse(test=test, then=then, otherwise=other):
            return f"if {expression_text(test)} then {expression_text(then)} else {expression_text(other)}", _IF
        case SetOf():
            return f"[{_listed(expression.items)}]", _ATOM
        case RecordOf():
            fields = (f"{key if is_name(key) else quoted(key)}: {_bound(value)[0]}" for key, value in expression.fields)
            return f"{{{', '.join(fields)}}}", _ATOM
        case Call(function=name, arguments=arguments):
            if name in EXTENSION_METHODS:
                return _method(arguments[0], name, *arguments[1:])
            return f"{name}({_listed(arguments)})", _ATOM
    return _operation(expression)


def _operation(expression: Contains | ContainsAll | ContainsAny | IsEmpty | HasTag | GetTag) -> Bound:
    match expression:
        case Contains():
            return _method(expression.set, "contains", expression.item)
        case ContainsAll():
            return _method(expression.set, "containsAll", expression.other)
        case ContainsAny():
            return _method(expression.set, "containsAny", expression.other)
        case IsEmpty():
            return _method(expression.of, "isEmpty")
        case HasTag():
            return _method(expression.of, "hasTag", expression.tag)
        case GetTag():
            return _method(expression.of, "getTag", expression.tag)


def _literal(value: object) -> Bound:
    if isinstance(value, bool):
        return str(value).lower(), _ATOM
    if isinstance(value, str):
        return quoted(value), _ATOM
    return str(value), _UNARY if isinstance(value, int) and value < 0 else _ATOM


def _pattern(parts: tuple[str, ...]) -> str:
    return "*".join(quoted(part)[1:-1].replace("*", r"\*") for part in parts)


def _arithmetic(expression: Arithmetic) -> Bound:
    """``a - b - c`` is ``(a - b) - c``."""
    level = _PRODUCT if expression.operator == "*" else _SUM
    return f"{_inside(expression.left, level)} {expression.operator} {_inside(expression.right, level - 1)}", level


def _method(of: Expression, name: str, *arguments: Expression) -> Bound:
    return f"{_inside(of, _ATOM)}.{name}({_listed(arguments)})", _ATOM


def _listed(expressions: tuple[Expression, ...]) -> str:
    return ", ".join(expression_text(expression) for expression in expressions)


def _inside(expression: Expression, loosest: int) -> str:
    text, binds = _bound(expression)
    return text if binds <= loosest else f"({text})"
