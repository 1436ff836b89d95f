"""The solver, asked for requests: with the world's facts in it, and time to a deadline."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import z3

from ringwall.policy.comparison.symbolic.ancestry import Asked
from ringwall.policy.comparison.symbolic.applying import Formula
from ringwall.policy.comparison.symbolic.logic import no, some
from ringwall.policy.comparison.symbolic.witness import Witness
from ringwall.policy.comparison.symbolic.world import World

_LAWS = 200
"""Models that may break a law of hierarchies before a search gives up."""


class Asking:
    """One incremental solver. ``late`` is what ``ask`` says when the time is up."""

    late = "the time was up"

    def __init__(self, world: World, deadline: float) -> None:
        self._world = world
        self._deadline = deadline
        self._solver = z3.Solver()
        self._solver.set("random_seed", 0)
        self._said = 0
        self._asked: list[Asked] = []

    @contextmanager
    def scope(self) -> Iterator[None]:
        """What is said inside holds inside."""
        self._say_facts()
        said = self._said
        self._solver.push()
        self._asked = []
        try:
            yield
        finally:
            self._solver.pop()
            self._said = said

    def applies(self, formula: Formula) -> None:
        """The policy applies."""
        self.one_applies((formula,))

    def one_applies(self, formulas: Iterable[Formula]) -> None:
        """One of the policies applies."""
        each = tuple(formulas)
        self._solver.add(some(formula.holds for formula in each))
        self._asked += [asked for formula in each for asked in formula.asked]

    def applies_not(self, formula: Formula) -> None:
        """The policy does not apply."""
        self._solver.add(no(formula.holds))
        self._asked += formula.asked

    def ask(self) -> Witness | str | None:
        """A request; ``None`` where it is proven that there is none; or why that cannot be told."""
        for _ in range(_LAWS):
            self._say_facts()
            left = self._deadline - time.monotonic()
            if left <= 0:
                return self.late
            self._solver.set("timeout", max(1, int(left * 1000)))
            answer = self._solver.check()
            if answer == z3.unsat:
                return None
            if answer == z3.unknown:
                reason = self._solver.reason_unknown()
                return self.late if time.monotonic() >= self._deadline else f"the solver gave up: {reason}"
            witness = Witness(self._world, self._solver.model(), self._asked)
            if not witness.broken:
                return witness
            self._solver.add(witness.broken)
        return "no hierarchy of entities was found in time"

    def _say_facts(self) -> None:
        self._solver.add(self._world.facts[self._said :])
        self._said = len(self._world.facts)
