"""``resource in Folder::"x"``: up the to-one relations that a class names as its parents (``__cedar_parents__``)."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from ringwall.on.sqlalchemy.rows.key import is_entity, type_of
from ringwall.on.sqlalchemy.rows.predicate import FALSE, Predicate, any_of
from ringwall.on.sqlalchemy.rows.related import is_reference
from ringwall.on.sqlalchemy.rows.value import Row
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.objects.hierarchy import parent_names


class Unclimbable(Exception):
    """A hierarchy that SQL cannot climb; its text says why."""


def is_below(row: Row, uid: EntityUid, passed: tuple[type, ...] = ()) -> Predicate:
    """The row is ``uid``, or below it. Cycles end. Raises ``Unclimbable``."""
    mapped = row.mapper.class_
    if mapped in passed:
        raise Unclimbable(f"climbs from {mapped.__name__} through other classes back to it")
    own = _is(row, uid)
    upward = [_reference(row, name) for name in parent_names(mapped)]
    others = [
        _above(row, relation, uid, (*passed, mapped)) for relation in upward if relation.mapper.class_ is not mapped
    ]
    itself = [relation for relation in upward if relation.mapper.class_ is mapped]
    if not itself:
        return any_of(own, *others)
    return _within_tree(row, itself, uid, (*passed, mapped))


def _above(row: Row, relation: orm.RelationshipProperty[Any], uid: EntityUid, passed: tuple[type, ...]) -> Predicate:
    parent = orm.aliased(relation.mapper.class_)
    found = is_below(Row(parent), uid, passed)
    if found is FALSE:
        return FALSE
    made: Predicate = getattr(row.mapped, relation.key).of_type(parent).has(found)
    return made


def _within_tree(
    row: Row, relations: list[orm.RelationshipProperty[Any]], uid: EntityUid, passed: tuple[type, ...]
) -> Predicate:
    """The row is among all that lie below ``uid`` in a class whose rows have parents of their own class."""
    mapper = row.mapper
    if len(mapper.primary_key) != 1:
        raise Unclimbable(f"climbs {mapper.class_.__name__}, whose key has several columns")
    key = mapper.get_property_by_column(mapper.primary_key[0]).key
    top = Row(orm.aliased(mapper.class_))
    upward = [_reference(top, name) for name in parent_names(mapper.class_)]
    others = [_above(top, one, uid, passed) for one in upward if one.mapper.class_ is not mapper.class_]
    start = any_of(_is(top, uid), *others)
    if start is FALSE:
        return FALSE
    tree = sa.select(getattr(top.mapped, key).label("key")).where(start).cte(recursive=True)
    for relation in relations:
        child, parent = orm.aliased(mapper.class_), orm.aliased(mapper.class_)
        step = (
            sa.select(getattr(child, key))
            .join(getattr(child, relation.key).of_type(parent))
            .where(getattr(parent, key) == tree.c.key)
        )
        tree = tree.union(step)
    below: Predicate = getattr(row.mapped, key).in_(sa.select(tree.c.key))
    return below


def _is(row: Row, uid: EntityUid) -> Predicate:
    if type_of(row) != uid.type:
        return FALSE
    found = is_entity(row, uid)
    if found is None:
        raise Unclimbable(f"compares the key of {type_of(row)}, which is neither text nor a whole number")
    return found


def _reference(row: Row, name: str) -> orm.RelationshipProperty[Any]:
    prop = row.mapper.attrs.get(name)
    if not isinstance(prop, orm.RelationshipProperty) or not is_reference(prop):
        raise Unclimbable(f"climbs {row.mapper.class_.__name__}.{name}, which is no reference to one row by its key")
    return prop
