"""The value of one expression, found by walking its tree.

Slow and plain: it serves explanations, the prompt and the tests, which hold the compiled functions against it.
"""

from __future__ import annotations

from ringwall.policy.chain import terms
from ringwall.policy.entities.entities import Entities
from ringwall.policy.evaluation import operations as cedar
from ringwall.policy.evaluation.request import Request
from ringwall.policy.expression import (
    And,
    Arithmetic,
    Attribute,
    Call,
    Equal,
    Expression,
    Has,
    IfThenElse,
    Is,
    Less,
    Like,
    Literal,
    Not,
    Or,
    RecordOf,
    SetOf,
    Variable,
)
from ringwall.policy.values.cedar_set import CedarSet
from ringwall.policy.values.functions import call
from ringwall.policy.values.record import Record
from ringwall.policy.values.value import Value, equal
from ringwall.policy.walk import parts_of


def evaluate(expression: Expression, request: Request, entities: Entities) -> Value:
    """What the expression comes to for this request. Raises ``EvaluationError``."""

    def value(of: Expression) -> Value:
        return evaluate(of, request, entities)

    match expression:
        case Literal():
            return expression.value
        case Variable():
            found: Value = getattr(request, expression.name)
            return found
        case Not():
            return not cedar.boolean(value(expression.of))
        case And():
            return all(cedar.boolean(value(term)) for term in terms(expression))
        case Or():
            return any(cedar.boolean(value(term)) for term in terms(expression))
        case IfThenElse():
            return value(expression.then if cedar.boolean(value(expression.test)) else expression.otherwise)
        case Equal():
            return equal(value(expression.left), value(expression.right))
        case Less():
            below = cedar.less_or_equal if expression.or_equal else cedar.less
            return below(value(expression.left), value(expression.right))
        case Attribute():
            return cedar.attribute(value(expression.of), expression.name, entities)
        case Has():
            return cedar.has(value(expression.of), expression.name, entities)
        case Is():
            return cedar.is_type(value(expression.of), expression.type)
        case Like():
            return cedar.matches(value(expression.of), expression.parts)
        case SetOf():
            return CedarSet(map(value, expression.items))
        case RecordOf():
            return Record({name: value(field) for name, field in expression.fields})
        case Arithmetic():
            return cedar.ARITHMETIC[expression.operator](value(expression.left), value(expression.right))
        case Call():
            return call(expression.function, [value(argument) for argument in expression.arguments])
    parts = [value(part) for part in parts_of(expression)]
    if type(expression) in cedar.OPERATIONS_ON_ENTITIES:
        return cedar.OPERATIONS_ON_ENTITIES[type(expression)](*parts, entities)
    return cedar.OPERATIONS[type(expression)](*parts)
