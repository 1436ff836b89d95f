"""What is known about the attributes of a model before any request."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import models

from ringwall.errors import Misconfigured
from ringwall.on.django import Caller, Sealed
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.objects.attribute_type import attribute_type, known_names
from ringwall.policy.objects.entity import entity_text
from ringwall.policy.objects.loaded import UNKNOWN, loaded
from ringwall.policy.objects.witness import paths_read, witnessed
from ringwall.policy.rules.python_rule import python_rule


class Parcel(models.Model):
    code = models.CharField(max_length=4, primary_key=True)
    region = models.CharField(max_length=2)
    note = models.TextField(null=True)
    weight = models.FloatField()
    sender = models.ForeignKey(User, models.CASCADE)
    later = models.ForeignKey("parcels.Unknown", models.CASCADE, null=True)
    card = Sealed()

    class Meta:
        app_label = "parcels"


class Label(models.Model):
    file = models.FileField()

    class Meta:
        app_label = "parcels"


@pytest.mark.parametrize(
    ("name", "kind", "optional", "target"),
    [
        ("code", "string", False, None),
        ("pk", "string", False, None),
        ("region", "string", False, None),
        ("note", "string", True, None),
        ("weight", "other", False, None),
        ("sender", "entity", False, User),
        ("sender_id", "long", False, None),
        ("later", "entity", True, None),
        ("later_id", "other", True, None),
    ],
)
def test_fields(name: str, kind: str, optional: bool, target: Any) -> None:
    found = attribute_type(Parcel, name)
    assert found is not None
    assert (found.kind, found.optional, found.target, found.sealed) == (kind, optional, target, False)


def test_a_sealed_field_is_never_read_by_a_rule() -> None:
    found = attribute_type(Parcel, "card")
    assert found is not None
    assert found.sealed

    def by_card(caller: Caller, parcel: Parcel) -> bool:
        return parcel.card == "4111"

    with pytest.raises(Misconfigured, match="sealed"):
        python_rule(by_card, "parcel:read")


def test_a_field_that_may_be_null_needs_a_guard_and_another_does_not() -> None:
    def by_region(caller: Caller, parcel: Parcel) -> bool:
        return caller.region == parcel.region

    def by_note(caller: Caller, parcel: Parcel) -> bool:
        return caller.region == parcel.note

    python_rule(by_region, "parcel:read")
    with pytest.raises(Misconfigured):
        python_rule(by_note, "parcel:read")


def test_an_object_is_named_by_its_primary_key() -> None:
    assert entity_text(User(id=7)) == 'User::"7"'
    assert entity_text(Session(session_key="k")) == 'Session::"k"'
    assert {"code", "card", "sender"} <= set(known_names(Parcel))


def test_for_the_record_only_what_is_in_memory_is_taken() -> None:
    entry = LogEntry(id=1, object_repr="eu", user_id=7)
    assert [loaded(entry, name) for name in ("object_repr", "pk", "user_id", "content_type")] == ["eu", 1, 7, None]
    assert loaded(entry, "user") is UNKNOWN
    entry.user = User(id=7, username="ann")
    assert loaded(entry, "user") is entry.user
    assert loaded(Label(id=1, file="label.pdf"), "file") is UNKNOWN, "a text is held, a file is given"
    assert loaded(LogEntry(id=1, object_repr=models.DEFERRED, user_id=7), "object_repr") is UNKNOWN
    asked = 'permit (principal, action, resource) when { resource.user.username == "ann" && resource has weather };'
    seen = witnessed(entry, paths_read(parse_policies(asked)))
    assert {str(uid): (one.attributes, one.absent) for uid, one in seen.items()} == {
        'LogEntry::"1"': ({"user": EntityUid("User", "7")}, ["weather"]),
        'User::"7"': ({"username": "ann"}, []),
    }
