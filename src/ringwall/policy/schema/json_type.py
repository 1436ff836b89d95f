"""The types of a JSON schema, as they were written."""

from __future__ import annotations

from typing import Any

from ringwall.errors import Misconfigured
from ringwall.policy.json_reading import read_bool, read_object, read_string
from ringwall.policy.language.cursor import DEEPEST
from ringwall.policy.language.hints import nearest
from ringwall.policy.schema.json_names import read_annotations, read_name, without
from ringwall.policy.schema.types import BOOL, EXTENSIONS, LONG, STRING, ExtensionType, Type
from ringwall.policy.schema.written import Builtin, Name, WrittenField, WrittenRecord, WrittenSet, WrittenType

_PRIMITIVES: dict[str, Type] = {"Long": LONG, "String": STRING, "Boolean": BOOL}
_PARTS: dict[str, frozenset[str]] = {
    "Set": frozenset({"element"}),
    "Record": frozenset({"attributes", "additionalAttributes"}),
    "Entity": frozenset({"name"}),
    "Extension": frozenset({"name"}),
    "EntityOrCommon": frozenset({"name"}),
}


def type_from_json(value: object, path: str, depth: int = 0) -> WrittenType:
    """Raises ``Misconfigured`` with the path of what is no type, or is nested too deep."""
    if depth > DEEPEST:
        raise Misconfigured(f"the type is nested more than {DEEPEST} deep", where=path)
    inside = read_object(value, path, required=("type",))
    kind = read_string(inside["type"], f"{path}.type")
    parts = _PARTS.get(kind, frozenset())
    read_object(inside, path, parts | {"type"}, parts - {"additionalAttributes"})
    match kind:
        case "Set":
            return WrittenSet(type_from_json(inside["element"], f"{path}.element", depth + 1))
        case "Record":
            return _record(inside, path, depth)
        case "Entity":
            return Name(read_name(inside["name"], f"{path}.name"), "entity")
        case "Extension":
            return Builtin(_extension(inside["name"], f"{path}.name"))
        case "EntityOrCommon":
            return Name(read_name(inside["name"], f"{path}.name"))
    return Builtin(_PRIMITIVES[kind]) if kind in _PRIMITIVES else Name(read_name(kind, f"{path}.type"), "common")


def _record(inside: dict[str, Any], path: str, depth: int) -> WrittenRecord:
    if read_bool(inside.get("additionalAttributes", False), f"{path}.additionalAttributes"):
        raise Misconfigured("a record has no attributes but its own", where=f"{path}.additionalAttributes")
    fields = read_object(inside["attributes"], f"{path}.attributes")
    return WrittenRecord({name: _field(entry, f"{path}.attributes.{name}", depth) for name, entry in fields.items()})


def _field(value: object, path: str, depth: int) -> WrittenField:
    inside = read_object(value, path)
    required = read_bool(inside.get("required", True), f"{path}.required")
    known = type_from_json(without(inside, "annotations", "required"), path, depth + 1)
    return WrittenField(known, required, read_annotations(inside, path))


def _extension(value: object, path: str) -> Type:
    for name in EXTENSIONS:
        if name == value:
            return ExtensionType(name)
    hint = nearest(str(value), EXTENSIONS, otherwise=f"there are {', '.join(EXTENSIONS)}")
    raise Misconfigured(f"there is no extension type `{value}`", where=path, hint=hint)
