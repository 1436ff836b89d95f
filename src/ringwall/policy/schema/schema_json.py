"""Cedar's JSON schema format 4.5, both ways: an object of namespaces by name, ``""`` among them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringwall.policy.json_reading import read_object
from ringwall.policy.schema.json_namespace import namespace_from_json
from ringwall.policy.schema.resolve import resolved
from ringwall.policy.schema.schema import Schema
from ringwall.policy.schema.types import BoolType, ExtensionType, Type
from ringwall.policy.schema.written import (
    Builtin,
    Name,
    Namespace,
    WrittenAction,
    WrittenEntity,
    WrittenField,
    WrittenGroup,
    WrittenRecord,
    WrittenScope,
    WrittenSet,
    WrittenType,
)


def schema_from_json(value: object) -> Schema:
    """The schema of an already decoded JSON value.

    Raises ``Misconfigured`` with the path of what is wrong, and ``Unreadable`` for a name that is not declared.
    """
    namespaces = read_object(value, "schema").items()
    return resolved(namespace_from_json(name, inside) for name, inside in namespaces)


def schema_to_json(schema: Schema) -> dict[str, Any]:
    """The schema as it was written: common types stay, and so do relative names and annotations."""
    return {namespace.name: _namespace(namespace) for namespace in schema.written}


def _namespace(namespace: Namespace) -> dict[str, Any]:
    common = {
        name: _type(common.type) | _annotations(common.annotations) for name, common in namespace.common_types.items()
    }
    entities = {name: _entity(entity) for name, entity in namespace.entities.items()}
    actions = {name: _action(action) for name, action in namespace.actions.items()}
    made: dict[str, Any] = {"commonTypes": common} if common else {}
    return made | {"entityTypes": entities, "actions": actions} | _annotations(namespace.annotations)


def _entity(entity: WrittenEntity) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if entity.enum is not None:
        made["enum"] = list(entity.enum)
    if entity.parents:
        made["memberOfTypes"] = [parent.name for parent in entity.parents]
    if entity.shape != WrittenRecord():
        made["shape"] = _type(entity.shape)
    if entity.tags is not None:
        made["tags"] = _type(entity.tags)
    return made | _annotations(entity.annotations)


def _action(action: WrittenAction) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if action.applies_to is not None:
        made["appliesTo"] = _scope(action.applies_to)
    if action.groups:
        made["memberOf"] = [_group(group) for group in action.groups]
    return made | _annotations(action.annotations)


def _scope(scope: WrittenScope) -> dict[str, Any]:
    made: dict[str, Any] = {
        "principalTypes": [name.name for name in scope.principals],
        "resourceTypes": [name.name for name in scope.resources],
    }
    return made if scope.context == WrittenRecord() else made | {"context": _type(scope.context)}


def _group(group: WrittenGroup) -> dict[str, str]:
    return {"id": group.id} | ({} if group.type is None else {"type": group.type})


def _type(written: WrittenType) -> dict[str, Any]:
    match written:
        case Name(kind="entity"):
            return {"type": "Entity", "name": written.name}
        case Name(kind="common"):
            return {"type": written.name}
        case Name():
            return {"type": "EntityOrCommon", "name": written.name}
        case Builtin():
            return _builtin(written.type)
        case WrittenSet():
            return {"type": "Set", "element": _type(written.element)}
        case WrittenRecord():
            return {"type": "Record", "attributes": {name: _field(field) for name, field in written.fields.items()}}


def _field(field: WrittenField) -> dict[str, Any]:
    return _type(field.type) | ({} if field.required else {"required": False}) | _annotations(field.annotations)


def _builtin(known: Type) -> dict[str, Any]:
    match known:
        case ExtensionType():
            return {"type": "Extension", "name": known.name}
        case BoolType():
            return {"type": "Boolean"}
    return {"type": str(known)}


def _annotations(annotations: Mapping[str, str]) -> dict[str, Any]:
    return {"annotations": dict(annotations)} if annotations else {}
