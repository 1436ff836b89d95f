"""Who stands above whom, at any distance."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from graphlib import TopologicalSorter
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)


def above(parents: Mapping[Node, Iterable[Node]]) -> dict[Node, frozenset[Node]]:
    """All that stand above each node; in a circle, as entity types may form, the node itself among them."""
    return {node: frozenset(_reachable(node, parents)) for node in parents}


def above_without_cycle(parents: Mapping[Node, Iterable[Node]]) -> dict[Node, frozenset[Node]]:
    """The same where no circle is allowed. Raises ``graphlib.CycleError`` with the nodes of one."""
    found: dict[Node, frozenset[Node]] = {}
    for node in TopologicalSorter(parents).static_order():
        direct = tuple(parents.get(node, ()))
        found[node] = frozenset(direct).union(*(found[parent] for parent in direct))
    return found


def _reachable(node: Node, parents: Mapping[Node, Iterable[Node]]) -> set[Node]:
    seen: set[Node] = set()
    waiting = list(parents[node])
    while waiting:
        if (parent := waiting.pop()) not in seen:
            seen.add(parent)
            waiting.extend(parents.get(parent, ()))
    return seen
