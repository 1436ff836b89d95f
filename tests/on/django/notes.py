"""The notes of ``tests.on.notes`` as models of Django, with the same hostile rows, but for what their face refuses."""

from __future__ import annotations

import random
from typing import Any

from django.db import connections, models, transaction
from tests.on import notes


class Account(models.Model):
    name = models.CharField(max_length=20, primary_key=True)

    class Meta:
        app_label = "notes"


class Folder(models.Model):
    __cedar_parents__ = ("above", "account")
    id = models.IntegerField(primary_key=True)
    above = models.ForeignKey("self", models.DO_NOTHING, null=True)
    account = models.ForeignKey(Account, models.DO_NOTHING, null=True)

    class Meta:
        app_label = "notes"


class Role(models.Model):
    name = models.CharField(max_length=20, primary_key=True)

    class Meta:
        app_label = "notes"


class Note(models.Model):
    __cedar_parents__ = ("folder",)
    owner = models.CharField(max_length=40)
    text = models.TextField(null=True)
    level = models.BigIntegerField(null=True)
    size = models.BigIntegerField()
    open = models.BooleanField(null=True)
    meta = models.JSONField(null=True)
    folder = models.ForeignKey(Folder, models.DO_NOTHING, null=True)
    readers = models.ForeignKey(Role, models.DO_NOTHING, null=True, db_constraint=False)

    class Meta:
        app_label = "notes"


class Visit(models.Model):
    """What only PostgreSQL compares as Cedar does."""

    at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    price = models.DecimalField(max_digits=18, decimal_places=4, null=True)

    class Meta:
        app_label = "notes"


MODELS: tuple[type[models.Model], ...] = (Account, Folder, Role, Note, Visit)


def fill(alias: str) -> None:
    """Make the tables, and the rows: references to a role that is gone among them, and a ring of folders."""
    rng = random.Random(3)
    with connections[alias].schema_editor() as editor:
        for model in MODELS:
            editor.create_model(model)
    with transaction.atomic(using=alias):
        for row in notes.rows(rng, 90):
            model = next(one for one in MODELS if one.__name__ == type(row).__name__)
            values = {field.attname: value_of(row, field.column) for field in model._meta.local_concrete_fields}
            model(**values).save(using=alias, force_insert=True)
        for visit in notes.visits(rng, 90) if connections[alias].vendor == "postgresql" else ():
            Visit(id=visit.id, at=visit.at, until=visit.until, price=visit.price).save(using=alias)


def empty(alias: str) -> None:
    """Take the tables away."""
    with connections[alias].schema_editor() as editor:
        for model in reversed(MODELS):
            editor.delete_model(model)


def value_of(row: Any, column: str) -> Any:
    """The value of the other ORM's row; a folder that is not there is none, since Django's constraint forbids it."""
    found = getattr(row, {"readers_id": "readers_name", "account_id": "account_name"}.get(column, column))
    return None if column in ("folder_id", "above_id") and found in (77, 99) else found


def about_notes(rng: random.Random) -> str:
    """One question about a note, without documents."""
    while "resource.meta" in (found := notes.about_notes(rng)) or "resource has meta" in found or "getTag" in found:
        pass
    return found


def about_visits(rng: random.Random) -> str:
    """One question that only PostgreSQL answers, without addresses."""
    while "address" in (found := notes.about_visits(rng)):
        pass
    return found
