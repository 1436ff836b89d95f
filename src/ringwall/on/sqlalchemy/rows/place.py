"""``is`` and ``in``: what a row is, and what it lies below."""

from __future__ import annotations

import sqlalchemy as sa

from ringwall.caller import Caller
from ringwall.on.rows.inexact import Inexact
from ringwall.on.sqlalchemy.rows.ancestry import Unclimbable, is_below
from ringwall.on.sqlalchemy.rows.comparing import kind
from ringwall.on.sqlalchemy.rows.key import is_entity, type_of
from ringwall.on.sqlalchemy.rows.predicate import ERROR, FALSE, Predicate, any_of, decided
from ringwall.on.sqlalchemy.rows.related import Related
from ringwall.on.sqlalchemy.rows.value import Known, One, Row
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.objects import operations
from ringwall.policy.objects.cedar_value import cedar_value
from ringwall.policy.objects.principal import ROLE, uid_of
from ringwall.policy.translation import Truth
from ringwall.policy.values.cedar_set import CedarSet


class Places:
    """Asks inside the EXISTS of the related rows."""

    def __init__(self, related: Related) -> None:
        self._related = related

    def is_type(self, one: One, type_: str) -> Truth[Predicate]:
        """``one is type``."""
        if isinstance(one, Row):
            here = self._related.there(one)
            return Truth(here, FALSE, not one.path) if type_of(one) == type_ else Truth(FALSE, here, not one.path)
        if isinstance(one, Known):
            try:
                return decided(operations.is_type(one.value, type_))
            except Exception:  # noqa: BLE001  whatever is raised is an error of the condition
                return ERROR
        kind(one)
        return ERROR

    def within(self, one: One, places: One) -> Truth[Predicate]:
        """``one in places``."""
        if isinstance(one, Row) and isinstance(places, Known):
            return self._row_in(one, places)
        if isinstance(one, Known) and isinstance(places, Row):
            return self._known_in(one, places)
        if isinstance(one, Row) and isinstance(places, Row):
            raise Inexact(one, "is looked for below another row")
        return ERROR

    def _row_in(self, row: Row, places: Known) -> Truth[Predicate]:
        if kind(places) is None:
            return ERROR
        value = cedar_value(places.value)
        each = value.members if isinstance(value, CedarSet) else (value,)
        uids = [uid for uid in each if isinstance(uid, EntityUid)]
        if len(uids) != len(each):
            return ERROR
        try:
            found = any_of(*(is_below(row, uid) for uid in uids))
        except Unclimbable as error:
            raise Inexact(row, str(error)) from None
        return self._told(row, found)

    def _known_in(self, one: Known, place: Row) -> Truth[Predicate]:
        """Above a caller are its roles, and nothing else."""
        if not isinstance(one.value, Caller):
            raise Inexact(place, "is asked to be above what is no caller")
        above = [uid_of(one.value), *(EntityUid(ROLE, role) for role in one.value.roles)]
        each = [is_entity(place, uid) for uid in above if uid.type == type_of(place)]
        if any(found is None for found in each):
            raise Inexact(place, "has a key that is neither text nor a whole number")
        return self._told(place, any_of(*(found for found in each if found is not None)))

    def _told(self, row: Row, found: Predicate) -> Truth[Predicate]:
        absent = sa.not_(found)
        return Truth(
            FALSE if found is FALSE else self._related.ask((row,), lambda: found),
            self._related.there(row) if found is FALSE else self._related.ask((row,), lambda: absent),
            not row.path,
        )
