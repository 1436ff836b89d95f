"""A row as an entity: its type is its class's name, its id is its primary key."""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa

from ringwall.on.sqlalchemy.rows.column import bound, column_value
from ringwall.on.sqlalchemy.rows.predicate import FALSE, Predicate, all_of
from ringwall.on.sqlalchemy.rows.value import Row, Term
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.source import NOWHERE

_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,18}")
_PART = re.compile(r"((?:[^\\,]|\\.)*)(?:,|\Z)", re.DOTALL)


def type_of(row: Row) -> str:
    """The entity type of the row."""
    return row.mapper.class_.__name__


def is_entity(row: Row, uid: EntityUid) -> Predicate | None:
    """The row's key is the id of ``uid``, which is of its type. ``None`` for a key that SQL may compare otherwise."""
    terms = key_terms(row)
    if terms is None:
        return None
    parts = [uid.id] if len(terms) == 1 else _parts(uid.id)
    if len(parts) != len(terms):
        return FALSE
    return all_of(*(_is_part(term, part) for term, part in zip(terms, parts, strict=True)))


def are_same(left: Row, right: Row) -> Predicate | None:
    """Two rows of one class have one key."""
    mine, theirs = key_terms(left), key_terms(right)
    if mine is None or theirs is None:
        return None
    return all_of(*(a.sql == b.sql for a, b in zip(mine, theirs, strict=True)))


def key_terms(row: Row) -> list[Term] | None:
    """The columns of the key; ``None`` where one is neither a string nor a long."""
    mapper = row.mapper
    found = []
    for column in mapper.primary_key:
        if not isinstance(column, sa.Column):
            return None
        sql = getattr(row.mapped, mapper.get_property_by_column(column).key)
        term = column_value(column, sql, row.path, NOWHERE)
        if not isinstance(term, Term) or term.kind not in ("string", "long"):
            return None
        found.append(term)
    return found


def _is_part(term: Term, part: str) -> Predicate:
    if term.kind == "string":
        return _equal(term.sql, part)
    # "017" is no key: the id of the row with the key 17 is "17".
    return _equal(term.sql, int(part)) if _WHOLE.fullmatch(part) and abs(int(part)) < 2**63 else FALSE


def _equal(sql: Any, value: object) -> sa.ColumnElement[bool]:
    made: sa.ColumnElement[bool] = sql == bound(value)
    return made


def _parts(id_: str) -> list[str]:
    found, at = [], 0
    while True:
        match = _PART.match(id_, at)
        if match is None:
            return []
        found.append(re.sub(r"\\(.)", r"\1", match[1], flags=re.DOTALL))
        if match.end() == len(id_) and not match[0].endswith(","):
            return found
        at = match.end()
        if at == len(id_) and match[0].endswith(","):
            return [*found, ""]
