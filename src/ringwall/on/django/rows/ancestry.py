"""``resource in Folder::"x"``: up the to-one relations that a class names as its parents (``__cedar_parents__``)."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, F, ForeignKey, Manager, Model, OuterRef, Subquery

from ringwall.on.django.rows.column import must_be_plain
from ringwall.on.django.rows.key import is_entity, key_field
from ringwall.on.django.rows.predicate import FALSE, Predicate, any_of
from ringwall.on.django.rows.sql import Sql
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.objects.django_field import field_of
from ringwall.policy.objects.hierarchy import parent_names


class Unclimbable(Exception):
    """A hierarchy that SQL cannot climb; its text says why."""


def is_below(model: type[Model], uid: EntityUid, passed: tuple[type, ...] = ()) -> Predicate:
    """In a query of the model: the row is ``uid``, or below it. Never NULL. Cycles end. Raises ``Unclimbable``."""
    if model in passed:
        raise Unclimbable(f"climbs from {model.__name__} through other classes back to it")
    passed = (*passed, model)
    upward = [_reference(model, name) for name in parent_names(model)]
    itself = [field for field in upward if field.related_model is model]
    found = any_of(_is(model, uid), *(_above(field, uid, passed) for field in upward if field not in itself))
    return _within_tree(model, itself, found) if itself and found is not FALSE else found


def _above(field: ForeignKey[Any, Any], uid: EntityUid, passed: tuple[type, ...]) -> Predicate:
    parent = field.related_model
    found = is_below(parent, uid, passed)
    if found is FALSE:
        return FALSE
    same = Sql("{} = {}", F(field.target_field.attname), OuterRef(field.attname))
    return Predicate(Exists(parent._base_manager.filter(same).filter(found)))


def _within_tree(model: type[Model], itself: list[ForeignKey[Any, Any]], top: Predicate) -> Predicate:
    """The row is one for which ``top`` holds, or lies below such a row of its own class."""
    key = key_field(model)
    if key is None or any(field.target_field is not key for field in itself):
        raise Unclimbable(f"climbs {model.__name__} by another column than one key, of text or a whole number")
    tops = Subquery(model._base_manager.filter(top).values(key.attname))
    return Predicate(_Tree(F(key.attname), tops, model, key, itself))


class _Tree(Sql):
    """The first term is among the keys that the second one selects, or below one of them."""

    def __init__(
        self, key: Any, tops: Any, model: type[Model], primary: Any, upward: list[ForeignKey[Any, Any]]
    ) -> None:
        names = [model._meta.db_table, primary.column, *(field.column for field in upward)]
        table, column, *references = (f'"{name.replace(chr(34), chr(34) * 2)}"'.translate(_ESCAPED) for name in names)
        # One step for all references: neither database takes two recursions. The names are quoted.
        above = " OR ".join(f"c.{reference} = {_TREE}.k" for reference in references)
        start = f"SELECT {column} FROM {table} WHERE {column} IN {{1}}"  # noqa: S608
        step = f"SELECT c.{column} FROM {table} AS c JOIN {_TREE} ON {above}"  # noqa: S608
        tree = f"WITH RECURSIVE {_TREE}(k) AS ({start} UNION {step}) SELECT k FROM {_TREE}"  # noqa: S608
        super().__init__(f"{{0}} IN ({tree})", key, tops)


_TREE = "ringwall_tree"  # no name of a table, which it would hide
_ESCAPED = str.maketrans({"{": "{{", "}": "}}", "%": "%%"})


def _is(model: type[Model], uid: EntityUid) -> Predicate:
    if model.__name__ != uid.type:
        return FALSE
    found = is_entity(model, uid)
    if found is None:
        raise Unclimbable(f"compares the key of {model.__name__}, which is neither text nor a whole number")
    return found


def _reference(model: type[Model], name: str) -> ForeignKey[Any, Any]:
    field = field_of(model, name)
    if not isinstance(field, ForeignKey) or name != field.name:
        raise Unclimbable(f"climbs {model.__name__}.{name}, which is no reference to one row")
    # In Python a reference that leads nowhere is an error, and how far the climb came before it matters.
    if not getattr(field, "db_constraint", False) or type(field.related_model._base_manager) is not Manager:
        raise Unclimbable(f"climbs {model.__name__}.{name}, which may lead to a row that is gone: it has no constraint")
    must_be_plain(field.related_model)
    return field
