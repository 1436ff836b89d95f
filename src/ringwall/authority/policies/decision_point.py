"""One version of a policy set, ready to decide. An error never becomes a yes."""

from __future__ import annotations

from collections.abc import Mapping

from ringwall.authority.policies.question import Question
from ringwall.authority.policies.verdict import Refused, Verdict
from ringwall.authority.policies.world import World
from ringwall.policy.bundle import Bundle
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.evaluation.engine import CedarEngine, Response
from ringwall.policy.explanation.explain import explain
from ringwall.policy.policy import Policy
from ringwall.policy.scope import EqualTo, WithinAny
from ringwall.store.policy_sets import PolicySetRow


class DecisionPoint:
    """Immutable; any number of threads may ask it."""

    def __init__(self, row: PolicySetRow, bundle: Bundle) -> None:
        self.row = row
        self._world = World(bundle)
        self._engine = CedarEngine(bundle.policies)
        self._policies: Mapping[str, Policy] = {policy.id: policy for policy in bundle.policies.policies}
        ids: dict[str, list[str]] = {}
        for uid in bundle.entities:
            ids.setdefault(uid.type, []).append(uid.id)
        self._ids = {kind: tuple(sorted(found)) for kind, found in ids.items()}
        self.actions = _actions(bundle)

    def decide(self, question: Question) -> Verdict:
        """The answer, with its reason. Never raises for what is asked."""
        try:
            request, entities = self._world.asked(question)
        except Refused as refused:
            return refused.verdict
        return self._verdict(self._engine.respond(request, entities))

    def explain(self, question: Question) -> str:
        """Why: rule by rule, value by value. It asks every policy, so it takes longer than a decision."""
        try:
            request, entities = self._world.asked(question)
        except Refused as refused:
            return refused.verdict.explanation
        return explain(self._policies.values(), request, entities).explain()

    def ids(self, kind: str) -> tuple[str, ...]:
        """The ids of all entities of this type that the set stores, sorted."""
        return self._ids.get(kind, ())

    def _verdict(self, response: Response) -> Verdict:
        failed = [error for error in response.errors if self._policies[error.policy_id].effect == "forbid"]
        if failed:
            ids = tuple(error.policy_id for error in failed)
            said = "; ".join(f"{self._named(error.policy_id)} failed: {error.message}" for error in failed)
            return Verdict(False, "forbid_failed", said, policies=ids)
        if response.allowed:
            return Verdict(True, "permitted", f"permitted by {self._all(response.reasons)}", policies=response.reasons)
        if response.reasons:
            told = [self._policies[id_] for id_ in response.reasons if self._policies[id_].public]
            said = f"forbidden by {self._all(response.reasons)}"
            return Verdict(False, "forbidden", said, told[0].sentence if told else "", response.reasons)
        said = "no policy permits it"
        for error in response.errors:
            said += f"; {self._named(error.policy_id)} failed: {error.message}"
        return Verdict(False, "no_permit", said)

    def _all(self, ids: tuple[str, ...]) -> str:
        return ", ".join(self._named(id_) for id_ in ids)

    def _named(self, id_: str) -> str:
        where = self._policies[id_].where
        return f"{id_} ({where})" if where else id_


def _actions(bundle: Bundle) -> tuple[str, ...]:
    """The names of what can be done: what the schema lets somebody do, else what policies and entities name."""
    if bundle.schema is not None:
        found = {uid for uid, action in bundle.schema.actions.items() if action.principals and action.resources}
    else:
        found = {uid for policy in bundle.policies.policies for uid in _in_scope(policy)}
        found |= {uid for uid in bundle.entities if uid.type.rpartition("::")[2] == "Action"}
    return tuple(sorted(uid.id if uid.type == "Action" else str(uid) for uid in found))


def _in_scope(policy: Policy) -> tuple[EntityUid, ...]:
    match policy.action:
        case EqualTo(entity=EntityUid() as uid):
            return (uid,)
        case WithinAny(entities=uids):
            return uids
    return ()
