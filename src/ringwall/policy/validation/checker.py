"""Cedar's strict type checker 4.5: the type of an expression for one kind of request.

It follows the published typing rules (the Lean model of Cedar's validator): ``true`` and ``false`` are types of their
own, so that what can never be asked is not checked; and what ``has`` has shown is carried as capabilities.
"""

from __future__ import annotations

from collections.abc import Callable

from ringwall.policy.entity_uid import EntityUid
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
from ringwall.policy.schema.schema import Environment, Schema
from ringwall.policy.schema.types import (
    BOOL,
    LONG,
    STRING,
    BoolType,
    EntityType,
    Field,
    RecordType,
    Type,
)
from ringwall.policy.source import Span
from ringwall.policy.validation.attribute_rules import type_of_attribute, type_of_get_tag, type_of_has, type_of_has_tag
from ringwall.policy.validation.call_rules import type_of_call
from ringwall.policy.validation.comparison_rules import type_of_equal, type_of_in, type_of_is, type_of_less
from ringwall.policy.validation.logic_rules import type_of_and, type_of_if, type_of_not, type_of_or
from ringwall.policy.validation.set_rules import (
    type_of_contains,
    type_of_is_empty,
    type_of_set,
    type_of_two_sets,
)
from ringwall.policy.validation.typed import EITHER, FALSE, NOTHING, TRUE, UNKNOWN, Capabilities, Typed


class Checker:
    """Types expressions for one ``environment``. ``report(message, span, hint)`` is told of each error."""

    def __init__(self, schema: Schema, environment: Environment, report: Callable[[str, Span, str], None]) -> None:
        self.schema = schema
        self.environment = environment
        self.report = report
        self._variables: dict[str, Type] = {
            "principal": EntityType(environment.principal),
            "action": EntityType(environment.action.uid.type),
            "resource": EntityType(environment.resource),
            "context": environment.action.context,
        }

    def type_of(self, expression: Expression, known: Capabilities = NOTHING) -> Typed:
        """Its type, given what is ``known`` to be there. Each kind of expression has a rule of its own."""
        match expression:
            case Literal():
                return self._literal(expression)
            case Variable():
                return Typed(self._variables[expression.name])
            case And():
                return type_of_and(self, expression, known)
            case Or():
                return type_of_or(self, expression, known)
            case Not():
                return type_of_not(self, expression, known)
            case IfThenElse():
                return type_of_if(self, expression, known)
            case Equal():
                return type_of_equal(self, expression, known)
            case Less():
                return type_of_less(self, expression, known)
            case In():
                return type_of_in(self, expression, known)
            case Is():
                return type_of_is(self, expression, known)
            case Attribute():
                return type_of_attribute(self, expression, known)
            case Has():
                return type_of_has(self, expression, known)
            case HasTag():
                return type_of_has_tag(self, expression, known)
            case GetTag():
                return type_of_get_tag(self, expression, known)
            case SetOf():
                return type_of_set(self, expression, known)
            case Contains():
                return type_of_contains(self, expression, known)
            case ContainsAll() | ContainsAny():
                return type_of_two_sets(self, expression, known)
            case IsEmpty():
                return type_of_is_empty(self, expression, known)
            case Call():
                return type_of_call(self, expression, known)
            case Like():
                self.expect(expression.of, STRING, known)
                return EITHER
            case Negate():
                self.expect(expression.of, LONG, known)
                return Typed(LONG)
            case Arithmetic():
                self.expect(expression.left, LONG, known)
                self.expect(expression.right, LONG, known)
                return Typed(LONG)
            case RecordOf():
                return self._record(expression, known)

    def expect(self, expression: Expression, wanted: Type, known: Capabilities) -> Typed:
        """Its type, which must be ``wanted``; an error, and ``UNKNOWN``, where it is not."""
        typed = self.type_of(expression, known)
        fits = typed.type == wanted or (wanted == BOOL and isinstance(typed.type, BoolType))
        if not fits and typed.type is not None:
            self.report(f"expected `{wanted}`, found `{typed.type}`", expression.span, "")
        return typed if fits else UNKNOWN

    def entity(self, expression: Expression) -> EntityUid | None:
        """The very entity that it is, if that is known: a literal, or the action of the request."""
        match expression:
            case Literal(value=EntityUid() as uid):
                return uid
            case Variable(name="action"):
                return self.environment.action.uid
        return None

    def _literal(self, expression: Literal) -> Typed:
        match expression.value:
            case bool() as value:
                return Typed(TRUE if value else FALSE)
            case int():
                return Typed(LONG)
            case str():
                return Typed(STRING)
            case EntityUid() as uid:
                exists = uid.type in self.schema.entity_types or uid in self.schema.actions
                return Typed(EntityType(uid.type)) if exists else UNKNOWN  # reported with all unknown names

    def _record(self, expression: RecordOf, known: Capabilities) -> Typed:
        fields: dict[str, Field] = {}
        for name, value in expression.fields:
            typed = self.type_of(value, known)
            if typed.type is not None:
                fields[name] = Field(typed.type)
        return Typed(RecordType(fields)) if len(fields) == len(expression.fields) else UNKNOWN
