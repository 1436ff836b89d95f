"""The declarations of schema text: ``entity``, ``action`` and ``type``, each for one or several names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ringwall.policy.schema.cursor import SchemaCursor
from ringwall.policy.schema.names import fault_of_common_type, fault_of_entity_type
from ringwall.policy.schema.parse_type import read_record, read_type
from ringwall.policy.schema.written import (
    Name,
    WrittenAction,
    WrittenCommonType,
    WrittenEntity,
    WrittenGroup,
    WrittenRecord,
    WrittenScope,
    WrittenType,
)
from ringwall.policy.source import Span

WORDS = ("entity", "action", "type")

_APPLIES_TO = "write appliesTo { principal: …, resource: … }"


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
    groups = _read_groups(cursor) if cursor.take("in") else ()
    scope = _read_scope(cursor, names[0][0]) if cursor.take("appliesTo") else WrittenScope()
    if cursor.take("attributes"):
        cursor.expect("{", "an action has no attributes")
        cursor.expect("}", "an action has no attributes")
    for name, span in names:
        _once(cursor, into.actions, name, span)
        into.actions[name] = WrittenAction(groups, scope, annotations, span=span)


def _read_groups(cursor: SchemaCursor) -> tuple[WrittenGroup, ...]:
    if not cursor.take("["):
        return (_read_group(cursor),)
    groups = [_read_group(cursor)]
    while not cursor.take("]"):
        cursor.expect(",", "actions are divided by commas, and the last one is followed by ]")
        groups.append(_read_group(cursor))
    return tuple(groups)


def _read_group(cursor: SchemaCursor) -> WrittenGroup:
    first = cursor.at
    if cursor.words[first + 1] != "::":
        return WrittenGroup(cursor.name_or_string("an action"), span=cursor.span(first))
    uid = cursor.entity()
    return WrittenGroup(uid.id, uid.type, span=cursor.span(first))


def _read_scope(cursor: SchemaCursor, action: str) -> WrittenScope:
    first = cursor.at - 1
    cursor.expect("{", _APPLIES_TO)
    read: dict[str, tuple[Name, ...]] = {}
    context: WrittenType | None = None
    while not cursor.take("}"):
        part, start = cursor.words[cursor.at], cursor.at
        if part not in ("principal", "resource", "context"):
            raise cursor.lost("`principal`, `resource` or `context`", _APPLIES_TO)
        cursor.at += 1
        cursor.expect(":", f"write {part}: …")
        if part in read or (part == "context" and context is not None):
            cursor.report(f"`{part}` stands twice", cursor.span(start), "write one list of all")
        if part == "context":
            context = _read_context(cursor)
        else:
            read[part] = _read_applied(cursor, part)
        if cursor.words[cursor.at] != "}":
            cursor.expect(",", "divide principal, resource and context by commas")
    for part in ("principal", "resource"):
        if part not in read:
            hint = f"write {part}: Type; an action that applies to nothing has no appliesTo"
            cursor.report(f"the action `{action}` applies to no {part}", cursor.span(first), hint)
    return WrittenScope(read.get("principal", ()), read.get("resource", ()), context or WrittenRecord())


def _read_applied(cursor: SchemaCursor, part: str) -> tuple[Name, ...]:
    first = cursor.at
    names = cursor.entity_types()
    if not names:
        hint = "name at least one; an action that applies to nothing has no appliesTo"
        cursor.report(f"the list of types for `{part}` is empty", cursor.span(first), hint)
    return names


def _read_context(cursor: SchemaCursor) -> WrittenType:
    if cursor.words[cursor.at] == "{":
        return read_record(cursor)
    first = cursor.at
    return Name(cursor.type_name("a record, or a common type"), "common", span=cursor.span(first))


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
