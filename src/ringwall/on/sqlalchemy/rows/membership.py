"""Sets: those known before the query, and arrays in a JSON column."""

from __future__ import annotations

import sqlalchemy as sa

from ringwall.on.rows.inexact import Inexact
from ringwall.on.rows.kind import Kind
from ringwall.on.sqlalchemy.rows.column import bound
from ringwall.on.sqlalchemy.rows.comparing import equal, kind, there, told
from ringwall.on.sqlalchemy.rows.document import json_kind
from ringwall.on.sqlalchemy.rows.document_set import has_members, holds, is_sound
from ringwall.on.sqlalchemy.rows.predicate import ERROR, FALSE, Predicate, all_of, any_of
from ringwall.on.sqlalchemy.rows.related import Related
from ringwall.on.sqlalchemy.rows.value import Document, Known, One, Term
from ringwall.policy.objects import operations
from ringwall.policy.objects.cedar_value import cedar_value
from ringwall.policy.translation import Truth
from ringwall.policy.values.cedar_set import CedarSet
from ringwall.policy.values.value import Value

_IN_DOCUMENTS = ("string", "long", "bool")


def contains(among: One, item: One, related: Related) -> Truth[Predicate]:
    """``among.contains(item)``."""
    if isinstance(among, Document):
        return _in_document(among, item, related)
    members = members_of(among)
    return ERROR if members is None else _in_known(members, item, related)


def contains_all(among: One, other: One, related: Related) -> Truth[Predicate]:
    """``among.containsAll(other)``; at most one of the two is an array in a document."""
    if isinstance(among, Known) and isinstance(other, Known):
        return told(lambda: operations.contains_all(among.value, other.value))
    if (members := _beside_document(among, other)) is None:
        return ERROR
    each = [contains(among, Known(member), related) for member in members]
    sound = _is_sound(among, related)
    return Truth(
        all_of(sound, *(one.true for one in each)),
        all_of(sound, *(any_of(one.true, one.false) for one in each), any_of(*(one.false for one in each))),
    )


def contains_any(among: One, other: One, related: Related) -> Truth[Predicate]:
    """``among.containsAny(other)``; at most one of the two is an array in a document."""
    if isinstance(among, Known) and isinstance(other, Known):
        return told(lambda: operations.contains_any(among.value, other.value))
    if (members := _beside_document(among, other)) is None:
        return ERROR
    each = [contains(among, Known(member), related) for member in members]
    sound = _is_sound(among, related)
    return Truth(
        all_of(sound, *(any_of(one.true, one.false) for one in each), any_of(*(one.true for one in each))),
        all_of(sound, *(one.false for one in each)),
    )


def is_empty(among: One, related: Related) -> Truth[Predicate]:
    """``among.isEmpty()``."""
    if not isinstance(among, Document):
        members = members_of(among)
        return ERROR if members is None else Truth(sa.true(), FALSE) if not members else Truth(FALSE, sa.true())
    filled, sound = has_members(among), _is_sound(among, related)
    return Truth(
        all_of(sound, related.ask((among,), lambda: sa.not_(filled))),
        all_of(sound, related.ask((among,), lambda: filled)),
    )


def members_of(one: One) -> tuple[Value, ...] | None:
    """The members of a known set; ``None`` for what is no set."""
    if not isinstance(one, Known) or kind(one) is None:
        return None
    value = cedar_value(one.value)
    return value.members if isinstance(value, CedarSet) else None


def _beside_document(among: One, other: One) -> tuple[Value, ...] | None:
    if isinstance(other, Document):
        raise Inexact(other, "is a whole set on the right side")
    return members_of(other) if isinstance(among, Document) else None


def _is_sound(document: One, related: Related, beside: Kind | None = None) -> Predicate:
    assert isinstance(document, Document)
    return related.ask(
        (document,),
        lambda: all_of(json_kind(document.column, document.steps) == "array", is_sound(document, beside)),
    )


def _in_document(among: Document, item: One, related: Related) -> Truth[Predicate]:
    its = kind(item)
    if its is None:
        return ERROR
    if its not in _IN_DOCUMENTS:
        # No array that is a value holds an entity, a datetime or a set.
        return Truth(FALSE, all_of(_is_sound(among, related), there(item, related)))
    assert isinstance(item, Known | Term)
    sql = bound(cedar_value(item.value)) if isinstance(item, Known) else item.sql
    sound = _is_sound(among, related, its)  # type: ignore[arg-type]
    found = holds(among, its, sql)  # type: ignore[arg-type]
    known = there(item, related)
    return Truth(
        all_of(sound, known, related.ask((among, item), lambda: found)),
        all_of(sound, known, related.ask((among, item), lambda: sa.not_(found))),
    )


def _in_known(members: tuple[Value, ...], item: One, related: Related) -> Truth[Predicate]:
    its = kind(item)
    kinds = {kind(Known(member)) for member in members}
    if its is None or (its in ("bool", "long") and {"bool", "long"} & (kinds - {its})):
        return ERROR
    if isinstance(item, Term):
        alike = [bound(member) for member in members if kind(Known(member)) == its]
        if not alike:
            return Truth(FALSE, there(item, related))
        return Truth(
            related.ask((item,), lambda: item.sql.in_(alike)), related.ask((item,), lambda: item.sql.not_in(alike))
        )
    each = [equal(Known(member), item, related) for member in members]
    return Truth(any_of(*(one.true for one in each)), all_of(there(item, related), *(one.false for one in each)))
