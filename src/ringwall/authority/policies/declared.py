"""What is sent, reduced to what a schema declares."""

from __future__ import annotations

from typing import Any

from ringwall.policy.schema.types import RecordType, SetType, Type


def without_undeclared(json: Any, type_: Type) -> Any:
    """``json`` without what the type does not name, at any depth: no policy that fits the schema reads it."""
    if isinstance(json, dict) and isinstance(type_, RecordType):
        known = type_.fields
        return {name: without_undeclared(value, known[name].type) for name, value in json.items() if name in known}
    if isinstance(json, list) and isinstance(type_, SetType):
        return [without_undeclared(member, type_.element) for member in json]
    return json
