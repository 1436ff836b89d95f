from __future__ import annotations

import json

import pytest

from ringwall.login.web import WebRequest, is_same_origin, page, parameters, problem, redirect

ORIGIN = "https://shop.example"


def request(**headers: str) -> WebRequest:
    return WebRequest("POST", "https", "shop.example", "/logout", "", headers, {}, b"", "192.0.2.1")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "null"},
        {"origin": "https://evil.example"},
        {"origin": "http://shop.example"},
        {"origin": ORIGIN + "/"},
        {"sec-fetch-site": "cross-site", "origin": ORIGIN},
        {"sec-fetch-site": "same-site", "origin": ORIGIN},
        {"sec-fetch-site": "none"},
        {"referer": ORIGIN + "/page"},
    ],
)
def test_a_request_from_elsewhere_is_not_of_this_origin(headers):
    assert not is_same_origin(request(**headers), ORIGIN)


@pytest.mark.parametrize("headers", [{"origin": ORIGIN}, {"sec-fetch-site": "same-origin"}])
def test_a_request_from_our_own_page_is(headers):
    assert is_same_origin(request(**headers), ORIGIN)


def test_a_refusal_is_a_page_for_people_and_a_problem_for_programs():
    shown = problem(request(accept="text/html,*/*"), 503, "Login unavailable", "a < b", retry_after=4.2)
    assert dict(shown.headers)["content-type"].startswith("text/html")
    assert b"a &lt; b" in shown.body
    told = problem(request(accept="*/*"), 503, "Login unavailable", "later", retry_after=4.2)
    assert json.loads(told.body)["status"] == 503
    assert dict(told.headers)["retry-after"] == dict(shown.headers)["retry-after"] == "5"


def test_nothing_of_a_login_is_cached_framed_or_scripted():
    for response in (redirect("/"), page(200, "t"), problem(request(), 400, "t", "d")):
        assert dict(response.headers)["cache-control"] == "no-store"
    assert "default-src 'none'" in dict(page(200, "t").headers)["content-security-policy"]
    assert "frame-ancestors 'none'" in dict(page(200, "t").headers)["content-security-policy"]


def test_cookies_are_headers_of_their_own():
    response = redirect("/").with_cookies("a=1", "b=2")
    assert [value for name, value in response.headers if name == "set-cookie"] == ["a=1", "b=2"]


def test_a_parameter_is_read_once():
    assert parameters("a=1&b=%20x") == {"a": "1", "b": " x"}
