"""``/access/v1/search/…``: which subjects, resources or actions would be permitted.

Candidates are the entities that the policy set stores, and the actions that it knows. Each is decided on its own, so a
result is exactly what an evaluation would permit.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ringwall.authority.authzen import reading
from ringwall.authority.authzen.asker import Asker
from ringwall.authority.authzen.evaluate import KEPT, TURN
from ringwall.authority.authzen.page import page
from ringwall.authority.authzen.reading import Body
from ringwall.authority.policies.question import Doing, Question, Thing

if TYPE_CHECKING:
    from ringwall.authority.authority import Authority

DEADLINE = 1.0
"""Seconds after which a page ends, however short; its token goes on from there."""


@dataclass(frozen=True, slots=True)
class _Search:
    """``question`` asks about one of the sorted ``candidates``; ``result`` is how it stands in the answer."""

    wanted: str
    candidates: Sequence[str]
    question: Callable[[str], Question]
    result: Callable[[str], dict[str, Any]]


async def subjects(authority: Authority, asker: Asker, asked: Body) -> dict[str, Any]:
    """The subjects of a type that may do this to that resource."""
    kind = reading.kind_of_thing(asked, "subject")
    asks = Question(Thing(kind, ""), reading.doing(asked), reading.thing(asked, "resource"), reading.context(asked))
    search = _Search(
        "subject",
        asker.point.ids(kind),
        lambda id_: replace(asks, subject=Thing(kind, id_)),
        lambda id_: {"type": kind, "id": id_},
    )
    return await _found(authority, asker, asked, search)


async def resources(authority: Authority, asker: Asker, asked: Body) -> dict[str, Any]:
    """The resources of a type to which this subject may do that."""
    kind = reading.kind_of_thing(asked, "resource")
    asks = Question(reading.thing(asked, "subject"), reading.doing(asked), Thing(kind, ""), reading.context(asked))
    search = _Search(
        "resource",
        asker.point.ids(kind),
        lambda id_: replace(asks, resource=Thing(kind, id_)),
        lambda id_: {"type": kind, "id": id_},
    )
    return await _found(authority, asker, asked, search)


async def actions(authority: Authority, asker: Asker, asked: Body) -> dict[str, Any]:
    """What this subject may do to that resource."""
    subject, resource = reading.thing(asked, "subject"), reading.thing(asked, "resource")
    asks = Question(subject, Doing(""), resource, reading.context(asked))
    search = _Search(
        "action",
        asker.point.actions,
        lambda name: replace(asks, action=Doing(name)),
        lambda name: {"name": name},
    )
    return await _found(authority, asker, asked, search)


async def _found(authority: Authority, asker: Asker, asked: Body, search: _Search) -> dict[str, Any]:
    wanted = page(asked)
    end = authority.clock.steady() + DEADLINE
    first = 0 if wanted.after is None else bisect_right(search.candidates, wanted.after)
    looked, results = 0, list[dict[str, Any]]()
    for candidate in search.candidates[first:]:
        if len(results) >= wanted.limit or (looked % TURN == TURN - 1 and await _is_over(authority, end)):
            break
        looked += 1
        if asker.point.decide(search.question(candidate)).allowed:
            results.append(search.result(candidate))
    await _record(authority, asker, asked, search.wanted, looked, len(results))
    at = first + looked
    last = search.candidates[at - 1] if at else None
    token = wanted.token(last) if at < len(search.candidates) else ""
    return {"page": {"next_token": token, "count": len(results)}, "results": results}


async def _is_over(authority: Authority, end: float) -> bool:
    await asyncio.sleep(0)
    return authority.clock.steady() >= end


async def _record(authority: Authority, asker: Asker, asked: Body, wanted: str, looked: int, found: int) -> None:
    said = {
        name: "::".join(str(asked[name][part]) for part in ("type", "id", "name") if part in asked[name])[:KEPT]
        for name in ("subject", "action", "resource")
        if name in asked and name != wanted
    }
    await authority.record(
        "access.searched",
        actor=asker.actor,
        subject=asker.point.row.name,
        version=asker.point.row.version,
        searched=wanted,
        asked=said,
        looked_at=looked,
        found=found,
    )
