"""The smallest change of recorded facts that would turn a decision of the log."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ringwall.policy.comparison.recorded import Known, Recorded
from ringwall.policy.comparison.replay import replayed
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.explanation.facts import Change, Facts, Field
from ringwall.policy.explanation.flip import flips
from ringwall.policy.policy import Policy


def recorded_flips(decision: Recorded, policies: Iterable[Policy]) -> list[tuple[Change, ...]] | str:
    """Ways as ``flips`` finds them; or why none is told: the log has too little, or these policies say another thing.

    The engine said of each that it turns the answer of the policies, and ``replayed`` said the same with no more than
    the log has: a way past what is not known is none, nor is one that changes it.
    """
    each = tuple(policies)
    verdict = replayed(decision, each)
    if verdict.allowed is not decision.allowed:
        told = "cannot tell" if verdict.allowed is None else f"say {_word(verdict.allowed)}"
        return f"these policies {told}, where the answer was {_word(decision.allowed)}: {verdict.because}"
    found = flips(each, decision.request, decision.entities)
    return [
        way
        for way in found
        if all(_is_known(change, decision) for change in way)
        and replayed(_changed(decision, way, each), each).allowed is (not decision.allowed)
    ]


def _word(allowed: bool) -> str:
    return "yes" if allowed else "no"


def _is_known(change: Change, decision: Recorded) -> bool:
    """Of parents and the context ``replayed`` sees for itself that they are not known; an attribute it is given."""
    match change.fact:
        case Field(owner=EntityUid() as owner):
            return not change.fact.tag and decision.knows(owner, change.fact.name)
    return True


def _changed(decision: Recorded, way: tuple[Change, ...], policies: Iterable[Policy]) -> Recorded:
    """The decision with other facts; an attribute that is taken away is known to be absent."""
    facts = Facts.around(decision.request, decision.entities, policies).changed(way)
    known = dict(decision.known)
    for change in way:
        match change.fact:
            case Field(owner=EntityUid() as owner, name=name):
                its = known.get(owner, Known())
                known[owner] = replace(its, absent=its.absent | {name})
    return replace(decision, request=facts.request, entities=facts.world(), known=known)
