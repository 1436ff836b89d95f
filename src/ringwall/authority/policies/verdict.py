"""What a decision point answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ringwall.decision import new_id

Reason = Literal[
    "permitted",
    "no_permit",
    "forbidden",
    "forbid_failed",
    "unknown_type",
    "unknown_action",
    "not_applicable",
    "properties_disagree",
    "unreadable",
    "out_of_time",
]
"""``forbid_failed``: a forbid could not be evaluated. ``not_applicable``: the schema has no such request.
``properties_disagree``: what was sent about an entity is not what the set stores of it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """``explanation`` is for operators; ``sentence`` may be told to whoever was refused, and is empty where nothing
    may. ``policies`` are the ids of those that decided."""

    allowed: bool
    reason: Reason
    explanation: str = ""
    sentence: str = ""
    policies: tuple[str, ...] = ()
    id: str = field(default_factory=new_id, compare=False)


class Refused(Exception):
    """The question cannot be asked of the policies as it stands; the answer is no."""

    def __init__(self, reason: Reason, explanation: str) -> None:
        super().__init__(explanation)
        self.verdict = Verdict(False, reason, explanation)
