"""What a condition reads: of the caller, before the query; of the row, as terms of SQL."""

from __future__ import annotations

from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.schema import Column

from ringwall.caller import Caller
from ringwall.on.rows.inexact import Inexact
from ringwall.on.sqlalchemy.rows.arithmetic import computed
from ringwall.on.sqlalchemy.rows.column import bound, column_value
from ringwall.on.sqlalchemy.rows.comparing import kind
from ringwall.on.sqlalchemy.rows.document import json_bool, json_kind, json_long, json_text
from ringwall.on.sqlalchemy.rows.document_set import is_sound
from ringwall.on.sqlalchemy.rows.predicate import ERROR, FALSE, Predicate, all_of, decided
from ringwall.on.sqlalchemy.rows.related import Related, is_reference
from ringwall.on.sqlalchemy.rows.value import Case, Document, Known, One, Row, Term, Value, always
from ringwall.policy.expression import Expression
from ringwall.policy.objects import operations
from ringwall.policy.objects.attribute_type import attribute_type
from ringwall.policy.objects.cedar_value import cedar_value
from ringwall.policy.objects.compiled import reading
from ringwall.policy.objects.context import Context
from ringwall.policy.objects.hierarchy import tags_name
from ringwall.policy.policy import Policy
from ringwall.policy.source import NOWHERE, Span
from ringwall.policy.translation import Truth


@dataclass(frozen=True)
class Reader:
    """For one policy, one caller, one action and one mapped class (or alias of one)."""

    policy: Policy
    caller: Caller
    action: str
    context: Context
    row: Row
    related: Related = field(default_factory=Related)

    def known(self, expression: Expression) -> Value:
        """An expression that reads nothing of the row, asked now; no value where it errs."""
        try:
            found = reading(expression, self.policy)(self.caller, self.action, None, self.context)
        except Exception:  # noqa: BLE001  whatever reading raises is an error of the condition
            return ()
        return () if found is None else always(Known(found))

    def attribute(self, owner: Value, name: str, span: Span) -> Value:
        """``owner.name``."""
        return tuple(
            Case(one, case.guard) for case in owner if (one := self._attribute(case.one, name, span)) is not None
        )

    def has(self, owner: One, name: str) -> Truth[Predicate]:
        """``owner has name``."""
        if isinstance(owner, Known):
            ask = operations.has_as_python if self.policy.in_python else operations.has
            try:
                return decided(ask(owner.value, name))
            except Exception:  # noqa: BLE001  as above
                return ERROR
        if isinstance(owner, Term):
            return ERROR
        if isinstance(owner, Document):
            return self._has_child(owner, name)
        found = self._attribute(owner, name, NOWHERE)
        here = self.related.there(owner)
        total = not owner.path
        if found is None:
            return ERROR if self.policy.in_python else Truth(FALSE, here, total)
        if isinstance(found, Row):
            return Truth(self.related.there(found), self.related.absent(found), total)
        if isinstance(found, Document):
            kind_ = json_kind(found.column, ())
            filled = sa.func.coalesce(kind_, "null") != "null"
            return Truth(self.related.ask((found,), lambda: filled), self.related.ask((found,), lambda: ~filled), total)
        assert isinstance(found, Term)
        if found.surely:
            return decided(True)
        stored = getattr(owner.mapped, name)  # and not the term made of it, which is NULL for NaN
        return Truth(
            self.related.ask((found,), lambda: stored.is_not(None)),
            self.related.ask((found,), lambda: stored.is_(None)),
            total,
        )

    def tag(self, owner: Value, tag: Value, span: Span) -> Value:
        """``owner.getTag(tag)``."""
        found: list[Case] = []
        for case in owner:
            tags = self._tags(case.one, span)
            if tags is not None and (name := _name_of(tag)) is not None:
                found.append(Case(_child(tags, name, span), case.guard))
        return tuple(found)

    def has_tag(self, owner: One, tag: Value) -> Truth[Predicate]:
        """``owner.hasTag(tag)``."""
        name = _name_of(tag)
        if not isinstance(owner, Row) or name is None:
            return ERROR
        tags = self._tags(owner, NOWHERE)
        if tags is None:
            return Truth(FALSE, self.related.there(owner))
        there = sa.func.coalesce(json_kind(tags.column, (*tags.steps, name)), "null") != "null"
        usable = sa.func.coalesce(json_kind(tags.column, tags.steps), "null").in_(("object", "null"))
        return Truth(
            self.related.ask((tags,), lambda: all_of(usable, there)),
            self.related.ask((tags,), lambda: all_of(usable, ~there)),
        )

    def scalars(self, value: Value) -> Value:
        """The same value, with each document taken apart into what it may be: a string, a long, a bool or a set."""
        found: list[Case] = []
        for case in value:
            if not isinstance(one := case.one, Document):
                found.append(case)
                continue
            place = (one.column, one.steps)
            found += [
                Case(Term(json_text(*place), "string", one.paths, one.span), case.guard),
                Case(Term(json_long(*place), "long", one.paths, one.span), case.guard),
                Case(Term(json_bool(*place), "bool", one.paths, one.span), case.guard),
            ]
            array = all_of(json_kind(*place) == "array", is_sound(one))
            found.append(Case(Term(sa.case((array, sa.true())), "set", one.paths, one.span), case.guard))
        return tuple(found)

    def computed(self, operator: str, left: One, right: One) -> One:
        """``left operator right``, both longs."""
        ones = [one for one in (left, right) if isinstance(one, Term)]
        paths = frozenset[tuple[str, ...]]().union(*(one.paths for one in ones))
        a, b = (bound(cedar_value(one.value)) if isinstance(one, Known) else one.sql for one in (left, right))  # type: ignore[union-attr]
        return Term(computed(operator, a, b), "long", paths, ones[0].span if ones else NOWHERE)  # type: ignore[arg-type]

    def _attribute(self, owner: One, name: str, span: Span) -> One | None:
        if isinstance(owner, Known):
            try:
                value = operations.attribute(owner.value, name)
            except Exception:  # noqa: BLE001  as above
                return None
            return None if value is None else Known(value)
        if isinstance(owner, Document):
            return _child(owner, name, span)
        if isinstance(owner, Term):
            kind(owner)
            return None
        return self._of_row(owner, name, span)

    def _of_row(self, owner: Row, name: str, span: Span) -> One | None:
        mapped = owner.mapper.class_
        known = attribute_type(mapped, name)
        place = Term(None, "other", frozenset(), span)
        if known is not None and known.sealed:
            raise Inexact(place, "is sealed or secret")
        prop = owner.mapper.attrs.get(name)
        if isinstance(prop, orm.RelationshipProperty):
            if not is_reference(prop):
                raise Inexact(place, "is no plain reference to one row by its primary key")
            return self.related.row(owner, prop)
        if isinstance(prop, orm.ColumnProperty) and len(prop.columns) == 1 and isinstance(prop.columns[0], Column):
            return column_value(prop.columns[0], getattr(owner.mapped, name), owner.path, span)
        if prop is None and known is None and not hasattr(mapped, name):
            return None
        raise Inexact(place, f"is no mapped column of {mapped.__name__}")

    def _has_child(self, owner: Document, name: str) -> Truth[Predicate]:
        child = _child(owner, name, owner.span)
        there = sa.func.coalesce(json_kind(child.column, child.steps), "null") != "null"
        is_record = json_kind(owner.column, owner.steps) == "object"
        return Truth(
            self.related.ask((owner,), lambda: all_of(is_record, there)),
            self.related.ask((owner,), lambda: all_of(is_record, ~there)),
        )

    def _tags(self, owner: One, span: Span) -> Document | None:
        if not isinstance(owner, Row) or not (name := tags_name(owner.mapper.class_)):
            return None
        tags = self._of_row(owner, name, span)
        if not isinstance(tags, Document):
            raise Inexact(owner, f"has its tags in {name}, which is no JSON column")
        return tags


def _child(document: Document, name: str, span: Span) -> Document:
    if not (name.isidentifier() and name.isascii()):
        raise Inexact(document, f"is read at {name!r}, which is no plain name")
    return Document(document.column, (*document.steps, name), document.paths, span)


def _name_of(tag: Value) -> str | None:
    """The tag's name, which must be known before the query; ``None`` for what is no string."""
    if not tag:
        return None
    first = tag[0].one
    if len(tag) > 1 or not isinstance(first, Known):
        raise Inexact(first, "is a tag that depends on the row")
    return first.value if isinstance(first.value, str) else None
