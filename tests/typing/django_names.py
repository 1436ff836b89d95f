"""What the names of the Django face are to a type checker."""

from __future__ import annotations

from typing import assert_type

from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import URLPattern, path

from ringwall.caller import Caller
from ringwall.on.django import HttpRequest, allow, guard, public


@allow
def who(request: HttpRequest) -> HttpResponse:
    assert_type(request.caller, Caller)
    return HttpResponse(request.caller.id)


def check() -> None:
    assert_type(allow(role="staff")(path("who", who)), URLPattern)
    assert_type(public(path("who", who)), URLPattern)
    assert_type(guard.visible(Group.objects, "group:read"), QuerySet[Group])
    assert_type(guard.visible(Group.objects.filter(name="a"), "group:read"), QuerySet[Group])
