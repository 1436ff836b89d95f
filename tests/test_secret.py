"""A Secret gives its value to reveal() and to nothing else."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import string
import traceback

import pytest

from ringwall import Secret

VALUE = "s3cr3t-hunter2-value"


@pytest.fixture
def secret() -> Secret[str]:
    return Secret(VALUE)


def test_reveals(secret: Secret[str]) -> None:
    assert secret.reveal() == VALUE


def test_no_rendering_shows_it(secret: Secret[str], caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("app").warning("value %s %r", secret, secret)
    shown = [
        *(str(secret), repr(secret), f"{secret}", f"{secret!r:>10}", "%s" % secret, f"{secret:s}"),
        *(string.Template("$x").substitute(x=secret), repr({"k": [secret]}), caplog.text),
    ]
    assert not any(VALUE in text for text in shown)
    assert str(secret) == "•••"


@pytest.mark.parametrize("give_away", [pickle.dumps, json.dumps, len, list, vars, hash, bytes, str.encode, float])
def test_no_conversion_gives_it_away(secret: Secret[str], give_away: object) -> None:
    with pytest.raises((TypeError, AttributeError)) as caught:
        give_away(secret)  # type: ignore[operator]
    assert VALUE not in str(caught.value)


def test_a_traceback_with_locals_does_not_show_it(secret: Secret[str]) -> None:
    try:
        raise RuntimeError("boom")
    except RuntimeError as error:
        shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert VALUE not in shown


def test_equality() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != Secret(b"a")
    assert Secret("a") != "a"
    assert Secret(1) == Secret(1)
    assert Secret(1) != Secret(True)


def test_it_is_its_own_copy(secret: Secret[str]) -> None:
    assert copy.copy(secret) is secret
    assert copy.deepcopy([secret])[0] is secret


def test_it_does_not_change(secret: Secret[str]) -> None:
    with pytest.raises(AttributeError):
        secret._held = lambda: "other"  # type: ignore[misc]
