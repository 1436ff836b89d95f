"""The guide's way of logging in, repaired, works; each of its mistakes is told to whoever makes it."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest
from tests.strangers.oidc.guide_app import CALLBACK, create_app

CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"  # RFC 7636 appendix B
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"


@pytest.fixture
def browser(system: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # the development authority speaks http
    return create_app(system.issuer, "demo").test_client()


def path(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def test_the_guides_way_repaired(browser: Any, person: Any) -> None:
    answer = person.log_in_and_allow(browser.get("/login").location)
    assert answer.startswith(CALLBACK + "?")
    assert browser.get(path(answer)).location == "/me"
    assert browser.get("/me").json["name"] == "Ann"
    assert browser.get("/me").json["sub"] == "ann"


def test_login_csrf_an_answer_to_another_browser_is_refused(browser: Any, new_person: Any) -> None:
    attacker = new_person()
    answer = attacker.log_in_and_allow(browser.get("/login").location, "sue")
    browser.get("/login")
    assert browser.get(path(answer)).status_code == 403
    assert browser.get("/me").status_code == 401
    attacker.http.close()


def asked(**changes: str | None) -> str:
    """An authorization request of ``demo``, with ``changes`` (``None`` leaves a parameter out)."""
    whole: dict[str, str | None] = {
        "client_id": "demo", "redirect_uri": CALLBACK, "response_type": "code", "scope": "openid", "state": "s",
        "code_challenge": CHALLENGE, "code_challenge_method": "S256", **changes,
    }  # fmt: skip
    return "/authorize?" + urlencode({name: value for name, value in whole.items() if value is not None})


def told(system: Any, person: Any, **changes: str | None) -> dict[str, str]:
    """The error that the application gets by redirect."""
    answer = person.visit(system.issuer + asked(**changes))
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(CALLBACK)
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def test_mistake_no_pkce(system: Any, person: Any) -> None:
    error = told(system, person, code_challenge=None, code_challenge_method=None)
    assert error["error"] == "invalid_request"
    assert error["error_description"].startswith(
        "PKCE is required: send code_challenge with code_challenge_method=S256"
    )


def test_mistake_a_plain_challenge(system: Any, person: Any) -> None:
    error = told(system, person, code_challenge=VERIFIER, code_challenge_method="plain")
    assert error["error_description"] == "code_challenge_method must be S256: plain is no protection"


def test_mistake_a_challenge_that_is_padded(system: Any, person: Any) -> None:
    error = told(system, person, code_challenge=CHALLENGE + "=")
    assert "43 characters without padding" in error["error_description"]


def test_mistake_the_implicit_flow(system: Any, person: Any) -> None:
    assert told(system, person, response_type="token")["error_description"] == "response_type must be code"


@pytest.mark.parametrize(
    ("redirect_uri", "hint"),
    [(None, "redirect_uri is missing"), ("http://127.0.0.1:51235/other", "redirect_uri must be exactly one")],
)
def test_mistake_no_redirect_uri_or_another(system: Any, person: Any, redirect_uri: str | None, hint: str) -> None:
    page = person.visit(system.issuer + asked(redirect_uri=redirect_uri))
    assert page.status_code == 400
    assert hint.lower() in unescape(re.sub(r"<[^>]+>", " ", page.text)).lower()


def spent(system: Any, person: Any, **changes: str | None) -> httpx2.Response:
    """The token endpoint's answer to a fresh code."""
    answer = person.log_in_and_allow(system.issuer + asked())
    form = {
        "grant_type": "authorization_code", "code": parse_qs(urlsplit(answer).query)["code"][0], "client_id": "demo",
        "redirect_uri": CALLBACK, "code_verifier": VERIFIER, **changes,
    }  # fmt: skip
    data = {name: value for name, value in form.items() if value is not None}
    return httpx2.post(f"{system.issuer}/token", data=data, trust_env=False)


def test_the_request_that_the_mistakes_are_made_of_is_right(system: Any, person: Any) -> None:
    assert spent(system, person).json()["token_type"] == "Bearer"


@pytest.mark.parametrize("name", ["code_verifier", "redirect_uri", "code", "client_id", "grant_type"])
def test_mistake_a_token_request_lacks_a_parameter(system: Any, person: Any, name: str) -> None:
    refused = spent(system, person, **{name: None})
    assert refused.status_code in (400, 401)
    assert name in refused.json()["error_description"]


def test_mistake_a_lost_verifier(system: Any, person: Any) -> None:
    refused = spent(system, person, code_verifier="v" * 43)
    assert refused.json()["error"] == "invalid_grant"
    assert "code_verifier" in refused.json()["error_description"]


def test_mistake_json_to_the_token_endpoint(system: Any) -> None:
    refused = httpx2.post(f"{system.issuer}/token", json={"grant_type": "authorization_code"}, trust_env=False)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_request")
    assert (
        "the body is JSON; send the parameters as application/x-www-form-urlencoded"
        in refused.json()["error_description"]
    )


def test_mistake_the_secret_in_the_body(system: Any, person: Any) -> None:
    refused = spent(system, person, client_secret="s3cret")
    assert "Authorization: Basic header, not in the body" in refused.json()["error_description"]


def test_mistake_the_password_grant(system: Any) -> None:
    form = {"grant_type": "password", "username": "ann", "password": "ann-dev", "client_id": "demo"}
    refused = httpx2.post(f"{system.issuer}/token", data=form, trust_env=False)
    assert refused.json()["error"] == "unsupported_grant_type"
    assert "authorization_code" in refused.json()["error_description"]


def test_mistake_an_access_token_in_the_address(system: Any, person: Any) -> None:
    token = spent(system, person).json()["access_token"]
    refused = httpx2.get(f"{system.issuer}/userinfo?access_token={token}", trust_env=False)
    assert refused.status_code == 401
    assert "Authorization: Bearer header" in refused.json()["error_description"]
