"""Entities in JSON that someone got wrong: whatever we read, Cedar reads too, and means the same by it."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import cedarpy
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policy.evaluation.engines import ours, reread
from tests.policy.outcomes import answer, request_json
from tests.policy.random_cedar import Case, RandomCedar

from ringwall.errors import Misconfigured
from ringwall.policy.entities.entities_json import entities_from_json, entities_to_json
from ringwall.policy.evaluation.engine import Response
from ringwall.policy.language.cedar_text import cedar_text

UID = {"type": "User", "id": "a"}
JUNK: tuple[Any, ...] = (
    *(None, True, 1, 1.5, 2**63, -(2**63), "", "User", [], {}, [None], UID, [UID], "\ud800", "A::B", "if", "A :: B"),
    *({"__entity": UID}, {"__entity": {**UID, "x": 1}}, {"__entity": UID, "x": 1}, {"__entity": 1}, {"__expr": "1"}),
    *({"__extn": {"fn": fn, "arg": "1.0"}} for fn in ("decimal", "ip", "duration", "isIpv4", "nothing")),
    *({"__extn": {"fn": "decimal", "args": ["1.0"]}}, {"__extn": {"fn": "decimal"}}, {"fn": "decimal", "arg": "1.0"}),
)
# What Cedar takes and we refuse, by what we say. Everything else that we refuse, Cedar refuses.
STRICTER = (
    *("has an escape that is not whole", "is no entity", "as an entity type", "is no string", "gave up"),
    *("which is not known here", "stands twice"),
)


@settings(max_examples=150)
@given(st.integers(0, 2**32))
def test_whatever_we_read_cedar_reads_too(seed: int) -> None:
    rng, case = random.Random(seed), RandomCedar(seed).case(policies=5, requests=2)
    written = entities_to_json(case.entities)
    _spoil(rng, written)
    theirs = _cedar(case, written)
    try:
        read = entities_from_json(written)
    except Misconfigured as refused:
        assert theirs is None or any(words in refused.message for words in STRICTER), refused.message
        return
    assert theirs == ours(reread(case), case._replace(entities=read))


def _spoil(rng: random.Random, written: list[Any]) -> None:
    """Put something else in one or two places, take something away, or double an entity."""
    for _ in range(rng.choice((1, 1, 2))):
        places = list(_places(written))
        holder, key = rng.choice(places)
        match rng.randrange(6):
            case 0 if isinstance(holder, dict):
                del holder[key]
            case 1 if isinstance(holder, dict):
                holder[rng.choice(("x", "tags", "__entity", "attrs"))] = rng.choice(JUNK)
            case 2:
                written.append(rng.choice(written))
            case _:
                holder[key] = rng.choice(JUNK)


def _places(json_: Any) -> Iterator[tuple[Any, Any]]:
    keys = list(json_) if isinstance(json_, dict) else range(len(json_)) if isinstance(json_, list) else ()
    for key in keys:
        yield json_, key
        yield from _places(json_[key])


def _cedar(case: Case, written: object) -> list[Response] | None:
    """Cedar's answers, or ``None`` where it does not read the entities."""
    found = [
        cedarpy.is_authorized(request_json(request), cedar_text(case.policies), json.dumps(written))
        for request in case.requests
    ]
    if any(one.decision.value == "NoDecision" for one in found):
        return None
    return [answer(one.allowed, one.diagnostics.reasons, one.diagnostics.errors) for one in found]
