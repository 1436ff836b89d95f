"""Which tests enter which lines: a mutant need not be shown to the others."""

from __future__ import annotations

import os
import pickle
import time
from collections.abc import Collection, Iterator
from tempfile import TemporaryDirectory
from typing import NamedTuple

import coverage
import pytest


class Covered(NamedTuple):
    """``lines[file][line]`` are the tests that ran this line, by node id; ``seconds`` says how long each takes."""

    lines: dict[str, dict[int, list[str]]]
    seconds: dict[str, float]

    def entering(self, file: str, lines: Collection[int], items: list[pytest.Item]) -> list[pytest.Item]:
        """Those of ``items`` that ran one of these lines, the quickest first."""
        entered = {test for line, tests in self.lines.get(file, {}).items() if line in lines for test in tests}
        return sorted((item for item in items if item.nodeid in entered), key=lambda item: self.seconds[item.nodeid])


def covered(session: pytest.Session, files: Collection[str]) -> Covered:
    """Run the collected tests once, in a fork, so that none leaves anything behind here. Raises where one fails."""
    with TemporaryDirectory() as folder:
        path = os.path.join(folder, "covered")
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                with open(path, "wb") as file:
                    pickle.dump(_measured(session, files), file)
                code = int(session.testsfailed > 0)
            finally:
                os._exit(code)
        if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]):
            raise SystemExit("the tests fail where nothing was changed")
        with open(path, "rb") as file:
            found: Covered = pickle.load(file)
        return found


def _measured(session: pytest.Session, files: Collection[str]) -> Covered:
    watch = coverage.Coverage(data_file=None, include=[*files], config_file=False)
    told = _Contexts(watch)
    session.config.pluginmanager.register(told)
    watch.start()
    try:
        session.config.hook.pytest_runtestloop(session=session)
    finally:
        watch.stop()
    data = watch.get_data()
    return Covered({file: data.contexts_by_lineno(file) for file in files}, told.seconds)


class _Contexts:
    def __init__(self, watch: coverage.Coverage) -> None:
        self._watch = watch
        self.seconds: dict[str, float] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._watch.switch_context(item.nodeid)
        start = time.perf_counter()
        try:
            return (yield)
        finally:
            self.seconds[item.nodeid] = time.perf_counter() - start
