"""What a condition reads: of the caller and the context, before the query; of the row, as terms of SQL."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import ForeignKey, Model

from ringwall.on.django.rows.column import column_term, is_null_when_absent, must_be_plain
from ringwall.on.django.rows.comparing import ask, kind, settled
from ringwall.on.django.rows.predicate import ERROR, FALSE, Predicate
from ringwall.on.django.rows.related import Related
from ringwall.on.django.rows.value import Case, Known, One, Row, Term, Value, always
from ringwall.on.rows.inexact import Inexact
from ringwall.policy.expression import Expression
from ringwall.policy.objects import operations
from ringwall.policy.objects.attribute_type import attribute_type
from ringwall.policy.objects.compiled import reading
from ringwall.policy.objects.django_field import field_of
from ringwall.policy.objects.hierarchy import tags_name
from ringwall.policy.objects.question import Question
from ringwall.policy.policy import Policy
from ringwall.policy.source import NOWHERE, Source, Span
from ringwall.policy.translation import Truth

_MAKES_ATTRIBUTES = ("__init__", "from_db", "__getattr__", "__getattribute__")


@dataclass(frozen=True)
class Reader:
    """For one policy, one question and the rows of one queryset."""

    policy: Policy
    asks: Question
    row: Row
    related: Related = field(default_factory=Related)

    def known(self, expression: Expression) -> Value:
        """An expression that reads nothing of the row, asked now; no value where it errs."""
        try:
            found = reading(expression, self.policy)(*self.asks)
        except Exception:  # noqa: BLE001  whatever reading raises is an error of the condition
            return ()
        return () if found is None else always(Known(found))

    def attribute(self, owner: Value, name: str, span: Span) -> Value:
        """``owner.name``."""
        found = [(self._attribute(case.one, name, span), case.guard) for case in owner]
        return tuple(Case(one, guard) for one, guard in found if one is not None)

    def has(self, owner: One, name: str) -> Truth[Predicate]:
        """``owner has name``."""
        if isinstance(owner, Known):
            has = operations.has_as_python if self.policy.in_python else operations.has
            return settled(lambda: has(owner.value, name))
        if isinstance(owner, Term):
            kind(owner)
            return ERROR
        found = self._of_row(owner, name, NOWHERE)
        if found is None:
            return ERROR if self.policy.in_python else Truth(FALSE, self.related.there(owner), not owner.path)
        if isinstance(found, Row):
            # A reference that leads nowhere is an error, as it is to read it in Python; so neither of these holds.
            return Truth(self.related.there(found), self.related.is_null(found))
        column = field_of(owner.model, name)
        if not is_null_when_absent(column):
            raise Inexact(found, f"is a column of {found.what}, which may be None otherwise than by NULL")
        # The stored value, and not the term made of it, which is NULL for NaN.
        stored = Term(lambda reference: reference(owner.path, column.attname), "other", found.paths)
        there = ask("{} IS NOT NULL", "{} IS NULL", (stored,), self.related)
        return Truth(there.true, there.false, not owner.path)

    def tag(self, owner: Value) -> Value:
        """``owner.getTag(…)``: no tags are kept in a column, so a row has none."""
        for case in owner:
            self._must_have_no_tags(case.one)
        return ()

    def has_tag(self, owner: One) -> Truth[Predicate]:
        """``owner.hasTag(…)`` of a string."""
        self._must_have_no_tags(owner)
        return Truth(FALSE, self.related.there(owner)) if isinstance(owner, Row) else ERROR

    def _attribute(self, owner: One, name: str, span: Span) -> One | None:
        if isinstance(owner, Row):
            return self._of_row(owner, name, span)
        if isinstance(owner, Term):
            kind(owner)
            return None
        try:
            value = operations.attribute(owner.value, name)
        except Exception:  # noqa: BLE001  as above
            return None
        return None if value is None else Known(value)

    def _of_row(self, owner: Row, name: str, span: Span) -> Row | Term | None:
        span = span if span.text else Span(Source(), 0, 0, f"{owner.model.__name__}.{name}")
        place = Term(lambda _: None, "other", span=span)
        known = attribute_type(owner.model, name)
        if known is not None and known.sealed:
            raise Inexact(place, "is sealed or secret")
        if (found := field_of(owner.model, name)) is None:
            if self._is_never_there(owner, name):
                return None
            raise Inexact(place, f"is no column of {owner.model.__name__}")
        if not isinstance(found, ForeignKey) or name != found.name:
            return column_term(found, owner.path, span)
        must_be_plain(found.related_model)
        return self.related.row(owner, found)

    def _is_never_there(self, owner: Row, name: str) -> bool:
        """No object of the model has the attribute: its class has none, and nothing gives it to an object alone."""
        given = name in owner.annotated or hasattr(owner.model, name)
        return not given and not any(_is_own(owner.model, one) for one in _MAKES_ATTRIBUTES)

    def _must_have_no_tags(self, owner: One) -> None:
        if not isinstance(owner, Row):
            kind(owner)
        elif name := tags_name(owner.model):
            raise Inexact(owner, f"has its tags in {name}, which is no plain column")


def _is_own(model: type[Model], method: str) -> bool:
    standard: Any = getattr(Model, method, None)
    found = getattr(model, method, None)
    return getattr(found, "__func__", found) is not getattr(standard, "__func__", standard)
