"""One contract, two stores; and what only the file can suffer."""

from __future__ import annotations

import multiprocessing
import sqlite3
import stat
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ringwall.errors import Unavailable
from ringwall.store.session_file import FileSessions
from ringwall.store.sessions import MemorySessions, SessionStore

KEY, OTHER = b"k" * 32, b"o" * 32


@pytest.fixture(params=["memory", "file"])
def store(request, tmp_path: Path) -> Iterator[SessionStore]:
    if request.param == "memory":
        yield MemorySessions()
        return
    sessions = FileSessions(tmp_path / "state" / "sessions.db")
    yield sessions
    sessions.close()


def test_what_was_inserted_is_read_until_it_is_deleted(store):
    assert store.read(KEY) is None
    store.insert(KEY, b"sealed", 100.0, 1.0)
    row = store.read(KEY)
    assert (row.sealed, row.ends, row.version, row.claimed) == (b"sealed", 100.0, 1, 0.0)
    assert store.read(OTHER) is None
    assert store.delete(KEY)
    assert not store.delete(KEY)
    assert store.read(KEY) is None


def test_an_insert_forgets_what_is_over(store):
    store.insert(KEY, b"old", 100.0, 1.0)
    store.insert(OTHER, b"new", 200.0, 100.0)
    assert store.read(KEY) is None


def test_a_touch_only_ever_lengthens(store):
    store.insert(KEY, b"sealed", 100.0, 1.0)
    store.touch(KEY, 50.0)
    assert store.read(KEY).ends == 100.0
    store.touch(KEY, 150.0)
    assert store.read(KEY).ends == 150.0
    store.touch(OTHER, 1.0)
    assert store.read(OTHER) is None


def test_one_claims_and_nobody_else_until_it_is_replaced(store):
    store.insert(KEY, b"one", 100.0, 1.0)
    assert store.claim(KEY, 1, 20.0)
    assert not store.claim(KEY, 1, 30.0)
    assert store.read(KEY).claimed == 20.0
    assert store.replace(KEY, 1, b"two")
    row = store.read(KEY)
    assert (row.sealed, row.version, row.claimed, row.ends) == (b"two", 2, 0.0, 100.0)
    assert not store.claim(KEY, 1, 30.0)
    assert store.claim(KEY, 2, 30.0)


def test_a_claim_does_not_end_by_itself(store):
    store.insert(KEY, b"one", 100.0, 1.0)
    assert store.claim(KEY, 1, 2.0)
    assert not store.claim(KEY, 1, 1e9)


def test_a_claim_can_be_given_back(store):
    store.insert(KEY, b"one", 100.0, 1.0)
    assert store.claim(KEY, 1, 2.0)
    store.release(KEY, 1)
    assert store.claim(KEY, 1, 3.0)


def test_nothing_replaces_a_session_that_was_ended(store):
    store.insert(KEY, b"one", 100.0, 1.0)
    store.claim(KEY, 1, 2.0)
    store.delete(KEY)
    assert not store.replace(KEY, 1, b"two")
    assert store.read(KEY) is None


def test_a_mark_is_spent_once(store):
    assert store.spend(KEY, 1.0, 10.0)
    assert not store.spend(KEY, 2.0, 10.0)
    assert store.spend(OTHER, 2.0, 10.0)
    assert store.spend(KEY, 10.0, 20.0)


def race(attempts: Callable[[int], bool]) -> int:
    with ThreadPoolExecutor(16) as pool:
        return sum(pool.map(attempts, range(64)))


def test_of_many_that_claim_or_spend_at_once_one_succeeds(store):
    store.insert(KEY, b"one", 100.0, 1.0)
    assert race(lambda n: store.claim(KEY, 1, 10.0 + n)) == 1
    assert race(lambda n: store.spend(OTHER, 1.0, 10.0 + n)) == 1


def test_two_openings_of_one_file_see_each_other(tmp_path):
    one, two = FileSessions(tmp_path / "s.db"), FileSessions(tmp_path / "s.db")
    one.insert(KEY, b"sealed", 100.0, 1.0)
    assert two.read(KEY).sealed == b"sealed"
    assert two.claim(KEY, 1, 5.0)
    assert not one.claim(KEY, 1, 5.0)
    two.delete(KEY)
    assert one.read(KEY) is None
    one.close()
    two.close()


def test_a_forked_child_opens_a_connection_of_its_own(tmp_path):
    sessions = FileSessions(tmp_path / "s.db")
    sessions.insert(KEY, b"sealed", 100.0, 1.0)
    context = multiprocessing.get_context("fork")
    told = context.Queue()

    def child() -> None:
        before = sessions._connection
        told.put((before is None, sessions.read(KEY).sealed, sessions.delete(KEY)))

    process = context.Process(target=child)
    process.start()
    assert told.get(timeout=30) == (True, b"sealed", True)
    process.join(30)
    assert sessions.read(KEY) is None
    sessions.close()


def test_sessions_outlive_their_process(tmp_path):
    sessions = FileSessions(tmp_path / "s.db")
    sessions.insert(KEY, b"sealed", 100.0, 1.0)
    sessions.close()
    again = FileSessions(tmp_path / "s.db")
    assert again.read(KEY).sealed == b"sealed"
    again.close()


def test_the_file_is_ours_alone_and_not_in_wal_mode(tmp_path):
    sessions = FileSessions(tmp_path / "s.db")
    sessions.insert(KEY, b"sealed", 100.0, 1.0)
    assert stat.S_IMODE((tmp_path / "s.db").stat().st_mode) == 0o600
    connection = sqlite3.connect(tmp_path / "s.db")
    assert connection.execute("pragma journal_mode").fetchone()[0] != "wal"
    connection.close()
    sessions.close()


def test_store_locked_no_session(tmp_path):
    sessions = FileSessions(tmp_path / "s.db", busy=0.05)
    sessions.insert(KEY, b"sealed", 100.0, 1.0)
    holder = sqlite3.connect(tmp_path / "s.db", isolation_level=None)
    holder.execute("begin exclusive")
    for use in (lambda: sessions.read(KEY), lambda: sessions.delete(KEY), lambda: sessions.claim(KEY, 1, 9.0)):
        with pytest.raises(Unavailable):
            use()
    holder.execute("rollback")
    holder.close()
    assert sessions.read(KEY).sealed == b"sealed"
    sessions.close()


def test_store_full_no_session(tmp_path):
    sessions = FileSessions(tmp_path / "s.db")
    sessions.insert(KEY, b"sealed", 100.0, 1.0)
    pages = sessions._connection.execute("pragma page_count").fetchone()[0]
    sessions._connection.execute(f"pragma max_page_count = {pages}")
    with pytest.raises(Unavailable, match="full"):
        sessions.insert(OTHER, b"x" * 100_000, 100.0, 1.0)
    assert sessions.read(OTHER) is None
    assert sessions.read(KEY).sealed == b"sealed"
    sessions.close()


def test_a_file_that_is_no_store_is_unavailable(tmp_path):
    (tmp_path / "s.db").write_bytes(b"not a database at all" * 100)
    with pytest.raises(Unavailable):
        FileSessions(tmp_path / "s.db").read(KEY)


def test_a_newer_store_is_left_alone(tmp_path):
    connection = sqlite3.connect(tmp_path / "s.db")
    connection.execute("pragma user_version = 99")
    connection.close()
    with pytest.raises(Unavailable, match="newer"):
        FileSessions(tmp_path / "s.db").read(KEY)


def test_a_directory_that_cannot_be_made_is_unavailable(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable):
        FileSessions(tmp_path / "file" / "s.db").read(KEY)
