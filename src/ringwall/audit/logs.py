"""Puts the redactor under every log handler of the process, and under the hooks that print uncaught exceptions."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections.abc import Callable
from types import TracebackType

from ringwall.audit.redactor import Redactor

_installed = threading.Lock()


def install(redact: Callable[[str], str] | None = None) -> None:
    """From now on, all that any ``logging`` handler writes is redacted, whoever added the handler and when.

    ``logging.Handler.format`` is the one place that every handler's text comes through, uvicorn's and gunicorn's
    included, tracebacks included. Calling it again does nothing.
    """
    if not _installed.acquire(blocking=False):
        return
    clean = redact or Redactor()
    formatted = logging.Handler.format

    def format(handler: logging.Handler, record: logging.LogRecord) -> str:  # noqa: A001 - the name it replaces
        return clean(formatted(handler, record))

    logging.Handler.format = format  # type: ignore[method-assign,assignment]
    _redact_hooks(clean)


def _redact_hooks(clean: Callable[[str], str]) -> None:
    def excepthook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        sys.stderr.write(clean("".join(traceback.format_exception(kind, error, trace))))

    def thread_excepthook(args: threading.ExceptHookArgs) -> None:
        if args.exc_type is not SystemExit and args.exc_value is not None:
            excepthook(args.exc_type, args.exc_value, args.exc_traceback)

    if sys.excepthook is sys.__excepthook__:
        sys.excepthook = excepthook
    if threading.excepthook is threading.__excepthook__:
        threading.excepthook = thread_excepthook
