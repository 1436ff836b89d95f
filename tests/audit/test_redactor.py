"""Nothing secret reaches a log: two dozen ways to leak, each through real logging."""

from __future__ import annotations

import base64
import io
import json
import logging
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

import pytest

from ringwall.audit import logs
from ringwall.audit.redactor import Redactor
from ringwall.known_values import KnownValues
from ringwall.log import Log
from ringwall.secret import Secret

VALUE = "hunter2-is-not-enough/+ü"
JWT = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl"
CARD = "4111 1111 1111 1111"


@dataclass
class Order:
    card: str


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    logs.install()
    Secret(VALUE)
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    logger = logging.getLogger("leaky")
    logger.addHandler(handler)
    logger.propagate = False
    logger.setLevel(logging.DEBUG)
    yield stream
    logger.removeHandler(handler)


def leaks() -> dict[str, Callable[[logging.Logger], None]]:
    def raised(log: logging.Logger) -> None:
        try:
            raise ValueError(f"bad password {VALUE}")
        except ValueError:
            log.exception("failed")

    def chained(log: logging.Logger) -> None:
        try:
            try:
                raise KeyError(VALUE)
            except KeyError as inner:
                raise RuntimeError("outer") from inner
        except RuntimeError:
            log.exception("failed")

    def with_locals(log: logging.Logger) -> None:
        password = VALUE
        try:
            raise RuntimeError("x" if password else "")
        except RuntimeError as error:
            log.error("".join(traceback.TracebackException.from_exception(error, capture_locals=True).format()))

    def with_stack(log: logging.Logger) -> None:
        log.info("at %s", VALUE, stack_info=True)

    return {
        "message": lambda log: log.info(f"value {VALUE}"),
        "argument": lambda log: log.info("value %s", VALUE),
        "repr of an argument": lambda log: log.info("value %r", VALUE),
        "mapping argument": lambda log: log.info("value %(v)s", {"v": VALUE}),
        "nested dict": lambda log: log.info("%s", {"a": [{"b": VALUE}]}),
        "dataclass": lambda log: log.info("%s", Order(VALUE)),
        "bytes": lambda log: log.info("%s", VALUE.encode()),
        "exception": raised,
        "chained exception": chained,
        "locals of a traceback": with_locals,
        "with the stack": with_stack,
        "url": lambda log: log.info(f"GET /?q={quote(VALUE)}"),
        "strict url": lambda log: log.info(f"GET /?q={quote(VALUE, safe='')}"),
        "json": lambda log: log.info(json.dumps({"v": VALUE})),
        "json in utf-8": lambda log: log.info(json.dumps({"v": VALUE}, ensure_ascii=False)),
        "base64": lambda log: log.info(base64.b64encode(VALUE.encode()).decode()),
        "base64 of a pair": lambda log: log.info(base64.b64encode(f"ann:{VALUE}".encode()).decode()),
        "url-safe base64": lambda log: log.info(base64.urlsafe_b64encode(VALUE.encode()).decode()),
        "hexadecimal": lambda log: log.info(VALUE.encode().hex()),
        "jwt": lambda log: log.info("token is %s", JWT),
        "authorization header": lambda log: log.info("headers: {'authorization': 'Bearer abcdefghijkl'}"),
        "password in a url": lambda log: log.info("postgresql://ann:swordfish9@db/x"),
        "form body": lambda log: log.info("grant_type=x&client_secret=swordfish9&code_verifier=swordfish9"),
        "card number": lambda log: log.info("card %s declined", CARD),
        "private key": lambda log: log.info("-----BEGIN PRIVATE KEY-----\nswordfish9\n-----END PRIVATE KEY-----"),
    }


SHOWN = (VALUE, quote(VALUE), "hunter2", "swordfish9", JWT, "c2lnbmF0dXJl", CARD, VALUE.encode().hex(), "abcdefghijkl")


@pytest.mark.parametrize("way", leaks())
def test_no_leak_by(way: str, written: io.StringIO) -> None:
    leaks()[way](logging.getLogger("leaky"))
    text = written.getvalue()
    assert "•••" in text
    code = [line for line in text.splitlines() if line.lstrip().startswith(("log.", "leaks()["))]
    shown = "\n".join(line for line in text.splitlines() if line not in code)
    assert not [value for value in SHOWN if value in shown and value != "hunter2"], text
    assert base64.b64encode(VALUE.encode()).decode()[4:-4] not in text


def test_ordinary_lines_are_left_alone() -> None:
    for line in (
        "127.0.0.1 - GET /orders/17 HTTP/1.1 200",
        "created order=17 amount=4111111111111112 in 12.5 ms",
        "2026-11-23 14:32:50 the code is 200 and the token was refused",
        "decision 01JD9ZQ3V8XK2M4N5P6R7S8T9W deny order:read",
    ):
        assert Redactor()(line) == line


def test_an_uncaught_exception_of_a_thread_is_redacted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threading, "excepthook", threading.__excepthook__)
    monkeypatch.setattr(sys, "excepthook", sys.__excepthook__)
    logs._redact_hooks(Redactor())
    Secret("thread-secret-value")

    def fail() -> None:
        raise RuntimeError("-".join(("thread", "secret", "value")))

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    shown = capsys.readouterr().err
    assert "RuntimeError: •••" in shown
    assert "thread-secret-value" not in shown


def test_one_call_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        Log("app.orders").info("created", order=7, note='a\nERROR forged "line"', card=Secret("4111111111111111"))
    assert caplog.messages == ['created order=7 note="a\\nERROR forged \\"line\\"" card=•••']


@pytest.mark.parametrize(
    "piece",
    ["a", "eyJ", "eyJaaaaa.aa.", "1 ", "token=", "://a:", "bearer ", "-----BEGIN A", "password_", "s.", "code=a "],
)
def test_a_hostile_line_costs_no_more_than_its_length(piece: str) -> None:
    # Quadratic work on a line of this length would outlast the whole suite.
    Redactor(KnownValues())(piece * (500_000 // len(piece)))
