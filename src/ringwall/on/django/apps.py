"""What has to hold in a Django project before its first request."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.core.signals import setting_changed
from django.http import HttpRequest

from ringwall.errors import Misconfigured
from ringwall.on.django.arrival import caller_of
from ringwall.on.django.body_limit import limited
from ringwall.on.django.gate import OUTER
from ringwall.on.django.inner import INNER


class RingwallConfig(AppConfig):
    """``INSTALLED_APPS += ["ringwall.on.django"]``."""

    name = "ringwall.on.django"
    label = "ringwall"

    def ready(self) -> None:
        """Close the ways that lead around middleware. Raises ``Misconfigured`` for settings without the gate."""
        _put_gate_around_middleware()
        setting_changed.connect(_put_gate_around_again, dispatch_uid=self.name)
        _close_static_files()
        ASGIHandler.handle = limited(ASGIHandler.handle)  # type: ignore[method-assign, assignment, arg-type]
        HttpRequest.caller = property(caller_of)  # type: ignore[attr-defined]


def _put_gate_around_middleware() -> None:
    """Middleware outside the gate could answer before anybody has asked. Whatever it names, it stands inside."""
    if OUTER not in settings.MIDDLEWARE:
        raise Misconfigured("the settings name no gate", hint=f'MIDDLEWARE += ["{OUTER}"]')
    others = [name for name in settings.MIDDLEWARE if name not in (OUTER, INNER)]
    settings.MIDDLEWARE = [OUTER, *others, INNER]


def _put_gate_around_again(*, setting: str, enter: bool, **_: Any) -> None:
    """Tests change settings."""
    if setting == "MIDDLEWARE" and enter:
        _put_gate_around_middleware()


def _close_static_files() -> None:
    """``runserver`` puts a handler of its own in front of the project; now such addresses are routed as all others."""
    from django.contrib.staticfiles.handlers import StaticFilesHandlerMixin

    StaticFilesHandlerMixin._should_handle = _never_handle  # type: ignore[method-assign]


def _never_handle(self: Any, path: str) -> bool:  # noqa: ARG001
    return False
