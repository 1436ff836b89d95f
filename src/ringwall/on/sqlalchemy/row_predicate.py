"""The SQL back end: a condition about a row of a mapped class, with everything about the caller already known.

"Surely true" and "surely false" are built side by side (see ``ringwall.policy.translation``), and nothing that can be
NULL is ever negated. So a comparison with NULL makes neither of them hold, which is Cedar's error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from ringwall.caller import Caller
from ringwall.errors import Misconfigured
from ringwall.on.sqlalchemy.row_value import (
    Column,
    Known,
    Predicate,
    Row,
    Value,
    bound,
    column_kind,
    kind_of,
    sql_of,
    there,
)
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.expression import (
    Attribute,
    Expression,
    In,
    SetOf,
    Variable,
)
from ringwall.policy.expression import Literal as Constant
from ringwall.policy.objects import value as cedar
from ringwall.policy.objects.attribute_type import attribute_type
from ringwall.policy.objects.principal import roles_in
from ringwall.policy.policy import Policy
from ringwall.policy.source import NOWHERE, Source, Span
from ringwall.policy.translation import Truth

TRUE, FALSE = sa.true(), sa.false()


class RowPredicates:
    """Answers ``translate`` for one rule, one caller and one mapped class (or alias of one)."""

    def __init__(self, policy: Policy, caller: Caller, entity: Any) -> None:
        self._policy, self._caller, self._row = policy, caller, entity
        self._related: dict[tuple[str, ...], tuple[Any, Any]] = {}

    def both(self, left: Predicate, right: Predicate) -> Predicate:
        return all_of(left, right)

    def either(self, left: Predicate, right: Predicate) -> Predicate:
        return any_of(left, right)

    def value(self, expression: Expression) -> Value:
        match expression:
            case Constant() if not isinstance(expression.value, EntityUid):
                return Known(expression.value)
            case SetOf():
                members = [self.value(item) for item in expression.items]
                if all(isinstance(member, Known) for member in members):
                    return Known(tuple(member.value for member in members if isinstance(member, Known)))
            case Variable(name="principal" | "context"):
                return Known(self._caller)
            case Variable(name="resource"):
                return Row(self._row)
            case Attribute():
                return self._attribute(expression)
        raise self._refused(expression.span, "has no counterpart in SQL")

    def truth(self, value: Value) -> Truth[Predicate]:
        return self.equal(value, Known(True))

    def equal(self, left: Value, right: Value) -> Truth[Predicate]:
        self._must_compare(left, right)
        if isinstance(left, Known) and isinstance(right, Known):
            return _decided(cedar.same(left.value, right.value), cedar.differ(left.value, right.value))
        kinds = {kind_of(left), kind_of(right)}
        if "none" in kinds or kinds == {"bool", "long"}:
            return _ERROR
        if len(kinds) > 1:
            return Truth(FALSE, self._asked((left, right), lambda a, b: all_of(there(a), there(b))))
        columns_first = (left, right) if isinstance(left, Column) else (right, left)
        return Truth(
            self._asked(columns_first, lambda a, b: a == b),
            self._asked(columns_first, lambda a, b: a != b),
        )

    def less(self, left: Value, right: Value, or_equal: bool) -> Truth[Predicate]:
        self._must_compare(left, right)
        if isinstance(left, Known) and isinstance(right, Known):
            a, b = left.value, right.value
            if or_equal:
                return _decided(cedar.not_above(a, b), cedar.below(b, a))
            return _decided(cedar.below(a, b), cedar.not_above(b, a))
        if (kind_of(left), kind_of(right)) != ("long", "long"):
            return _ERROR
        if or_equal:
            return Truth(
                self._asked((left, right), lambda a, b: a <= b), self._asked((left, right), lambda a, b: a > b)
            )
        return Truth(self._asked((left, right), lambda a, b: a < b), self._asked((left, right), lambda a, b: a >= b))

    def contains(self, among: Value, item: Value) -> Truth[Predicate]:
        self._must_compare(item)
        if not isinstance(among, Known):
            span = among.span if isinstance(among, Column) else NOWHERE
            raise self._refused(span, "is a set that is kept in the table")
        members = among.value
        if isinstance(item, Known):
            return _decided(cedar.holds(members, item.value), cedar.lacks(members, item.value))
        if members.__class__ not in (tuple, list, set, frozenset):
            return _ERROR
        assert isinstance(members, Iterable)
        kind, listed = kind_of(item), [(kind_of(Known(member)), member) for member in members]
        kinds = {its for its, _ in listed}
        if "none" in kinds or (kind != "string" and {kind, *kinds} >= {"bool", "long"}):
            return _ERROR
        alike = [bound(member) for its, member in listed if its == kind]
        if not alike:
            return Truth(FALSE, self._asked((item,), there))
        return Truth(
            self._asked((item,), lambda column: column.in_(alike)),
            self._asked((item,), lambda column: column.not_in(alike)),
        )

    def has(self, owner: Value, name: str) -> Truth[Predicate]:
        if isinstance(owner, Known):
            if owner.value is None:
                return _ERROR
            known = getattr(owner.value, name) is not None
            return _decided(known, not known)
        found = self._of_entity(owner, name, NOWHERE)
        if isinstance(found, Row):
            outer, related = self._inside(found.path[:-1], TRUE), self._inside(found.path, TRUE)
            return Truth(related, all_of(outer, sa.not_(related)), total=len(found.path) == 1)
        absent = self._asked((found,), lambda column: column.is_(None))
        return Truth(self._asked((found,), there), absent, total=not found.path)

    def within(self, expression: In) -> Truth[Predicate]:
        names = roles_in(expression)
        if not names:
            raise self._refused(expression.span, "has no counterpart in SQL")
        held = self._caller.has_role(*names)
        return _decided(held, not held)

    def _attribute(self, expression: Attribute) -> Value:
        owner = self.value(expression.of)
        if isinstance(owner, Known):
            # To read from an absent owner is an error; None says so, since nothing compares with it.
            return Known(None if owner.value is None else getattr(owner.value, expression.name))
        return self._of_entity(owner, expression.name, expression.span)

    def _of_entity(self, owner: Value, name: str, span: Span) -> Row | Column:
        if not isinstance(owner, Row):
            raise self._refused(span, "is read from a column, which has no attributes")
        mapper = sa.inspect(owner.mapped).mapper
        known = attribute_type(mapper.class_, name)
        span = span if span.text else _named(f"{mapper.class_.__name__}.{name}")
        if known is not None and known.sealed:
            raise self._refused(span, "is sealed or secret")
        prop = mapper.attrs.get(name)
        if isinstance(prop, orm.RelationshipProperty):
            return self._relation(owner, prop, span)
        if (
            not isinstance(prop, orm.ColumnProperty)
            or len(prop.columns) != 1
            or not isinstance(prop.columns[0], sa.Column)
        ):
            raise self._refused(span, f"is no mapped column of {mapper.class_.__name__}")
        return Column(getattr(owner.mapped, name), column_kind(prop.columns[0]), owner.path, span)

    def _relation(self, owner: Row, prop: orm.RelationshipProperty[Any], span: Span) -> Row:
        keys = {remote for _, remote in prop.local_remote_pairs or ()}
        to_one = prop.direction is orm.RelationshipDirection.MANYTOONE and keys == set(prop.mapper.primary_key)
        if not to_one or len(list(prop.mapper.self_and_descendants)) > 1:
            raise self._refused(span, "is no plain reference to one row by its primary key")
        path = (*owner.path, prop.key)
        if path not in self._related:
            self._related[path] = (owner.mapped, orm.aliased(prop.mapper.class_))
        return Row(self._related[path][1], path)

    def _must_compare(self, *values: Value) -> None:
        for value in values:
            if isinstance(value, Row):
                raise self._refused(_named(".".join(("resource", *value.path))), "is a whole row; compare its key")
            if isinstance(value, Column) and value.kind == "other":
                raise self._refused(value.span, f"is a column of {value.sql.type!r}, which rules do not compare")

    def _asked(self, values: tuple[Value, ...], question: Callable[..., Predicate]) -> Predicate:
        """A question about some values, inside the EXISTS of every related row that they come from."""
        columns = [value for value in values if isinstance(value, Column)]
        found = question(*(sql_of(value) for value in values))
        paths = {column.path[:length] for column in columns for length in range(1, len(column.path) + 1)}
        for path in sorted(paths, key=len, reverse=True):
            found = self._exists(path, found)
        return found

    def _inside(self, path: tuple[str, ...], found: Predicate) -> Predicate:
        for length in range(len(path), 0, -1):
            found = self._exists(path[:length], found)
        return found

    def _exists(self, path: tuple[str, ...], found: Predicate) -> Predicate:
        owner, related = self._related[path]
        made: Predicate = getattr(owner, path[-1]).of_type(related).has(None if found is TRUE else found)
        return made

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
    return sa.and_(*asked) if len(asked) > 1 else asked[0] if asked else TRUE


def any_of(*predicates: Predicate) -> Predicate:
    """OR, without what is already known."""
    asked = [predicate for predicate in predicates if predicate is not FALSE]
    if any(predicate is TRUE for predicate in asked):
        return TRUE
    return sa.or_(*asked) if len(asked) > 1 else asked[0] if asked else FALSE


def _named(text: str) -> Span:
    """A place that nobody wrote, for an expression that the rule does not hold as it stands."""
    return Span(Source(), 0, 0, text)


_ERROR: Truth[Predicate] = Truth(FALSE, FALSE)


def _decided(true: bool, false: bool) -> Truth[Predicate]:
    return Truth(TRUE if true else FALSE, TRUE if false else FALSE, total=true or false)
