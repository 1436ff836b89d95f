"""Types in schema text: names, sets and records."""

from __future__ import annotations

from ringwall.policy.language.cursor import DEEPEST, Lost
from ringwall.policy.schema.cursor import SchemaCursor
from ringwall.policy.schema.written import Name, WrittenField, WrittenRecord, WrittenSet, WrittenType


def read_type(cursor: SchemaCursor, depth: int = 0) -> WrittenType:
    """``Set<type>``, ``{ name: type, … }``, or a name. Raises ``Lost`` for what is none, or nested too deep."""
    if depth > DEEPEST:
        cursor.report(
            f"types are nested more than {DEEPEST} deep", cursor.here, "give the inner type a name: type T = …;"
        )
        raise Lost
    first = cursor.at
    if cursor.words[first] == "{":
        return read_record(cursor, depth)
    if cursor.words[first] == "Set" and cursor.words[first + 1] == "<":
        cursor.at += 2
        element = read_type(cursor, depth + 1)
        cursor.expect(">", "a set is written Set<Type>")
        return WrittenSet(element, span=cursor.span(first))
    return Name(cursor.type_name("a type"), span=cursor.span(first))


def read_record(cursor: SchemaCursor, depth: int = 0) -> WrittenRecord:
    """``{ name: type, "quoted name"?: type, }``."""
    first = cursor.at
    cursor.expect("{", "attributes stand in braces: { name: Type }")
    fields: dict[str, WrittenField] = {}
    while not cursor.take("}"):
        _read_field(cursor, fields, depth)
        if cursor.words[cursor.at] != "}":
            cursor.expect(",", "attributes are divided by commas")
    return WrittenRecord(fields, span=cursor.span(first))


def _read_field(cursor: SchemaCursor, fields: dict[str, WrittenField], depth: int) -> None:
    annotations = cursor.annotations()
    first = cursor.at
    name = cursor.name_or_string("the name of an attribute")
    if name in fields:
        cursor.report(f"`{name}` stands twice in this record", cursor.span(first), "leave one of them away")
    required = not cursor.take("?")
    cursor.expect(":", "an attribute is written name: Type, or name?: Type where it may be absent")
    known = read_type(cursor, depth + 1)
    fields[name] = WrittenField(known, required, annotations, span=cursor.span(first))
