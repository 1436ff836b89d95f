"""The scope of a policy in Cedar's JSON policy format, both ways."""

from __future__ import annotations

from typing import Any

from ringwall.errors import Misconfigured
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.json_reading import Where, below, nth, read_list, read_object, read_string
from ringwall.policy.language.expression_to_json import uid_to_json
from ringwall.policy.language.json_names import read_type, read_uid
from ringwall.policy.scope import ANYTHING, Anything, EqualTo, OfType, Place, Scope, Slot, Within, WithinAny


def scope_to_json(scope: Scope) -> dict[str, Any]:
    """An object whose ``op`` says which constraint it is."""
    match scope:
        case Anything():
            return {"op": "All"}
        case EqualTo():
            return {"op": "=="} | _place_to_json(scope.entity)
        case Within():
            return {"op": "in"} | _place_to_json(scope.entity)
        case WithinAny():
            return {"op": "in", "entities": [uid_to_json(entity) for entity in scope.entities]}
        case OfType():
            within = {} if scope.within is None else {"in": _place_to_json(scope.within)}
            return {"op": "is", "entity_type": scope.type, **within}


def scope_from_json(value: object, path: Where, variable: str) -> Scope:
    """The constraint on ``variable``: principal, action or resource. Raises ``Misconfigured``."""
    fields = dict(read_object(value, path, ("op", "entity", "entities", "slot", "entity_type", "in"), ("op",)))
    match read_string(fields.pop("op"), below(path, "op")):
        case "All":
            read_object(fields, path, ())
            return ANYTHING
        case "==":
            return EqualTo(_place(fields, path, variable))
        case "in" if variable == "action" and "entities" in fields:
            read_object(fields, path, ("entities",))
            entities = enumerate(read_list(fields["entities"], below(path, "entities")))
            return WithinAny(tuple(_action(entity, nth(below(path, "entities"), place)) for place, entity in entities))
        case "in":
            return Within(_place(fields, path, variable))
        case "is" if variable != "action":
            read_object(fields, path, ("entity_type", "in"), ("entity_type",))
            within = _place(fields["in"], below(path, "in"), variable) if "in" in fields else None
            return OfType(read_type(fields["entity_type"], below(path, "entity_type")), within)
        case other:
            hint = "an action has All, == or in" if variable == "action" else "it is All, ==, in or is"
            raise Misconfigured(f"`{other}` constrains no {variable}", where=str(below(path, "op")), hint=hint)


def _place_to_json(place: Place) -> dict[str, Any]:
    return {"slot": f"?{place.name}"} if isinstance(place, Slot) else {"entity": uid_to_json(place)}


def _place(value: object, path: Where, variable: str) -> Place:
    fields = read_object(value, path, ("entity", "slot"))
    if len(fields) != 1:
        raise Misconfigured("either `entity` or `slot` belongs here", where=str(path))
    if "entity" in fields:
        return (_action if variable == "action" else read_uid)(fields["entity"], below(path, "entity"))
    if variable == "action" or fields["slot"] != f"?{variable}":
        hint = "an action cannot be a slot" if variable == "action" else f"write ?{variable}"
        raise Misconfigured("this slot cannot stand here", where=str(below(path, "slot")), hint=hint)
    return Slot(variable)


def _action(value: object, path: Where) -> EntityUid:
    entity = read_uid(value, path)
    if entity.type.rpartition("::")[2] != "Action":
        raise Misconfigured(f"`{entity}` is no action", where=str(path), hint="its type is Action, or ends in ::Action")
    return entity
