"""The question beside a decision: who asked, and what the policies read, so far as it may be written down.

``shape`` 2. Beside the caller's facts: ``context`` (``time`` and ``ip``), and ``entities`` with ``attrs`` in Cedar's
JSON, ``absent`` names, and ``parents`` where they are known. What is in neither was not recorded. A row without
``shape`` has the caller's facts alone.
"""

from __future__ import annotations

from typing import Any, Protocol

from ringwall.audit.caller_facts import caller_facts
from ringwall.audit.redactor import Redactor
from ringwall.audit.writable import LONGEST, is_writable
from ringwall.caller import Caller

SHAPE = 2

_MOST, _DEEPEST = 128, 16
"""Members of one value, all levels together, and levels."""

_redact = Redactor()


class Witness(Protocol):
    """What surrounded a question, told when it is written down."""

    def facts(self) -> dict[str, Any]: ...


def decision_facts(caller: Caller, witness: Witness | None) -> dict[str, Any]:
    """What is written of a question. A value that is long, looks like a secret or is one, or that UTF-8 cannot carry is
    left out whole, since half a value is another value.
    """
    told: dict[str, Any] = {"shape": SHAPE, **caller_facts(caller)}
    if witness is not None:
        facts = witness.facts()
        told |= facts
        told["entities"] = [_bounded(entity) for entity in facts["entities"] if _fits([entity["uid"]])]
    return told


def _bounded(entity: dict[str, Any]) -> dict[str, Any]:
    kept = {**entity, "attrs": {name: value for name, value in entity["attrs"].items() if _fits([name, value])}}
    if not _fits(entity.get("parents", [])):
        del kept["parents"]
    return kept


def _fits(values: list[Any]) -> bool:
    waiting, count = [(value, 0) for value in values], 0
    while waiting:
        value, depth = waiting.pop()
        count += 1
        if count > _MOST or depth > _DEEPEST:
            return False
        if isinstance(value, str):
            if len(value) > LONGEST or not is_writable(value) or _redact(value) != value:
                return False
        elif isinstance(value, dict):
            waiting += [(inner, depth + 1) for inner in (*value, *value.values())]
        elif isinstance(value, list):
            waiting += [(inner, depth + 1) for inner in value]
    return True
