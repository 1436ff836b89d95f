"""A guard's audit log: denials at once, allows by the second, and no flood of strangers that fills the disk."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ringwall.audit.decisions import DecisionLog, logs
from ringwall.audit.refusals import FULL
from ringwall.caller import Caller
from ringwall.decision import Decision
from ringwall.store import connection, ledger
from ringwall.store.rows import SqliteReader


@pytest.fixture
def log(tmp_path: Path) -> Iterator[DecisionLog]:
    opened = DecisionLog(tmp_path / "audit")
    yield opened
    opened.close()


def written(directory: Path) -> list[dict[str, Any]]:
    rows = []
    for path in logs(directory / "audit"):
        reader = SqliteReader(connection.reading(path))
        rows += [json.loads(body) for _, body, _ in ledger.rows(reader, limit=10_000)]
        reader.close()
    return rows


def no() -> Decision:
    return Decision(False, "order:read", "ann (person)", 'Order::"1"', "no permit applies")


def test_a_denial_is_there_when_it_is_said_to_be(log: DecisionLog, tmp_path: Path) -> None:
    decision = no()
    log.denied(decision, Caller("ann"), method="GET", path="/orders/1", client="192.0.2.1").result(5)
    (row,) = written(tmp_path)
    assert (row["kind"], row["actor"], row["detail"]["id"]) == ("decision.denied", "ann", decision.id)


def test_an_allow_is_there_a_second_later_though_nobody_comes_after(log: DecisionLog, tmp_path: Path) -> None:
    log.allowed(Decision(True, "a", "b", "", "c"), Caller("ann"), method="GET", path="/")
    log.allowed(Decision(True, "a", "b", "", "c"), Caller("sue"), method="GET", path="/")
    deadline = time.monotonic() + 10
    while sum(len(row["detail"]["decisions"]) for row in written(tmp_path)) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_flood_of_strangers_is_counted_and_not_copied(log: DecisionLog, tmp_path: Path) -> None:
    for _ in range(FULL * 5):
        log.denied(no(), None, method="GET", path="/", client="192.0.2.1").result(5)
    log.denied(no(), Caller("ann"), method="GET", path="/", client="192.0.2.1").result(5)
    rows = written(tmp_path)
    assert len(rows) == FULL + 1
    assert rows[-1]["actor"] == "ann"


def test_each_process_has_a_file_of_its_own(log: DecisionLog, tmp_path: Path) -> None:
    log.denied(no(), None, method="GET", path="/", client="").result(5)
    second = DecisionLog(tmp_path / "audit")
    second.denied(no(), None, method="GET", path="/", client="").result(5)
    second.close()
    assert [path.name for path in logs(tmp_path / "audit")] == ["0.db", "1.db"]
