"""A no, explained: which rule came nearest, which conditions failed with which values, and what would change it."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from ringwall.caller import Caller
from ringwall.decision import Condition, Decision, RuleOutcome
from ringwall.policy.explanation.remedy import Remedy, remedy
from ringwall.policy.explanation.shown_values import roles_of
from ringwall.policy.explanation.unfold import Weighed, weigh
from ringwall.policy.objects.engine import Entry
from ringwall.policy.objects.principal import role_of, service_of, speaks_about


class Question(NamedTuple):
    """What was asked. ``text`` is the resource as shown."""

    caller: Caller
    action: str
    resource: object
    text: str


def no_permit(question: Question, candidates: list[Entry]) -> Decision:
    """None of the candidates, the permits for this action on this kind of resource, applied."""
    caller = question.caller
    mine = [
        entry
        for entry in candidates
        if not service_of(entry.policy) and (caller.kind == "person" or not _bare_role(entry))
    ]
    if not mine and caller.kind == "service":
        return _no(
            question, f"no rule permits {question.action} to service {caller.name}", help_=_grant(question, caller)
        )
    if not mine:
        return _no(question, f"no rule permits {question.action} to anyone")
    weighed = [(entry, weigh(entry.unfolded, caller, question.resource)) for entry in mine]
    ranked = [(remedy(tree, True, caller, question.resource), entry, tree) for entry, tree in weighed]
    # At equal distance the rule with a condition says more than a bare role.
    help_, entry, tree = min(ranked, key=lambda one: (one[0].cost, _bare_role(one[1])))
    if all(_bare_role(entry) for entry in mine):
        roles = list(dict.fromkeys(role_of(entry.policy) for entry in mine))
        return _needs_role(question, roles, _outcome(entry, tree, caller, question.resource))
    nearest = _outcome(entry, tree, question.caller, question.resource)
    summary = f"no permit applies; the nearest is {_said(entry)}"
    return _no(question, summary, nearest=nearest, help_=help_)


def forbidden(question: Question, entry: Entry) -> Decision:
    """A forbid applied, or could not be evaluated: for a guard that is the same."""
    tree = weigh(entry.unfolded, question.caller, question.resource)
    outcome = _outcome(entry, tree, question.caller, question.resource)
    if entry.outcome(question.caller, question.resource) is None:
        return _no(question, f"it cannot be told whether a rule forbids this: {_said(entry)}", reasons=(outcome,))
    help_ = remedy(tree, False, question.caller, question.resource)
    return _no(question, f"forbidden by {_said(entry)}", reasons=(outcome,), help_=help_)


def role_missing(question: Question, role: str) -> Decision:
    """The mark asks for a role beside its action."""
    values = f"roles: {roles_of(question.caller)}"
    condition = Condition(f"role {role}", held=False, values=values)
    outcome = RuleOutcome(f"role={role}", "permit", f"Requires role {role}.", "", held=False, condition=condition)
    return _needs_role(question, [role], outcome)


def actor_may_not(question: Question, actor: Caller) -> Decision:
    """The person may, but not through this service."""
    return _no(
        question,
        f"{actor.name}, acting for {question.caller.id}, may not {question.action} itself",
        help_=_grant(question, actor),
    )


def unknown_action(question: Question, nearest: str) -> Decision:
    """Nobody ever named this action: neither a mark nor a rule."""
    hint = f"; did you mean {nearest}?" if nearest else ""
    return _no(question, f"no rule and no mark knows the action {question.action}{hint}")


def outcome_of(entry: Entry, caller: Caller, resource: object) -> RuleOutcome:
    """What one rule says, unfolded."""
    return _outcome(entry, weigh(entry.unfolded, caller, resource), caller, resource)


def _needs_role(question: Question, roles: list[str], outcome: RuleOutcome) -> Decision:
    summary = f"requires role {' or '.join(roles)}; roles: {roles_of(question.caller)}"
    ways = tuple((f"hold the role {role}",) for role in roles)
    return _no(question, summary, nearest=outcome, help_=Remedy(1, ways))


def _no(
    question: Question,
    summary: str,
    *,
    reasons: tuple[RuleOutcome, ...] = (),
    nearest: RuleOutcome | None = None,
    help_: Remedy | None = None,
) -> Decision:
    shown = reasons[0] if reasons else nearest
    return Decision(
        False,
        question.action,
        str(question.caller),
        question.text,
        summary,
        reasons=reasons,
        nearest=nearest,
        remedy=str(help_) if help_ is not None else "",
        said_outside=shown.sentence if shown is not None and shown.public else "",
    )


def _grant(question: Question, service: Caller) -> Remedy:
    return Remedy(1, ((f"grant {question.action} to {service.name} under [services]",),))


def _bare_role(entry: Entry) -> bool:
    return bool(role_of(entry.policy)) and entry.policy.condition is None


def _outcome(entry: Entry, weighed: Weighed, caller: Caller, resource: object) -> RuleOutcome:
    held = speaks_about(entry.policy.principal, caller) and entry.outcome(caller, resource) is True
    return replace(entry.said, held=held, condition=weighed.condition)


def _said(entry: Entry) -> str:
    return f"'{entry.policy.sentence or entry.policy.id}'  {entry.policy.where}".rstrip()
