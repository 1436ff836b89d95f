"""An expression in Cedar's JSON policy format, language 4.5."""

from __future__ import annotations

from typing import Any, TypeAlias

from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.expression import (
    And,
    Arithmetic,
    Attribute,
    Call,
    Constant,
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

Json: TypeAlias = dict[str, Any]


def expression_to_json(expression: Expression) -> Json:
    """An object with one name, that of the operator. What Cedar writes shorter (``!=``, ``is … in``) is written so."""
    match expression:
        case Literal():
            return {"Value": _value(expression.value)}
        case Variable():
            return {"Var": expression.name}
        case Attribute():
            return {".": {"left": expression_to_json(expression.of), "attr": expression.name}}
        case Has():
            return {"has": {"left": expression_to_json(expression.of), "attr": expression.name}}
        case Is():
            return {"is": {"left": expression_to_json(expression.of), "entity_type": expression.type}}
        case Like():
            return {"like": {"left": expression_to_json(expression.of), "pattern": _pattern(expression.parts)}}
        case Equal() | Less() | In() | Not(of=Equal() | Less()):
            return _binary(*comparison(expression))
        case Not():
            return {"!": {"arg": expression_to_json(expression.of)}}
        case Negate():
            return {"neg": {"arg": expression_to_json(expression.of)}}
        case IsEmpty():
            return {"isEmpty": {"arg": expression_to_json(expression.of)}}
        case And(left=Is() as kind, right=In(right=right)) if is_in(expression):
            written = expression_to_json(kind)
            written["is"]["in"] = expression_to_json(right)
            return written
        case And(left=left, right=right):
            return _binary("&&", left, right)
        case Or(left=left, right=right):
            return _binary("||", left, right)
        case Arithmetic(operator=operator, left=left, right=right):
            return _binary(operator, left, right)
        case Contains():
            return _binary("contains", expression.set, expression.item)
        case ContainsAll():
            return _binary("containsAll", expression.set, expression.other)
        case ContainsAny():
            return _binary("containsAny", expression.set, expression.other)
        case HasTag():
            return _binary("hasTag", expression.of, expression.tag)
        case GetTag():
            return _binary("getTag", expression.of, expression.tag)
        case IfThenElse(test=test, then=then, otherwise=otherwise):
            parts = {"if": test, "then": then, "else": otherwise}
            return {"if-then-else": {name: expression_to_json(part) for name, part in parts.items()}}
        case SetOf():
            return {"Set": [expression_to_json(item) for item in expression.items]}
        case RecordOf():
            return {"Record": {name: expression_to_json(value) for name, value in expression.fields}}
        case Call():
            return {expression.function: [expression_to_json(argument) for argument in expression.arguments]}


def uid_to_json(uid: EntityUid) -> Json:
    """``{"type": "User", "id": "ann"}``."""
    return {"type": uid.type, "id": uid.id}


def _binary(operator: str, left: Expression, right: Expression) -> Json:
    return {operator: {"left": expression_to_json(left), "right": expression_to_json(right)}}


def _value(value: Constant) -> Any:
    return {"__entity": uid_to_json(value)} if isinstance(value, EntityUid) else value


def _pattern(parts: tuple[str, ...]) -> list[Any]:
    """The parts, where they are not empty, and a wildcard between each two."""
    written: list[Any] = []
    for place, part in enumerate(parts):
        written += ["Wildcard"] * bool(place) + [{"Literal": part}] * bool(part)
    return written
