"""A JSON array as a set: of strings, longs and bools. One with anything else in it is no value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from ringwall.on.rows.kind import Kind
from ringwall.on.sqlalchemy.rows.document import (
    WHOLE,
    path_of,
    place_on_sqlite,
    readable_on_postgresql,
    steps_of,
    type_on_postgresql,
)
from ringwall.on.sqlalchemy.rows.predicate import Predicate
from ringwall.on.sqlalchemy.rows.value import Document

if TYPE_CHECKING:
    from sqlalchemy.sql.compiler import SQLCompiler

_ON_SQLITE = {
    "string": "m.type = 'text' AND m.atom = :item",
    "long": "m.type = 'integer' AND typeof(m.atom) = 'integer' AND m.atom = :item",
    "bool": "m.type = CASE WHEN :item THEN 'true' ELSE 'false' END",
    "any long": "m.type = 'integer'",
    "any bool": "m.type IN ('true', 'false')",
    "any": "1",
    "no value": "NOT (m.type IN ('text', 'true', 'false') OR (m.type = 'integer' AND typeof(m.atom) = 'integer'))",
}
_TEXT = "m.v #>> '{}'"
_LONG = (
    f"CASE WHEN json_typeof(m.v) = 'number' THEN CASE WHEN {_TEXT} ~ '{WHOLE}' THEN CAST({_TEXT} AS numeric) END END"
)
_ON_POSTGRESQL = {
    "string": f"CASE WHEN json_typeof(m.v) = 'string' THEN {_TEXT} = :item END",
    "long": f"{_LONG} = :item",
    "bool": f"json_typeof(m.v) = 'boolean' AND {_TEXT} = CASE WHEN :item THEN 'true' ELSE 'false' END",
    "any long": "json_typeof(m.v) = 'number'",
    "any bool": "json_typeof(m.v) = 'boolean'",
    "any": "true",
    "no value": (
        "NOT (json_typeof(m.v) IN ('string', 'boolean') OR COALESCE("
        f"{_LONG} BETWEEN -9223372036854775808 AND 9223372036854775807, false))"
    ),
}


def holds(document: Document, kind: Kind, item: Any) -> Predicate:
    """Some member is this string, long or bool."""
    return _member(document, kind, item)


def is_sound(document: Document, beside: Kind | None = None) -> Predicate:
    """Every member is a value; and none is a bool where ``beside`` is a long, or the other way round."""
    clash = {"long": "any bool", "bool": "any long"}.get(beside or "")
    found = sa.not_(_member(document, "no value"))
    return sa.and_(found, sa.not_(_member(document, clash))) if clash else found


def has_members(document: Document) -> Predicate:
    """The array has a member."""
    return _member(document, "any")


def _member(document: Document, question: str, item: Any = None) -> Predicate:
    asked: sa.ColumnElement[str] = sa.literal_column(f"'{question}'")
    return _Member(document.column, path_of(document.steps), asked, sa.null() if item is None else item)


class _Member(GenericFunction[bool]):
    """Whether the array has a member of which the question is true; never NULL."""

    type = sa.Boolean()
    inherit_cache = True
    name = "ringwall_member"


@compiles(_Member, "sqlite")
def _on_sqlite(element: _Member, compiler: SQLCompiler, **keywords: Any) -> str:
    column, path, question, item = (compiler.process(argument, **keywords) for argument in element.clauses)
    where = _ON_SQLITE[question.strip("'")].replace(":item", item)
    array = place_on_sqlite(column, steps_of(path), "CASE {type} WHEN 'array' THEN {value} END")
    # The parts are our own text and what the compiler made of the statement's own columns and parameters.
    return f"EXISTS (SELECT 1 FROM json_each({array}) AS m WHERE {where})"  # noqa: S608


@compiles(_Member)
def _on_postgresql(element: _Member, compiler: SQLCompiler, **keywords: Any) -> str:
    column, path, question, item = (compiler.process(argument, **keywords) for argument in element.clauses)
    kept = type_on_postgresql(element)
    where = _ON_POSTGRESQL[question.strip("'")].replace(":item", item).replace("json_typeof", f"{kept}_typeof")
    found = f"({readable_on_postgresql(element, column)} #> '{{{','.join(steps_of(path))}}}')"
    array = f"CASE WHEN {kept}_typeof({found}) = 'array' THEN {found} ELSE '[]' END"
    return f"EXISTS (SELECT 1 FROM {kept}_array_elements({array}) AS m(v) WHERE {where})"  # noqa: S608
