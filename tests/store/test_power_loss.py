"""The power goes while the writer works: with ``synchronous=FULL`` nothing that was acknowledged is lost."""

from __future__ import annotations

import importlib.util
import random
import sqlite3
from pathlib import Path

import pytest

from ringwall.audit import chain
from ringwall.store import connection
from ringwall.store.writer import GroupWriter

_spec = importlib.util.spec_from_file_location("power_loss", Path(__file__).with_name("power_loss.py"))
assert _spec is not None
assert _spec.loader is not None
power_loss = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(power_loss)

TRIALS = 12


@pytest.fixture
def lose_power(tmp_path: Path, monkeypatch, steps, add):
    """One trial: the number of items acknowledged, and those found afterwards, or ``None`` for a broken file."""

    def trial(synchronous: str, seed: int):
        chance = random.Random(seed)
        disk = power_loss.Disk()
        monkeypatch.setattr(connection, "writing", disk.connect)
        before, after = tmp_path / f"{synchronous}{seed}", tmp_path / f"{synchronous}{seed}-after"
        before.mkdir()
        after.mkdir()
        writer = GroupWriter(before / "s.db", steps, chain=chain.entry, synchronous=synchronous)  # type: ignore[arg-type]
        acknowledged = []
        waiting = []
        for number in range(chance.randrange(20, 200)):
            waiting.append((name := f"{number:05}{'x' * chance.randrange(800)}", writer.submit(add, name)))
            if chance.random() < 0.3:
                for name, future in waiting:
                    future.result()
                    acknowledged.append(name)
                waiting = []
        disk.cut(after, chance)
        writer.close()
        return acknowledged, _found(after / "s.db")

    return trial


def _found(path: Path):
    database = sqlite3.connect(path)
    try:
        assert database.execute("pragma integrity_check").fetchone() == ("ok",)
        names = {row[0] for row in database.execute("select name from item")}
        rows = database.execute("select seq, body, hash from audit order by seq").fetchall()
        assert chain.verify(rows)[0] == len(rows) == len(names)
    except sqlite3.DatabaseError:
        return None
    else:
        return names
    finally:
        database.close()


def test_full_loses_nothing_that_was_acknowledged(lose_power):
    for seed in range(TRIALS):
        acknowledged, found = lose_power("FULL", seed)
        assert found is not None, seed
        assert set(acknowledged) <= found, seed


def test_normal_does_which_is_the_control(lose_power):
    lost = 0
    for seed in range(TRIALS):
        acknowledged, found = lose_power("NORMAL", seed)
        lost += found is None or not set(acknowledged) <= found
    assert lost > TRIALS // 2
