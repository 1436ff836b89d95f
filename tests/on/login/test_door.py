"""The pages, as browsers and attackers meet them."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from ringwall.errors import Unavailable

SESSION = "ringwall-shop"


def where(response) -> str:
    return dict(response.headers)["location"]


def log_in_refused(response, status: int = 400) -> bool:
    cookies = [value for name, value in response.headers if name == "set-cookie"]
    return response.status == status and not any(c.startswith(f"{SESSION}=") and "Max-Age=0" not in c for c in cookies)


def test_a_person_logs_in_and_is_known(shop, browser, provider):
    assert browser.session() is None
    response = browser.log_in(provider, query="?next=/orders/17")
    assert (response.status, where(response)) == (303, "/orders/17")
    caller = browser.caller()
    assert (caller.id, caller.proof, caller.roles, caller.issuer) == ("ann", "session", {"customer"}, provider.issuer)
    assert list(browser.jar) == [SESSION]
    assert [event.kind for event in shop.events] == ["login.succeeded"]


def test_the_session_knows_the_token_to_call_on_with(browser, provider):
    browser.log_in(provider)
    assert browser.session().access_token.count(".") == 2
    assert browser.session().access_token not in repr(browser.session())


def test_tokens_never_reach_the_browser(browser, provider):
    responses = [browser.get("/login")]
    responses.append(browser.get(provider.person_logs_in(where(responses[0]))))
    seen = repr([(r.headers, r.body) for r in responses])
    for token in (browser.session().access_token, *provider.refresh_tokens):
        assert token not in seen


def test_a_person_of_another_provider_is_known_by_its_name_and_its_mapped_claims(shop, another_browser, provider):
    shop.foreign = True
    provider.claims = {"region": "eu", "roles": ["admin"]}
    browser = another_browser(shop.login())
    browser.log_in(provider)
    caller = browser.caller()
    assert (caller.id, caller.region, caller.roles) == ("id|ann", "eu", frozenset())
    assert browser.session().access_token == ""


def test_session_fixation_an_id_from_before_the_login_is_worth_nothing(shop, browser, provider, another_browser):
    attacker = another_browser(browser.login)
    attacker.log_in(provider, "max")
    planted = attacker.jar[SESSION]
    browser.jar[SESSION] = planted
    browser.log_in(provider, "ann")
    assert browser.jar[SESSION] != planted
    assert browser.caller().id == "ann"
    assert attacker.session() is None


def test_login_csrf_the_attackers_answer_in_a_fresh_browser_is_refused(browser, provider, another_browser):
    attacker = another_browser(browser.login)
    link = provider.person_logs_in(where(attacker.get("/login")), "max")
    assert log_in_refused(browser.get(link))
    assert browser.session() is None


def test_login_csrf_the_attackers_answer_beside_an_attempt_of_ones_own_is_refused(browser, provider, another_browser):
    attacker = another_browser(browser.login)
    link = provider.person_logs_in(where(attacker.get("/login")), "max")
    browser.get("/login")
    assert log_in_refused(browser.get(link))
    assert browser.session() is None


def test_login_csrf_the_attackers_code_with_ones_own_state_is_refused(browser, provider, another_browser):
    attacker = another_browser(browser.login)
    stolen = parse_qs(urlsplit(provider.person_logs_in(where(attacker.get("/login")), "max")).query)["code"][0]
    mine = parse_qs(urlsplit(provider.person_logs_in(where(browser.get("/login")))).query)
    answer = f"/callback?state={mine['state'][0]}&code={stolen}&iss=https%3A%2F%2Fid.example"
    assert log_in_refused(browser.get(answer))


def test_login_csrf_for_a_person_who_is_signed_in_changes_nothing(browser, provider, another_browser):
    browser.log_in(provider, "ann")
    attacker = another_browser(browser.login)
    link = provider.person_logs_in(where(attacker.get("/login")), "max")
    response = browser.get(link)
    assert (response.status, where(response)) == (303, "/")
    assert browser.caller().id == "ann"


def test_mix_up_the_answer_of_another_issuer_is_refused(browser, provider):
    link = provider.person_logs_in(where(browser.get("/login")))
    evil = link.replace("iss=https%3A%2F%2Fid.example", "iss=https%3A%2F%2Fevil.example")
    assert log_in_refused(browser.get(evil))
    assert provider.count("/token") == 0


def test_mix_up_between_two_providers_that_do_not_name_themselves(shop, provider, other_provider, another_browser):
    provider.names_itself = other_provider.names_itself = False
    shop.foreign, shop.others = True, {"other": other_provider}
    browser = another_browser(shop.login())
    # The attacker's provider sends the browser on to the honest one, with the attempt that was meant for itself.
    at_attacker = where(browser.get("/login?provider=other"))
    honest = at_attacker.replace("https://other.example", "https://id.example")
    # It can name no redirect URI but those that are registered with the honest one.
    for registered in ("callback%3Fprovider%3Did", "callback"):
        link = provider.person_logs_in(honest.replace("callback%3Fprovider%3Dother", registered))
        assert log_in_refused(browser.get(link))
    assert other_provider.count("/token") == 0


def test_each_of_several_providers_is_chosen_by_name(shop, provider, other_provider, another_browser):
    shop.foreign, shop.others = True, {"other": other_provider}
    browser = another_browser(shop.login())
    choice = browser.get("/login?next=/a%3Cb").body.decode()
    assert "provider=id&amp;next=%2Fa%3Cb" in choice
    browser.log_in(other_provider, query="?provider=other")
    assert browser.caller().id == "other|ann"
    assert browser.get("/login?provider=nobody").status == 404


def test_code_replay_and_state_reuse_an_answer_counts_once(shop, browser, provider):
    link = provider.person_logs_in(where(browser.get("/login")))
    kept = dict(browser.jar)
    code = parse_qs(urlsplit(link).query)["code"][0]
    remembered = dict(provider.codes[code])
    browser.get(link)
    browser.jar = kept
    # Even a provider that spends its code twice gets no second session out of us.
    provider.codes[code] = remembered
    assert log_in_refused(browser.get(link))
    assert provider.count("/token") == 1
    assert shop.events[-1].detail == {"code": "replay"}


@pytest.mark.parametrize(
    "path", ["//evil.example", "/%5Cevil.example", "https://evil.example", "/%09/evil.example", "%0d%0aSet-Cookie:x"]
)
def test_open_redirect_in_next_starts_no_attempt(browser, path):
    response = browser.get(f"/login?next={path}")
    assert log_in_refused(response)
    assert b"evil" not in response.body
    assert not browser.jar


def test_cookie_tampering_a_changed_attempt_is_refused(browser, provider):
    link = provider.person_logs_in(where(browser.get("/login")))
    ((name, (value, path)),) = browser.jar.items()
    browser.jar[name] = (("A" if value[20] != "A" else "B").join((value[:20], value[21:])), path)
    assert log_in_refused(browser.get(link))


def test_the_attempt_of_another_service_is_refused(shop, browser, provider, another_browser):
    link = provider.person_logs_in(where(browser.get("/login")))
    shop.key = bytes(32)
    elsewhere = another_browser(shop.login())
    elsewhere.jar = browser.jar
    assert log_in_refused(elsewhere.get(link))


def test_two_tabs_at_once_both_succeed(browser, provider):
    one, two = (where(browser.get(f"/login?next=/tab{n}")) for n in (1, 2))
    assert len(browser.jar) == 2
    assert where(browser.get(provider.person_logs_in(two))) == "/tab2"
    assert where(browser.get(provider.person_logs_in(one))) == "/tab1"
    assert browser.caller().id == "ann"


def test_attempts_that_are_never_finished_do_not_pile_up(shop, another_browser):
    shop.url = "https://shop.example"
    browser = another_browser(shop.login(), "https", "shop.example")
    for _ in range(20):
        assert browser.get("/login").status == 303
    assert len(browser.jar) == 5


def test_the_back_button_after_a_login_leads_home(browser, provider):
    link = provider.person_logs_in(where(browser.get("/login")))
    browser.get(link)
    response = browser.get(link)
    assert (response.status, where(response)) == (303, "/")


def test_an_attempt_that_took_too_long_is_refused(browser, provider, clock):
    link = provider.person_logs_in(where(browser.get("/login")))
    clock.time += 601
    response = browser.get(link)
    assert log_in_refused(response)
    assert b"/login" in response.body


def test_a_login_that_was_cancelled_says_so_and_nothing_else(browser, provider):
    state = parse_qs(urlsplit(where(browser.get("/login"))).query)["state"][0]
    response = browser.get(
        f"/callback?state={state}&iss=https%3A%2F%2Fid.example&error=access_denied&error_description=call+555"
    )
    assert log_in_refused(response, 403)
    assert b"555" not in response.body
    assert not browser.jar


def test_an_access_token_for_another_audience_makes_no_session(browser, provider):
    provider.access_claims = {"aud": "billing"}
    assert log_in_refused(browser.log_in(provider), 502)


def test_an_access_token_of_another_person_makes_no_session(browser, provider):
    provider.access_claims = {"sub": "max"}
    assert log_in_refused(browser.log_in(provider), 502)


def test_a_wrong_client_secret_makes_no_session(shop, browser, provider):
    provider.by_certificate = False
    assert log_in_refused(browser.log_in(provider), 502)


def test_a_provider_that_changes_its_keys_is_read_anew(shop, browser, provider):
    browser.log_in(provider)
    provider.rotate()
    browser.log_in(provider, "sue")
    assert browser.caller().id == "sue"
    assert provider.count("/jwks") == 2


def test_the_provider_is_asked_where_it_is_once(browser, provider, clock):
    for _ in range(3):
        browser.log_in(provider)
    assert provider.count("/.well-known/openid-configuration") == 1
    assert provider.count("/jwks") == 1
    clock.time += 3601
    browser.get("/login")
    assert provider.count("/.well-known/openid-configuration") == 2


def test_provider_down_is_503_with_retry_after_and_never_open(browser, provider):
    async def down(path: str) -> None:
        raise httpx2.ConnectError("refused")

    provider.trouble = down
    for accept in ("text/html", "application/json"):
        response = browser.get("/login", accept=accept)
        assert response.status == 503
        assert int(dict(response.headers)["retry-after"]) >= 1
    assert json.loads(response.body)["title"] == "Login unavailable"
    assert browser.session() is None


def test_provider_down_at_the_callback_is_503(browser, provider):
    link = provider.person_logs_in(where(browser.get("/login")))

    async def down(path: str) -> tuple[int, bytes]:
        return 503, b""

    provider.trouble = down
    assert browser.get(link).status == 503
    assert browser.session() is None


def test_a_provider_that_sends_without_end_is_refused(browser, provider):
    async def endless(path: str) -> tuple[int, bytes]:
        return 200, b"x" * 10_000_000

    provider.trouble = endless
    assert browser.get("/login").status == 503


def test_a_provider_that_redirects_is_not_followed(browser, provider):
    async def elsewhere(path: str) -> tuple[int, bytes]:
        return 302, b""

    provider.trouble = elsewhere
    assert browser.get("/login").status == 503
    assert len(provider.asked) == 1


def test_a_foreign_host_is_misdirected(shop, provider, another_browser):
    for host in ("evil.example", "shop.localhost.evil.example:8000"):
        assert another_browser(shop.login(), host=host).get("/login").status == 421
    shop.url = "https://shop.example"
    production = another_browser(shop.login(), "https", "shop.example")
    started = where(production.get("/login"))
    assert parse_qs(urlsplit(started).query)["redirect_uri"] == ["https://shop.example/callback"]
    assert another_browser(shop.login(), "https", "evil.example").get("/login").status == 421


def test_in_production_the_session_cookie_is_host_bound(shop, provider, another_browser):
    shop.url = "https://shop.example"
    browser = another_browser(shop.login(), "https", "shop.example")
    browser.log_in(provider)
    assert list(browser.jar) == ["__Host-ringwall-shop"]


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/login"), ("POST", "/callback"), ("PUT", "/logout"), ("HEAD", "/login")]
)
def test_other_methods_are_refused(browser, method, path):
    response = browser.ask(method, path)
    assert response.status == 405
    assert "GET" in dict(response.headers)["allow"]


def test_logout_asks_first_and_then_ends_the_session_everywhere(shop, browser, provider, another_browser):
    browser.log_in(provider)
    copied = dict(browser.jar)
    assert b'method="post"' in browser.get("/logout").body
    assert browser.caller().id == "ann"
    response = browser.post("/logout")
    assert SESSION not in browser.jar
    page = response.body.decode().replace("&amp;", "&")
    assert f"{provider.issuer}/end?id_token_hint=" in page
    assert "post_logout_redirect_uri=http%3A%2F%2Fshop.localhost%3A8000%2F" in page
    assert provider.count("/revoke", token_type_hint="refresh_token") == 1
    assert "ann" in provider.dead
    thief = another_browser(browser.login)
    thief.jar = copied
    assert thief.session() is None
    assert [event.kind for event in shop.events] == ["login.succeeded", "login.ended"]


@pytest.mark.parametrize(
    "headers",
    [{"sec_fetch_site": "cross-site"}, {"sec_fetch_site": "same-site", "origin": "http://shop.localhost:8000"}],
)
def test_logout_csrf_is_refused(browser, provider, headers):
    browser.log_in(provider)
    assert browser.post("/logout", **headers).status == 403
    assert browser.caller().id == "ann"


def test_logout_works_while_the_provider_is_down(browser, provider):
    browser.log_in(provider)

    async def down(path: str) -> None:
        raise httpx2.ConnectError("refused")

    provider.trouble = down
    assert browser.post("/logout").status == 200
    assert browser.session() is None


def test_open_redirect_at_logout_there_is_nowhere_else_to_go(browser, provider):
    browser.log_in(provider)
    response = browser.post("/logout?next=https://evil.example&post_logout_redirect_uri=https://evil.example")
    assert b"evil" not in response.body
    anonymous = browser.post("/logout?next=https://evil.example")
    assert (anonymous.status, where(anonymous)) == (303, "/")


def test_a_store_that_fails_gives_503_and_no_session(shop, browser, provider, monkeypatch):
    def full(*values: object) -> None:
        raise Unavailable("the store is full", retry_after=5.0)

    monkeypatch.setattr(shop.store, "insert", full)
    response = browser.log_in(provider)
    assert response.status == 503
    assert SESSION not in browser.jar
    monkeypatch.setattr(shop.store, "read", full)
    browser.jar[SESSION] = ("a" * 43, "/")
    with pytest.raises(Unavailable):
        browser.session()


def test_a_login_that_cannot_be_written_down_does_not_happen(shop, browser, provider):
    class Full(list):
        def append(self, event: object) -> None:
            raise Unavailable("the audit log is full")

    shop.events = Full()
    browser.login = shop.login()
    assert browser.log_in(provider).status == 503
    assert browser.session() is None
    assert browser.get("/callback?state=x").status == 503
