"""The policies for one action on one kind of resource, found by who asks and for what."""

from __future__ import annotations

from dataclasses import dataclass, field

from ringwall.caller import Caller
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.objects.entity import entity_uid
from ringwall.policy.objects.entry import Entry
from ringwall.policy.objects.principal import role_of, speaks_about, uid_of
from ringwall.policy.scope import Anything, EqualTo
from ringwall.policy.values.evaluation_error import EvaluationError


@dataclass(frozen=True, slots=True)
class Plan:
    """Those of anyone, of holders of a role, of one principal, and, for anyone, of one resource.

    ``others`` have a scope that no index finds; it is asked of each caller.
    """

    anyone: list[Entry] = field(default_factory=list)
    by_role: dict[str, list[Entry]] = field(default_factory=dict)
    by_uid: dict[EntityUid, list[Entry]] = field(default_factory=dict)
    by_resource: dict[EntityUid, list[Entry]] = field(default_factory=dict)
    others: list[Entry] = field(default_factory=list)

    def add(self, entry: Entry) -> None:
        """Put a policy where its scope says."""
        match entry.policy.principal, entry.policy.resource:
            case Anything(), EqualTo(entity=EntityUid() as uid):
                self.by_resource.setdefault(uid, []).append(entry)
            case Anything(), _:
                self.anyone.append(entry)
            case EqualTo(entity=EntityUid() as uid), _:
                self.by_uid.setdefault(uid, []).append(entry)
            case _ if role := role_of(entry.policy):
                self.by_role.setdefault(role, []).append(entry)
            case _:
                self.others.append(entry)

    def entries(self, caller: Caller) -> list[Entry]:
        """The policies whose scope includes this caller, whatever the resource."""
        found = self._of(caller)
        return found + _flat(self.by_resource) if self.by_resource else found

    def find(self, caller: Caller, resource: object) -> list[Entry]:
        """The policies that may speak about this caller and this resource."""
        found = self._of(caller)
        if not self.by_resource:
            return found
        try:
            return found + self.by_resource.get(entity_uid(resource), [])
        except EvaluationError:
            # Nothing tells which object this is: each of these policies errs, and says so.
            return found + _flat(self.by_resource)

    def all(self) -> list[Entry]:
        """Every policy of the plan, whoever asks."""
        return [*self.anyone, *_flat(self.by_role), *_flat(self.by_uid), *_flat(self.by_resource), *self.others]

    def _of(self, caller: Caller) -> list[Entry]:
        found = self.anyone
        if self.by_role:
            for role in caller.roles:
                if role in self.by_role:
                    found = found + self.by_role[role]
        if self.by_uid:
            found = found + self.by_uid.get(uid_of(caller), [])
        if self.others:
            found = found + [entry for entry in self.others if speaks_about(entry.policy.principal, caller)]
        return found


def _flat(groups: dict[str, list[Entry]] | dict[EntityUid, list[Entry]]) -> list[Entry]:
    return [entry for entries in groups.values() for entry in entries]
