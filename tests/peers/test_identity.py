"""SPIFFE ids against the rules of go-spiffe v2, written here a second time, character by character."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringwall.errors import Invalid
from ringwall.peers.identity import SpiffeId

LOWER, UPPER, DIGITS = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"


def reference(text: str) -> tuple[str, str] | None:
    """(trust domain, path), or None for what is no id."""
    if text[:9] != "spiffe://":
        return None
    rest, at = text[9:], 0
    while at < len(rest) and rest[at] != "/":
        if rest[at] not in LOWER + DIGITS + "-._":
            return None
        at += 1
    domain, path = rest[:at], rest[at:]
    if not domain:
        return None
    segment = None
    for character in path + "/" if path else "":
        if character == "/":
            if segment is not None and segment in ("", ".", ".."):
                return None
            segment = ""
        elif character in LOWER + UPPER + DIGITS + "-._":
            segment += character
        else:
            return None
    return domain, path


GOOD = [
    ("spiffe://trustdomain", "trustdomain", ""),
    ("spiffe://trustdomain/path", "trustdomain", "/path"),
    ("spiffe://trustdomain/path1/path2", "trustdomain", "/path1/path2"),
    ("spiffe://trust.domain-1_x/a.b-c_D9", "trust.domain-1_x", "/a.b-c_D9"),
    ("spiffe://trustdomain/pa...th", "trustdomain", "/pa...th"),
    ("spiffe://trustdomain/...", "trustdomain", "/..."),
    ("spiffe://127.0.0.1/a", "127.0.0.1", "/a"),
]
BAD = [
    "", "spiffe", "spiffe:/", "spiffe://", "spiffe:///path", "http://trustdomain/path", "SPIFFE://trustdomain/path",
    "Spiffe://trustdomain", "spiffe://TrustDomain", "spiffe://trustdomain:80/x", "spiffe://user@trustdomain/x",
    "spiffe://trustdomain/", "spiffe://trustdomain//path", "spiffe://trustdomain/path/", "spiffe://trustdomain/path//",
    "spiffe://trustdomain/./path", "spiffe://trustdomain/../path", "spiffe://trustdomain/path/.",
    "spiffe://trustdomain/path/..", "spiffe://trustdomain/%20path", "spiffe://trust%20domain/path",
    "spiffe://trustdomain/path?query", "spiffe://trustdomain/path#fragment", "spiffe://trustdomain/pa th",
    "spiffe://trustdomain/path\n", "spiffe://trustdomain\n", " spiffe://trustdomain", "spiffe://trüst/path",
    "spiffe://trustdomain/påth", "spiffe://trustdomain/path\x00", "spiffe://trust\\domain", "spiffe://[::1]/x",
    "spiffe://trustdomain/١", "spiffe://١/x",
]  # fmt: skip


@pytest.mark.parametrize(("text", "domain", "path"), GOOD)
def test_ids(text: str, domain: str, path: str) -> None:
    assert SpiffeId.parse(text) == SpiffeId(domain, path)
    assert reference(text) == (domain, path)
    assert str(SpiffeId.parse(text)) == text


@pytest.mark.parametrize("text", BAD)
def test_no_ids(text: str) -> None:
    assert reference(text) is None
    with pytest.raises(Invalid, match="not a spiffe id"):
        SpiffeId.parse(text)


near = st.lists(
    st.sampled_from(["spiffe://", "/", ".", "..", "a", "Z", "0", "-", "_", "%2e", ":", "@", "?", "#", "é", "\n", "td"]),
    max_size=8,
).map("".join)


@given(st.one_of(near, near.map("spiffe://".__add__), near.map("spiffe://td/".__add__), st.text(max_size=30)))
@settings(max_examples=1500, deadline=None)
def test_the_parser_agrees_with_the_rules_on_any_text(text: str) -> None:
    try:
        parsed = SpiffeId.parse(text)
    except Invalid:
        assert reference(text) is None
    else:
        assert reference(text) == (parsed.trust_domain, parsed.path)
        assert str(parsed) == text


def test_length_is_bounded_as_the_standard_says() -> None:
    longest = "spiffe://t/" + "a" * (2048 - 11)
    assert SpiffeId.parse(longest).trust_domain == "t"
    with pytest.raises(Invalid, match="longer than 2048"):
        SpiffeId.parse(longest + "a")
    with pytest.raises(Invalid, match="trust domain"):
        SpiffeId.parse("spiffe://" + "t" * 256 + "/a")


def test_an_id_cannot_be_smuggled_through_a_service_name() -> None:
    assert str(SpiffeId.of("td", "orders")) == "spiffe://td/orders"
    for name in ("", "a b", "../b", "a?b", "b#c", "a\n"):
        with pytest.raises(Invalid):
            SpiffeId.of("td", name)
