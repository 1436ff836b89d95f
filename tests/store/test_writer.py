"""The writer: one commit for many, each request alone in its failure, nothing before it is durable."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
from pathlib import Path

import pytest

from ringwall.audit import chain
from ringwall.audit.event import Event
from ringwall.errors import Unavailable
from ringwall.store import ledger
from ringwall.store.writer import QUEUE


def test_a_result_arrives_after_its_effect_can_be_read(store, add, items):
    assert store.submit(add, "a").result() == "a"
    assert store.read(items) == ["a"]


def test_a_coroutine_awaits_its_write(store, add, items):
    async def main():
        return await asyncio.gather(*(store.write(add, f"i{number:03}") for number in range(200)))

    assert len(asyncio.run(main())) == 200
    assert len(store.read(items)) == 200


def _held(store):
    """Keep the writer busy, so that what follows gathers into one group."""
    entered, free = threading.Event(), threading.Event()

    def wait(tx):
        entered.set()
        free.wait(10)

    blocker = store.submit(wait)
    entered.wait(10)
    return blocker, free


def test_many_requests_share_one_commit(store, add):
    blocker, free = _held(store)
    commits = []
    store._connection.set_trace_callback(lambda sql: commits.append(sql) if sql == "commit" else None)
    waiting = [store.submit(add, f"i{number}") for number in range(100)]
    free.set()
    blocker.result()
    for future in waiting:
        future.result()
    store._connection.set_trace_callback(None)
    assert len(commits) == 2  # the blocker's own, and one for a hundred


def test_one_bad_request_of_a_group_fails_alone_and_leaves_no_audit_row(store, add, items):
    heard: list[object] = []
    store.listen(heard.extend)
    _, free = _held(store)
    good, twin, other = store.submit(add, "a"), store.submit(add, "a"), store.submit(add, "b")

    def writes_and_raises(tx):
        add(tx, "never")
        raise ValueError("no")

    raising, last = store.submit(writes_and_raises), store.submit(add, "c")
    free.set()
    assert (good.result(), other.result(), last.result()) == ("a", "b", "c")
    assert isinstance(twin.exception(), Unavailable)
    assert isinstance(raising.exception(), ValueError)
    assert store.read(items) == ["a", "b", "c"]
    rows = store.read(ledger.rows)
    assert chain.verify(rows)[0] == 3
    assert heard == ["a", "b", "c"]


def test_listeners_hear_before_the_caller_does(store, add):
    order: list[str] = []
    store.listen(lambda news: order.append("listener"))
    store.submit(add, "a").result()
    order.append("caller")
    assert order == ["listener", "caller"]


def test_an_event_that_cannot_be_written_down_undoes_its_effect(store, items):
    def unrecordable(tx):
        tx.run("insert into item (name, size) values ('x', 1)")
        tx.record(Event("bad", 1.0, detail={"size": 1.5}))

    assert isinstance(store.submit(unrecordable).exception(), TypeError)
    assert store.read(items) == []


def test_the_chain_goes_on_after_a_restart(open_store, add):
    first = open_store()
    first.submit(add, "a").result()
    first.close()
    second = open_store()
    second.submit(add, "b").result()
    assert chain.verify(second.read(ledger.rows))[0] == 2


def test_a_reader_cannot_write(store):
    with pytest.raises(Unavailable, match="readonly"):
        store.read(lambda reader: reader.one("insert into item (name, size) values ('x', 1) returning name"))


def test_a_second_process_gets_one_clear_error(store, open_store):
    with pytest.raises(Unavailable, match=f"in use by process {os.getpid()}") as refused:
        open_store()
    assert refused.value.hint


def test_the_lock_is_free_after_close(open_store, add):
    open_store().close()
    open_store().submit(add, "a").result()


def test_closing_finishes_what_was_accepted_and_refuses_the_rest(open_store, add, items):
    store = open_store()
    waiting = [store.submit(add, f"i{number}") for number in range(50)]
    store.close()
    assert [future.result() for future in waiting] == [f"i{number}" for number in range(50)]
    with pytest.raises(Unavailable, match="closed"):
        store.submit(add, "late")


def test_a_queue_that_is_full_answers_at_once(store, add, monkeypatch):
    monkeypatch.setattr("ringwall.store.writer.QUEUE", 5)
    assert QUEUE > 5
    blocker, free = _held(store)
    waiting = [store.submit(add, f"i{number}") for number in range(5)]
    with pytest.raises(Unavailable, match="waiting"):
        store.submit(add, "one too many")
    free.set()
    assert len({future.result() for future in waiting}) == 5
    blocker.result()


def test_a_fork_may_not_use_the_parents_writer(store, add, monkeypatch):
    monkeypatch.setattr(os, "getpid", lambda: -1)
    with pytest.raises(Unavailable, match="fork"):
        store.submit(add, "a")


def test_full_synchronous_and_wal_are_what_sqlite_says_it_does(store):
    assert store.read(lambda reader: reader.one("pragma journal_mode")) == ("wal",)
    assert store.submit(lambda tx: tx.one("pragma synchronous")).result() == (2,)  # FULL
    assert store.read(lambda reader: reader.one("pragma query_only")) == (1,)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path, open_store):
    (tmp_path / "s.db").write_bytes(b"not a database, but longer than a header " * 10)
    with pytest.raises(Unavailable, match="not a database") as refused:
        open_store()
    assert "backup" in refused.value.hint


def test_a_truncated_database_answers_with_an_error(tmp_path: Path, open_store, add, items):
    store = open_store()
    for number in range(200):
        store.submit(add, f"{number:0500}").result()
    store.close()
    size = (tmp_path / "s.db").stat().st_size
    os.truncate(tmp_path / "s.db", size // 2 // 4096 * 4096)
    with pytest.raises(Unavailable):
        open_store().read(items)


def test_the_files_are_for_their_owner_only(tmp_path: Path, store, add):
    store.submit(add, "a").result()
    for name in ("s.db", "s.db-wal", "s.db.lock"):
        assert (tmp_path / name).stat().st_mode & 0o077 == 0, name


def test_a_failed_commit_is_told_to_everybody_and_the_next_succeeds(store, add, items):
    blocker, free = _held(store)
    waiting = [store.submit(add, f"i{number}") for number in range(3)]

    def refuse(action, *_):
        return sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_TRANSACTION and _[0] == "COMMIT" else sqlite3.SQLITE_OK

    # The statement cache would skip the authorizer; a denied COMMIT stands for any failure at the last moment.
    store._connection.set_authorizer(refuse)
    free.set()
    assert all(isinstance(future.exception(), Unavailable) for future in [blocker, *waiting])
    store._connection.set_authorizer(None)
    assert store.read(items) == []
    store.submit(add, "after").result()
    assert store.read(items) == ["after"]
    assert chain.verify(store.read(ledger.rows))[0] == 1


def test_a_listener_that_fails_harms_nobody(store, add, items, caplog):
    heard: list[object] = []
    store.listen(lambda news: 1 / 0)
    store.listen(heard.extend)
    assert store.submit(add, "a").result() == "a"
    assert store.submit(add, "b").result() == "b"
    assert heard == ["a", "b"]
    assert "a listener of the store" in caplog.text


def test_an_event_loop_that_closed_leaves_the_writer_alive(store, add, items):
    async def main():
        store.write(add, "a")

    blocker, free = _held(store)
    asyncio.run(main())
    free.set()
    blocker.result()
    assert store.submit(add, "b").result() == "b"
    assert store.read(items) == ["a", "b"]


def test_a_full_lot_of_audit_rows_is_one_chain(store):
    blocker, free = _held(store)
    waiting = [store.submit(ledger.record, Event("x.y", float(number))) for number in range(300)]
    free.set()
    for future in [blocker, *waiting]:
        future.result()
    assert chain.verify(store.read(ledger.rows))[0] == 300
