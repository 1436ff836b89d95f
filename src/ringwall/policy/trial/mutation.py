"""How good a table is: which mistakes in the policies it would miss."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ringwall.policy.entities.entities import Entities
from ringwall.policy.policy import Policy
from ringwall.policy.trial.mutants import Mutant, mutants
from ringwall.policy.trial.table import Row
from ringwall.policy.trial.trial import Trial


@dataclass(frozen=True, slots=True)
class Score:
    """``killed`` mutants made some row fail. ``survivors`` made none. ``equal`` are proven to decide as before."""

    killed: int
    survivors: tuple[Mutant, ...]
    equal: tuple[Mutant, ...] = ()

    @property
    def share(self) -> float:
        """The part that was killed of those that any table could kill."""
        total = self.killed + len(self.survivors)
        return self.killed / total if total else 1.0


def score(
    policies: Sequence[Policy],
    rows: Sequence[Row],
    entities: Entities,
    *,
    is_same: Callable[[list[Policy]], bool],
    progress: Callable[[Sequence[Mutant]], Iterable[Mutant]] = iter,
) -> Score:
    """Ask every mutant every row. ``is_same`` may prove that a set decides like ``policies``, or say no."""
    all_ = tuple(policies)
    killed, survivors, equal = 0, [], []
    for mutant in progress([mutant for policy in all_ for mutant in mutants(policy)]):
        changed = mutant.among(all_)
        if not Trial(changed, entities).passes(rows):
            killed += 1
        elif is_same(changed):
            equal.append(mutant)
        else:
            survivors.append(mutant)
    return Score(killed, tuple(survivors), tuple(equal))
