"""Random Cedar policies over hostile rows, as lists of Django and row by row: a long run, for the figure.

Run: ``python -m bench.django_lists 1_000_000 [first seed]``, with PostgreSQL 15 installed. One row decided is one row
that the WHERE keeps or not, held against the engine's answer. It stops at the first difference, with the policies.
"""

from __future__ import annotations

import random
import sys
from typing import Any

import django
from django.conf import settings
from django.db import connections
from psycopg.conninfo import conninfo_to_dict
from tests.postgres import private_postgres


def main() -> None:
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    with private_postgres() as dsn:
        known = conninfo_to_dict(dsn)
        place = {"HOST": known["host"], "NAME": known["dbname"], "USER": known["user"]}
        sqlite = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
        databases = {"default": sqlite, "postgres": {"ENGINE": "django.db.backends.postgresql", **place}}
        settings.configure(DATABASES=databases, USE_TZ=True)
        django.setup()
        compare(wanted, seed)


def compare(wanted: int, seed: int) -> None:
    """Ask until so many rows are decided."""
    from tests.on.django import notes
    from tests.on.django.test_visible_cedar import check

    asked: list[tuple[Any, list[Any]]] = []
    for alias in ("default", "postgres"):
        notes.fill(alias)
        asked.append((notes.about_notes, list(notes.Note.objects.using(alias))))
    asked.append((notes.about_visits, list(notes.Visit.objects.using("postgres"))))
    decided = 0
    while decided < wanted:
        for atoms, rows in asked:
            check(random.Random(seed), atoms, rows)
            decided += len(rows)
        seed += 1
        if seed % 500 == 0:
            print(f"seed {seed}: {decided:,} rows", flush=True)
    connections.close_all()
    print(f"0 wrong in {decided:,} rows; seeds up to {seed}")


if __name__ == "__main__":
    main()
