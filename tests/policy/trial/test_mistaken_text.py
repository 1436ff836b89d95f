"""The texts that are off by the least, as far as Cedar can write and read them."""

from __future__ import annotations

import pytest

from ringwall.policy.trial.mistaken_text import mistaken_texts


@pytest.mark.parametrize(
    ("function", "text", "mistaken"),
    [
        ("decimal", "0.5", ["0.4999", "0.5001"]),
        ("decimal", "922337203685477.5807", ["922337203685477.5806"]),
        ("decimal", "-922337203685477.5808", ["-922337203685477.5807"]),
        ("duration", "1ms", ["0ms", "2ms"]),
        ("duration", "9223372036854775807ms", ["9223372036854775806ms"]),
        ("datetime", "2024-01-01", ["2023-12-31T23:59:59.999Z", "2024-01-01T00:00:00.001Z"]),
        ("datetime", "9999-12-31T23:59:59.999Z", ["9999-12-31T23:59:59.998Z"]),
        ("datetime", "0000-01-01", ["0000-01-01T00:00:00.001Z"]),
        ("ip", "10.0.0.0/8", ["10.0.0.0/7", "10.0.0.0/9"]),
        ("ip", "10.0.0.0/0", ["10.0.0.0/1"]),
        ("ip", "10.0.0.1", ["10.0.0.1/31"]),
        ("ip", "::/128", ["::/127"]),
        ("ip", "nowhere", []),
        ("lessThan", "1", []),
    ],
)
def test_a_text_is_off_by_the_least(function: str, text: str, mistaken: list[str]) -> None:
    assert list(mistaken_texts(function, text)) == mistaken
