"""A decision's explanation as data: its rules, their conditions, and the values that they were asked with."""

from __future__ import annotations

from typing import Any

from ringwall.audit.redactor import Redactor
from ringwall.audit.writable import written
from ringwall.decision import Condition, Decision, RuleOutcome

_MOST = 128
"""Conditions of one decision that are kept; where more are left out, ``cut`` says so."""

_LONGEST = 512

_redact = Redactor()


def decision_tree(decision: Decision) -> dict[str, Any]:
    """``summary``, ``remedy``, ``reasons`` and ``nearest``; texts bounded, and without any secret that is known."""
    left = [_MOST]
    return {
        "summary": _text(decision.summary),
        "remedy": _text(decision.remedy),
        "reasons": [_rule(outcome, left) for outcome in decision.reasons[:_MOST]],
        "nearest": None if decision.nearest is None else _rule(decision.nearest, left),
    }


def rules_told(decision: Decision) -> list[dict[str, str]]:
    """The rules of a yes, by name and place alone."""
    return [{"rule": _text(one.rule), "where": _text(one.where)} for one in decision.reasons[:_MOST]]


def _rule(outcome: RuleOutcome, left: list[int]) -> dict[str, Any]:
    return {
        "rule": _text(outcome.rule),
        "effect": outcome.effect,
        "sentence": _text(outcome.sentence),
        "where": _text(outcome.where),
        "held": outcome.held,
        "condition": None if outcome.condition is None else _condition(outcome.condition, left),
    }


def _condition(condition: Condition, left: list[int]) -> dict[str, Any]:
    left[0] -= 1
    parts = [_condition(part, left) for part in condition.parts if left[0] > 0]
    told: dict[str, Any] = {
        "text": _text(condition.text),
        "held": condition.held,
        "erred": condition.erred,
        "values": _text(condition.values),
        "parts": parts,
    }
    if len(parts) < len(condition.parts):
        told["cut"] = True
    return told


def _text(text: str) -> str:
    # Masked before it is cut: half a secret would not be known again.
    return written(_redact(text[: 8 * _LONGEST]), _LONGEST)
