"""``guard.visible`` inside a request: a queryset and rows in memory have one answer, by the same caller and context."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.http import HttpRequest, JsonResponse
from django.urls import path
from tests.on.django import notes
from tests.on.django.conftest import Browser

from ringwall.on.django import allow
from ringwall.on.django.project_guard import Guard
from ringwall.policy.authorizer import Authorizer
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.rules.grant import role_policies

POLICIES = """
permit (principal, action == Action::"note:read", resource is Note)
when { context.ip.isInRange(ip("10.0.0.0/8")) && resource in Folder::"1" };
permit (principal, action == Action::"note:list", resource is Note) when { resource.owner == principal.id };
"""
ANN = {"authorization": "Bearer ann"}


@pytest.fixture(scope="module")
def ids() -> Iterator[list[int]]:
    """The keys of the notes in the folder 1 and below it."""
    notes.fill("default")
    yield sorted(note.pk for note in notes.Note.objects.all() if note.folder_id in (1, 2, 3))
    notes.empty("default")


@pytest.fixture
def guard(make_guard: Any) -> Guard:
    made = make_guard()
    roles = role_policies({"customer": ["note:list"]})
    return Guard(replace(made._parts, authorizer=Authorizer([*roles, *parse_policies(POLICIES)], ["note:read"])))


@pytest.fixture
def lists(serve: Any, guard: Guard) -> None:
    @allow
    def asked(_: HttpRequest) -> JsonResponse:
        found = guard.visible(notes.Note.objects, "note:read")
        held = guard.visible(list(notes.Note.objects.all()), "note:read")
        return JsonResponse({"found": sorted(found.values_list("pk", flat=True)), "held": [note.pk for note in held]})

    serve(path("notes", asked))


@pytest.mark.usefixtures("lists")
@pytest.mark.parametrize(("address", "near"), [("10.1.2.3", True), ("192.0.2.1", False)])
def test_the_client_s_address_narrows_a_queryset_and_a_list_alike(ids: list[int], address: str, near: bool) -> None:
    answer = Browser(asynchronous=False).open("GET", "/notes", ANN, REMOTE_ADDR=address)
    assert answer.status_code == 200
    assert ids
    assert answer.json() == {"found": ids if near else [], "held": ids if near else []}


def test_a_yes_that_depends_on_the_context_is_known_to(guard: Guard) -> None:
    assert guard.authorizer().depends_on_context("note:read")
    assert not guard.authorizer().depends_on_context("note:list")
