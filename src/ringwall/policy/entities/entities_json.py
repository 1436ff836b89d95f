"""Entities in Cedar's JSON: ``[{"uid": …, "attrs": {…}, "parents": [{…}], "tags": {…}}]``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ringwall.errors import Misconfigured
from ringwall.policy.entities.entities import Entities
from ringwall.policy.entities.entity import Entity
from ringwall.policy.entities.uid_json import text_from_json, uid_from_json, uid_to_json
from ringwall.policy.entities.value_json import value_from_json, value_to_json
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.json_place import Place
from ringwall.policy.schema.schema import EntityDeclaration, Schema
from ringwall.policy.schema.types import Type
from ringwall.policy.values.value import Value

_NEEDED, _KNOWN = {"uid", "attrs", "parents"}, {"uid", "attrs", "parents", "tags"}
_UNDECLARED = EntityDeclaration("")


def entities_from_json(json: object, schema: Schema | None = None) -> Entities:
    """All entities of a JSON text, already parsed.

    With a ``schema``, entities and extension values may be written without their escapes where it declares them, and
    its actions are added. Whether the entities are what it declares is for ``validation.conform`` to say.

    Raises ``Misconfigured``, naming the entity: for a key that is unknown or missing, a value that Cedar does not have,
    an entity that stands twice or above itself.
    """
    if not isinstance(json, list):
        raise Misconfigured("entities are a JSON list", hint='[{"uid": …, "attrs": {}, "parents": []}]')
    found = [_entity(one, number, schema) for number, one in enumerate(json, 1)]
    if schema is not None:
        given = {entity.uid for entity in found}
        actions = schema.actions.values()
        found += [Entity(action.uid, parents=action.parents) for action in actions if action.uid not in given]
    return Entities(found)


def entities_to_json(entities: Entities) -> list[dict[str, Any]]:
    """What ``entities_from_json`` reads, with or without a schema."""
    return [_to_json(entity) for entity in entities.values()]


def _entity(json: object, number: int, schema: Schema | None) -> Entity:
    if not isinstance(json, dict) or "uid" not in json:
        raise Misconfigured(f"entity {number} of the list has no uid", hint='{"uid": …, "attrs": {}, "parents": []}')
    uid = uid_from_json(json["uid"], Place("the uid of entity {} of the list", number))
    if missing := _NEEDED - json.keys():
        raise Misconfigured(f"{uid} has no {', '.join(sorted(missing))}", hint="it may be empty, not absent")
    if unknown := json.keys() - _KNOWN:
        first = repr(min(unknown, key=str))[:60]
        raise Misconfigured(f"{uid} has {first}, which is not known here", hint="it has uid, attrs, parents, tags")
    declared = _UNDECLARED if schema is None else schema.entity_types.get(uid.type, _UNDECLARED)
    types = {name: field.type for name, field in declared.shape.fields.items()}
    return Entity(
        uid,
        _values(json["attrs"], types.get, Place("the attrs of {}", uid), Place("{}", uid)),
        _parents(json["parents"], uid),
        _values(
            json.get("tags", {}), lambda _: declared.tags, Place("the tags of {}", uid), Place("the tags of {}", uid)
        ),
    )


def _parents(json: object, uid: EntityUid) -> list[EntityUid]:
    if not isinstance(json, list):
        raise Misconfigured(f"the parents of {uid} are no list")
    where = Place("a parent of {}", uid)
    parents = [uid_from_json(parent, where) for parent in json]
    if _is_action(uid) and (others := [parent for parent in parents if not _is_action(parent)]):
        raise Misconfigured(f"{uid} has the parent {others[0]}", hint="what an action is in is an action too")
    return parents


def _is_action(uid: EntityUid) -> bool:
    return uid.type.rpartition("::")[2] == "Action"


def _values(json: object, type_of: Callable[[str], Type | None], whole: Place, owner: Place) -> Mapping[str, Value]:
    """``whole`` is what the object is called, ``owner`` what the path to one of its values begins with."""
    if not isinstance(json, dict):
        raise Misconfigured(f"{whole} are no object")
    within = Place("a name in {}", whole)
    return {
        text_from_json(name, within): value_from_json(one, type_of(name), where=Place("{}.{}", owner, name))
        for name, one in json.items()
    }


def _to_json(entity: Entity) -> dict[str, Any]:
    written = {
        "uid": uid_to_json(entity.uid),
        "attrs": value_to_json(entity.attributes),
        "parents": [uid_to_json(parent) for parent in sorted(entity.parents)],
    }
    return {**written, "tags": value_to_json(entity.tags)} if entity.tags else written
