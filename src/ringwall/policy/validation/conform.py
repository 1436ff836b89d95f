"""Entities and requests against a schema. What conforms, a valid policy can be asked about without an error."""

from __future__ import annotations

from collections.abc import Iterator

from ringwall.errors import Misconfigured
from ringwall.policy.entities.entities import Entities
from ringwall.policy.entities.entity import Entity
from ringwall.policy.evaluation.request import Request
from ringwall.policy.language.hints import nearest
from ringwall.policy.schema.schema import EntityDeclaration, Schema
from ringwall.policy.validation.value_faults import field_faults, uid_faults, value_faults


class Nonconforming(Misconfigured):
    """Entities or a request that are not what the schema declares. ``problems`` has all that is wrong with them."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        first, *others = problems
        more = f" (and {len(others)} more)" if others else ""
        super().__init__(first + more, hint="send what the schema declares, or declare what is sent")


def check_entities(entities: Entities, schema: Schema) -> None:
    """Raises ``Nonconforming`` unless every entity has the attributes, the tags and the ancestors of its type."""
    if problems := tuple(fault for entity in entities.values() for fault in _entity_faults(entity, entities, schema)):
        raise Nonconforming(problems)


def check_request(request: Request, schema: Schema) -> None:
    """Raises ``Nonconforming`` unless the schema has the action, for this principal, resource and context."""
    if problems := tuple(_request_faults(request, schema)):
        raise Nonconforming(problems)


def _entity_faults(entity: Entity, entities: Entities, schema: Schema) -> Iterator[str]:
    uid = entity.uid
    if uid in schema.actions:
        if entity.attributes or entity.tags or entities.ancestors(uid) != schema.actions[uid].ancestors:
            yield f"{uid} is not the action that the schema declares"
        return
    declared = schema.entity_types.get(uid.type)
    if declared is None:
        yield _unknown(uid.type, schema) if uid.type not in schema.action_types else f"there is no action {uid}"
        return
    yield from uid_faults(uid, str(uid), schema)
    yield from field_faults(entity.attributes, declared.shape.fields, str(uid), schema)
    yield from _tag_faults(entity, declared, schema)
    for above in entities.ancestors(uid):
        if above.type not in declared.ancestors:
            yield f"{uid} stands below {above}, and the schema has no {uid.type} below {above.type}"
        yield from uid_faults(above, f"above {uid}", schema)


def _tag_faults(entity: Entity, declared: EntityDeclaration, schema: Schema) -> Iterator[str]:
    if declared.tags is None:
        if entity.tags:
            yield f"{entity.uid} has tags, and the schema has none for {declared.name}"
        return
    for name, value in entity.tags.items():
        yield from value_faults(value, declared.tags, f"the tag {name} of {entity.uid}", schema)


def _request_faults(request: Request, schema: Schema) -> Iterator[str]:
    action = schema.actions.get(request.action)
    if action is None:
        hint = nearest(str(request.action), map(str, schema.actions))
        yield f"there is no action {request.action}" + (f"; {hint}" if hint else "")
        return
    for part, uid, allowed in (
        ("principal", request.principal, action.principals),
        ("resource", request.resource, action.resources),
    ):
        if uid.type not in schema.entity_types:
            yield _unknown(uid.type, schema)
        elif uid.type not in allowed:
            types = ", ".join(allowed) or "nothing"
            yield f"{action.uid} applies to no {part} {uid.type}, only to {types}"
        yield from uid_faults(uid, f"the {part}", schema)
    yield from field_faults(request.context, action.context.fields, "context", schema)


def _unknown(name: str, schema: Schema) -> str:
    hint = nearest(name, schema.entity_types)
    return f"there is no entity type {name}" + (f"; {hint}" if hint else "")
