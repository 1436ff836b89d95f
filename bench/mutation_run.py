"""Mutants of one room under its tests. Nothing is written to disk: each mutant lives in a fork of pytest.

A mutant inside a function is tried in a fork of a pytest that has imported and collected everything, where the
code of the function is exchanged, by the tests that enter that function. What stands outside of functions is tried in a
fork that has imported nothing, where the module is compiled from the changed text: slower, and the same.
"""

from __future__ import annotations

import ast
import gc
import os
import resource
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, FunctionType
from typing import NamedTuple

import pytest
from bench.mutation_cover import Covered, covered
from bench.mutation_sites import Mutant

CPU_SECONDS, SECONDS, MEMORY = 90, 900, 3 * 2**30  # of one run of tests; the slowest room takes 14 s of CPU
PASSED, FAILED, CRASHED = 0, 1, 3  # exit codes of pytest; where a module cannot be imported there are others
# Plain assertions: to rewrite them, pytest would load our own modules by a loader of its own.
OPTIONS = ["--assert=plain", "-x", "-q", "-p", "no:randomly", "-p", "no:cacheprovider", "-n", "0"]


class Place(NamedTuple):
    file: Path
    mutant: Mutant


def survivors(places: list[Place], tests: list[str]) -> list[Place]:
    """The mutants under which every test passes. Call it in a process that has imported nothing of the project.

    Raises ``RuntimeError`` where a test fails with nothing changed: then every mutant would count as killed.
    """
    read, write = os.pipe()
    _forked(partial(_with_everything_imported, places, tests, write))
    os.close(write)
    with os.fdopen(read) as lines:
        said = dict(line.split() for line in lines)
    if len(said) < len(places):
        raise RuntimeError(f"the tests fail where nothing was changed: {' '.join(tests)}")
    alive = []
    for number, place in enumerate(places):
        code = int(said.get(str(number), CRASHED))
        if code == CRASHED:
            code = _forked(partial(_from_changed_text, place, tests))
        if code == PASSED:
            alive.append(place)
    return alive


def _forked(action: Callable[[], int]) -> int:
    """What ``action`` returns, in a fork without output; negative where a limit ended it."""
    pid = os.fork()
    if pid == 0:
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, resource.RLIM_INFINITY))
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        signal.alarm(SECONDS)
        code = CRASHED
        try:
            code = action()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _tested(tests: list[str], *plugins: object) -> int:
    os.environ["CI"] = "1"  # the same examples each time, and no skips
    return int(pytest.main([*OPTIONS, *tests], list(plugins)))


def _from_changed_text(place: Place, tests: list[str]) -> int:
    load = SourceFileLoader.get_code

    def changed(loader: SourceFileLoader, name: str) -> CodeType | None:
        if loader.path == str(place.file):
            return compile(place.mutant.text, loader.path, "exec", dont_inherit=True)
        return load(loader, name)

    SourceFileLoader.get_code = changed  # type: ignore[method-assign,assignment]
    return _tested(tests)


def _with_everything_imported(places: list[Place], tests: list[str], write: int) -> int:
    resource.setrlimit(resource.RLIMIT_CPU, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    signal.alarm(0)
    return _tested(tests, _Exchange(places, write))


class _Exchange:
    """A plugin of pytest that goes on from what was collected once for each mutant."""

    def __init__(self, places: list[Place], write: int) -> None:
        self._places, self._write = places, write

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        tests = covered(session, {str(place.file) for place in self._places})
        for number, place in enumerate(self._places):
            lines = _function_of(place)
            code = _forked(partial(self._judged, place, session, tests, lines)) if lines else CRASHED
            os.write(self._write, f"{number} {code}\n".encode())
        pytest.exit("all were tried")

    @staticmethod
    def _judged(place: Place, session: pytest.Session, tests: Covered, lines: range) -> int:
        if not _exchange(place):
            return CRASHED
        session.items = tests.entering(str(place.file), lines, session.items)
        with suppress(session.Failed):
            session.config.hook.pytest_runtestloop(session=session)
        return FAILED if session.testsfailed else PASSED


def _function_of(place: Place) -> range | None:
    """The lines of the outermost function in whose body the change stands."""
    for node in ast.walk(ast.parse(place.mutant.text)):
        if isinstance(node, ast.FunctionDef) and node.body[0].lineno <= place.mutant.line <= (node.end_lineno or 0):
            return range(node.lineno, (node.end_lineno or 0) + 1)
    return None


def _exchange(place: Place) -> bool:
    """Give every function of the file the code that it has in the changed text. False where none became another."""
    path, done = str(place.file), False
    changed = _codes(compile(place.mutant.text, path, "exec", dont_inherit=True))
    codes = {code.co_qualname: code for code in changed if "<lambda>" not in code.co_qualname}
    for function in [one for one in gc.get_objects() if isinstance(one, FunctionType)]:
        old, new = function.__code__, codes.get(function.__qualname__)
        if old.co_filename == path and new is not None and new != old and new.co_freevars == old.co_freevars:
            function.__code__, done = new, True
    return done


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _codes(inner)
