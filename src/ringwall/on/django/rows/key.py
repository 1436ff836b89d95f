"""A row as an entity: its type is its class's name, its id is its primary key."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import F, Field, Model

from ringwall.on.django.rows.column import bound, column_kind, column_term
from ringwall.on.django.rows.predicate import FALSE, Predicate
from ringwall.on.django.rows.sql import Sql
from ringwall.on.django.rows.value import Row, Term
from ringwall.policy.entity_uid import EntityUid

_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,18}")


def is_entity(model: type[Model], uid: EntityUid) -> Predicate | None:
    """In a query of the model: the row is the entity. ``None`` for a key that SQL may compare otherwise."""
    if (key := key_field(model)) is None:
        return None
    if model.__name__ != uid.type:
        return FALSE
    if column_kind(key) == "string":
        return Predicate(Sql("{} = {}", F(key.attname), bound(uid.id)))
    # "017" is no key: the id of the row with the key 17 is "17".
    if not _WHOLE.fullmatch(uid.id) or not -(2**63) <= int(uid.id) < 2**63:
        return FALSE
    return Predicate(Sql("{} = {}", F(key.attname), bound(int(uid.id))))


def key_term(row: Row) -> Term | None:
    """The key of a row; ``None`` where it is neither text nor a whole number."""
    key = key_field(row.model)
    return None if key is None else column_term(key, row.path)


def key_field(model: type[Model]) -> Field[Any, Any] | None:
    """The primary key; ``None`` for one of several columns, and one that is neither text nor a whole number."""
    key = model._meta.pk
    alone = key in model._meta.local_concrete_fields
    return key if alone and column_kind(key) in ("string", "long") else None
