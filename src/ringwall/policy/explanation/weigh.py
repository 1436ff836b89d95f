"""A policy's tree asked in one world: every part, also those that the engine had no need to reach.

Groups are judged in Cedar's order: an error in a part that is reached is an error of the whole.
"""

from __future__ import annotations

from typing import NamedTuple

from ringwall.decision import Condition
from ringwall.policy.explanation.shown_values import shown_values
from ringwall.policy.explanation.unfold import Join, Leaf, Node
from ringwall.policy.explanation.world import World


class Weighed(NamedTuple):
    """A node in one world. ``outcome`` is true, false, or ``None`` for an error."""

    node: Node
    outcome: bool | None
    condition: Condition
    parts: tuple[Weighed, ...] = ()


def weigh(node: Node, world: World) -> Weighed:
    """Ask every part of the tree, and judge the groups."""
    if isinstance(node, Leaf):
        outcome = world.outcome(node)
        values = shown_values(node, world)
        return Weighed(node, outcome, Condition(node.text, outcome is True, values, erred=outcome is None))
    parts = tuple([weigh(part, world) for part in node.parts])
    outcome = judge(node.join, [part.outcome for part in parts])
    values, inner = "" if outcome is not None else "cannot be told", parts[0].condition
    if node.join in ("not", "unless"):
        text = f"{node.join} {inner.text}"
        condition = Condition(text, outcome is True, values or inner.values, inner.parts, erred=outcome is None)
    else:
        text = "if, then, else" if node.join == "if" else node.join
        each = tuple([part.condition for part in parts])
        condition = Condition(text, outcome is True, values, each, erred=outcome is None)
    return Weighed(node, outcome, condition, parts)


def judge(join: Join, outcomes: list[bool | None]) -> bool | None:
    """What a group comes to, from its parts."""
    if join in ("not", "unless"):
        return None if outcomes[0] is None else not outcomes[0]
    if join == "if":
        return None if outcomes[0] is None else outcomes[1 if outcomes[0] else 2]
    decisive = join == "any of"
    return next((outcome for outcome in outcomes if outcome is None or outcome is decisive), not decisive)
