"""A Cedar expression written as a Python one, which means the same and raises where Cedar errs."""

from __future__ import annotations

import ast

from ringwall.policy.chain import terms
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.evaluation import operations as cedar
from ringwall.policy.evaluation import python_syntax as py
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
    Has,
    HasTag,
    IfThenElse,
    In,
    Is,
    IsEmpty,
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
from ringwall.policy.values.evaluation_error import EvaluationError
from ringwall.policy.values.functions import CONSTRUCTORS, FUNCTIONS
from ringwall.policy.walk import parts_of

_BOOLEAN = (Equal, Less, In, Has, Is, Like, Contains, ContainsAll, ContainsAny, IsEmpty, HasTag)


class Writer:
    """Writes expressions, and gathers in ``constants`` the values that they name ``k0``, ``k1`` …

    ``variable``, ``attribute`` and ``has`` say how the four variables and what hangs on them are read; another world of
    entities says it in its own way. The names that are called are ``operations`` by the same names.
    """

    def __init__(self) -> None:
        self.constants: list[object] = []
        self._kept = 0

    def variable(self, of: Variable) -> ast.expr:
        """A variable as a value."""
        found = py.name(of.name)
        return py.member(found, "uid") if of.name in ("principal", "resource") else found

    def attribute(self, expression: Attribute) -> ast.expr:
        """``of.name``. Of a variable it is looked up in place, and a ``KeyError`` says that it is absent."""
        key = py.constant(expression.name)
        fields = self._fields(expression.of)
        if fields is not None:
            return py.item(fields, key)
        return py.call("attribute", self.value(expression.of), key, py.name("entities"))

    def has(self, expression: Has) -> ast.expr:
        """``of has name``."""
        key = py.constant(expression.name)
        fields = self._fields(expression.of)
        if fields is not None:
            return py.compare(key, ast.In(), fields)
        return py.call("has", self.value(expression.of), key, py.name("entities"))

    def condition(self, expression: Expression) -> ast.expr:
        """The expression where a bool is needed: what might be something else is checked."""
        match expression:
            case Not():
                return py.negated(self.condition(expression.of))
            case And():
                return py.joined(ast.And(), [self.condition(term) for term in terms(expression)])
            case Or():
                return py.joined(ast.Or(), [self.condition(term) for term in terms(expression)])
            case IfThenElse():
                then, otherwise = self.condition(expression.then), self.condition(expression.otherwise)
                return py.choice(self.condition(expression.test), then, otherwise)
            case Literal(value=bool()):
                return self.value(expression)
        if isinstance(expression, _BOOLEAN):
            return self.value(expression)
        kept = self._keep()
        looked_at = py.is_exactly(kept, self.value(expression), "bool")
        return py.choice(looked_at, py.name(kept), py.call("boolean", py.name(kept)))

    def value(self, expression: Expression) -> ast.expr:
        """The expression where any value will do."""
        match expression:
            case Literal():
                value = expression.value
                return self.bound(value) if isinstance(value, EntityUid) else py.constant(value)
            case Variable():
                return self.variable(expression)
            case Attribute():
                return self.attribute(expression)
            case Has():
                return self.has(expression)
            case Not() | And() | Or():
                return self.condition(expression)
            case IfThenElse():
                then, otherwise = self.value(expression.then), self.value(expression.otherwise)
                return py.choice(self.condition(expression.test), then, otherwise)
            case Equal():
                return self._equal(expression.left, expression.right)
            case Less():
                return self._less(expression)
            case Is():
                return py.call("is_type", self.value(expression.of), py.constant(expression.type))
            case Like():
                return py.call("matches", self.value(expression.of), self.bound(expression.parts))
            case SetOf():
                return self._set(expression)
            case RecordOf():
                return py.call("Record", py.mapping([(name, self.value(of)) for name, of in expression.fields]))
            case Arithmetic():
                return self._call(cedar.ARITHMETIC[expression.operator].__name__, expression.left, expression.right)
            case Call():
                return self._function(expression)
        parts = [self.value(part) for part in parts_of(expression)]
        if type(expression) in cedar.OPERATIONS_ON_ENTITIES:
            return py.call(cedar.OPERATIONS_ON_ENTITIES[type(expression)].__name__, *parts, py.name("entities"))
        return py.call(cedar.OPERATIONS[type(expression)].__name__, *parts)

    def bound(self, value: object) -> ast.expr:
        """The name of a value that Python's syntax does not write."""
        self.constants.append(value)
        return py.name(f"k{len(self.constants) - 1}")

    def _call(self, function: str, *arguments: Expression) -> ast.expr:
        return py.call(function, *map(self.value, arguments))

    def _fields(self, of: Expression) -> ast.expr | None:
        match of:
            case Variable(name="principal" | "resource" as name):
                return py.member(py.name(name), "attributes", "fields")
            case Variable(name="context"):
                return py.member(py.name("context"), "fields")
        return None

    def _equal(self, left: Expression, right: Expression) -> ast.expr:
        # Python's == is Cedar's where one side is surely a string or an entity. Not for numbers: 1 == True there.
        if _is_text_or_entity(left) or _is_text_or_entity(right):
            return py.compare(self.value(left), ast.Eq(), self.value(right))
        for one, other in ((left, right), (right, left)):
            if _is_number(one):
                kept = self._keep()
                same = py.compare(py.name(kept), ast.Eq(), self.value(one))
                return py.joined(ast.And(), [py.is_exactly(kept, self.value(other), "int"), same])
        return self._call("equal", left, right)

    def _less(self, expression: Less) -> ast.expr:
        name, operator = ("less_or_equal", ast.LtE()) if expression.or_equal else ("less", ast.Lt())
        left, right = self.value(expression.left), self.value(expression.right)
        kept = self._keep()
        if _is_number(expression.right):
            left, looked_at = py.name(kept), py.is_exactly(kept, left, "int")
        elif _is_number(expression.left):
            right, looked_at = py.name(kept), py.is_exactly(kept, right, "int")
        else:
            return py.call(name, left, right)
        return py.choice(looked_at, py.compare(left, operator, right), py.call(name, left, right))

    def _keep(self) -> str:
        """A name for a value that is looked at more than once."""
        self._kept += 1
        return f"v{self._kept}"

    def _set(self, expression: SetOf) -> ast.expr:
        if all(isinstance(item, Literal) for item in expression.items):
            return self.bound(CedarSet(item.value for item in expression.items if isinstance(item, Literal)))
        return py.call("CedarSet", py.sequence([self.value(item) for item in expression.items]))

    def _function(self, expression: Call) -> ast.expr:
        match expression:
            case Call(function=name, arguments=(Literal(value=str(text)),)) if name in CONSTRUCTORS:
                try:
                    return self.bound(CONSTRUCTORS[name](text))
                except EvaluationError:
                    pass  # it errs each time it is evaluated, and only then
        arguments = [self.value(argument) for argument in expression.arguments]
        if len(arguments) == len(FUNCTIONS[expression.function].takes):
            return py.call(expression.function, *arguments)
        return py.call("call", py.constant(expression.function), py.sequence(arguments))


def _is_text_or_entity(expression: Expression) -> bool:
    match expression:
        case Literal(value=str() | EntityUid()) | Variable(name="principal" | "action" | "resource"):
            return True
    return False


def _is_number(expression: Expression) -> bool:
    return isinstance(expression, Literal) and type(expression.value) is int
