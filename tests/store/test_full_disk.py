"""A disk that is full, a file that may not be written: a clear error, nothing half, service when space returns."""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ringwall.audit import chain
from ringwall.errors import Unavailable
from ringwall.store import ledger
from ringwall.store.writer import GroupWriter


def _fill(store, add, limit=5000):
    """Write until the disk refuses; the names that were acknowledged, and the refusal."""
    names = []
    for number in range(limit):
        try:
            names.append(store.submit(add, f"{number:06}{'x' * 4000}").result())
        except Unavailable as error:
            return names, error
    pytest.fail("the disk never filled up")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    if os.geteuid() != 0:
        pytest.skip("mounting a tmpfs needs root")
    mount = tmp_path / "disk"
    mount.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", mount], capture_output=True, check=False)
    if done.returncode != 0:
        message = f"cannot mount a tmpfs: {done.stderr.decode()}"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    yield mount
    subprocess.run(["umount", "--lazy", mount], check=True)


def test_service_resumes_when_space_returns(small_disk: Path, steps, add, items):
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(500_000))
    store = GroupWriter(small_disk / "s.db", steps, chain=chain.entry)
    try:
        acknowledged, refusal = _fill(store, add)
        assert "free some space" in refusal.hint
        for attempt in range(3):  # it stays a refusal, and not a hang or another error
            with pytest.raises(Unavailable):
                store.submit(add, f"while full {attempt}{'x' * 4000}").result()
        assert store.read(items) == acknowledged
        ballast.unlink()
        store.submit(add, "zz after").result()
        assert store.read(items) == [*acknowledged, "zz after"]
        assert store.read(lambda reader: reader.one("pragma integrity_check")) == ("ok",)
        rows = store.read(ledger.rows, limit=100_000)
        assert chain.verify(rows)[0] == len(acknowledged) + 1
    finally:
        store.close()


def test_a_file_size_limit_is_met_the_same_way(tmp_path: Path, steps, add, items):
    store = GroupWriter(tmp_path / "s.db", steps, chain=chain.entry)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, hard))
        acknowledged, _ = _fill(store, add)
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        store.submit(add, "zz after").result()
        assert store.read(items) == [*acknowledged, "zz after"]
        assert chain.verify(store.read(ledger.rows, limit=100_000))[0] == len(acknowledged) + 1
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        store.close()


def test_a_database_that_turns_read_only_refuses_and_recovers(store, add, items):
    store.submit(add, "a").result()
    store._connection.execute("pragma query_only = on")
    assert isinstance(store.submit(add, "b").exception(), Unavailable)
    store._connection.execute("pragma query_only = off")
    store.submit(add, "c").result()
    assert store.read(items) == ["a", "c"]


def test_a_directory_that_cannot_be_written_is_a_clear_error(tmp_path: Path, steps):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Unavailable, match="cannot create the lock"):
        GroupWriter(tmp_path / "file" / "s.db", steps, chain=chain.entry)
