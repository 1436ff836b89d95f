"""``is`` and ``in``: what a row is, and what it lies below."""

from __future__ import annotations

from ringwall.caller import Caller
from ringwall.on.django.rows.ancestry import Unclimbable, is_below
from ringwall.on.django.rows.comparing import kind, settled, told
from ringwall.on.django.rows.key import is_entity
from ringwall.on.django.rows.predicate import ERROR, FALSE, TRUE, Predicate, any_of
from ringwall.on.django.rows.related import Related
from ringwall.on.django.rows.value import Known, One, Row
from ringwall.on.rows.inexact import Inexact
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.objects import operations
from ringwall.policy.objects.cedar_value import cedar_value
from ringwall.policy.objects.principal import ROLE, uid_of
from ringwall.policy.translation import Truth
from ringwall.policy.values.cedar_set import CedarSet


def is_type(one: One, type_: str, related: Related) -> Truth[Predicate]:
    """``one is type``."""
    if isinstance(one, Row):
        return told(one, TRUE if one.model.__name__ == type_ else FALSE, related)
    if isinstance(one, Known):
        return settled(lambda: operations.is_type(one.value, type_))
    kind(one)
    return ERROR


def within(one: One, places: One, related: Related) -> Truth[Predicate]:
    """``one in places``."""
    if isinstance(one, Row) and isinstance(places, Known):
        return _row_in(one, places, related)
    if isinstance(one, Known) and isinstance(places, Row):
        return _known_in(one, places, related)
    if isinstance(one, Known) and isinstance(places, Known):
        return settled(lambda: operations.within(one.value, places.value))
    if isinstance(one, Row) and isinstance(places, Row):
        raise Inexact(one, "is looked for below another row")
    for column in (one, places):
        kind(column)
    return ERROR


def _row_in(row: Row, places: Known, related: Related) -> Truth[Predicate]:
    if kind(places) is None:
        return ERROR
    value = cedar_value(places.value)
    each = value.members if isinstance(value, CedarSet) else (value,)
    uids = [uid for uid in each if isinstance(uid, EntityUid)]
    if len(uids) != len(each):
        return ERROR
    try:
        found = any_of(*(is_below(row.model, uid) for uid in uids))
    except Unclimbable as error:
        raise Inexact(row, str(error)) from None
    return told(row, found, related)


def _known_in(one: Known, place: Row, related: Related) -> Truth[Predicate]:
    """Above a caller are its roles, and nothing else."""
    if kind(one) is None:
        return ERROR
    if not isinstance(one.value, Caller):
        raise Inexact(place, "is asked to be above what is no caller")
    above = [uid_of(one.value), *(EntityUid(ROLE, role) for role in one.value.roles)]
    each = [is_entity(place.model, uid) for uid in above if uid.type == place.model.__name__]
    if any(found is None for found in each):
        raise Inexact(place, "has a key that is neither text nor a whole number")
    return told(place, any_of(*(found for found in each if found is not None)), related)
