"""Versions of policy sets, against any store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ringwall.audit import chain
from ringwall.store import policy_sets
from ringwall.store.migrate import migrations
from ringwall.store.writer import GroupWriter

FILES = {"a.cedar": "permit (principal, action, resource); // ✗"}


@pytest.fixture(params=["sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[GroupWriter]:
    steps = migrations("ringwall.store.migrations.authority")
    store = GroupWriter(tmp_path / "a.db", steps, chain=chain.entry, synchronous="OFF")
    yield store
    store.close()


def push(store: GroupWriter, name: str, now: int, files: dict[str, str] = FILES) -> policy_sets.PolicySetRow:
    return store.submit(policy_sets.push, name, files, "d" * 64, "operator:0", now).result()


def test_versions_count_up_for_each_name_alone(store: GroupWriter) -> None:
    assert [push(store, name, 10).version for name in ("orders", "orders", "billing", "orders")] == [1, 2, 1, 3]
    latest = store.read(policy_sets.latest)
    assert [(row.name, row.version) for row in latest] == [("billing", 1), ("orders", 3)]
    assert latest[1].files == FILES


def test_each_version_is_later_than_the_one_before(store: GroupWriter) -> None:
    assert [push(store, "orders", now).pushed for now in (100, 100, 50, 200)] == [100, 101, 102, 200]


def test_one_version_the_current_one_and_none(store: GroupWriter) -> None:
    push(store, "orders", 10, {"a.cedar": "1"})
    push(store, "orders", 20, {"a.cedar": "2"})
    for version, text in ((1, "1"), (2, "2"), (None, "2")):
        row = store.read(policy_sets.get, "orders", version)
        assert row is not None
        assert row.files == {"a.cedar": text}
    assert store.read(policy_sets.get, "orders", 3) is None
    assert store.read(policy_sets.get, "billing") is None


def test_old_versions_are_forgotten_and_numbers_never_used_again(store: GroupWriter) -> None:
    for now in range(policy_sets.KEPT + 5):
        push(store, "orders", now)
    history = store.read(policy_sets.history, "orders")
    assert [row.version for row in history] == list(range(policy_sets.KEPT + 5, 5, -1))
    assert history[0].files == {}
    assert push(store, "orders", 0).version == policy_sets.KEPT + 6
