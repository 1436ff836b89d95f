"""Sessions that grow old: renewed once, by one, whatever runs at the same time; ended when nobody can say otherwise."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import threading
from pathlib import Path

import httpx2
import pytest

from ringwall.errors import Unavailable
from ringwall.login.session import Present, Renewal, key_of
from ringwall.store.session_file import FileSessions

SESSION = "ringwall-shop"


def renew(browser) -> Present | None:
    found = browser.session()
    assert isinstance(found, Renewal)
    return asyncio.run(browser.login.renew(found))


def test_a_session_is_renewed_when_its_proof_has_ended(browser, provider, clock):
    browser.log_in(provider)
    before = browser.session().access_token
    clock.time += 601
    after = renew(browser)
    assert after.caller.id == "ann"
    assert after.access_token != before
    assert browser.session() == after
    clock.time += 601
    assert renew(browser).caller.id == "ann"
    assert provider.count("/token", grant_type="refresh_token") == 2


def test_a_session_is_renewed_early_and_nobody_waits(shop, browser, provider, clock):
    browser.log_in(provider)
    assert browser.session().caller.id == "ann"
    assert not shop.background
    clock.time += 545
    before = browser.session()
    (early,) = shop.background
    asyncio.run(early)
    assert browser.session().access_token != before.access_token
    assert len(shop.background) == 1


def test_an_early_renewal_that_fails_costs_nothing(shop, browser, provider, clock):
    browser.log_in(provider)

    async def busy(path: str) -> tuple[int, bytes]:
        return 503, b""

    provider.trouble = busy
    clock.time += 545
    browser.session()
    asyncio.run(shop.background.pop())
    assert browser.session().caller.id == "ann"
    shop.background.pop().close()


def test_a_session_without_a_refresh_token_ends_with_its_proof(shop, browser, provider, clock):
    provider.refreshes = False
    browser.log_in(provider)
    clock.time += 545
    assert browser.caller().id == "ann"
    assert not shop.background
    clock.time += 60
    assert renew(browser) is None
    assert browser.session() is None


def test_another_providers_session_without_a_refresh_token_lives_on(shop, provider, clock, another_browser):
    shop.foreign, provider.refreshes = True, False
    browser = another_browser(shop.login())
    browser.log_in(provider)
    for _ in range(5):
        clock.time += 1700
        assert browser.caller().id == "id|ann"


def test_another_providers_session_is_renewed(shop, provider, clock, another_browser):
    shop.foreign = True
    browser = another_browser(shop.login())
    browser.log_in(provider)
    clock.time += 601
    assert renew(browser).caller.id == "id|ann"


@pytest.mark.parametrize("foreign", [False, True])
def test_a_renewal_that_names_another_person_ends_the_session(shop, provider, clock, another_browser, foreign):
    shop.foreign = foreign
    browser = another_browser(shop.login())
    browser.log_in(provider)
    clock.time += 601
    provider.refresh_tokens = dict.fromkeys(provider.refresh_tokens, "max")
    assert renew(browser) is None
    assert browser.session() is None


def test_a_spent_refresh_token_ends_the_session(browser, provider, clock):
    browser.log_in(provider)
    provider.refresh_tokens = dict.fromkeys(provider.refresh_tokens, "spent")
    clock.time += 601
    assert renew(browser) is None
    assert browser.session() is None


def test_a_provider_that_cannot_be_reached_is_503_and_the_session_waits(browser, provider, clock):
    browser.log_in(provider)
    clock.time += 601

    async def down(path: str) -> None:
        raise httpx2.ConnectError("refused")

    provider.trouble = down
    with pytest.raises(Unavailable):
        renew(browser)
    with pytest.raises(Unavailable, match="a moment ago"):
        renew(browser)
    provider.trouble = None
    clock.time += 2
    assert renew(browser).caller.id == "ann"


def test_refresh_token_replay_an_answer_that_was_lost_is_never_asked_for_again(browser, provider, clock):
    browser.log_in(provider)
    clock.time += 601

    async def lost(path: str) -> None:
        raise httpx2.ReadTimeout("lost")

    provider.trouble = lost
    with pytest.raises(Unavailable):
        renew(browser)
    provider.trouble = None
    clock.time += 60
    assert renew(browser) is None
    assert browser.session() is None
    assert provider.count("/token", grant_type="refresh_token") == 1


def test_an_expired_session_is_over_by_idleness(browser, provider, clock):
    browser.log_in(provider)
    clock.time += 1801
    assert browser.session() is None


def test_an_expired_session_is_over_however_much_it_was_used(shop, provider, clock, another_browser):
    shop.absolute = 5000.0
    browser = another_browser(shop.login())
    browser.log_in(provider)
    for _ in range(8):
        clock.time += 601
        assert renew(browser).caller.id == "ann"
    clock.time += 200
    assert browser.session() is None


def test_use_keeps_a_session_alive(browser, provider, clock):
    provider.lifetime = 20_000
    browser.log_in(provider)
    for _ in range(10):
        clock.time += 1700
        assert browser.caller().id == "ann"


def test_a_clock_that_was_set_back_makes_no_session_younger(browser, provider, clock):
    browser.log_in(provider)
    clock.time -= 10
    assert browser.session() is None


def test_a_revoked_session_is_refused_at_once(shop, browser, provider):
    browser.log_in(provider)
    shop.revoked.add("sid-ann")
    assert browser.session() is None


def test_a_session_of_a_provider_that_is_no_longer_ours_is_refused(shop, browser, provider, another_browser):
    browser.log_in(provider)
    shop.foreign = True
    changed = another_browser(shop.login())
    changed.jar = browser.jar
    assert changed.session() is None


def test_a_record_moved_to_another_session_is_refused(shop, browser, provider, another_browser):
    manager = another_browser(browser.login)
    manager.log_in(provider, "max")
    browser.log_in(provider, "ann")
    mine, theirs = (key_of(one.jar[SESSION][0]) for one in (browser, manager))
    shop.store.replace(mine, 1, shop.store.read(theirs).sealed)
    assert browser.session() is None


def test_a_cookie_of_bad_shape_costs_no_lookup(shop, browser, monkeypatch):
    monkeypatch.setattr(shop.store, "read", None)
    for value in ("", "x", "a" * 44, "../../etc/passwd", "a" * 42 + "é"):
        assert browser.login.session({SESSION: value}) is None


def test_refresh_race_between_threads_one_asks_and_all_get_its_answer(browser, provider, clock):
    browser.log_in(provider)
    clock.time += 601
    found = browser.session()

    async def slow(path: str) -> None:
        await asyncio.sleep(0.1)

    provider.trouble = slow
    results: list[Present | None] = []
    threads = [
        threading.Thread(target=lambda: results.append(asyncio.run(browser.login.renew(found)))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert provider.count("/token", grant_type="refresh_token") == 1
    assert len(results) == 8
    assert len({result.access_token for result in results}) == 1


def test_refresh_race_between_processes_one_asks_and_all_get_its_answer(
    shop, provider, clock, tmp_path, another_browser
):
    shop.store = FileSessions(tmp_path / "sessions.db")
    browser = another_browser(shop.login())
    browser.log_in(provider)
    clock.time += 601
    found = browser.session()
    asked = tmp_path / "asked"

    async def slow(path: str) -> None:
        if path == "/token":
            with asked.open("a") as file:
                file.write(f"{os.getpid()}\n")
            await asyncio.sleep(0.2)

    provider.trouble = slow
    # A fork carries the store along, open connection and all, as a preloading server does.
    context = multiprocessing.get_context("fork")
    results = context.Queue()

    def work() -> None:
        try:
            results.put(asyncio.run(browser.login.renew(found)).access_token)
        except BaseException as error:
            results.put(error)

    workers = [context.Process(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    tokens = [results.get(timeout=30) for _ in workers]
    for worker in workers:
        worker.join(30)
    assert len(Path(asked).read_text().splitlines()) == 1
    assert len(set(tokens)) == 1
    assert isinstance(tokens[0], str)
    assert browser.session().access_token == tokens[0]
    shop.store.close()


def test_a_worker_that_died_while_renewing_leaves_a_session_that_ends(shop, browser, provider, clock):
    browser.log_in(provider)
    clock.time += 601
    key = key_of(browser.jar[SESSION][0])
    assert shop.store.claim(key, 1, clock.time + 25)
    clock.time += 26
    assert renew(browser) is None
    assert provider.count("/token", grant_type="refresh_token") == 0


def test_a_renewal_whose_token_cannot_be_judged_just_now_is_not_lost(shop, provider, clock, another_browser):
    browser = another_browser(shop.login())
    browser.log_in(provider)
    clock.time += 601
    found = browser.session()
    relying = browser.login._channels[""].relying
    genuine = relying.caller

    def stale(token: str) -> None:
        raise Unavailable("the feed is too stale")

    object.__setattr__(relying, "caller", stale)
    with pytest.raises(Unavailable, match="stale"):
        asyncio.run(browser.login.renew(found))
    object.__setattr__(relying, "caller", genuine)
    assert browser.caller().id == "ann"
    assert provider.count("/token", grant_type="refresh_token") == 1
