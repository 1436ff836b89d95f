"""What stands in a JSON column, as terms of SQL: each is NULL unless the document holds a value of that very type.

JSON's ``true`` is no ``1``, ``1.0`` is no long, and neither is a whole number of more than 64 bits. ``null`` is absent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

if TYPE_CHECKING:
    from sqlalchemy.sql.compiler import SQLCompiler

JsonKind = Literal["string", "long", "bool", "array", "object", "null", "other"]


def json_kind(column: Any, steps: tuple[str, ...]) -> sa.ColumnElement[str]:
    """The type of what ``steps`` lead to: of JSON's own, with ``long`` for a number that is one; NULL for nothing."""
    return _JsonKind(column, path_of(steps))


def json_text(column: Any, steps: tuple[str, ...]) -> sa.ColumnElement[str]:
    """The string there."""
    return sa.case((json_kind(column, steps) == "string", _JsonValue(column, path_of(steps), type_=sa.String())))


def json_long(column: Any, steps: tuple[str, ...]) -> sa.ColumnElement[int]:
    """The whole number there."""
    value = sa.cast(_JsonValue(column, path_of(steps), type_=sa.String()), sa.BigInteger())
    return sa.case((json_kind(column, steps) == "long", value))


def json_bool(column: Any, steps: tuple[str, ...]) -> sa.ColumnElement[bool]:
    """The bool there."""
    text = _JsonValue(column, path_of(steps), type_=sa.String())
    return sa.case(
        (json_kind(column, steps) == "bool", sa.case((text.in_(("true", "1")), sa.true()), else_=sa.false()))
    )


class _JsonKind(GenericFunction[str]):
    type = sa.String()
    inherit_cache = True
    name = "ringwall_json_kind"


class _JsonValue(GenericFunction[str]):
    inherit_cache = True
    name = "ringwall_json_value"


def path_of(steps: tuple[str, ...]) -> Any:
    """The names, each checked to be an identifier, so that they can stand in the text of the statement."""
    assert all(step.isidentifier() and step.isascii() for step in steps)
    return sa.literal_column(f"'{'.'.join(steps)}'")


WHOLE = r"^-?(0|[1-9][0-9]{0,18})$"


@compiles(_JsonKind, "sqlite")
def _kind_on_sqlite(element: _JsonKind, compiler: SQLCompiler, **keywords: Any) -> str:
    column, path = _arguments(element, compiler, keywords)
    where = f"{column}, '$' || {path}" if path == "''" else f"{column}, '$.' || {path}"
    long = f"CASE typeof(json_extract({where})) WHEN 'integer' THEN 'long' ELSE 'other' END"
    return (
        f"CASE WHEN json_valid({column}) THEN CASE json_type({where}) WHEN 'text' THEN 'string' "
        f"WHEN 'integer' THEN {long} WHEN 'real' THEN 'other' WHEN 'true' THEN 'bool' WHEN 'false' THEN 'bool' "
        f"ELSE json_type({where}) END END"
    )


@compiles(_JsonKind)
def _kind_on_postgresql(element: _JsonKind, compiler: SQLCompiler, **keywords: Any) -> str:
    found = _on_postgresql(element, compiler, keywords, "#>")
    text = _on_postgresql(element, compiler, keywords, "#>>")
    fits = f"CAST({text} AS numeric) BETWEEN -9223372036854775808 AND 9223372036854775807"
    long = f"CASE WHEN {text} ~ '{WHOLE}' THEN CASE WHEN {fits} THEN 'long' ELSE 'other' END ELSE 'other' END"
    return (
        f"CASE jsonb_typeof({found}) WHEN 'boolean' THEN 'bool' WHEN 'number' THEN {long} "
        f"ELSE jsonb_typeof({found}) END"
    )


@compiles(_JsonValue, "sqlite")
def _value_on_sqlite(element: _JsonValue, compiler: SQLCompiler, **keywords: Any) -> str:
    column, path = _arguments(element, compiler, keywords)
    return f"json_extract({column}, '$' || {path})" if path == "''" else f"json_extract({column}, '$.' || {path})"


@compiles(_JsonValue)
def _value_on_postgresql(element: _JsonValue, compiler: SQLCompiler, **keywords: Any) -> str:
    return _on_postgresql(element, compiler, keywords, "#>>")


def _on_postgresql(element: Any, compiler: SQLCompiler, keywords: dict[str, Any], operator: str) -> str:
    column, path = _arguments(element, compiler, keywords)
    return f"(CAST({column} AS jsonb) {operator} string_to_array({path}, '.'))"


def _arguments(element: Any, compiler: SQLCompiler, keywords: dict[str, Any]) -> tuple[str, str]:
    column, path = (compiler.process(argument, **keywords) for argument in element.clauses)
    return column, path
