"""Migrations: forward only, numbered, each after a copy, and never over a newer or a strange database."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from ringwall.errors import Misconfigured, Unavailable
from ringwall.store.migrate import Migration, migrations

SECOND = Migration(2, "0002_colour.sql", "alter table item add column colour text;\n")


def test_a_copy_is_made_before_each_migration(tmp_path: Path, open_store, steps, add):
    first = open_store()
    first.submit(add, "old").result()
    first.close()
    third = Migration(3, "0003_weight.sql", "alter table item add column weight bigint;\n")
    store = open_store(steps=(*steps, SECOND, third))
    assert store.read(lambda reader: reader.all("select name, colour, weight from item")) == [("old", None, None)]
    before = sqlite3.connect(tmp_path / "s.db.before-0002")
    assert before.execute("select * from item").fetchall() == [("old", 1)]
    before.close()
    assert (tmp_path / "s.db.before-0003").stat().st_mode & 0o077 == 0


def test_a_new_database_needs_no_copy(tmp_path: Path, open_store, steps):
    open_store(steps=(*steps, SECOND))
    assert not list(tmp_path.glob("*.before-*"))


def test_a_newer_database_is_refused(open_store, steps):
    open_store(steps=(*steps, SECOND)).close()
    with pytest.raises(Unavailable, match="newer version") as refused:
        open_store(steps=steps)
    assert "0002_colour" in str(refused.value)


def test_a_migration_that_was_edited_after_it_ran_is_refused(open_store, steps):
    open_store().close()
    edited = Migration(1, steps[0].name, steps[0].sql + "create table more (id integer);\n")
    with pytest.raises(Unavailable, match="another build"):
        open_store(steps=(edited,))


def test_a_migration_that_fails_leaves_the_database_as_it_was(open_store, steps, add, items):
    first = open_store()
    first.submit(add, "old").result()
    first.close()
    broken = Migration(2, "0002_broken.sql", "create table half (id integer);\ninsert into nowhere values (1);\n")
    with pytest.raises(Unavailable, match="nowhere"):
        open_store(steps=(*steps, broken))
    store = open_store(steps=steps)
    assert store.read(items) == ["old"]
    assert store.read(lambda reader: reader.one("select 1 from sqlite_master where name = 'half'")) is None


def test_a_migration_that_ends_in_the_middle_is_refused(open_store, steps):
    with pytest.raises(Misconfigured, match="middle of a statement"):
        open_store(steps=(*steps, Migration(2, "0002_cut.sql", "create table half (id integer")))


def test_the_authoritys_migrations_are_numbered_without_a_gap():
    found = migrations("ringwall.store.migrations.authority")
    assert [step.number for step in found] == list(range(1, len(found) + 1))
