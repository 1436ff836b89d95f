"""The named transactions, against any store: whatever database comes later is held to the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ringwall.audit import chain
from ringwall.store import clients, families, revocations, signing_keys
from ringwall.store.clients import Client, Removed
from ringwall.store.families import Code, Family, Reused
from ringwall.store.migrate import migrations
from ringwall.store.revocations import Cutoff
from ringwall.store.signing_keys import SigningKeyRow
from ringwall.store.writer import GroupWriter


@pytest.fixture(params=["sqlite"])
def store(request, tmp_path: Path) -> Iterator[GroupWriter]:
    steps = migrations("ringwall.store.migrations.authority")
    store = GroupWriter(tmp_path / "a.db", steps, chain=chain.entry, synchronous="OFF")
    yield store
    store.close()


@pytest.fixture
def heard(store) -> list[object]:
    heard: list[object] = []
    store.listen(heard.extend)
    return heard


def do(store, transaction, *args, **kwargs):
    return store.submit(transaction, *args, **kwargs).result()


FAMILY = Family("f", "app", "ann", "s", "openid", "orders", 90, 100, 1000)
CODE = Code(b"code", "app", "https://app/", "challenge", "nonce", 160)
SPEND = {"client": "app", "redirect_uri": "https://app/", "challenge": "challenge", "now": 110}


def test_a_code_is_spent_once(store):
    do(store, families.begin, FAMILY, CODE)
    assert store.read(families.of_code, b"code") == (FAMILY, "nonce")
    assert do(store, families.spend_code, b"code", **SPEND) == "f"
    assert do(store, families.spend_code, b"code", **SPEND) == Reused("f", "app")
    assert do(store, families.spend_code, b"other", **SPEND) is None


@pytest.mark.parametrize("change", [{"client": "x"}, {"redirect_uri": "x"}, {"challenge": "x"}, {"now": 160}])
def test_a_code_is_spent_as_it_was_given_or_not_at_all(store, change):
    do(store, families.begin, FAMILY, CODE)
    assert do(store, families.spend_code, b"code", **{**SPEND, **change}) is None
    assert (do(store, families.spend_code, b"code", **SPEND) == "f") is True


def test_a_family_that_ended_gives_its_living_tokens_once(store):
    do(store, families.begin, FAMILY, CODE)
    do(store, families.add_issued, "j1", family="f", expires=105)
    do(store, families.add_issued, "j2", family="f", expires=700)
    assert do(store, families.end, "f", 110) == [("j2", 700)]
    assert do(store, families.end, "f", 110) is None
    assert do(store, families.spend_code, b"code", **SPEND) is None


def test_what_expired_is_forgotten_with_all_of_its_rows(store):
    do(store, families.begin, FAMILY, CODE)
    do(store, families.add_refresh, b"refresh", family="f", expires=500)
    do(store, families.add_issued, "j", family="f", expires=700)
    assert do(store, families.forget, 1000) == 0
    assert do(store, families.forget, 1001) == 1
    for table in ("family", "code", "refresh", "issued"):
        assert store.read(lambda reader, table=table: reader.all(f"select * from {table}")) == []


def test_the_log_counts_on_without_a_gap_and_over_what_it_forgot(store, heard):
    do(store, revocations.begin, 1000)
    do(store, revocations.begin, 2000)
    first = do(store, revocations.revoke, "sub", "ann", cutoff=10, exp=20)
    second = do(store, revocations.revoke, "all", "", cutoff=10, exp=30)
    assert (first.seq, second.seq) == (1001, 1002)
    assert heard == [first, second]
    assert store.read(revocations.since, 1001) == [second]
    assert store.read(revocations.span) == (1000, 1002)
    assert do(store, revocations.forget, 25) == 1
    assert store.read(revocations.span) == (1001, 1002)
    assert do(store, revocations.forget, 40) == 1
    assert store.read(revocations.span) == (1002, 1002)
    assert do(store, revocations.revoke, "jti", "j", cutoff=1, exp=50) == Cutoff("jti", "j", 1, 50, 1003)


@pytest.mark.parametrize(("kind", "value"), [("sid", "s"), ("sub", "ann"), ("client", "app"), ("all", "")])
def test_a_cut_off_ends_the_families_it_covers_and_those_alone(store, kind, value):
    do(store, revocations.begin, 0)
    do(store, families.begin, FAMILY, CODE)
    other = Family("g", "other", "sue", "t", "", "orders", 100, 100, 1000)
    do(store, families.begin, other, Code(b"c2", "other", "", "", "", 200))
    later = Family("h", "app", "ann", "s", "", "orders", 300, 300, 1000)
    do(store, families.begin, later, Code(b"c3", "app", "", "", "", 400))
    do(store, revocations.revoke, kind, value, cutoff=200, exp=900)
    ended = store.read(lambda reader: reader.all("select id from family where revoked is not null order by id"))
    assert ended == ([("f",), ("g",)] if kind == "all" else [("f",)])


def test_a_client_is_put_replaced_and_removed(store, heard):
    client = Client("c", "private_key_jwt", jwks={"keys": []}, redirect_uris=("https://a/",), exchange=("billing",))
    do(store, clients.put, client, 1)
    assert store.read(clients.get, "c") == client
    changed = Client("c", "none", name="C")
    do(store, clients.put, changed, 2)
    assert store.read(clients.every) == [changed]
    assert do(store, clients.remove, "c")
    assert not do(store, clients.remove, "c")
    assert store.read(clients.get, "c") is None
    assert heard == [client, changed, Removed("c"), Removed("c")]


def test_an_assertion_is_new_once_until_it_expires(store):
    note = clients.note_assertion
    assert do(store, note, "c", "j", 100, 50)
    assert not do(store, note, "c", "j", 100, 60)
    assert do(store, note, "d", "j", 100, 60)
    assert do(store, note, "c", "j", 300, 150)  # the first has expired, so its reuse is refused for that already


def test_signing_keys_are_kept_cut_and_forgotten(store):
    first = SigningKeyRow("a", "{}", b"x", 0, 0, 100, 200)
    second = SigningKeyRow("b", "{}", b"y", 50, 100, 200, 300)
    do(store, signing_keys.add, second)
    do(store, signing_keys.add, first)
    assert store.read(signing_keys.every) == [first, second]
    assert do(store, signing_keys.cut, "b", 60)
    assert not do(store, signing_keys.cut, "c", 60)
    assert do(store, signing_keys.forget, 100) == 1
    assert [key.kid for key in store.read(signing_keys.every)] == ["a"]
