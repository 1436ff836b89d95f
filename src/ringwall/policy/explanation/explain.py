"""A decision in Cedar's own world, explained: the same structure as at a guard, for requests that no guard asked."""

from __future__ import annotations

from collections.abc import Iterable

from ringwall.decision import Decision, RuleOutcome
from ringwall.policy.entities.entities import Entities
from ringwall.policy.evaluation.engine import CedarEngine
from ringwall.policy.evaluation.request import Request
from ringwall.policy.explanation.entity_world import EntityWorld
from ringwall.policy.explanation.remedy import Remedy, remedy
from ringwall.policy.explanation.unfold import unfold_whole
from ringwall.policy.explanation.weigh import Weighed, weigh
from ringwall.policy.policy import Policy
from ringwall.policy.policy_set import PolicySet


def explain(policies: Iterable[Policy] | PolicySet, request: Request, entities: Entities) -> Decision:
    """The decision, each policy that decided unfolded, or else the permit that came nearest.

    As at a guard, a forbid that errs is a no. Raises ``Misconfigured`` for two policies of one id.
    """
    each = {policy.id: policy for policy in given(policies).policies}
    response = CedarEngine(each.values()).respond(request, entities)
    erred = {error.policy_id: error.message for error in response.errors}
    world = EntityWorld(request, entities)

    def told(
        allowed: bool,
        summary: str,
        reasons: Iterable[str] = (),
        nearest: RuleOutcome | None = None,
        help_: Remedy | None = None,
    ) -> Decision:
        return Decision(
            allowed,
            str(request.action),
            str(request.principal),
            str(request.resource),
            summary,
            reasons=tuple(_outcome(each[id_], weigh(unfold_whole(each[id_]), world)) for id_ in reasons),
            nearest=nearest,
            remedy=str(help_ or ""),
        )

    unsure = [id_ for id_ in erred if each[id_].effect == "forbid"]
    if response.allowed and not unsure:
        return told(True, f"permitted by {_names(response.reasons, each)}", response.reasons)
    if response.reasons and not response.allowed:
        first = weigh(unfold_whole(each[response.reasons[0]]), world)
        alone = len(response.reasons) == 1
        help_ = remedy(first, False, world) if alone else None
        return told(False, f"forbidden by {_names(response.reasons, each)}", response.reasons, help_=help_)
    if unsure:
        summary = f"it cannot be told whether {unsure[0]} forbids this: {erred[unsure[0]]}"
        return told(False, summary, unsure)
    ranked = []
    for place, policy in enumerate(each.values()):
        if policy.effect == "permit":
            tree = weigh(unfold_whole(policy), world)
            ranked.append((remedy(tree, True, world), place, policy.id, tree))
    if not ranked:
        return told(False, "there is no permit")
    help_, _, id_, tree = min(ranked, key=lambda one: (one[0].cost, one[1]))
    summary = f"no permit applies; the nearest is {_names([id_], each)}"
    return told(False, summary, nearest=_outcome(each[id_], tree), help_=help_)


def outcomes(policies: Iterable[Policy] | PolicySet, request: Request, entities: Entities) -> tuple[RuleOutcome, ...]:
    """Every policy unfolded with its values, whether it decided or not."""
    world = EntityWorld(request, entities)
    return tuple(_outcome(policy, weigh(unfold_whole(policy), world)) for policy in given(policies).policies)


def given(policies: Iterable[Policy] | PolicySet) -> PolicySet:
    """A set, if it is none yet."""
    return policies if isinstance(policies, PolicySet) else PolicySet.of(policies)


def _outcome(policy: Policy, tree: Weighed) -> RuleOutcome:
    held = tree.outcome is True
    return RuleOutcome(policy.id, policy.effect, policy.sentence, policy.where, held, tree.condition, policy.public)


def _names(ids: Iterable[str], each: dict[str, Policy]) -> str:
    return ", ".join(f"{id_}  {each[id_].where}".rstrip() for id_ in ids)
