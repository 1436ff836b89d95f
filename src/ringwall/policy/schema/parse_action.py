"""What stands behind the name of an action in schema text: its groups, and what it applies to."""

from __future__ import annotations

from ringwall.policy.schema.cursor import SchemaCursor
from ringwall.policy.schema.parse_type import read_record
from ringwall.policy.schema.written import Name, WrittenGroup, WrittenRecord, WrittenScope, WrittenType

_APPLIES_TO = "write appliesTo { principal: …, resource: … }"


def read_groups(cursor: SchemaCursor) -> tuple[WrittenGroup, ...]:
    """One action, or ``[actions]``."""
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


def read_scope(cursor: SchemaCursor, action: str) -> WrittenScope:
    """``{ principal: …, resource: …, context: … }``, in any order, the context perhaps absent."""
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
