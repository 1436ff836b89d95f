"""Which requests one set of policies allows and another denies: proven over all requests, and shown by one of them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from ringwall.policy.comparison.read_universe import read_universe
from ringwall.policy.comparison.search import Counterexample, Search
from ringwall.policy.comparison.side import Side, sides
from ringwall.policy.comparison.symbolic.applying import Limit
from ringwall.policy.comparison.symbolic.world import World
from ringwall.policy.comparison.universe import universe_of
from ringwall.policy.policy import Policy
from ringwall.policy.schema.schema import Schema


@dataclass(frozen=True, slots=True)
class Direction:
    """Requests that change their answer in one way. Each of ``found`` was asked of both engines.

    ``undecided`` says why there might be others; empty, it is proven that every other such request is one of the
    policies that ``found`` shows. ``more`` says that the search stopped at enough of them.
    """

    found: tuple[Counterexample, ...]
    undecided: tuple[str, ...] = ()
    more: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """Two sets of policies compared. ``limits`` are clauses that no formula says exactly.

    ``read`` says that no schema was given: attributes were taken at the types with which the policies read them.
    """

    newly_allowed: Direction
    newly_denied: Direction
    limits: tuple[Limit, ...]
    read: bool

    @property
    def same(self) -> bool:
        """It is proven that no request changes its answer."""
        return not any(one.found or one.undecided for one in (self.newly_allowed, self.newly_denied))


def difference(
    before: Sequence[Policy],
    after: Sequence[Policy],
    schema: Schema | None = None,
    *,
    seconds: float = 30.0,
    most: int = 5,
) -> Difference:
    """Compare two sets: at most ``most`` requests for each direction, looked for during ``seconds`` at most.

    Without a schema every attribute may be absent, any entity may be above another, and types are as the policies read
    them. Raises ``MissingExtra`` without z3.
    """
    universe = universe_of(schema) if schema is not None else read_universe((*before, *after))
    old, new = sides(before, after)
    search = Search(World(universe), time.monotonic() + seconds, most)
    allowed, denied = _direction(search, old, new), _direction(search, new, old)
    return Difference(allowed, denied, tuple(search.limits), universe.read)


def _direction(search: Search, denying: Side, allowing: Side) -> Direction:
    findings = search.newly_allowed(denying, allowing)
    return Direction(tuple(findings.found), tuple(dict.fromkeys(findings.undecided)), findings.more)
