"""Which key ring a model uses: that of the service whose ``ringwall.toml`` is nearest to the model's module."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from weakref import WeakKeyDictionary

from ringwall import config
from ringwall.errors import Misconfigured
from ringwall.sealing.keyring import KeyRing
from ringwall.sealing.keyring_file import KeyRingFile, MissingKeyRing
from ringwall.settings import Settings

FILE = "keyring.json"
PASSPHRASE = "RINGWALL_KEYRING_PASSPHRASE"  # noqa: S105 (the name of a variable)

_log = logging.getLogger("ringwall.sealing")


def keyring_of(model: type) -> KeyRing:
    """The ring of ``model`` as it is now. Raises :class:`Misconfigured`.

    In development a missing ring is made, with a warning; in production it is an error.
    """
    if _given:
        return _given[-1]
    file = _files.get(model)
    return _first(model) if file is None else file.current()


def locate(model: type) -> KeyRingFile:
    """The key ring file of ``model``: ``keyring.json`` in the state directory of its service.

    The service is the one of the ``ringwall.toml`` nearest to the file of the model's module, upward; failing that, to
    the working directory. Raises :class:`Misconfigured` when there is none.
    """
    return ring_file(_settings(model))


@contextmanager
def use_keyring(ring: KeyRing) -> Iterator[None]:
    """Every model of this process uses ``ring`` meanwhile. For tests and tools; it touches no file."""
    global epoch
    _given.append(ring)
    epoch += 1
    try:
        yield
    finally:
        _given.remove(ring)
        epoch += 1


epoch = 0
"""Grows whenever :func:`use_keyring` begins or ends, so that a cipher made before knows that it is stale."""

_given: list[KeyRing] = []
_files: WeakKeyDictionary[type, KeyRingFile] = WeakKeyDictionary()


def _first(model: type) -> KeyRing:
    settings = _settings(model)
    file = ring_file(settings)
    try:
        ring = file.current()
    except MissingKeyRing:
        if not settings.development:
            raise Misconfigured(
                f"there is no key ring at {file.path}",
                hint="restore it from a backup; for a service without sealed data, make one with 'ringwall seal init'",
            ) from None
        ring = file.create(now=time.time())
        _log.warning("made the key ring %s: losing this file loses every sealed value, so back it up", file.path)
    _files[model] = file
    return ring


def _settings(model: type) -> Settings:
    source = getattr(sys.modules.get(model.__module__), "__file__", None)
    near = Path(source).parent if source is not None else Path.cwd()
    try:
        found = config.find(near)
    except Misconfigured:
        found = config.find(Path.cwd())
    return config.read(found)


def ring_file(settings: Settings) -> KeyRingFile:
    """The key ring file of a service."""
    return KeyRingFile(settings.state_directory / FILE, settings.service.name, passphrase=os.environ.get(PASSPHRASE))
