"""The back end for Django's ORM: a condition about a row of a model, with everything about the caller already known.

"Surely true" and "surely false" are built side by side (see ``ringwall.policy.translation``), and nothing is ever
negated: ``~Q`` on a column that may be NULL would take NULL for a yes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from django.db.models import ForeignKey, Model, Q

from ringwall.errors import Misconfigured
from ringwall.on.django.related import Related
from ringwall.on.django.row_value import Column, Known, Row, Value, column_kind, kind_of, must_be_plain
from ringwall.policy.evaluation import operations as cedar
from ringwall.policy.expression import Attribute, Expression, In, Variable, walk
from ringwall.policy.objects import operations
from ringwall.policy.objects.attribute_type import attribute_type
from ringwall.policy.objects.cedar_value import cedar_value
from ringwall.policy.objects.compiled import reading
from ringwall.policy.objects.django_field import field_of
from ringwall.policy.objects.question import Question
from ringwall.policy.policy import Policy
from ringwall.policy.source import NOWHERE, Source, Span
from ringwall.policy.translation import Truth
from ringwall.policy.values.cedar_set import CedarSet

Predicate: TypeAlias = Q
TRUE, FALSE = Q(), Q()
"""Known without asking; ``all_of`` and ``any_of`` leave none of them in what is asked."""

_RESOURCE = Variable(name="resource")


class RowPredicates:
    """Answers ``translate`` for one rule, one question and one model."""

    def __init__(self, policy: Policy, asks: Question, model: type[Model]) -> None:
        self._policy, self._asks, self._model = policy, asks, model
        self._related = Related()

    def both(self, left: Predicate, right: Predicate) -> Predicate:
        return all_of(left, right)

    def either(self, left: Predicate, right: Predicate) -> Predicate:
        return any_of(left, right)

    def value(self, expression: Expression) -> Value:
        if _RESOURCE not in walk(expression):
            return self._known(expression)
        match expression:
            case Variable():
                return Row(self._model)
            case Attribute():
                return self._attribute(expression)
        raise self._refused(expression.span, "has no counterpart in SQL")

    def truth(self, value: Value) -> Truth[Predicate]:
        self._must_compare(value)
        return self.equal(value, Known(True)) if kind_of(value) == "bool" else _ERROR

    def equal(self, left: Value, right: Value) -> Truth[Predicate]:
        self._must_compare(left, right)
        if isinstance(left, Known) and isinstance(right, Known):
            ask = operations.equal_as_python if self._policy.in_python else operations.equal
            return _answer(lambda: ask(left.value, right.value))
        kinds = {self._kind(left), self._kind(right)}
        if "none" in kinds or kinds == {"bool", "long"}:
            return _ERROR
        if len(kinds) > 1:
            return Truth(FALSE, self._there(left, right))
        first, second = (left, right) if isinstance(left, Column) else (right, left)
        return Truth(self._related.asked("{} = {}", first, second), self._related.asked("{} <> {}", first, second))

    def less(self, left: Value, right: Value, or_equal: bool) -> Truth[Predicate]:
        self._must_compare(left, right)
        if isinstance(left, Known) and isinstance(right, Known):
            ask = cedar.less_or_equal if or_equal else cedar.less
            return _answer(lambda: ask(cedar_value(left.value), cedar_value(right.value)))
        if (kind_of(left), kind_of(right)) != ("long", "long"):
            return _ERROR
        if or_equal:
            return Truth(self._related.asked("{} <= {}", left, right), self._related.asked("{} > {}", left, right))
        return Truth(self._related.asked("{} < {}", left, right), self._related.asked("{} >= {}", left, right))

    def contains(self, among: Value, item: Value) -> Truth[Predicate]:
        self._must_compare(item)
        if not isinstance(among, Known):
            span = among.span if isinstance(among, Column) else NOWHERE
            raise self._refused(span, "is a set that is kept in the table")
        if isinstance(item, Known):
            ask = operations.contains_as_python if self._policy.in_python else operations.contains
            return _answer(lambda: ask(among.value, item.value))
        kind, members = kind_of(item), _members(among.value)
        kinds = {self._kind(member) for member in members or ()}
        if members is None or "none" in kinds or (kind != "string" and {kind, *kinds} >= {"bool", "long"}):
            return _ERROR
        alike = [member for member in members if kind_of(member) == kind]
        if not alike:
            return Truth(FALSE, self._there(item))
        places = ", ".join(["{}"] * len(alike))
        return Truth(
            self._related.asked(f"{{}} IN ({places})", item, *alike),
            self._related.asked(f"{{}} NOT IN ({places})", item, *alike),
        )

    def has(self, owner: Value, name: str) -> Truth[Predicate]:
        if isinstance(owner, Known):
            ask = operations.has_as_python if self._policy.in_python else operations.has
            return _answer(lambda: ask(owner.value, name))
        found = self._of_entity(owner, name, NOWHERE)
        if isinstance(found, Row):
            # A reference that leads nowhere is an error, as it is to read it in Python; so neither of these holds.
            key = self._related.keys[found.path].attname
            return Truth(self._related.exists(found.path), self._related.asked_of(found.path[:-1], "{} IS NULL", key))
        return Truth(
            self._related.asked_of(found.path, "{} IS NOT NULL", found.name),
            self._related.asked_of(found.path, "{} IS NULL", found.name),
            total=not found.path,
        )

    def within(self, expression: In) -> Truth[Predicate]:
        if _RESOURCE in walk(expression):
            raise self._refused(expression.span, "has no counterpart in SQL")
        return self.truth(self._known(expression))

    def _known(self, expression: Expression) -> Known:
        """What does not read the row, asked now of the very code that decides; ``None`` where it errs."""
        try:
            return Known(reading(expression, self._policy)(*self._asks))
        except Exception:  # noqa: BLE001  whatever reading raises is an error of the condition
            return Known(None)

    def _kind(self, value: Value) -> str:
        """The Cedar type of a value, ``none`` for one with which nothing is compared. A rule in Python compares
        strings, ints and bools alone."""
        kind = kind_of(value)
        if kind != "none" or self._policy.in_python or not isinstance(value, Known):
            return kind
        try:
            return type(cedar_value(value.value)).__name__
        except Exception:  # noqa: BLE001  whatever converting raises, there is no value
            return kind

    def _attribute(self, expression: Attribute) -> Value:
        return self._of_entity(self.value(expression.of), expression.name, expression.span)

    def _of_entity(self, owner: Value, name: str, span: Span) -> Row | Column:
        if not isinstance(owner, Row):
            raise self._refused(span, "is read from a column, which has no attributes")
        model = owner.model
        span = span if span.text else _named(f"{model.__name__}.{name}")
        known = attribute_type(model, name)
        if known is not None and known.sealed:
            raise self._refused(span, "is sealed or secret")
        if (field := field_of(model, name)) is None:
            raise self._refused(span, f"is no column of {model.__name__}")
        if isinstance(field, ForeignKey) and name == field.name:
            path = (*owner.path, name)
            self._related.keys[path] = field
            must_be_plain(field.related_model)
            return Row(field.related_model, path)
        return Column(field.attname, column_kind(field), owner.path, span, field)

    def _must_compare(self, *values: Value) -> None:
        for value in values:
            if isinstance(value, Row):
                raise self._refused(_named(".".join(("resource", *value.path))), "is a whole row; compare its key")
            if isinstance(value, Column) and value.kind == "other":
                kind = type(value.field).__name__
                raise self._refused(value.span, f"is a column of {kind}, which rules do not compare as it stands")

    def _there(self, *values: Value) -> Predicate:
        columns = [value for value in values if isinstance(value, Column)]
        return self._related.asked(" AND ".join(["{} IS NOT NULL"] * len(columns)), *columns)

    def _refused(self, span: Span, why: str) -> Misconfigured:
        return Misconfigured(
            f"rule {self._policy.id}: `{span.text}` {why}",
            hint="a list needs a WHERE that is exact: compare plain columns, or decide row by row",
            where=str(span) or self._policy.where,
        )


def all_of(*predicates: Predicate) -> Predicate:
    """AND, without what is already known."""
    asked = [predicate for predicate in predicates if predicate is not TRUE]
    if any(predicate is FALSE for predicate in asked):
        return FALSE
    return Q(*asked) if len(asked) > 1 else asked[0] if asked else TRUE


def any_of(*predicates: Predicate) -> Predicate:
    """OR, without what is already known."""
    asked = [predicate for predicate in predicates if predicate is not FALSE]
    if any(predicate is TRUE for predicate in asked):
        return TRUE
    return Q(*asked, _connector=Q.OR) if len(asked) > 1 else asked[0] if asked else FALSE


def _named(text: str) -> Span:
    """A place that nobody wrote, for an expression that the rule does not hold as it stands."""
    return Span(Source(), 0, 0, text)


_ERROR: Truth[Predicate] = Truth(FALSE, FALSE)


def _answer(question: Callable[[], bool]) -> Truth[Predicate]:
    """What is known before the query."""
    try:
        true = question()
    except Exception:  # noqa: BLE001  whatever is raised is an error of the condition
        return _ERROR
    return Truth(TRUE if true else FALSE, FALSE if true else TRUE, total=True)


def _members(among: object) -> list[Known] | None:
    try:
        found = cedar_value(among)
    except Exception:  # noqa: BLE001  whatever converting raises, there is no value
        return None
    return [Known(member) for member in found] if isinstance(found, CedarSet) else None
