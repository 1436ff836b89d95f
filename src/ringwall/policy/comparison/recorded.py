"""A decision of an audit log as a question of Cedar: who asked for what, and what was written down around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ringwall.errors import Misconfigured
from ringwall.policy.actions import ACTION, groups_of
from ringwall.policy.entities.context_json import context_from_json
from ringwall.policy.entities.entities import Entities
from ringwall.policy.entities.entity import Entity
from ringwall.policy.entities.uid_json import uid_from_json
from ringwall.policy.entities.value_json import value_from_json
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.evaluation.request import Request
from ringwall.policy.language.parse import parse_entity_uid
from ringwall.policy.objects.principal import FIELDS, PERSON, ROLE, SERVICE
from ringwall.policy.values.record import Record
from ringwall.policy.values.value import Value

_SHAPE = 2


@dataclass(frozen=True, slots=True)
class Known:
    """What a log has of one entity beside its attributes: those that it had not, and whether its parents are all.

    ``lacks`` is given where everything else is known: the claims that a caller had and the log has not.
    """

    absent: frozenset[str] = frozenset()
    parents: bool = False
    lacks: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """One decision of a log.

    ``actor`` is the service that asked on the principal's behalf, ``role`` what the mark asked for beside the action;
    ``with_context`` says whether the context was written down.
    """

    id: str
    allowed: bool
    request: Request
    entities: Entities
    known: Mapping[EntityUid, Known]
    actor: EntityUid | None = None
    role: str = ""
    with_context: bool = False

    def knows(self, owner: EntityUid, name: str) -> bool:
        """Whether the log has the attribute of an entity, or that there was none."""
        known = self.known.get(owner, Known())
        if known.lacks is not None:
            return name not in known.lacks
        return name in known.absent or name in self.entities.find(owner).attributes

    def knows_parents(self, child: EntityUid) -> bool:
        """Whether the log has all that an entity was directly in. Roles are in nothing."""
        return child.type == ROLE or self.known.get(child, Known()).parents

    @property
    def holds_role(self) -> bool:
        """Whether the principal has what the mark asked for."""
        return not self.role or EntityUid(ROLE, self.role) in self.entities.find(self.request.principal).parents


def recorded(detail: Mapping[str, Any], *, allowed: bool) -> Recorded | str:
    """A decision out of an event's detail, or why it cannot be asked again."""
    facts = detail.get("facts")
    if not isinstance(facts, dict):
        return "nobody was recorded as its caller"
    if facts.get("shape", _SHAPE) != _SHAPE:  # the oldest rows have none
        return "another version wrote it down"
    if facts.get("missing"):
        return "its object was not found"
    if isinstance(facts.get("actor"), str):
        return "a service asked for a person, and its own rights were not recorded"
    try:
        resource = parse_entity_uid(detail["resource"]) if detail["resource"] else EntityUid("Application", "")
    except Misconfigured:
        return "its resource is no entity"
    try:
        return _recorded(detail, facts, resource, allowed=allowed)
    except Misconfigured as error:
        return f"its facts cannot be read: {error}"


def _recorded(detail: Mapping[str, Any], facts: Mapping[str, Any], resource: EntityUid, *, allowed: bool) -> Recorded:
    action = EntityUid(ACTION, detail["action"])
    groups = [EntityUid(ACTION, name) for name in groups_of(action.id)]
    context = dict(context_from_json(facts.get("context", {})))
    principal, actor = _caller(facts), None
    callers = [(principal, facts)]
    if "actor" in facts:
        callers.append((_caller(facts["actor"]), facts["actor"]))
        context["actor"] = actor = callers[1][0].uid
    entities = {action: Entity(action, {}, groups)}
    known = {action: Known(parents=True, lacks=frozenset())}
    for one in facts.get("entities", ()):
        entity, its = _entity(one)
        entities[entity.uid], known[entity.uid] = entity, its
    for caller, its_facts in callers:
        entities[caller.uid] = caller
        known[caller.uid] = Known(parents=True, lacks=frozenset(its_facts["left_out"]))
    return Recorded(
        detail["id"],
        allowed,
        Request(principal.uid, action, resource, Record(context)),
        Entities(entities.values()),
        known,
        actor,
        facts.get("role", ""),
        "context" in facts,
    )


def _caller(facts: Mapping[str, Any]) -> Entity:
    uid = EntityUid(SERVICE if facts["kind"] == "service" else PERSON, facts["id"])
    attributes: dict[str, Value] = {
        **{name: value_from_json(value) for name, value in facts["claims"].items()},
        **{name: facts[name] for name in FIELDS},
    }
    return Entity(uid, attributes, [EntityUid(ROLE, role) for role in facts["roles"]])


def _entity(told: Mapping[str, Any]) -> tuple[Entity, Known]:
    uid = uid_from_json(told["uid"], "an entity of the log")
    attributes = {name: value_from_json(value) for name, value in told["attrs"].items()}
    parents = [uid_from_json(parent, "a parent of the log") for parent in told.get("parents", ())]
    return Entity(uid, attributes, parents), Known(frozenset(told["absent"]), "parents" in told)
