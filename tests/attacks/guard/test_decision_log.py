"""What a caller does to the log of decisions: fill it, or slip an allow past it."""

from __future__ import annotations

import itertools
import json
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ringwall.audit.decisions import DecisionLog
from ringwall.caller import Caller
from ringwall.decision import Decision

ANN = Caller("ann")
YES = Decision(True, "order:read", "ann (person)", "", "yes")


def bodies(log: DecisionLog) -> list[dict[str, Any]]:
    return [json.loads(row[0]) for row in log._open().read(lambda reader: reader.all("select body from audit"))]


def kept(log: DecisionLog) -> int:
    return sum(len(body["detail"].get("decisions", ())) for body in bodies(log))


def test_an_allow_is_written_down_within_two_seconds_though_no_other_follows(tmp_path: Path) -> None:
    log = DecisionLog(tmp_path)
    for _ in range(2):
        log.allowed(YES, ANN, method="GET", path="/")
    deadline = time.monotonic() + 5
    while kept(log) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    log.close()


class Running:
    """A second and more has passed whenever one looks: each allow is due at once, and no timer waits for it."""

    def __init__(self) -> None:
        self._seconds = itertools.count(1.0, 2.0)

    def now(self) -> float:
        return next(self._seconds)

    def steady(self) -> float:
        return next(self._seconds)


@pytest.fixture
def eager_threads() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("eager_threads")
def test_no_allow_is_lost_between_threads(tmp_path: Path) -> None:
    log = DecisionLog(tmp_path, Running())

    def ask() -> None:
        for _ in range(500):
            log.allowed(YES, ANN, method="GET", path="/")

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if (last := log.flush()) is not None:
        last.result(10)
    log.event(_marker()).result(10)
    assert kept(log) == 8 * 500
    log.close()


def test_a_long_path_does_not_fill_the_disk(tmp_path: Path) -> None:
    log, path = DecisionLog(tmp_path), "/" + "x" * 60_000
    no = Decision(False, "route", "nobody", path, "the route has no mark, so it is closed")
    log.denied(no, None, method="GET", path=path, client="10.0.0.1").result(10)
    (body,) = bodies(log)
    assert len(json.dumps(body)) < 24_000
    log.close()


def _marker() -> Any:
    from ringwall.audit.event import Event

    return Event("test.marker", 0.0)
