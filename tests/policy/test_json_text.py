"""JSON by hand: what is read, and one clear error for what is not."""

from __future__ import annotations

import pytest

from ringwall.errors import Misconfigured
from ringwall.policy.json_text import json_from_text


def test_what_is_read() -> None:
    assert json_from_text('[{"a": 1, "b": {"a": null}}, 9223372036854775808, "é"]') == [
        {"a": 1, "b": {"a": None}},
        2**63,
        "é",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": 1, "b": 2, "a": 1}', "not valid JSON: the key 'a' stands twice in one object"),
        ("[NaN]", "not valid JSON: there is no NaN in JSON"),
        ("[-Infinity]", "not valid JSON: there is no -Infinity in JSON"),
        ("", "not valid JSON: expecting value: line 1 column 1 (char 0)"),
        ("[1", "not valid JSON: expecting ',' delimiter: line 1 column 3 (char 2)"),
        ("[" * 200_000, "not valid JSON: it is nested too deeply"),
    ],
)
def test_what_is_refused(text: str, message: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        json_from_text(text, where="entities.json")
    assert str(refused.value) == f"entities.json: {message}"
