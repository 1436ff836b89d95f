from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ringwall.errors import Misconfigured
from ringwall.login.place import Origins, is_local, local_path
from ringwall.login.refusal import LoginRefused

OPEN_REDIRECTS = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "https://evil.example",
    "https:evil.example",
    "https:/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "@evil.example",
    ".evil.example",
    "?next=//evil.example",
    "/\r\nSet-Cookie: a=b",
    "/ok\x00",
    "/ok\\..\\..",
    "/ünïcode",
    "/\u2028",
    "/\uff0f/evil.example",
    "/" + "a" * 2048,
    "/login",
    "/login?next=/login",
    "/callback?code=1",
    "/logout#x",
]


@pytest.mark.parametrize("text", OPEN_REDIRECTS)
def test_open_redirect_is_refused(text: str):
    with pytest.raises(LoginRefused):
        local_path(text)


@pytest.mark.parametrize(
    "text", ["/", "/orders/17?page=2#top", "/a//b", "/@evil.example", "/%2f%2fevil", "/loginx", "/?q=/"]
)
def test_a_path_of_this_site_stays_as_it_is(text: str):
    assert local_path(text) == text


@pytest.mark.parametrize("text", [None, ""])
def test_no_path_is_home(text: str | None):
    assert local_path(text) == "/"


@given(st.text(max_size=40) | st.text("/\\:@.?#e \t", max_size=12))
@example("/.//evil.example")
def test_whatever_is_taken_stays_on_this_origin(text: str):
    try:
        path = local_path(text)
    except LoginRefused:
        return
    # How a browser reads a Location: WHATWG takes a backslash for a slash and drops tabs and newlines.
    read = path.replace("\\", "/").translate({9: None, 10: None, 13: None})
    assert urlsplit(urljoin("https://shop.example/login", read))[:2] == ("https", "shop.example")


def test_production_knows_one_origin_and_no_other():
    origins = Origins("https://shop.example", development=False)
    assert origins.of("http", "shop.example") == "https://shop.example"
    for host in (
        "evil.example",
        "shop.example:8443",
        "localhost:8000",
        "shop.example.evil.example",
        "",
        "shop.example@evil",
    ):
        with pytest.raises(LoginRefused) as caught:
            origins.of("https", host)
        assert caught.value.status == 421


def test_development_takes_this_machine_with_any_port():
    origins = Origins("", development=True)
    for host in ("localhost:8000", "127.0.0.1:1", "[::1]:8000", "shop.localhost:8000", "localhost"):
        assert origins.of("http", host) == f"http://{host}"
    for host in (
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "localhost:0",
        "localhost:99999",
        "x@localhost",
    ):
        with pytest.raises(LoginRefused):
            origins.of("http", host)


@pytest.mark.parametrize(
    "url", ["", "http://shop.example", "https://shop.example/path", "shop.example", "https://u@shop.example"]
)
def test_production_needs_its_https_origin(url: str):
    with pytest.raises(Misconfigured):
        Origins(url, development=False)


def test_local_is_this_machine_only():
    assert is_local("http://auth.localhost:4000/authorize?x=1")
    for url in (
        "http://localhost.evil.example",
        "http://evil.example/localhost",
        "ftp://localhost",
        "http://localhost@evil",
    ):
        assert not is_local(url)
