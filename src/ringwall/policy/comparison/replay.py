"""Decisions of an audit log, asked again of other policies.

A log has who asked, with roles and claims, for what action, and which resource by its name; it has nothing of the
resource's attributes and of the context. So a policy that would read those can hold or not, and a decision that hangs
on it cannot be told. As at a guard, a forbid that errs is a no.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ringwall.errors import Misconfigured
from ringwall.policy.actions import ACTION, groups_of
from ringwall.policy.entities.entities import Entities
from ringwall.policy.entities.entity import Entity
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.evaluation.evaluate import evaluate
from ringwall.policy.evaluation.request import Request
from ringwall.policy.expression import Attribute, Expression, GetTag, Has, HasTag, In, Variable, walk
from ringwall.policy.language.expression_text import expression_text
from ringwall.policy.language.parse import parse_entity_uid
from ringwall.policy.policy import Policy
from ringwall.policy.scope import ANYTHING
from ringwall.policy.scope_condition import scope_conditions
from ringwall.policy.values.evaluation_error import EvaluationError
from ringwall.policy.values.value import Value


@dataclass(frozen=True, slots=True)
class Recorded:
    """One decision of a log. ``lacks`` are claims that the caller had and the log has not."""

    id: str
    allowed: bool
    request: Request
    entities: Entities
    lacks: frozenset[str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What other policies say: yes, no, or ``None`` where the log has too little. ``because`` says which and what."""

    allowed: bool | None
    because: str


def recorded(detail: Mapping[str, Any], *, allowed: bool) -> Recorded | str:
    """A decision out of an event's detail, or why it cannot be asked again."""
    facts = detail.get("facts")
    if not isinstance(facts, dict):
        return "nobody was recorded as its caller"
    if "actor" in facts:
        return "a service asked for a person, and its own rights were not recorded"
    principal = EntityUid("Service" if facts["kind"] == "service" else "Person", facts["id"])
    attributes: dict[str, Value] = {name: facts[name] for name in ("id", "kind", "proof", "issuer")} | facts["claims"]
    roles = [EntityUid("Role", role) for role in facts["roles"]]
    action = EntityUid(ACTION, detail["action"])
    try:
        resource = parse_entity_uid(detail["resource"]) if detail["resource"] else EntityUid("Application", "")
    except Misconfigured:
        return "its resource is no entity"
    groups = [EntityUid(ACTION, name) for name in groups_of(action.id)]
    entities = Entities([Entity(principal, attributes, roles), Entity(action, {}, groups)])
    return Recorded(detail["id"], allowed, Request(principal, action, resource), entities, frozenset(facts["left_out"]))


def replayed(decision: Recorded, policies: Iterable[Policy]) -> Verdict:
    """What ``policies`` say of the same question."""
    asking = _Asking(decision)
    held: dict[str, list[str]] = {"permit": [], "forbid": []}
    open_: dict[str, list[str]] = {"permit": [], "forbid": []}
    named = False
    for policy in policies:
        named = named or (policy.action != ANYTHING and asking.holds(Policy("", action=policy.action)) is True)
        outcome = asking.holds(policy)
        if outcome is True:
            held[policy.effect].append(policy.id)
        elif outcome is None:
            open_[policy.effect].append(f"{policy.id} reads {asking.unknown(policy)}")
    if held["forbid"]:
        return Verdict(False, f"forbidden by {', '.join(held['forbid'])}")
    if not named:
        return Verdict(None, f"no policy names the action {decision.request.action.id}")
    if not held["permit"] and not open_["permit"]:
        return Verdict(False, "no permit applies")
    if open_["forbid"] or not held["permit"]:
        return Verdict(None, (open_["forbid"] or open_["permit"])[0])
    return Verdict(True, f"permitted by {', '.join(held['permit'])}")


class _Asking:
    """Policies asked of one recorded decision."""

    def __init__(self, decision: Recorded) -> None:
        self._decision = decision

    def holds(self, policy: Policy) -> bool | None:
        """Whether it applies; ``None`` where that hangs on what was not recorded. A forbid that errs applies."""
        unknown = False
        conditions = [(part, True) for part in scope_conditions(policy)]
        conditions += [(clause.body, clause.kind == "when") for clause in policy.clauses]
        for condition, wanted in conditions:
            if next(self._reads(condition), None) is not None:
                unknown = True
                continue
            value = self._value(condition)
            if value is None and policy.effect == "forbid":
                # What stands before it may be false, and then it would not have been asked.
                return None if unknown else True
            if value is not wanted:
                # What stands before it may err, and then a forbid is a no all the same.
                return None if unknown and policy.effect == "forbid" else False
        return None if unknown else True

    def _value(self, condition: Expression) -> bool | None:
        try:
            value = evaluate(condition, self._decision.request, self._decision.entities)
        except EvaluationError:
            return None
        return value if isinstance(value, bool) else None

    def unknown(self, policy: Policy) -> str:
        """The first thing that a policy reads and the log has not."""
        bodies = [*scope_conditions(policy), *(clause.body for clause in policy.clauses)]
        return next(read for body in bodies for read in self._reads(body))

    def _reads(self, condition: Expression) -> Iterator[str]:
        """What a condition reads beside the caller, the action, and the resource's name."""
        for part in walk(condition):
            match part:
                case Attribute() | Has() if part.of == Variable(name="principal"):
                    if part.name in self._decision.lacks:
                        yield f"principal.{part.name}"
                case Attribute() | Has():
                    yield f"{expression_text(part.of)}.{part.name}"
                case HasTag() | GetTag():
                    yield f"the tags of {expression_text(part.of)}"
                case In() if part.left not in (Variable(name="principal"), Variable(name="action")):
                    yield f"what {expression_text(part.left)} is in"
                case Variable(name="context"):
                    yield "context"
