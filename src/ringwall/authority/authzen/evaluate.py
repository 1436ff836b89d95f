"""``/access/v1/evaluation`` and ``/access/v1/evaluations``."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ringwall.authority.authzen import reading
from ringwall.authority.authzen.answer import answered
from ringwall.authority.authzen.asker import Asker
from ringwall.authority.authzen.boxcar import Boxcar, boxcar
from ringwall.authority.authzen.reading import Body
from ringwall.authority.policies.question import Question
from ringwall.authority.policies.verdict import Verdict
from ringwall.errors import Invalid

if TYPE_CHECKING:
    from ringwall.authority.authority import Authority

DEADLINE = 2.0
"""Seconds for one request. What has not been decided by then is a no."""

KEPT = 256
"""Characters of each thing from outside that the audit log keeps."""

MOST_POLICIES = 16
"""Policies that the audit log names for one decision."""

TURN = 32
"""Decisions after which others on the event loop get theirs."""


async def evaluation(authority: Authority, asker: Asker, asked: Body) -> dict[str, Any]:
    """One decision; with its whole account for whoever may be told all."""
    question = reading.question(asked)
    verdict = asker.point.decide(question)
    await _record(authority, asker, [(question, verdict)])
    if asker.told_all:
        verdict = replace(verdict, explanation=await asyncio.to_thread(asker.point.explain, question))
    return answered(verdict, told_all=asker.told_all)


async def evaluations(authority: Authority, asker: Asker, asked: Body) -> dict[str, Any]:
    """Many decisions, in the order in which they were asked for; without ``evaluations``, the one."""
    batch = boxcar(asked)
    if batch is None:
        return await evaluation(authority, asker, asked)
    decided = [pair async for pair in _decide(authority, asker, batch)]
    await _record(authority, asker, decided)
    return {"evaluations": [answered(verdict, told_all=asker.told_all) for _, verdict in decided]}


async def _decide(
    authority: Authority, asker: Asker, batch: Boxcar
) -> AsyncIterator[tuple[Question | Invalid, Verdict]]:
    end = authority.clock.steady() + DEADLINE
    for number, question in enumerate(batch.questions):
        if number % TURN == TURN - 1:
            await asyncio.sleep(0)
        if isinstance(question, Invalid):
            # What is wrong with a request is told to whoever sent it, as it would be if it had come alone.
            verdict = Verdict(False, "unreadable", question.message, question.message)
        elif authority.clock.steady() >= end:
            verdict = Verdict(False, "out_of_time", f"it was not decided within {DEADLINE:.0f} s")
        else:
            verdict = asker.point.decide(question)
        yield question, verdict
        if batch.ends_with(verdict.allowed):
            return


async def _record(authority: Authority, asker: Asker, decided: list[tuple[Question | Invalid, Verdict]]) -> None:
    """Write all of them down. Returns when that is durable, and only then does the answer leave."""
    row = asker.point.row
    await authority.record(
        "access.evaluated",
        actor=asker.actor,
        subject=row.name,
        version=row.version,
        decisions=[_said(question, verdict) for question, verdict in decided],
    )


def _said(question: Question | Invalid, verdict: Verdict) -> dict[str, Any]:
    said: dict[str, Any] = {"id": verdict.id, "allowed": verdict.allowed, "reason": verdict.reason}
    if isinstance(question, Question):
        subject, resource = question.subject, question.resource
        said |= {
            "subject": f"{subject.type}::{subject.id}"[:KEPT],
            "action": question.action.name[:KEPT],
            "resource": f"{resource.type}::{resource.id}"[:KEPT],
            "policies": list(verdict.policies[:MOST_POLICIES]),
            "explanation": verdict.explanation[:KEPT],
        }
    return said
