"""An explanation judged again, from nothing but its leaves: does it say what was decided?"""

from __future__ import annotations

from collections.abc import Iterable

from ringwall.decision import Condition, RuleOutcome
from ringwall.policy.explanation.weigh import judge


def replay(outcomes: Iterable[RuleOutcome]) -> bool:
    """The answer that every rule in scope, unfolded, comes to: a permit holds, and no forbid holds or errs."""
    held = [(outcome.effect, _rule(outcome)) for outcome in outcomes]
    return ("permit", True) in held and all(effect == "permit" or came is False for effect, came in held)


def replayed(condition: Condition) -> bool | None:
    """What a condition comes to from its parts; ``None`` for an error."""
    if not condition.parts:
        return None if condition.erred else condition.held
    return _group(condition.text, [replayed(part) for part in condition.parts])


def _rule(outcome: RuleOutcome) -> bool | None:
    return outcome.held if outcome.condition is None else replayed(outcome.condition)


def _group(text: str, parts: list[bool | None]) -> bool | None:
    # A negated group is shown with its negation in front of it: "not any of", "unless all of".
    for negation in ("not ", "unless "):
        if text.startswith(negation):
            return judge("not", [_group(text.removeprefix(negation), parts)])
    if text == "if, then, else":
        return judge("if", parts)
    return judge("any of" if text == "any of" else "all of", parts)
