"""The service's own log: an event and its facts, on the standard library's logging."""

from __future__ import annotations

import json
import logging
from typing import Any


class Log:
    """``guard.log.info("created", order=17)`` logs ``created order=17``. A ``Secret`` shows as ``•••``."""

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)

    def debug(self, event: str, **facts: Any) -> None:
        self._write(logging.DEBUG, event, facts)

    def info(self, event: str, **facts: Any) -> None:
        self._write(logging.INFO, event, facts)

    def warning(self, event: str, **facts: Any) -> None:
        self._write(logging.WARNING, event, facts)

    def error(self, event: str, **facts: Any) -> None:
        self._write(logging.ERROR, event, facts)

    def _write(self, level: int, event: str, facts: dict[str, Any]) -> None:
        if self._logger.isEnabledFor(level):
            text = " ".join([event, *(f"{name}={_text(value)}" for name, value in facts.items())])
            self._logger.log(level, "%s", text, extra={"facts": facts}, stacklevel=3)


def _text(value: object) -> str:
    # Quoted where it must be, so that a value with a line break in it cannot forge a second line.
    text = str(value)
    return text if text and text.isprintable() and not set(text) & set(' "=\\') else json.dumps(text, ensure_ascii=True)
