"""A resolved schema: which entity types and actions there are, what they look like, and who may be asked about what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.schema.types import RecordType, Type
from ringwall.policy.schema.written import Namespace


@dataclass(frozen=True, slots=True)
class EntityDeclaration:
    """``entity name in [parents] { shape } tags …;``, or ``entity name enum [ids];`` with ``enum``.

    ``ancestors`` are all types that an entity of this one may stand below: its parents' and theirs, and itself only
    where it is declared to be its own parent.
    """

    name: str
    shape: RecordType = field(default_factory=RecordType)
    parents: frozenset[str] = frozenset()
    ancestors: frozenset[str] = frozenset()
    tags: Type | None = None
    enum: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class ActionDeclaration:
    """``action name in [parents] appliesTo { … };``. Without principals or resources it is only a group.

    ``ancestors`` are the groups above it, at any distance.
    """

    uid: EntityUid
    parents: tuple[EntityUid, ...] = ()
    ancestors: frozenset[EntityUid] = frozenset()
    principals: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    context: RecordType = field(default_factory=RecordType)


class Environment(NamedTuple):
    """One kind of request that the schema allows: an action, with a type of principal and one of resource."""

    principal: str
    action: ActionDeclaration
    resource: str


@dataclass(frozen=True, slots=True)
class Schema:
    """Entity types by full name and actions by uid. ``written`` is what they were resolved from, for printing."""

    entity_types: Mapping[str, EntityDeclaration] = field(hash=False)
    actions: Mapping[EntityUid, ActionDeclaration] = field(hash=False)
    written: tuple[Namespace, ...] = field(default=(), compare=False, repr=False)

    @property
    def action_types(self) -> frozenset[str]:
        """The types of its actions: ``Action``, ``Shop::Action``."""
        return frozenset(uid.type for uid in self.actions)

    def environments(self) -> Iterator[Environment]:
        """Every kind of request there is."""
        for action in self.actions.values():
            for principal in action.principals:
                for resource in action.resources:
                    yield Environment(principal, action, resource)
