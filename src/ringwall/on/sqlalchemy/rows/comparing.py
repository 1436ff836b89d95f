"""``==``, ``<`` and ``<=`` between two values, each of one case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ringwall.on.rows.inexact import Inexact
from ringwall.on.rows.kind import Kind, kind_of
from ringwall.on.sqlalchemy.rows.column import bound
from ringwall.on.sqlalchemy.rows.key import are_same, is_entity, type_of
from ringwall.on.sqlalchemy.rows.predicate import ERROR, FALSE, TRUE, Predicate, all_of, decided
from ringwall.on.sqlalchemy.rows.related import Related
from ringwall.on.sqlalchemy.rows.value import Document, Known, One, Row, Term
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
        return told(lambda: operations.equal(left.value, right.value))
    if isinstance(left, Row) or isinstance(right, Row):
        return _with_row(left, right, related)
    a, b = kind(left), kind(right)
    if a is None or b is None:
        return ERROR
    if "set" in (a, b) and a == b:
        raise Inexact(left if isinstance(left, Term) else right, "is a whole set")
    if a != b:
        return ERROR if {a, b} == {"bool", "long"} else Truth(FALSE, _both_there(left, right, related))
    first, second = (left, right) if isinstance(left, Term) else (right, left)
    return Truth(
        related.ask((left, right), lambda: _sql(first) == _sql(second)),
        related.ask((left, right), lambda: _sql(first) != _sql(second)),
        _surely(left, right),
    )


def truth(one: One, related: Related) -> Truth[Predicate]:
    """The value where a bool is needed."""
    return equal(one, Known(True), related) if kind(one) == "bool" else ERROR


def less(left: One, right: One, or_equal: bool, related: Related) -> Truth[Predicate]:
    """``left < right``, or ``<=``."""
    if isinstance(left, Known) and isinstance(right, Known):
        ordered = cedar.less_or_equal if or_equal else cedar.less
        return told(lambda: ordered(cedar_value(left.value), cedar_value(right.value)))
    a, b = kind(left), kind(right)
    if a != b or a not in _ORDERED:
        return ERROR
    one, other = _sql(left), _sql(right)
    is_, is_not = (one <= other, one > other) if or_equal else (one < other, one >= other)
    return Truth(
        related.ask((left, right), lambda: is_), related.ask((left, right), lambda: is_not), _surely(left, right)
    )


def kind(one: One) -> Kind | str | None:
    """The kind of a value; ``None`` for what is no value. Raises ``Inexact`` for what SQL compares otherwise."""
    if isinstance(one, Known):
        try:
            value = cedar_value(one.value)
        except Exception:  # noqa: BLE001  whatever converting raises, there is no value
            return None
        return kind_of(value) or ("set" if isinstance(value, CedarSet) else type(value).__name__)
    if isinstance(one, Term):
        if one.kind == "other":
            raise Inexact(one, f"is a column of {one.sql.type!r}, which rules do not compare")
        return one.kind
    if isinstance(one, Document):
        raise Inexact(one, "is a whole document")
    return "entity"


def there(one: One, related: Related) -> Predicate:
    """There is a value."""
    if isinstance(one, Known):
        return TRUE if kind(one) is not None else FALSE
    if isinstance(one, Row):
        return related.there(one)
    assert isinstance(one, Term)
    return related.ask((one,), lambda: one.sql.is_not(None))


def _both_there(left: One, right: One, related: Related) -> Predicate:
    return all_of(there(left, related), there(right, related))


def _with_row(left: One, right: One, related: Related) -> Truth[Predicate]:
    row, other = (left, right) if isinstance(left, Row) else (right, left)
    assert isinstance(row, Row)
    same: Predicate | None = FALSE
    if isinstance(other, Row):
        same = are_same(row, other) if row.mapper.class_ is other.mapper.class_ else FALSE
    elif isinstance(other, Known):
        if kind(other) is None:
            return ERROR
        uid = cedar_value(other.value)
        same = is_entity(row, uid) if isinstance(uid, EntityUid) and uid.type == type_of(row) else FALSE
    else:
        kind(other)
    if same is None:
        raise Inexact(row, "has a key that is neither text nor a whole number")
    if same is FALSE:
        return Truth(FALSE, _both_there(left, right, related))
    found, not_found = same, ~same  # a key is never NULL
    return Truth(
        related.ask((left, right), lambda: found),
        related.ask((left, right), lambda: not_found),
        total=not row.path and isinstance(other, Known),
    )


def told(question: Callable[[], bool]) -> Truth[Predicate]:
    """What is known before the query."""
    try:
        return decided(question())
    except Exception:  # noqa: BLE001  whatever is raised is an error of the condition
        return ERROR


def _surely(*ones: One) -> bool:
    """Neither can be absent, so the answer is never an error."""
    return all(isinstance(one, Known) or (isinstance(one, Term) and one.surely) for one in ones)


def _sql(one: One) -> Any:
    return bound(cedar_value(one.value)) if isinstance(one, Known) else one.sql  # type: ignore[union-attr]
