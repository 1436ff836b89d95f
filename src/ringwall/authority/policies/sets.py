"""Every policy set as it decides now, by name."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from ringwall.authority.policies.decision_point import DecisionPoint
from ringwall.errors import RingwallError, Unavailable
from ringwall.policy.bundle import read_bundle
from ringwall.store import policy_sets as rows
from ringwall.store.contract import Store
from ringwall.store.policy_sets import PolicySetRow

DEFAULT = "default"
"""The set of whoever has none of their own."""

log = logging.getLogger("ringwall.authority")


class PolicySets:
    """The current version of each set. It follows the store: a push decides as soon as it is durable."""

    def __init__(self, store: Store) -> None:
        self._points: dict[str, DecisionPoint] = {}
        self._broken: dict[str, PolicySetRow] = {}
        store.listen(self.take)
        for row in store.read(rows.latest):
            try:
                self._points[row.name] = DecisionPoint(row, read_bundle(row.files))
            except RingwallError as error:
                # It was good when it was pushed, perhaps by an older version of ours. It must not decide by halves.
                self._broken[row.name] = row
                log.error("the policy set %s, version %d, can no longer be read: %s", row.name, row.version, error)

    def take(self, news: Sequence[object]) -> None:
        """Take up what was pushed."""
        for entry in news:
            if isinstance(entry, DecisionPoint):
                self._points = {**self._points, entry.row.name: entry}
                self._broken.pop(entry.row.name, None)

    def of(self, name: str) -> DecisionPoint | None:
        """The set that decides for the caller called ``name``: its own, else ``default``; ``None`` without either.

        Raises ``Unavailable`` when it is there and cannot be read.
        """
        for known in (name, DEFAULT):
            if known in self._broken:
                raise Unavailable(f"the policy set {known} can no longer be read; push it again")
            if known in self._points:
                return self._points[known]
        return None

    def own(self, name: str) -> PolicySetRow | None:
        """What was last pushed under this very name."""
        point = self._points.get(name)
        return self._broken.get(name) if point is None else point.row

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all sets."""
        return tuple(sorted({*self._points, *self._broken}))
