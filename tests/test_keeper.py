"""The keeper: values swapped whole, staleness known, saved for a cold start, alive again after a fork."""

from __future__ import annotations

import asyncio
import os
import stat
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ringwall.errors import Misconfigured, Tampered, Unavailable
from ringwall.keeper import Keeper
from ringwall.snapshot_file import SnapshotFile


class Turned:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.time = 1_000_000.0

    def now(self) -> float:
        return self.time

    def steady(self) -> float:
        return self.time


class Letters:
    """A source that yields what it is given, and can be made to fail."""

    name = "letters"
    revision = 0

    def __init__(self) -> None:
        self.down = False
        self.value = "a"
        self.changed: asyncio.Event | None = None
        self.calls = 0

    async def updates(self) -> AsyncIterator[str]:
        self.changed = asyncio.Event()
        while True:
            self.calls += 1
            if self.down:
                raise ConnectionError("no route")
            yield self.value
            await self.changed.wait()
            self.changed.clear()

    def encode(self, value: str) -> bytes:
        return value.encode()

    def decode(self, data: bytes) -> str:
        return data.decode()


@pytest.fixture
def clock() -> Turned:
    return Turned()


def test_loads_in_the_background_and_swaps(clock: Turned) -> None:
    keeper = Keeper(clock=clock)
    source = Letters()
    snapshot = keeper.watch(source, max_age=60)
    assert snapshot.wait(5)
    assert snapshot.current() == "a"
    source.value = "b"
    keeper.submit(_set(source)).result(5)
    for _ in range(100):
        if snapshot.current() == "b":
            break
        threading.Event().wait(0.01)
    assert snapshot.current() == "b"
    keeper.stop()


async def _set(source: Letters) -> None:
    assert source.changed is not None
    source.changed.set()


def test_nothing_starts_before_first_use() -> None:
    source = Letters()
    keeper = Keeper()
    keeper.watch(source, max_age=60)
    assert source.calls == 0
    keeper.stop()


def test_what_never_loaded_is_refused_with_the_reason() -> None:
    source = Letters()
    source.down = True
    keeper = Keeper()
    snapshot = keeper.watch(source, max_age=60)
    assert not snapshot.wait(0.3)
    with pytest.raises(Unavailable, match="letters has not been loaded yet .*no route"):
        snapshot.current()
    keeper.stop()


def test_a_value_too_old_is_refused(clock: Turned) -> None:
    keeper = Keeper(clock=clock)
    snapshot = keeper.watch(Letters(), max_age=60)
    assert snapshot.wait(5)
    clock.time += 59
    assert snapshot.current() == "a"
    clock.time += 2
    with pytest.raises(Unavailable, match="61 s old, more than the 60 s allowed"):
        snapshot.current()
    keeper.stop()


def test_turning_the_clock_back_makes_nothing_fresh(clock: Turned) -> None:
    keeper = Keeper(clock=clock)
    snapshot = keeper.watch(Letters(), max_age=60)
    assert snapshot.wait(5)
    clock.time -= 3600
    with pytest.raises(Unavailable):
        snapshot.current()
    keeper.stop()


def test_a_cold_start_without_the_source(tmp_path: Path, clock: Turned) -> None:
    first = Keeper(tmp_path, clock=clock)
    assert first.watch(Letters(), max_age=600).wait(5)
    first.stop()

    down = Letters()
    down.down = True
    clock.time += 500
    second = Keeper(tmp_path, clock=clock)
    snapshot = second.watch(down, max_age=600)
    assert snapshot.current() == "a"
    clock.time += 101
    with pytest.raises(Unavailable, match="601 s old"):
        snapshot.current()
    second.stop()


def test_a_snapshot_that_was_changed_is_left_aside(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    first = Keeper(tmp_path)
    assert first.watch(Letters(), max_age=600).wait(5)
    first.stop()
    path = tmp_path / "letters.snapshot"
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(raw)

    down = Letters()
    down.down = True
    second = Keeper(tmp_path)
    with pytest.raises(Unavailable):
        second.watch(down, max_age=600).current()
    assert "left aside" in caplog.text
    second.stop()


def test_one_snapshot_cannot_stand_in_for_another(tmp_path: Path) -> None:
    SnapshotFile(tmp_path, "keys").write(b"value", 1.0)
    (tmp_path / "keys.snapshot").rename(tmp_path / "revocations.snapshot")
    with pytest.raises(Tampered):
        SnapshotFile(tmp_path, "revocations").read()


def test_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    SnapshotFile(tmp_path / "state", "keys").write(b"value", 1.0)
    for path in (tmp_path / "state").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700
    (tmp_path / "state" / "snapshot.key").chmod(0o644)
    with pytest.raises(Misconfigured, match="can be read by others"):
        SnapshotFile(tmp_path / "state", "keys").read()


def test_a_full_disk_keeps_the_old_snapshot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = SnapshotFile(tmp_path, "keys")
    file.write(b"old", 1.0)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        file.write(b"new", 2.0)
    monkeypatch.undo()
    assert file.read() == (b"old", 1.0)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["keys.snapshot", "snapshot.key"]


def test_it_starts_again_in_a_forked_child() -> None:
    keeper = Keeper()
    snapshot = keeper.watch(Letters(), max_age=60)
    assert snapshot.wait(5)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = 0 if keeper.submit(asyncio.sleep(0, "alive")).result(5) == "alive" else 1
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    keeper.stop()


def test_a_value_that_came_along_into_a_forked_child_is_kept_fresh_there() -> None:
    keeper = Keeper()
    snapshot = keeper.watch(Letters(), max_age=60)
    assert snapshot.wait(5)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            snapshot.current()
            code = 0 if keeper._thread is not None and keeper._thread.is_alive() else 1
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    keeper.stop()


def test_a_first_value_does_not_keep_the_worker_from_starting() -> None:
    keeper = Keeper()
    snapshot = keeper.watch(Letters(), max_age=60, first="first")
    assert keeper._thread is None
    assert snapshot.current()
    assert keeper._thread is not None
    keeper.stop()
    assert snapshot.current()
    assert not keeper._thread.is_alive()


def test_what_is_restored_may_read_what_was_restored_before_it(tmp_path: Path) -> None:
    class Reply(Letters):
        name = "reply"

        def decode(self, data: bytes) -> str:
            return letter.current() + data.decode()

    for restart in (False, True):
        keeper, letters, replies = Keeper(tmp_path), Letters(), Reply()
        letters.down = replies.down = restart
        letter, reply = keeper.watch(letters, max_age=60), keeper.watch(replies, max_age=60)
        assert letter.wait(5)
        assert reply.wait(5)
        assert reply.current() == ("aa" if restart else "a")
        keeper.stop()


def test_a_stopped_keeper_leaves_no_thread() -> None:
    keeper = Keeper()
    assert keeper.watch(Letters(), max_age=60).wait(5)
    thread = keeper._thread
    assert thread is not None
    assert thread.is_alive()
    keeper.stop()
    assert not thread.is_alive()
    with pytest.raises(Unavailable, match="stopped"):
        keeper.submit(asyncio.sleep(0))
