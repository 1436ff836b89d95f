"""A no, explained: which rule came nearest, which conditions failed with which values, and what would change it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ringwall.caller import Caller
from ringwall.decision import Condition, Decision, RuleOutcome
from ringwall.policy.explanation.object_world import ObjectWorld
from ringwall.policy.explanation.remedy import Remedy, remedy
from ringwall.policy.explanation.weigh import Weighed, weigh
from ringwall.policy.objects.principal import role_of, service_of, speaks_about
from ringwall.policy.objects.question import Question

if TYPE_CHECKING:
    from ringwall.policy.objects.entry import Entry

_WEIGHED = 256  # permits; whoever is refused must not cost a service more than whoever is let in


def no_permit(question: Question, resource: str, candidates: list[Entry]) -> Decision:
    """None of the candidates, the permits for this action on this kind of resource, applied."""
    caller = question.caller
    mine = [
        entry
        for entry in candidates
        if not service_of(entry.policy) and (caller.kind == "person" or not _bare_role(entry))
    ]
    if not mine and caller.kind == "service":
        return _no(
            question,
            resource,
            f"no rule permits {question.action} to service {caller.name}",
            help_=_grant(question, caller),
        )
    if not mine:
        return _no(question, resource, f"no rule permits {question.action} to anyone")
    world = ObjectWorld(question)
    weighed = [(entry, weigh(entry.unfolded, world)) for entry in mine[:_WEIGHED]]
    ranked = [(remedy(tree, True, world), entry, tree) for entry, tree in weighed]
    # At equal distance the rule with a condition says more than a bare role.
    help_, entry, tree = min(ranked, key=lambda one: (one[0].cost, _bare_role(one[1])))
    if all(_bare_role(entry) for entry in mine):
        roles = list(dict.fromkeys(role_of(entry.policy) for entry in mine))
        return _needs_role(question, resource, roles, _outcome(entry, tree, question))
    nearest = _outcome(entry, tree, question)
    among = f" of the first {_WEIGHED}" if len(mine) > _WEIGHED else ""
    summary = f"no permit applies; the nearest{among} is {_said(entry)}"
    return _no(question, resource, summary, nearest=nearest, help_=help_)


def forbidden(question: Question, resource: str, entry: Entry) -> Decision:
    """A forbid applied, or could not be evaluated: for a guard that is the same."""
    world = ObjectWorld(question)
    tree = weigh(entry.unfolded, world)
    outcome = _outcome(entry, tree, question)
    if entry.outcome(question) is None:
        return _no(
            question, resource, f"it cannot be told whether a rule forbids this: {_said(entry)}", reasons=(outcome,)
        )
    help_ = remedy(tree, False, world)
    return _no(question, resource, f"forbidden by {_said(entry)}", reasons=(outcome,), help_=help_)


def role_missing(question: Question, resource: str, role: str) -> Decision:
    """The mark asks for a role beside its action."""
    condition = Condition(f"role {role}", held=False, values=ObjectWorld(question).groups())
    outcome = RuleOutcome(f"role={role}", "permit", f"Requires role {role}.", "", held=False, condition=condition)
    return _needs_role(question, resource, [role], outcome)


def actor_may_not(question: Question, resource: str, actor: Caller) -> Decision:
    """The person may, but not through this service."""
    return _no(
        question,
        resource,
        f"{actor.name}, acting for {question.caller.id}, may not {question.action} itself",
        help_=_grant(question, actor),
    )


def unknown_action(question: Question, resource: str, nearest: str) -> Decision:
    """Nobody ever named this action: neither a mark nor a rule."""
    hint = f"; did you mean {nearest}?" if nearest else ""
    return _no(question, resource, f"no rule and no mark knows the action {question.action}{hint}")


def outcome_of(entry: Entry, question: Question) -> RuleOutcome:
    """What one rule says, unfolded."""
    return _outcome(entry, weigh(entry.unfolded, ObjectWorld(question)), question)


def _needs_role(question: Question, resource: str, roles: list[str], outcome: RuleOutcome) -> Decision:
    summary = f"requires role {' or '.join(roles)}; {ObjectWorld(question).groups()}"
    ways = tuple((f"hold the role {role}",) for role in roles)
    return _no(question, resource, summary, nearest=outcome, help_=Remedy(1, ways))


def _no(
    question: Question,
    resource: str,
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
        resource,
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


def _outcome(entry: Entry, weighed: Weighed, question: Question) -> RuleOutcome:
    held = speaks_about(entry.policy.principal, question.caller) and entry.outcome(question) is True
    said = entry.said
    return RuleOutcome(said.rule, said.effect, said.sentence, said.where, held, weighed.condition, said.public)


def _said(entry: Entry) -> str:
    return f"'{entry.policy.sentence or entry.policy.id}'  {entry.policy.where}".rstrip()
