"""One namespace of a JSON schema, as it was written."""

from __future__ import annotations

from ringwall.errors import Misconfigured
from ringwall.policy.json_reading import read_list, read_object, read_string
from ringwall.policy.schema.json_names import check_name, read_annotations, read_name, without
from ringwall.policy.schema.json_type import type_from_json
from ringwall.policy.schema.names import fault_of_common_type, fault_of_entity_type, fault_of_namespace
from ringwall.policy.schema.written import (
    Name,
    Namespace,
    WrittenAction,
    WrittenCommonType,
    WrittenEntity,
    WrittenGroup,
    WrittenRecord,
    WrittenScope,
)


def namespace_from_json(name: str, value: object) -> Namespace:
    """Raises ``Misconfigured`` with the path of what is wrong."""
    if name:
        check_name(fault_of_namespace(name), "schema")
    path = f'schema["{name}"]'
    allowed = {"commonTypes", "entityTypes", "actions"} | ({"annotations"} if name else set())
    inside = read_object(value, path, allowed, ("entityTypes", "actions"))
    common = read_object(inside.get("commonTypes", {}), f"{path}.commonTypes")
    entities = read_object(inside["entityTypes"], f"{path}.entityTypes")
    actions = read_object(inside["actions"], f"{path}.actions")
    return Namespace(
        name,
        {key: _common(key, entry, f"{path}.commonTypes.{key}") for key, entry in common.items()},
        {key: _entity(key, entry, f"{path}.entityTypes.{key}") for key, entry in entities.items()},
        {key: _action(entry, f"{path}.actions.{key}") for key, entry in actions.items()},
        read_annotations(inside, path),
    )


def _common(name: str, value: object, path: str) -> WrittenCommonType:
    check_name(fault_of_common_type(name), path)
    inside = read_object(value, path)
    return WrittenCommonType(type_from_json(without(inside, "annotations"), path), read_annotations(inside, path))


def _entity(name: str, value: object, path: str) -> WrittenEntity:
    check_name(fault_of_entity_type(name), path)
    if "enum" in read_object(value, path):
        inside = read_object(value, path, {"enum", "annotations"})
        ids = tuple(read_string(id_, f"{path}.enum") for id_ in read_list(inside["enum"], f"{path}.enum"))
        if not ids:
            raise Misconfigured("an enum has at least one id", where=f"{path}.enum")
        return WrittenEntity(enum=ids, annotations=read_annotations(inside, path))
    inside = read_object(value, path, {"memberOfTypes", "shape", "tags", "annotations"})
    return WrittenEntity(
        _entity_names(inside.get("memberOfTypes", []), f"{path}.memberOfTypes"),
        type_from_json(inside["shape"], f"{path}.shape") if "shape" in inside else WrittenRecord(),
        type_from_json(inside["tags"], f"{path}.tags") if inside.get("tags") is not None else None,
        annotations=read_annotations(inside, path),
    )


def _action(value: object, path: str) -> WrittenAction:
    inside = read_object(value, path, {"appliesTo", "memberOf", "attributes", "annotations"})
    if inside.get("attributes") not in (None, {}):
        raise Misconfigured("an action has no attributes", where=f"{path}.attributes", hint="leave attributes away")
    above, scope = inside.get("memberOf"), inside.get("appliesTo")
    groups = [] if above is None else read_list(above, f"{path}.memberOf")
    return WrittenAction(
        tuple(_group(group, f"{path}.memberOf") for group in groups),
        None if scope is None else _scope(scope, f"{path}.appliesTo"),
        read_annotations(inside, path),
    )


def _group(value: object, path: str) -> WrittenGroup:
    inside = read_object(value, path, {"id", "type"}, ("id",))
    type_ = inside.get("type")
    if type_ is not None:
        read_name(type_, f"{path}.type")
    return WrittenGroup(read_string(inside["id"], f"{path}.id"), type_)


def _scope(value: object, path: str) -> WrittenScope:
    needed = ("principalTypes", "resourceTypes")
    inside = read_object(value, path, {*needed, "context"}, needed)
    principals, resources = (_entity_names(inside[name], f"{path}.{name}") for name in needed)
    context = type_from_json(inside["context"], f"{path}.context") if "context" in inside else WrittenRecord()
    return WrittenScope(principals, resources, context)


def _entity_names(value: object, path: str) -> tuple[Name, ...]:
    return tuple(Name(read_name(name, path), "entity") for name in read_list(value, path))
