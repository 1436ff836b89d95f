"""Who is in the store of an authority that does not run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ringwall.store import clients, connection, people
from ringwall.store.rows import SqliteReader


@dataclass(frozen=True, slots=True)
class Kept:
    """``people`` are the names of those who can log in, ``clients`` the ids of what is registered."""

    people: frozenset[str] = frozenset()
    clients: frozenset[str] = frozenset()


def kept(home: Path) -> Kept:
    """What the store of ``home`` holds; nothing when there is no store yet. Raises ``Unavailable``."""
    database = home / "authority.db"
    if not database.is_file():
        return Kept()
    reader = SqliteReader(connection.reading(database))
    try:
        return Kept(frozenset(people.enabled(reader)), frozenset(client.id for client in clients.every(reader)))
    finally:
        reader.close()
