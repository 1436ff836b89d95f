"""From a question in JSON to a Cedar request with its entities.

**A type is either the set's or the caller's.** Where the set stores entities of a type, they are the whole truth about
that type: what is sent about one of them is not believed, only compared, and a difference is a no. Entities of other
types have the attributes that were sent. Nobody gets a parent by being sent one. What is said about an action is
``context.action``. A schema decides the type of each value; what it does not declare is left out, since no policy that
fits it can read that.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ringwall.authority.policies.declared import without_undeclared
from ringwall.authority.policies.question import Doing, Question, Thing
from ringwall.authority.policies.verdict import Refused
from ringwall.authority.policies.visitors import Visitors
from ringwall.errors import Misconfigured
from ringwall.policy.bundle import Bundle
from ringwall.policy.entities.entities import Entities
from ringwall.policy.entities.entity import Entity
from ringwall.policy.entities.value_json import value_from_json
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.evaluation.request import Request
from ringwall.policy.language.parse import parse_entity_uid
from ringwall.policy.schema.types import RecordType
from ringwall.policy.validation.value_faults import uid_faults, value_faults
from ringwall.policy.values.record import Record
from ringwall.policy.values.value import equal

_TYPE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:::[A-Za-z_][A-Za-z0-9_]*)*")
_WHOLE_ACTION = re.compile(r"(?:[A-Za-z_][A-Za-z0-9_]*::)*Action::\".*\"", re.DOTALL)


class World:
    """The entities and the schema of one policy set."""

    def __init__(self, bundle: Bundle) -> None:
        self._schema = bundle.schema
        self._stored = bundle.entities
        self._own_types = frozenset(uid.type for uid in bundle.entities)

    def asked(self, question: Question) -> tuple[Request, Entities]:
        """The request that the question means. Raises :class:`Refused`."""
        action = self.action(question.action.name)
        subject, resource = self._entity("subject", question.subject), self._entity("resource", question.resource)
        if self._schema is not None:
            self._check_applies(action, subject.uid, resource.uid)
        if subject.uid == resource.uid and subject != resource:
            raise Refused("properties_disagree", "subject and resource are one entity, with different properties")
        request = Request(subject.uid, action, resource.uid, self._context(question.action, question.context, action))
        visiting = [entity for entity in (subject, resource) if entity.uid not in self._stored]
        return request, Visitors(self._stored, visiting)

    def action(self, name: str) -> EntityUid:
        """The action called ``name``: ``Action::"name"``, or written in full. Raises :class:`Refused`."""
        uid = EntityUid("Action", name)
        if _WHOLE_ACTION.fullmatch(name):
            try:
                uid = parse_entity_uid(name)
            except Misconfigured as error:
                raise Refused("unknown_action", error.message) from None
        if self._schema is not None and uid not in self._schema.actions:
            raise Refused("unknown_action", f"the schema declares no {uid}")
        return uid

    def _check_applies(self, action: EntityUid, subject: EntityUid, resource: EntityUid) -> None:
        assert self._schema is not None
        declared = self._schema.actions[action]
        if subject.type not in declared.principals or resource.type not in declared.resources:
            raise Refused("not_applicable", f"{action} does not apply to {subject.type} and {resource.type}")

    def _entity(self, role: str, thing: Thing) -> Entity:
        uid, where = EntityUid(thing.type, thing.id), f"{role}.properties"
        if not _TYPE.fullmatch(thing.type):
            raise Refused("unknown_type", f"{role}.type is no name of an entity type")
        shape = None
        if self._schema is not None:
            if thing.type not in self._schema.entity_types:
                raise Refused("unknown_type", f"the schema declares no {thing.type}")
            shape = self._schema.entity_types[thing.type].shape
            for fault in uid_faults(uid, role, self._schema):
                raise Refused("unknown_type", fault)
        if thing.type not in self._own_types:
            return Entity(uid, self._read(thing.properties, shape, where))
        stored = self._stored.find(uid)
        known = {name: value for name, value in thing.properties.items() if name in stored.attributes}
        for name, value in self._read(known, shape, where).items():
            if not equal(value, stored.attributes[name]):
                raise Refused("properties_disagree", f"{where}.{name} is not what is stored of {uid}")
        return stored

    def _context(self, doing: Doing, context: Mapping[str, Any], action: EntityUid) -> Record:
        if doing.properties:
            if "action" in context:
                raise Refused("unreadable", "context.action is where action.properties go; send one of them")
            context = {**context, "action": doing.properties}
        return self._read(
            context, self._schema.actions[action].context if self._schema is not None else None, "context"
        )

    def _read(self, sent: Mapping[str, Any], declared: RecordType | None, where: str) -> Record:
        """What was sent as Cedar's values, each of its declared type. Raises :class:`Refused`.

        What is declared and was not sent is no error here: a policy that reads it errs, and an error is a no.
        """
        json = dict(sent) if declared is None else without_undeclared(dict(sent), declared)
        try:
            found = value_from_json(json, declared, where=where)
        except Misconfigured as error:
            raise Refused("unreadable", error.message) from None
        if not isinstance(found, Record):
            raise Refused("unreadable", f"{where} is an escape, and must be an object of attributes")
        if declared is not None and self._schema is not None:
            for name, value in found.items():
                for fault in value_faults(value, declared.fields[name].type, f"{where}.{name}", self._schema):
                    raise Refused("unreadable", fault)
        return found
