"""``guard.log``: an event and its facts on one line, which no fact can break or forge."""

from __future__ import annotations

import json
import logging


class Log:
    """A thin voice over ``logging``: ``log.info("created", order=7, card=card)`` writes ``created order=7 card=•••``.

    Text with spaces, quotes or control characters is JSON-quoted, so one call is one line (CWE-117).
    """

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)

    def debug(self, event: str, **facts: object) -> None:
        self._write(logging.DEBUG, event, facts)

    def info(self, event: str, **facts: object) -> None:
        self._write(logging.INFO, event, facts)

    def warning(self, event: str, **facts: object) -> None:
        self._write(logging.WARNING, event, facts)

    def error(self, event: str, **facts: object) -> None:
        self._write(logging.ERROR, event, facts)

    def _write(self, level: int, event: str, facts: dict[str, object]) -> None:
        if self._logger.isEnabledFor(level):
            words = [_plain(event), *(f"{name}={_plain(str(value))}" for name, value in facts.items())]
            self._logger.log(level, "%s", " ".join(words), extra={"event": event}, stacklevel=3)


def _plain(text: str) -> str:
    simple = text.isprintable() and not any(character in ' "=' for character in text)
    return text if simple and text else json.dumps(text, ensure_ascii=not text.isprintable())
