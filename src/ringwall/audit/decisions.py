"""A guard's decisions in its own audit log: denials one by one and durable at once, allows gathered by the second."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeAlias

from ringwall.audit import chain
from ringwall.audit.decision_facts import Witness, decision_facts
from ringwall.audit.decision_tree import decision_tree, rules_told
from ringwall.audit.event import Event
from ringwall.audit.redactor import Redactor
from ringwall.audit.refusals import Refusals
from ringwall.audit.writable import written
from ringwall.caller import Caller
from ringwall.clock import SYSTEM, Clock
from ringwall.decision import Decision
from ringwall.errors import Unavailable
from ringwall.store import ledger
from ringwall.store.contract import Transaction
from ringwall.store.migrate import migrations
from ringwall.store.writer import GroupWriter

SCHEMA = "ringwall.store.migrations.guard"
GATHER = 1.0
"""Seconds for which allows are gathered. A crash loses at most these; a denial is never among them."""

log = logging.getLogger("ringwall.audit")

_SLOTS = 256
_MOST = 4096
_LONGEST = 1024
"""Characters of a path that are kept: who is refused cannot fill the disk by a long one."""

_redact = Redactor()

_Allowed: TypeAlias = tuple[Decision, Caller, Witness | None, str, str]


class DecisionLog:
    """One process's audit log, opened on first use. Each process takes a file of its own in ``directory``."""

    def __init__(self, directory: Path, clock: Clock = SYSTEM) -> None:
        self._directory = directory
        self._clock = clock
        self._opening = threading.Lock()
        self._gathering = threading.Lock()
        self._writer: GroupWriter | None = None
        self._allowed: list[_Allowed] = []
        self._due = 0.0
        self._refusals = Refusals()

    def denied(
        self,
        decision: Decision,
        caller: Caller | None,
        witness: Witness | None = None,
        *,
        method: str,
        path: str,
        client: str,
    ) -> Future[None]:
        """Write a denial down. The result is done once it is durable; it fails with ``Unavailable`` if it cannot be.

        Its explanation stands there twice: as its operator reads it, and as data (``decision_tree``).
        Denials of nobody in particular are bounded by :class:`~ringwall.audit.refusals.Refusals`.
        """
        if caller is None and not self._in_full(client):
            return _done()
        detail: dict[str, Any] = {
            "id": decision.id,
            "action": decision.action,
            "caller": written(str(caller or "nobody"), _LONGEST),
            "resource": written(decision.resource, _LONGEST),
            "method": method,
            "path": written(path, _LONGEST),
            "client": client,
            "explanation": written(_redact(decision.explain()[: 32 * _LONGEST]), 16 * _LONGEST),
            "decision": decision_tree(decision),
        }
        if caller is not None:
            detail["facts"] = decision_facts(caller, witness)
        actor = written(caller.id, _LONGEST) if caller is not None else ""
        event = Event("decision.denied", self._clock.now(), actor, detail["resource"], detail)
        return self._open().submit(_record, event)

    def allowed(
        self, decision: Decision, caller: Caller, witness: Witness | None = None, *, method: str, path: str
    ) -> None:
        """Take an allow in. It is written with the others of its second; a full disk is told to the next one."""
        now = self._clock.steady()
        with self._gathering:
            gathered = self._allowed
            gathered.append((decision, caller, witness, method, path[:_LONGEST]))
        if now >= self._due or len(gathered) >= _MOST:
            self._due = now + GATHER
            self.flush()
        elif len(gathered) == 1:
            # The next one may never come.
            timer = threading.Timer(GATHER, self._flush_late)
            timer.daemon = True
            timer.start()

    def event(self, event: Event) -> Future[None]:
        """Write down something else that happened at this guard, such as a login. Refused ones are bounded."""
        if event.kind.endswith(".refused") and not self._in_full(event.kind):
            return _done()
        return self._open().submit(_record, event)

    def _in_full(self, address: str) -> bool:
        now = self._clock.steady()
        with self._gathering:
            over, full = self._refusals.over(now), self._refusals.note(address, now)
        for whose, count in over:
            detail = {"address": whose, "count": count}
            self._open().submit(_record, Event("decisions.denied", self._clock.now(), detail=detail))
        return full

    def flush(self) -> Future[None] | None:
        """Write down the allows that have gathered."""
        with self._gathering:
            gathered, self._allowed = self._allowed, []
        if not gathered:
            return None
        return self._open().submit(_summary, gathered, self._clock.now())

    def _flush_late(self) -> None:
        try:
            self.flush()
        except Unavailable as error:
            log.error("decisions were not written down: %s", error)

    def close(self) -> None:
        """Write what is left, and let go of the file."""
        if self._writer is not None:
            self.flush()
            self._writer.close()

    def _open(self) -> GroupWriter:
        writer = self._writer
        if writer is None:
            with self._opening:
                writer = self._writer or self._take_a_slot()
                self._writer = writer
        return writer

    def _take_a_slot(self) -> GroupWriter:
        # SQLite has one writer per file, and a service may run as several processes.
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        taken: Unavailable | None = None
        for number in range(_SLOTS):
            try:
                return GroupWriter(self._directory / f"{number}.db", migrations(SCHEMA), chain=chain.entry)
            except Unavailable as error:
                taken = error
        raise Unavailable(f"no audit log can be opened in {self._directory}: {taken}")


def logs(directory: Path) -> Iterator[Path]:
    """The audit logs of all processes that ever wrote in ``directory``."""
    yield from sorted(directory.glob("*.db"))


def _done() -> Future[None]:
    future: Future[None] = Future()
    future.set_result(None)
    return future


def _record(tx: Transaction, event: Event) -> None:
    ledger.record(tx, event)


def _summary(tx: Transaction, gathered: list[_Allowed], now: float) -> None:
    detail = {"decisions": [_told(*one) for one in gathered]}
    tx.record(Event("decisions.allowed", now, detail=detail))


def _told(decision: Decision, caller: Caller, witness: Witness | None, method: str, path: str) -> dict[str, Any]:
    return {
        "id": decision.id,
        "action": decision.action,
        "caller": written(str(caller), _LONGEST),
        "resource": written(decision.resource, _LONGEST),
        "method": method,
        "path": written(path, _LONGEST),
        "reasons": rules_told(decision),
        "facts": decision_facts(caller, witness),
    }
