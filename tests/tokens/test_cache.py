from __future__ import annotations

import threading

import pytest

from ringwall.tokens.access_token import verify
from ringwall.tokens.cache import Entry, TokenCache, cache_key
from ringwall.tokens.keys import NO_KEYS


@pytest.fixture
def entry(issuer):
    token = verify(issuer.mint(), issuer.key_set, issuer.requirements, issuer.now)
    return Entry(token, issuer.naming.caller(token), until=100.0, until_steady=10.0)


@pytest.fixture
def get(issuer):
    keys = issuer.key_set
    return lambda cache, name, keys=keys: cache.get(name, keys)


def test_what_was_put_is_got(entry, get):
    cache = TokenCache()
    assert get(cache, b"a") is None
    cache.put(b"a", entry)
    assert get(cache, b"a") is entry
    assert get(cache, b"b") is None


def test_an_entry_is_past_by_either_clock(entry):
    assert not entry.past(99.9, 9.9)
    assert entry.past(100.0, 0.0)
    assert entry.past(-1e9, 10.0)


def test_it_never_outlives_its_key(entry, get, issuer):
    cache = TokenCache()
    cache.put(b"a", entry)
    assert get(cache, b"a", keys=NO_KEYS) is None
    assert get(cache, b"a", keys=issuer.key_set_of(issuer.new_key(entry.token.kid))) is None
    assert get(cache, b"a", keys=issuer.key_set_of(issuer.key, issuer.new_key("next"))) is entry


@pytest.mark.parametrize("capacity", [1, 2, 3, 10, 100])
def test_it_is_bounded_and_keeps_what_is_used(entry, get, capacity):
    cache = TokenCache(capacity)
    for number in range(1000):
        cache.put(b"%d" % number, entry)
        if number:
            get(cache, b"0")
        assert len(cache) <= max(2, capacity)
    assert get(cache, b"999") is entry
    if capacity >= 4:
        assert get(cache, b"0") is entry
    assert get(cache, b"500") is None


def test_the_key_takes_in_the_requirements():
    assert cache_key("token", b"a" * 32) != cache_key("token", b"b" * 32)
    assert cache_key("token", b"a" * 32) != cache_key("tokem", b"a" * 32)
    assert len(cache_key("token", b"a" * 32)) == 32


def test_free_use_by_threads(entry, get):
    cache, wrong = TokenCache(50), []

    def use(seed: int) -> None:
        try:
            for number in range(3000):
                name = b"%d" % (number * seed % 97)
                cache.put(name, entry)
                if get(cache, name) not in (entry, None) or len(cache) > 50:
                    wrong.append(name)
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=use, args=(seed,)) for seed in (3, 5, 7, 11)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
