"""The declarations of schema text: ``entity``, ``action`` and ``type``, each for one or several names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ringwall.policy.schema.cursor import SchemaCursor
from ringwall.policy.schema.names import fault_of_common_type, fault_of_entity_type
from ringwall.policy.schema.parse_action import read_groups, read_scope
from ringwall.policy.schema.parse_type import read_record, read_type
from ringwall.policy.schema.written import (
    Name,
    WrittenAction,
    WrittenCommonType,
    WrittenEntity,
    WrittenRecord,
    WrittenScope,
)
from ringwall.policy.source import Span

WORDS = ("entity", "action", "type")


@dataclass(frozen=True, slots=True)
class Declarations:
    """What was read of one namespace so far."""

    common_types: dict[str, WrittenCommonType] = field(default_factory=dict)
    entities: dict[str, WrittenEntity] = field(default_factory=dict)
    actions: dict[str, WrittenAction] = field(default_factory=dict)


def read_declaration(cursor: SchemaCursor, into: Declarations, annotations: dict[str, str]) -> None:
    """One declaration up to its ``;``. Raises ``Lost`` where it goes on as none can."""
    word = cursor.words[cursor.at]
    if word not in WORDS:
        raise cursor.lost("`entity`, `action`, `type` or `namespace`", _hint(word))
    cursor.at += 1
    if word == "entity":
        _read_entity(cursor, into, annotations)
    elif word == "action":
        _read_action(cursor, into, annotations)
    else:
        _read_common_type(cursor, into, annotations)
    cursor.expect(";", "a declaration ends with ;")


def _hint(word: str) -> str:
    return "a declaration has one ; behind it" if word == ";" else "write entity Name; or action name appliesTo { … };"


def _read_entity(cursor: SchemaCursor, into: Declarations, annotations: dict[str, str]) -> None:
    names = _names(cursor, lambda: cursor.declared("an entity type", fault_of_entity_type))
    enum: tuple[str, ...] | None = None
    parents: tuple[Name, ...] = ()
    shape, tags = WrittenRecord(), None
    if cursor.take("enum"):
        enum = _read_enum(cursor)
    else:
        parents = cursor.entity_types() if cursor.take("in") else ()
        if cursor.take("=") or cursor.words[cursor.at] == "{":
            shape = read_record(cursor)
        tags = read_type(cursor) if cursor.take("tags") else None
    for name, span in names:
        _once(cursor, into.entities, name, span)
        into.entities[name] = WrittenEntity(parents, shape, tags, enum, annotations, span=span)


def _read_enum(cursor: SchemaCursor) -> tuple[str, ...]:
    cursor.expect("[", 'the ids of an enum are written ["a", "b"]')
    ids = [cursor.string()]
    while not cursor.take("]"):
        cursor.expect(",", "ids are divided by commas, and the last one is followed by ]")
        ids.append(cursor.string())
    return tuple(ids)


def _read_common_type(cursor: SchemaCursor, into: Declarations, annotations: dict[str, str]) -> None:
    first = cursor.at
    name = cursor.declared("a common type", fault_of_common_type)
    span = cursor.span(first)
    cursor.expect("=", "a common type is written type Name = Type;")
    _once(cursor, into.common_types, name, span)
    into.common_types[name] = WrittenCommonType(read_type(cursor), annotations, span=span)


def _read_action(cursor: SchemaCursor, into: Declarations, annotations: dict[str, str]) -> None:
    names = _names(cursor, lambda: cursor.name_or_string("the name of an action"))
    groups = read_groups(cursor) if cursor.take("in") else ()
    scope = read_scope(cursor, names[0][0]) if cursor.take("appliesTo") else WrittenScope()
    if cursor.take("attributes"):
        cursor.expect("{", "an action has no attributes")
        cursor.expect("}", "an action has no attributes")
    for name, span in names:
        _once(cursor, into.actions, name, span)
        into.actions[name] = WrittenAction(groups, scope, annotations, span=span)


def _names(cursor: SchemaCursor, read: Callable[[], str]) -> list[tuple[str, Span]]:
    """One or several names, with where each stands."""
    found: list[tuple[str, Span]] = []
    while not found or cursor.take(","):
        first = cursor.at
        found.append((read(), cursor.span(first)))
    return found


def _once(cursor: SchemaCursor, among: Mapping[str, object], name: str, span: Span) -> None:
    if name in among:
        cursor.report(f"`{name}` is declared twice", span, "keep one of the declarations")
