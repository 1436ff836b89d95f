"""A small store of its own for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ringwall.audit import chain
from ringwall.store.contract import Transaction
from ringwall.store.migrate import Migration
from ringwall.store.writer import GroupWriter

AUDIT = "create table audit (seq integer primary key, at bigint, kind text, body blob, hash blob);\n"
ITEM = "create table item (name text primary key, size bigint not null);\n"


@pytest.fixture
def steps() -> tuple[Migration, ...]:
    return (Migration(1, "0001_items.sql", AUDIT + ITEM),)


@pytest.fixture
def open_store(tmp_path: Path, steps: tuple[Migration, ...]) -> Iterator[Callable[..., GroupWriter]]:
    """``open_store(name="s.db", steps=…, synchronous=…)``; whatever is still open is closed at the end."""
    opened: list[GroupWriter] = []

    def open_it(name: str = "s.db", steps: tuple[Migration, ...] = steps, **options: str) -> GroupWriter:
        writer = GroupWriter(tmp_path / name, steps, chain=chain.entry, **options)  # type: ignore[arg-type]
        opened.append(writer)
        return writer

    yield open_it
    for writer in opened:
        writer.close()


@pytest.fixture
def store(open_store: Callable[..., GroupWriter]) -> GroupWriter:
    return open_store()


@pytest.fixture
def add() -> Callable[[Transaction, str], str]:
    """A transaction: store an item, write it down, announce it."""
    from ringwall.audit.event import Event

    def add(tx: Transaction, name: str, size: int = 1) -> str:
        tx.run("insert into item (name, size) values (?, ?)", name, size)
        tx.record(Event("item.added", 1.5, "ann", name, {"size": size}))
        tx.announce(name)
        return name

    return add


@pytest.fixture
def items() -> Callable[[object], list[str]]:
    """A query: every item's name."""
    return lambda reader: [row[0] for row in reader.all("select name from item order by name")]  # type: ignore[attr-defined]
