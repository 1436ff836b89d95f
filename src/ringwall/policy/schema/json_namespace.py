"""One namespace of a JSON schema, as it was written."""

from __future__ import annotations

from typing import Any, Final

from ringwall.errors import Misconfigured
from ringwall.policy.language.hints import nearest
from ringwall.policy.language.json_reading import read_bool, read_list, read_object, read_string
from ringwall.policy.schema.names import fault_of_common_type, fault_of_entity_type, fault_of_namespace, fault_of_path
from ringwall.policy.schema.types import BOOL, EXTENSIONS, LONG, STRING, ExtensionType, Type
from ringwall.policy.schema.written import (
    Builtin,
    Name,
    Namespace,
    WrittenAction,
    WrittenCommonType,
    WrittenEntity,
    WrittenField,
    WrittenGroup,
    WrittenRecord,
    WrittenScope,
    WrittenSet,
    WrittenType,
)

DEEPEST: Final = 100

_PRIMITIVES: dict[str, Type] = {"Long": LONG, "String": STRING, "Boolean": BOOL}
_PARTS: dict[str, frozenset[str]] = {
    "Set": frozenset({"element"}),
    "Record": frozenset({"attributes", "additionalAttributes"}),
    "Entity": frozenset({"name"}),
    "Extension": frozenset({"name"}),
    "EntityOrCommon": frozenset({"name"}),
}


def namespace_from_json(name: str, value: object) -> Namespace:
    """Raises ``Misconfigured`` with the path of what is wrong."""
    if name:
        _check(fault_of_namespace(name), "schema")
    path = f'schema["{name}"]'
    allowed = {"commonTypes", "entityTypes", "actions", "annotations"}
    inside = read_object(value, path, allowed, ("entityTypes", "actions"))
    common = read_object(inside.get("commonTypes", {}), f"{path}.commonTypes")
    entities = read_object(inside["entityTypes"], f"{path}.entityTypes")
    actions = read_object(inside["actions"], f"{path}.actions")
    return Namespace(
        name,
        {key: _common(key, entry, f"{path}.commonTypes.{key}") for key, entry in common.items()},
        {key: _entity(key, entry, f"{path}.entityTypes.{key}") for key, entry in entities.items()},
        {key: _action(entry, f"{path}.actions.{key}") for key, entry in actions.items()},
        _annotations(inside, path),
    )


def _common(name: str, value: object, path: str) -> WrittenCommonType:
    _check(fault_of_common_type(name), path)
    inside = read_object(value, path)
    return WrittenCommonType(_type(_without(inside, "annotations"), path), _annotations(inside, path))


def _entity(name: str, value: object, path: str) -> WrittenEntity:
    _check(fault_of_entity_type(name), path)
    if "enum" in read_object(value, path):
        inside = read_object(value, path, {"enum", "annotations"})
        ids = tuple(read_string(id_, f"{path}.enum") for id_ in read_list(inside["enum"], f"{path}.enum"))
        if not ids:
            raise Misconfigured("an enum has at least one id", where=f"{path}.enum")
        return WrittenEntity(enum=ids, annotations=_annotations(inside, path))
    inside = read_object(value, path, {"memberOfTypes", "shape", "tags", "annotations"})
    return WrittenEntity(
        _entity_names(inside.get("memberOfTypes", []), f"{path}.memberOfTypes"),
        _type(inside["shape"], f"{path}.shape") if "shape" in inside else WrittenRecord(),
        _type(inside["tags"], f"{path}.tags") if inside.get("tags") is not None else None,
        annotations=_annotations(inside, path),
    )


def _action(value: object, path: str) -> WrittenAction:
    inside = read_object(value, path, {"appliesTo", "memberOf", "attributes", "annotations"})
    if inside.get("attributes"):
        raise Misconfigured("an action has no attributes", where=f"{path}.attributes", hint="leave attributes away")
    groups = read_list(inside.get("memberOf") or [], f"{path}.memberOf")
    scope = inside.get("appliesTo")
    return WrittenAction(
        tuple(_group(group, f"{path}.memberOf") for group in groups),
        None if scope is None else _scope(scope, f"{path}.appliesTo"),
        _annotations(inside, path),
    )


def _group(value: object, path: str) -> WrittenGroup:
    inside = read_object(value, path, {"id", "type"}, ("id",))
    type_ = inside.get("type")
    if type_ is not None:
        _path(type_, f"{path}.type")
    return WrittenGroup(read_string(inside["id"], f"{path}.id"), type_)


def _scope(value: object, path: str) -> WrittenScope:
    needed = ("principalTypes", "resourceTypes")
    inside = read_object(value, path, {*needed, "context"}, needed)
    principals, resources = (_entity_names(inside[name], f"{path}.{name}") for name in needed)
    context = _type(inside["context"], f"{path}.context") if "context" in inside else WrittenRecord()
    return WrittenScope(principals, resources, context)


def _entity_names(value: object, path: str) -> tuple[Name, ...]:
    return tuple(_entity_type(name, path) for name in read_list(value, path))


def _entity_type(value: object, path: str) -> Name:
    return Name(_path(value, path), "entity")


def _type(value: object, path: str, depth: int = 0) -> WrittenType:
    if depth > DEEPEST:
        raise Misconfigured(f"the type is nested more than {DEEPEST} deep", where=path)
    inside = read_object(value, path, required=("type",))
    kind = read_string(inside["type"], f"{path}.type")
    parts = _PARTS.get(kind, frozenset())
    read_object(inside, path, parts | {"type"}, parts - {"additionalAttributes"})
    match kind:
        case "Set":
            return WrittenSet(_type(inside["element"], f"{path}.element", depth + 1))
        case "Record":
            return _record(inside, path, depth)
        case "Entity":
            return _entity_type(inside["name"], f"{path}.name")
        case "Extension":
            return Builtin(_extension(inside["name"], f"{path}.name"))
        case "EntityOrCommon":
            return Name(_path(inside["name"], f"{path}.name"))
    return Builtin(_PRIMITIVES[kind]) if kind in _PRIMITIVES else Name(_path(kind, f"{path}.type"), "common")


def _record(inside: dict[str, Any], path: str, depth: int) -> WrittenRecord:
    if read_bool(inside.get("additionalAttributes", False), f"{path}.additionalAttributes"):
        raise Misconfigured("a record has no attributes but its own", where=f"{path}.additionalAttributes")
    fields = read_object(inside["attributes"], f"{path}.attributes")
    return WrittenRecord({name: _field(entry, f"{path}.attributes.{name}", depth) for name, entry in fields.items()})


def _field(value: object, path: str, depth: int) -> WrittenField:
    inside = read_object(value, path)
    required = read_bool(inside.get("required", True), f"{path}.required")
    known = _type(_without(inside, "annotations", "required"), path, depth + 1)
    return WrittenField(known, required, _annotations(inside, path))


def _extension(value: object, path: str) -> Type:
    for name in EXTENSIONS:
        if name == value:
            return ExtensionType(name)
    hint = nearest(str(value), EXTENSIONS, otherwise=f"there are {', '.join(EXTENSIONS)}")
    raise Misconfigured(f"there is no extension type `{value}`", where=path, hint=hint)


def _path(value: object, path: str) -> str:
    name = read_string(value, path)
    _check(fault_of_path(name), path)
    return name


def _check(fault: str, path: str) -> None:
    if fault:
        raise Misconfigured(fault, where=path, hint="choose another name")


def _annotations(inside: dict[str, Any], path: str) -> dict[str, str]:
    found = read_object(inside.get("annotations", {}), f"{path}.annotations")
    return {name: read_string(value or "", f"{path}.annotations.{name}") for name, value in found.items()}


def _without(inside: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in inside.items() if name not in names}
