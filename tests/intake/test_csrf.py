"""Whose page sent a request."""

from __future__ import annotations

import pytest

from ringwall.intake.csrf import same_origin


@pytest.mark.parametrize(
    ("fetch_site", "origin", "host", "scheme", "ours"),
    [
        ("same-origin", "", "a.example", "https", True),
        ("none", "", "a.example", "https", True),
        ("same-site", "https://a.example", "a.example", "https", False),
        ("cross-site", "https://a.example", "a.example", "https", False),
        ("SAME-ORIGIN", "", "a.example", "https", False),
        ("", "https://a.example", "a.example", "https", True),
        ("", "https://A.example:443", "a.example", "https", True),
        ("", "http://a.example", "a.example", "https", False),
        ("", "https://a.example", "a.example", "http", True),
        ("", "https://a.example:444", "a.example", "https", False),
        ("", "https://a.example.evil", "a.example", "https", False),
        ("", "https://evil/a.example", "a.example", "https", False),
        ("", "null", "a.example", "https", False),
        ("", "null", "null", "https", False),
        ("", "://", "", "https", False),
        ("", "", "a.example", "https", False),
        ("", "", "", "http", False),
    ],
)
def test_same_origin(fetch_site: str, origin: str, host: str, scheme: str, ours: bool) -> None:
    assert same_origin(fetch_site=fetch_site, origin=origin, host=host, scheme=scheme) is ours
