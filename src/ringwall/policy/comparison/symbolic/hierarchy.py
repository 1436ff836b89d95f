"""Who is above whom in one model, and the laws of a hierarchy: above an ancestor is above, and nothing is above itself.

The laws speak of every three entities, too many to say beforehand. So a model is looked at, and where its answers break
a law, that law is said of just the terms that break it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import z3

from ringwall.policy.comparison.symbolic.ancestry import Asked, above
from ringwall.policy.comparison.symbolic.logic import every, no, same
from ringwall.policy.comparison.symbolic.plain_value import Plain
from ringwall.policy.schema.types import EntityType

Node = tuple[str, int]
"""An entity of the model: its type and its number."""


@dataclass(frozen=True, slots=True)
class _Step:
    """``low`` is below ``top`` where ``holds``."""

    low: z3.ExprRef
    top: z3.ExprRef
    holds: z3.BoolRef


class Hierarchy:
    """What was ``asked``, as one model answers it. ``nodes`` are all entities that stand below another."""

    def __init__(self, plain: Plain, asked: Iterable[Asked]) -> None:
        self._plain = plain
        self._above: dict[Node, dict[Node, _Step]] = {}
        self._denied: dict[tuple[Node, Node], _Step] = {}
        for one in asked:
            self._answer(one)

    @property
    def nodes(self) -> Iterable[Node]:
        """The entities that stand below another."""
        return self._above

    def broken(self) -> list[z3.BoolRef]:
        """The laws that the model breaks, said so that no further model can break them in this way."""
        laws = []
        for low in self._above:
            for top, steps in self._climb(low).items():
                if top == low:
                    laws.append(no(every((*_path(steps), same(steps[-1].top, steps[0].low)))))
                elif (denied := self._denied.get((low, top))) is not None:
                    ends = same(steps[0].low, denied.low), same(steps[-1].top, denied.top)
                    laws.append(z3.Implies(every((*_path(steps), *ends)), denied.holds))
        return laws

    def closure(self, node: Node) -> set[Node]:
        """Everything above a node, at any distance."""
        return set(self._climb(node))

    def _answer(self, one: Asked) -> None:
        low = one.low, self._plain.integer(one.entity)
        uppers = above(one.low, one.entity, one.top_type)
        a_set = isinstance(one.top, z3.ArrayRef)
        for member in self._plain.members(EntityType(one.top_type), one.top) if a_set else (one.top,):
            top = one.top_type, self._plain.integer(member)
            is_above = z3.Select(uppers, member)
            step = _Step(one.entity, member, every((is_above, z3.Select(one.top, member))) if a_set else is_above)
            if self._plain.holds(is_above):
                self._above.setdefault(low, {})[top] = step
            else:
                self._denied[low, top] = _Step(one.entity, member, is_above)

    def _climb(self, node: Node) -> dict[Node, list[_Step]]:
        """Each node above, with the steps that lead there."""
        found: dict[Node, list[_Step]] = {}
        waiting: deque[tuple[Node, list[_Step]]] = deque([(node, [])])
        while waiting:
            low, steps = waiting.popleft()
            for top, step in self._above.get(low, {}).items():
                if top not in found:
                    found[top] = [*steps, step]
                    waiting.append((top, found[top]))
        return found


def _path(steps: list[_Step]) -> list[z3.BoolRef]:
    """Every step, and that each begins where the one before ended."""
    meets = [same(before.top, after.low) for before, after in pairwise(steps)]
    return [*(step.holds for step in steps), *meets]
