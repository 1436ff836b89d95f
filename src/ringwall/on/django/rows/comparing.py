"""``==``, ``<`` and ``<=`` between two values, each of one case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ringwall.on.django.rows.column import bound
from ringwall.on.django.rows.key import is_entity, key_term
from ringwall.on.django.rows.predicate import ERROR, FALSE, TRUE, Predicate, all_of, decided
from ringwall.on.django.rows.related import Related
from ringwall.on.django.rows.sql import Sql
from ringwall.on.django.rows.value import Known, One, Reference, Row, Term
from ringwall.on.rows.inexact import Inexact
from ringwall.on.rows.kind import Kind, kind_of
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.evaluation import operations as cedar
from ringwall.policy.objects import operations
from ringwall.policy.objects.cedar_value import cedar_value
from ringwall.policy.translation import Truth
from ringwall.policy.values.cedar_set import CedarSet

_ORDERED = ("long", "datetime", "duration")


def equal(left: One, right: One, related: Related) -> Truth[Predicate]:
    """``left == right``."""
    if isinstance(left, Known) and isinstance(right, Known):
        return settled(lambda: operations.equal(left.value, right.value))
    if isinstance(left, Row):
        return _row_equal(left, right, related)
    if isinstance(right, Row):
        return _row_equal(right, left, related)
    a, b = kind(left), kind(right)
    if a is None or b is None:
        return ERROR
    if a != b:
        both_there = all_of(there(left, related), there(right, related))
        return ERROR if {a, b} == {"bool", "long"} else Truth(FALSE, both_there)
    return ask("{} = {}", "{} <> {}", (left, right), related)


def truth(one: One, related: Related) -> Truth[Predicate]:
    """The value where a bool is needed."""
    return equal(one, Known(True), related) if kind(one) == "bool" else ERROR


def less(left: One, right: One, or_equal: bool, related: Related) -> Truth[Predicate]:
    """``left < right``, or ``<=``."""
    if isinstance(left, Known) and isinstance(right, Known):
        ordered = cedar.less_or_equal if or_equal else cedar.less
        return settled(lambda: ordered(cedar_value(left.value), cedar_value(right.value)))
    a, b = kind(left), kind(right)
    if a != b or a not in _ORDERED:
        return ERROR
    return ask(*(("{} <= {}", "{} > {}") if or_equal else ("{} < {}", "{} >= {}")), (left, right), related)


def ask(true: str, false: str, ones: tuple[One, ...], related: Related) -> Truth[Predicate]:
    """Two shapes of SQL over values that are known or terms; where one of them is NULL, neither holds."""
    return Truth(
        related.ask(ones, lambda reference: Sql(true, *(sql_of(one, reference) for one in ones))),
        related.ask(ones, lambda reference: Sql(false, *(sql_of(one, reference) for one in ones))),
        total=all(isinstance(one, Known) or (isinstance(one, Term) and one.surely) for one in ones),
    )


def settled(question: Callable[[], bool]) -> Truth[Predicate]:
    """A question about known values, asked now."""
    try:
        return decided(question())
    except Exception:  # noqa: BLE001  whatever is raised is an error of the condition
        return ERROR


def kind(one: One) -> Kind | str | None:
    """The kind of a value; ``None`` for what is no value. Raises ``Inexact`` for what SQL compares otherwise."""
    if isinstance(one, Known):
        try:
            value = cedar_value(one.value)
        except Exception:  # noqa: BLE001  as above
            return None
        return kind_of(value) or ("set" if isinstance(value, CedarSet) else type(value).__name__)
    if isinstance(one, Row):
        return "entity"
    if one.kind == "other":
        raise Inexact(one, f"is a column of {one.what}, which lists do not compare as it stands")
    return one.kind


def there(one: One, related: Related) -> Predicate:
    """There is a value."""
    if isinstance(one, Known):
        return TRUE if kind(one) is not None else FALSE
    if isinstance(one, Row):
        return related.there(one)
    return related.ask((one,), lambda reference: Sql("{} IS NOT NULL", one.sql(reference)))


def sql_of(one: One, reference: Reference) -> Any:
    """The term of SQL for a value that is known, or a term already."""
    assert not isinstance(one, Row)
    return bound(cedar_value(one.value)) if isinstance(one, Known) else one.sql(reference)


def _row_equal(row: Row, other: One, related: Related) -> Truth[Predicate]:
    if kind(other) is None:
        return ERROR
    if isinstance(other, Row) and other.model is row.model:
        keys = (key_term(row), key_term(other))
        if keys[0] is None or keys[1] is None:
            raise Inexact(row, "has a key that is neither text nor a whole number")
        return ask("{} = {}", "{} <> {}", (keys[0], keys[1]), related)
    uid = cedar_value(other.value) if isinstance(other, Known) else None
    if not isinstance(uid, EntityUid) or uid.type != row.model.__name__:
        return Truth(FALSE, all_of(there(row, related), there(other, related)))
    if (found := is_entity(row.model, uid)) is None:
        raise Inexact(row, "has a key that is neither text nor a whole number")
    return told(row, found, related)


def told(row: Row, found: Predicate, related: Related) -> Truth[Predicate]:
    """A predicate about the columns of ``row`` that is never NULL, where the row exists."""
    absent = TRUE if found is FALSE else FALSE if found is TRUE else ~found
    return Truth(related.at(row, found), related.at(row, absent), not row.path)
