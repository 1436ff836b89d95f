"""What stands in a JSON column, as terms of SQL: each is NULL unless the document holds a value of that very type.

JSON's ``true`` is no ``1``, ``1.0`` is no long, and neither is a whole number of more than 64 bits. ``null`` is absent.
Of a name that stands twice the last counts, as in Python. A document that the database cannot read is ``broken``: no
JSON at all on SQLite, one with a NUL or half a surrogate pair on PostgreSQL.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

if TYPE_CHECKING:
    from sqlalchemy.sql.compiler import SQLCompiler

JsonKind = Literal["string", "long", "bool", "array", "object", "null", "other", "broken"]


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
_HALF_A_PAIR = r"\\u[dD][89abAB]..(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB]..)\\u[dD][c-fC-F]"
_UNREADABLE = rf"(^|[^\\])(\\\\)*\\u0000|{_HALF_A_PAIR}"


@compiles(_JsonKind, "sqlite")
def _kind_on_sqlite(element: _JsonKind, compiler: SQLCompiler, **keywords: Any) -> str:
    column, steps = _arguments(element, compiler, keywords)
    found = place_on_sqlite(
        column,
        steps,
        "CASE {type} WHEN 'text' THEN 'string' WHEN 'real' THEN 'other' WHEN 'true' THEN 'bool' "
        "WHEN 'false' THEN 'bool' WHEN 'integer' THEN CASE typeof({value}) WHEN 'integer' THEN 'long' ELSE 'other' END "
        "ELSE {type} END",
    )
    return f"CASE WHEN {_is_readable_on_sqlite(column)} THEN {found} WHEN {column} IS NOT NULL THEN 'broken' END"


@compiles(_JsonKind)
def _kind_on_postgresql(element: _JsonKind, compiler: SQLCompiler, **keywords: Any) -> str:
    column, steps = _arguments(element, compiler, keywords)
    document, typeof = readable_on_postgresql(element, column), f"{type_on_postgresql(element)}_typeof"
    found, text = (f"({document} {operator} '{{{','.join(steps)}}}')" for operator in ("#>", "#>>"))
    fits = f"CAST({text} AS numeric) BETWEEN -9223372036854775808 AND 9223372036854775807"
    long = f"CASE WHEN {text} ~ '{WHOLE}' THEN CASE WHEN {fits} THEN 'long' ELSE 'other' END ELSE 'other' END"
    return (
        f"CASE WHEN {column} IS NOT NULL AND {document} IS NULL THEN 'broken' ELSE "
        f"CASE {typeof}({found}) WHEN 'boolean' THEN 'bool' WHEN 'number' THEN {long} ELSE {typeof}({found}) END END"
    )


@compiles(_JsonValue, "sqlite")
def _value_on_sqlite(element: _JsonValue, compiler: SQLCompiler, **keywords: Any) -> str:
    column, steps = _arguments(element, compiler, keywords)
    return place_on_sqlite(column, steps, "CAST({value} AS TEXT)")


@compiles(_JsonValue)
def _value_on_postgresql(element: _JsonValue, compiler: SQLCompiler, **keywords: Any) -> str:
    column, steps = _arguments(element, compiler, keywords)
    return f"({readable_on_postgresql(element, column)} #>> '{{{','.join(steps)}}}')"


def place_on_sqlite(column: str, steps: tuple[str, ...], wanted: str) -> str:
    """SQL for what is ``wanted`` of the ``{type}`` and ``{value}`` there: of the last one of a name, unlike a path."""
    found = f"CASE WHEN {_is_readable_on_sqlite(column)} THEN {column} END"
    if not steps:
        return wanted.format(type=f"json_type({found})", value=f"json_extract({found}, '$')")
    holder = "CASE WHEN m.type IN ('object', 'array') THEN m.value END"
    for name, part in zip(
        steps, [*[holder] * (len(steps) - 1), wanted.format(type="m.type", value="m.value")], strict=True
    ):
        # The names are identifiers, and the column is what the compiler made of the statement's own.
        found = f"(SELECT {part} FROM json_each({found}) AS m WHERE m.key = '{name}' ORDER BY m.id DESC LIMIT 1)"  # noqa: S608
    return found


def _is_readable_on_sqlite(column: str) -> str:
    """It is JSON without a NUL: a string is read to its first one, and would then equal what it only begins with."""
    return f"(json_valid({column}) AND instr(replace({column}, '\\\\', ''), '\\u0000') = 0)"


def readable_on_postgresql(element: GenericFunction[Any], column: str) -> str:
    """The column, NULL where it is broken. JSONB is never; JSON keeps any text, and each reading of it may raise."""
    if type_on_postgresql(element) == "jsonb":
        return column
    return f"(CASE WHEN CAST({column} AS text) !~ '{_UNREADABLE}' THEN {column} END)"


def type_on_postgresql(element: GenericFunction[Any]) -> str:
    """``json`` or ``jsonb``, with which the names of PostgreSQL's functions begin."""
    return "jsonb" if isinstance(next(iter(element.clauses)).type, postgresql.JSONB) else "json"


def _arguments(element: Any, compiler: SQLCompiler, keywords: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    column, path = (compiler.process(argument, **keywords) for argument in element.clauses)
    return column, steps_of(path)


def steps_of(path: str) -> tuple[str, ...]:
    """The names in a compiled ``path_of``."""
    return tuple(name for name in path.strip("'").split(".") if name)
