"""Ringwall on Django: two lines in ``settings.py`` close every view that has no mark.

``INSTALLED_APPS += ["ringwall.on.django"]`` and ``MIDDLEWARE += ["ringwall.on.django.Gate"]``. ``guard`` is made when
it is first imported, from the ``ringwall.toml`` nearest to the module of the settings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import http

from ringwall.caller import Caller
from ringwall.marks import allow, public
from ringwall.on.django.body import body
from ringwall.on.django.gate import Gate
from ringwall.on.django.project_guard import Guard
from ringwall.on.django.sealed import Sealed

if TYPE_CHECKING:
    guard: Guard

    class HttpRequest(http.HttpRequest):
        """A request, and who sent it. Reading ``caller`` raises ``Unauthenticated`` when nobody did."""

        caller: Caller

else:
    HttpRequest = http.HttpRequest

__all__ = ["Caller", "Gate", "Guard", "HttpRequest", "Sealed", "allow", "body", "guard", "public"]


def __getattr__(name: str) -> Any:
    if name == "guard":
        from ringwall.on.django.project import guard_of_project

        return guard_of_project()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
