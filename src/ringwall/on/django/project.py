"""The one guard of a Django project."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from ringwall import config
from ringwall.errors import Misconfigured
from ringwall.on.composition.parts import compose
from ringwall.on.django.project_guard import Guard

_lock = threading.Lock()
_made: list[Guard] = []


def guard_of_project() -> Guard:
    """The guard, made at the first call from the ``ringwall.toml`` nearest to the module of the settings, or else to
    the working directory. Raises ``Misconfigured``."""
    with _lock:
        if not _made:
            _made.append(Guard(compose(config.load(_place()))))
        return _made[0]


def _place() -> Path:
    try:
        name = settings.SETTINGS_MODULE
    except ImproperlyConfigured:
        raise Misconfigured(
            "the guard was asked for before Django had its settings",
            hint="set DJANGO_SETTINGS_MODULE, or import the guard in a module that Django loads",
        ) from None
    # Settings that a program made by settings.configure() have no module.
    return Path(sys.modules[name].__file__ or ".") if name else Path.cwd()
