"""Cedar policies from the files of a directory, read again when they change."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from ringwall.audit.event import Event
from ringwall.clock import SYSTEM, Clock
from ringwall.errors import Misconfigured, RingwallError
from ringwall.on.composition.files_below import files_below
from ringwall.policy.bundle import ENTITIES, POLICIES, SCHEMA, Bundle, read_bundle
from ringwall.policy.objects.unmatched import must_match

log = logging.getLogger("ringwall.policy")

_PAUSE = 0.5
_LARGEST = 16 << 20  # bytes of all files together


class PolicyFiles:
    """A source for the keeper. It yields a bundle for every change of the files that can be used as a whole.

    Files that cannot be used change nothing: the bundle before them stays, and the log and the audit log (``told``) say
    why. :meth:`read` is for the start, where they end it.
    """

    name = "policies"
    revision = 0

    def __init__(
        self, directory: Path, *, production: bool, told: Callable[[Event], object], clock: Clock = SYSTEM
    ) -> None:
        self._directory = directory
        self._production = production
        self._told = told
        self._clock = clock
        self._seen: object = None
        self._settling: object = None

    def read(self) -> Bundle:
        """The bundle as the files are now. Raises ``Misconfigured``."""
        self._seen = self._state()
        try:
            texts = self._texts() if self._directory.exists() else {}
            if not any(name.endswith(POLICIES) for name in texts):
                # A directory that is not there (yet, or any more) is not one whose forbids were taken back.
                raise Misconfigured("no policies are there", hint="put a *.cedar there", where=str(self._directory))
            bundle = read_bundle(texts, must_have_schema=self._production)
        except OSError as error:
            raise Misconfigured(f"the policies cannot be read: {error}", where=str(self._directory)) from error
        must_match(bundle)
        return bundle

    async def updates(self) -> AsyncIterator[Bundle]:
        while True:
            await asyncio.sleep(_PAUSE)
            if (bundle := await asyncio.to_thread(self._changed)) is not None:
                yield bundle

    def encode(self, value: Bundle) -> None:  # noqa: ARG002
        return None

    def decode(self, data: bytes) -> Bundle:  # noqa: ARG002
        raise ValueError("the files themselves are on the disk")

    def _changed(self) -> Bundle | None:
        state = self._state()
        settled, self._settling = state == self._settling, state
        if state == self._seen or not settled:
            return None  # as before; or still being written, and half a file may be a file with fewer forbids
        try:
            bundle = self.read()
        except RingwallError as error:
            if self._moved_from(state):
                return None
            log.error("the changed policies were refused, and the ones before them stay: %s", error.render())
            self._told(Event("policies.refused", self._clock.now(), detail={"reason": error.message[:2000]}))
            return None
        if self._moved_from(state):
            return None
        log.warning("policies %s are in force", bundle.version[:12])
        self._told(Event("policies.changed", self._clock.now(), detail={"version": bundle.version}))
        return bundle

    def _moved_from(self, state: object) -> bool:
        """Whether somebody wrote while we read: what was read may be half of it, and is looked at again."""
        moved = self._state() != state
        if moved:
            self._seen = None
        return moved

    def _files(self) -> list[Path]:
        """The files that count, at any depth. Raises as :func:`files_below` does."""
        endings = (POLICIES, SCHEMA, ENTITIES)
        return sorted(file for file in files_below(self._directory) if file.suffix in endings)

    def _state(self) -> object:
        """What tells one state of the files from the next; of files that cannot be looked at, why."""
        try:
            stats = [(file, file.stat()) for file in self._files()]
        except (OSError, Misconfigured) as error:
            return str(error)  # in the middle of a change; where it stays so, reading says it aloud
        return [(file, stat.st_mtime_ns, stat.st_size, stat.st_ino) for file, stat in stats]

    def _texts(self) -> dict[str, str]:
        texts: dict[str, str] = {}
        for file in self._files():
            name = str(file.relative_to(self._directory))
            if not file.is_file():
                raise Misconfigured("this is no file", hint="remove it, or what leads nowhere", where=name)
            try:
                with file.open("rb") as opened:
                    texts[name] = opened.read(_LARGEST + 1).decode()
            except UnicodeDecodeError as error:
                raise Misconfigured("the file is not UTF-8", where=name) from error
            if sum(map(len, texts.values())) > _LARGEST:
                raise Misconfigured(f"the policies are larger than {_LARGEST >> 20} MiB", where=str(self._directory))
            if file.suffix == POLICIES and not texts[name].strip():
                # A full disk leaves such a file behind, and its forbids must not go with it.
                raise Misconfigured("the file is empty", hint="delete it, or say in a comment why", where=name)
        return texts
