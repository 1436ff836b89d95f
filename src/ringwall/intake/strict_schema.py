"""The rewriting of a pydantic core schema that makes a model strict, field by field, all the way down."""

from __future__ import annotations

from functools import partial
from typing import Any

from pydantic_core import core_schema

from ringwall.intake.text import clean

TEXT, MEMBERS, WHOLE = 10_000, 1_000, 2**53 - 1

_DONE = "ringwall_strict"
_NESTED = (
    *("schema", "items_schema", "keys_schema", "values_schema", "extras_schema", "arguments_schema"),
    *("json_schema", "python_schema", "lax_schema", "strict_schema"),
)


def strict_schema(schema: Any, model: type) -> Any:
    """``schema`` of ``model`` with every scalar strict and everything bounded. A model inside that has been through
    here itself is left as it is."""
    schema = dict(schema)
    kind = schema["type"]
    if kind == "model":
        if schema["cls"] is not model and schema.get("metadata", {}).get(_DONE):
            return schema
        schema["metadata"] = {**schema.get("metadata", {}), _DONE: schema["cls"] is model}
    rewrite = partial(strict_schema, model=model)
    for key in _NESTED:
        if isinstance(schema.get(key), dict):
            schema[key] = rewrite(schema[key])
    if "fields" in schema:
        schema["fields"] = _each_field(schema["fields"], rewrite)
    for key in ("choices", "steps", "definitions", "items_schema"):
        if isinstance(schema.get(key), (list, dict)) and "type" not in schema[key]:
            schema[key] = _each(schema[key], rewrite)
    return _bounded(schema, kind)


def _bounded(schema: Any, kind: str) -> Any:
    if kind == "str":
        schema.update(strict=True, max_length=schema.get("max_length", TEXT))
        lines = bool(schema.get("metadata", {}).get("ringwall_lines"))
        # Before the length and the pattern, so that these hold for the text that the program sees.
        return core_schema.no_info_before_validator_function(partial(_clean, lines=lines), schema)
    if kind in ("int", "float", "bool", "bytes"):
        schema["strict"] = True
    if kind == "int":
        if "ge" not in schema and "gt" not in schema:
            schema["ge"] = -WHOLE
        if "le" not in schema and "lt" not in schema:
            schema["le"] = WHOLE
    elif kind == "bytes":
        schema.setdefault("max_length", TEXT)
    elif kind in ("list", "set", "frozenset", "dict", "tuple", "generator"):
        schema.setdefault("max_length", MEMBERS)
    return schema


def _clean(value: Any, *, lines: bool) -> Any:
    return clean(value, lines=lines) if isinstance(value, str) else value


def _each_field(fields: Any, rewrite: Any) -> Any:
    if isinstance(fields, dict):
        return {name: {**field, "schema": rewrite(field["schema"])} for name, field in fields.items()}
    return [{**field, "schema": rewrite(field["schema"])} for field in fields]


def _each(members: Any, rewrite: Any) -> Any:
    if isinstance(members, dict):
        return {key: rewrite(member) if isinstance(member, dict) else member for key, member in members.items()}
    return [_member(member, rewrite) for member in members]


def _member(member: Any, rewrite: Any) -> Any:
    # A choice of a union may be a pair of schema and label.
    if isinstance(member, tuple):
        return (rewrite(member[0]), *member[1:])
    return rewrite(member) if isinstance(member, dict) else member
