"""A Cedar expression written as a Python one over Python objects: a caller, an action, a resource and a context."""

from __future__ import annotations

import ast

from ringwall.policy.evaluation import python_syntax as py
from ringwall.policy.evaluation.writer import Writer
from ringwall.policy.expression import (
    Attribute,
    Contains,
    ContainsAll,
    ContainsAny,
    Expression,
    GetTag,
    Has,
    HasTag,
    IfThenElse,
    In,
    Is,
    Literal,
    RecordOf,
    SetOf,
    Variable,
)
from ringwall.policy.objects.principal import FIELDS, roles_in

PARAMETERS = ("principal", "action", "resource", "context")


class ObjectWriter(Writer):
    """Writes what is read of Python objects. The names that are called are those of ``operations``.

    ``raw`` is an operand as Python holds it, ``None`` where it is absent; ``value`` the same as Cedar has it. What most
    policies ask, an attribute against a string and a role, is written in place, without a call.
    """

    def __init__(self, *, in_python: bool) -> None:
        super().__init__()
        self._in_python = in_python

    def variable(self, of: Variable) -> ast.expr:
        match of.name:
            case "action":
                return py.call("EntityUid", py.constant("Action"), py.name("action"))
            case "context":
                return py.call("whole_context", py.name("principal"), py.name("context"))
        return py.call("cedar_value", py.name(of.name))

    def attribute(self, expression: Attribute) -> ast.expr:
        raw = self.raw(expression)
        return raw if _is_text(expression) else py.call("cedar_value", raw)

    def has(self, expression: Has) -> ast.expr:
        if expression.of in _NEVER_WITHOUT or (expression.of == _RESOURCE and self._in_python):
            raw = self.raw(Attribute(of=expression.of, name=expression.name))
            return py.compare(raw, ast.IsNot(), py.constant(None))
        of_resource = expression.of == _RESOURCE and _is_public(expression.name)
        return py.call(
            "resource_has" if of_resource else self._called("has"),
            self.raw(expression.of),
            py.constant(expression.name),
        )

    def raw(self, expression: Expression) -> ast.expr:
        """The expression where Python's own object will do."""
        match expression:
            case Variable(name="principal" | "resource"):
                return py.name(expression.name)
            case Attribute(of=Variable(name="principal"), name=name) if name in FIELDS:
                return py.member(py.name("principal"), name)
            case Attribute(of=Variable(name="principal")):
                return py.call_method(
                    py.member(py.name("principal"), "attributes"), "get", py.constant(expression.name)
                )
            case Attribute(of=Variable(name="context"), name="actor"):
                return py.member(py.name("principal"), "actor")
            case Attribute(of=Variable(name="context"), name=name):
                return py.call("in_context", py.constant(name), py.name("principal"), py.name("context"))
            case Attribute(of=Variable(name="resource"), name=name) if _is_public(name):
                return py.member(py.name("resource"), name)  # the engine has looked at its class for sealed ones
            case Attribute():
                return py.call("attribute", self.raw(expression.of), py.constant(expression.name))
            case GetTag():
                return py.call("get_tag", self.raw(expression.of), self.value(expression.tag))
            case RecordOf():
                # An object in it stays one, so that its attributes can be read.
                fields = [(name, self.raw(of)) for name, of in expression.fields]
                return py.call("record_of", py.mapping(fields))
            case IfThenElse():
                then, otherwise = self.raw(expression.then), self.raw(expression.otherwise)
                return py.choice(self.condition(expression.test), then, otherwise)
        return self.value(expression)

    def value(self, expression: Expression) -> ast.expr:
        match expression:
            case In():
                return self._within(expression)
            case Is():
                return py.call("is_type", self.raw(expression.of), py.constant(expression.type))
            case Contains():
                return self._contains(expression)
            case ContainsAll():
                return py.call("contains_all", self.raw(expression.set), self.raw(expression.other))
            case ContainsAny():
                return py.call("contains_any", self.raw(expression.set), self.raw(expression.other))
            case HasTag():
                return py.call("has_tag", self.raw(expression.of), self.value(expression.tag))
            case GetTag():
                return py.call("cedar_value", self.raw(expression))
        return super().value(expression)

    def _called(self, operation: str) -> str:
        return f"{operation}_as_python" if self._in_python else operation

    def _equal(self, left: Expression, right: Expression) -> ast.expr:
        if _is_text(left):
            left, right = right, left
        if not _is_text(right):
            return py.call(self._called("equal"), self.raw(left), self.raw(right))
        same = py.compare(self.raw(left), ast.Eq(), self.raw(right))
        if _is_text(left):
            return same
        kept = self._keep()
        same = py.compare(py.name(kept), ast.Eq(), self.raw(right))
        return py.choice(
            py.is_exactly(kept, self.raw(left), "str"),
            same,
            py.call(self._called("equal"), py.name(kept), self.raw(right)),
        )

    def _contains(self, expression: Contains) -> ast.expr:
        among, item = self.raw(expression.set), self.raw(expression.item)
        texts = _texts(expression.set)
        if not texts:
            return py.call(self._called("contains"), among, item)
        kept = self._keep()
        found = py.compare(py.name(kept), ast.In(), self.bound(texts))
        return py.choice(
            py.is_exactly(kept, item, "str"), found, py.call(self._called("contains"), among, py.name(kept))
        )

    def _within(self, expression: In) -> ast.expr:
        roles = roles_in(expression)
        if not roles:
            return py.call("within", self.raw(expression.left), self.raw(expression.right))
        held = py.member(py.name("principal"), "roles")
        if len(roles) == 1:
            return py.compare(py.constant(roles[0]), ast.In(), held)
        return py.negated(py.call_method(self.bound(frozenset(roles)), "isdisjoint", held))


_RESOURCE = Variable(name="resource")
_NEVER_WITHOUT = (Variable(name="principal"), Variable(name="context"))


def _is_public(name: str) -> bool:
    return name.isidentifier() and not name.startswith("_")


def _is_text(expression: Expression) -> bool:
    """Whether the expression is surely a string."""
    match expression:
        case Literal(value=str()):
            return True
        case Attribute(of=Variable(name="principal"), name=name):
            return name in FIELDS
    return False


def _texts(expression: Expression) -> frozenset[str]:
    """The strings of a set of nothing else; none for any other expression."""
    if not isinstance(expression, SetOf):
        return frozenset()
    texts = [item.value for item in expression.items if isinstance(item, Literal) and isinstance(item.value, str)]
    return frozenset(texts) if len(texts) == len(expression.items) else frozenset()
