"""A table asked of a set of policies, row by row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ringwall.policy.entities.entities import Entities
from ringwall.policy.evaluation.engine import CedarEngine, Response
from ringwall.policy.policy import Policy
from ringwall.policy.trial.table import Row


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one row came to; ``wrong`` says how that differs from what it should, and is empty where it does not."""

    row: Row
    allowed: bool
    response: Response
    wrong: str


class Trial:
    """A set of policies that is asked. As at a guard, a forbid that errs is a no."""

    def __init__(self, policies: Iterable[Policy], entities: Entities) -> None:
        each = tuple(policies)
        self._engine = CedarEngine(each)
        self._forbids = {policy.id for policy in each if policy.effect == "forbid"}
        self._entities = entities

    def outcome(self, row: Row) -> Outcome:
        """Ask one row."""
        response = self._engine.respond(row.request, self._entities)
        erred = [error.policy_id for error in response.errors if error.policy_id in self._forbids]
        allowed = response.allowed and not erred
        return Outcome(row, allowed, response, _wrong(row, allowed, response, erred))

    def passes(self, rows: Iterable[Row]) -> bool:
        """Whether every row comes to what it should."""
        return not any(self.outcome(row).wrong for row in rows)


def _wrong(row: Row, allowed: bool, response: Response, erred: list[str]) -> str:
    answered = allowed is (row.answer == "allow")
    if answered and row.because in (None, frozenset(response.reasons)):
        return ""
    if allowed is not response.allowed:
        return f"denied, since it cannot be told whether {', '.join(erred)} forbids it"
    reasons = ", ".join(response.reasons) or ("no policy" if answered else "")
    return ("allowed" if allowed else "denied") + (f" because of {reasons}" if reasons else "")
