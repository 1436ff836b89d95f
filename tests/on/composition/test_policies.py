"""A service follows its policies: taken when signed, newer and readable; kept otherwise; refused when too old."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

import httpx2
import pytest

from ringwall.authority.keys.signing import SigningKey
from ringwall.errors import Misconfigured, RingwallError, Tampered, Unauthenticated, Unavailable
from ringwall.keeper import Keeper
from ringwall.on.composition import policies
from ringwall.on.composition.issuer import PublishedKeys
from ringwall.on.composition.policies import PoliciesSource
from ringwall.settings import AuthorityAddress, Service, Settings
from ringwall.tokens.keys import KeySet
from ringwall.tokens.policy_statement import TYPE, PolicyStatement, digest

ISSUER = "https://authority.example"
PERMIT = {"a.cedar": "permit (principal, action, resource);"}
FORBID = {"a.cedar": "forbid (principal, action, resource);"}
KEY = SigningKey.generate()


class Clock:
    def __init__(self):
        self.time = 1_800_000_000.0

    def now(self):
        return self.time

    def steady(self):
        return self.time


class Keys:
    """The authority's keys as the keeper holds them."""

    def __init__(self, *keys):
        document = json.dumps({"keys": [key.public for key in keys]}).encode()
        self.held = PublishedKeys(document, KeySet.parse(document)) if keys else None

    @property
    def age(self):
        return 0.0 if self.held else float("inf")

    def current(self):
        if self.held is None:
            raise Unavailable("keys have not been loaded yet")
        return self.held


class Authority:
    """Answers as told, and can lie in every way."""

    def __init__(self, clock):
        self.clock = clock
        self.version, self.files, self.key, self.status = 1, PERMIT, KEY, 200
        self.changes, self.sent, self.asked = {}, None, []
        self.padding = ""

    def token(self):
        now = int(self.clock.now())
        statement = PolicyStatement(self.version, self.version, digest(self.files))
        claims = statement.claims(issuer=ISSUER, audience="orders", issued=now, expires=now + 600)
        return self.key.sign({**claims, **self.changes}, TYPE)

    def __call__(self, request):
        self.asked.append(str(request.url))
        body = {"statement": self.token(), "padding": self.padding}
        if request.url.params.get("known") != digest(self.files):
            body["files"] = self.files if self.sent is None else self.sent
        return httpx2.Response(self.status, stream=httpx2.ByteStream(json.dumps(body).encode()))


@pytest.fixture(autouse=True)
def no_pause(monkeypatch):
    monkeypatch.setattr(policies, "EVERY", 0.0)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def authority(clock):
    return Authority(clock)


def settings(name="orders", mode="development"):
    return Settings(Path("ringwall.toml"), mode, Service(name), authority=AuthorityAddress(ISSUER, ISSUER, "", ""))


def source(authority, clock, *, keys=None, name="orders", refetched=None, told=None):
    client = httpx2.AsyncClient(transport=httpx2.MockTransport(authority), base_url="https://authority")
    asked, heard = ([] if given is None else given for given in (refetched, told))
    return PoliciesSource(settings(name), lambda: client, keys or Keys(KEY), asked.append, heard.append, clock)


def follow(its, *between):
    """The first value, and one more after each step of ``between``."""

    async def run():
        updates = its.updates()
        found = [await anext(updates)]
        for step in between:
            step()
            found.append(await anext(updates))
        await updates.aclose()
        return found

    return asyncio.run(run())


def test_a_set_comes_whole_and_stays_the_same_object_while_it_is_the_same(authority, clock):
    first, second = follow(source(authority, clock), lambda: None)
    assert first is second
    assert first.bundle.policies.policies[0].effect == "permit"
    assert authority.asked == [
        "https://authority/policies",
        f"https://authority/policies?known={digest(PERMIT)}",
    ]


def test_a_new_version_is_swapped_in(authority, clock):
    first, second = follow(source(authority, clock), lambda: vars(authority).update(version=2, files=FORBID))
    assert (first.statement.version, second.statement.version) == (1, 2)
    assert second.bundle.policies.policies[0].effect == "forbid"


def test_the_same_files_pushed_again_need_not_travel(authority, clock):
    _, second = follow(source(authority, clock), lambda: vars(authority).update(version=2, sent={"lie.cedar": ""}))
    assert (second.statement.version, second.files) == (2, PERMIT)


def test_rollback_to_an_older_version_is_refused(authority, clock):
    authority.version = 5
    its = source(authority, clock)
    with pytest.raises(Unavailable, match="older than version 5"):
        follow(its, lambda: vars(authority).update(version=4, files=FORBID))
    with pytest.raises(Unavailable, match="older than version 5"):  # and the keeper's next attempt is no way around it
        follow(its)


def test_two_sets_of_one_version_are_refused(authority, clock):
    with pytest.raises(Unavailable):
        follow(source(authority, clock), lambda: setattr(authority, "files", FORBID))


def test_replay_of_an_old_statement_is_refused(authority, clock):
    old = authority.token()
    clock.time += 3600
    authority.token = lambda: old
    with pytest.raises(Unauthenticated, match="expired"):
        follow(source(authority, clock))


@pytest.mark.parametrize("changes", [{"iss": "https://evil.example"}, {"aud": "billing"}, {"digest": "0" * 64}])
def test_a_statement_for_somebody_else_or_about_something_else_is_refused(authority, clock, changes):
    authority.changes = changes
    with pytest.raises(RingwallError):
        follow(source(authority, clock))


def test_forged_signature_is_refused_and_the_keys_are_looked_at_again(authority, clock):
    authority.key = SigningKey.generate()
    refetched = []
    with pytest.raises(Unauthenticated):
        follow(source(authority, clock, refetched=refetched))
    assert refetched == [authority.key.kid]


def test_files_other_than_those_signed_are_refused(authority, clock):
    authority.sent = FORBID
    with pytest.raises(Tampered, match="not those that were signed"):
        follow(source(authority, clock))


def test_policies_that_cannot_be_read_are_left_aside(authority, clock, caplog):
    told = []
    its = source(authority, clock, told=told)
    with pytest.raises(Misconfigured, match="a.cedar"):
        follow(its, lambda: vars(authority).update(version=2, files={"a.cedar": "permit nonsense"}))
    with pytest.raises(Misconfigured, match="a.cedar"):
        follow(its)
    assert caplog.text.count("version 2 of the policies is left aside: a.cedar:1") == 1
    vars(authority).update(version=3, files=FORBID)
    assert follow(its)[0].statement.version == 3
    assert [(event.kind, event.detail["version"]) for event in told] == [
        ("policies.changed", 1),
        ("policies.refused", 2),
        ("policies.changed", 3),
    ]


@pytest.mark.parametrize("status", [401, 404, 500, 302])
def test_anything_but_an_answer_is_unavailable(authority, clock, status):
    authority.status = status
    with pytest.raises(Unavailable):
        follow(source(authority, clock))


def test_an_authority_without_policies_for_us_says_how_to_push_them(authority, clock):
    authority.status = 404
    with pytest.raises(Unavailable, match="no policies for orders") as refused:
        follow(source(authority, clock))
    assert refused.value.hint == "ringwall policy push orders policies/"


def test_an_authority_that_cannot_be_reached_is_unavailable(clock):
    def down(_request):
        raise httpx2.ConnectError("down")

    with pytest.raises(Unavailable, match="ConnectError"):
        follow(source(down, clock))


def test_an_endless_answer_is_refused(authority, clock):
    authority.padding = "x" * policies.MAX_ANSWER
    with pytest.raises(Unavailable):
        follow(source(authority, clock))


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"statement": 1}', b'{"statement": "a", "files": {"a": 1}}', b"[" * 100_000]
)
def test_an_answer_of_another_shape_is_refused(clock, body):
    its = source(lambda _request: httpx2.Response(200, stream=httpx2.ByteStream(body)), clock)
    with pytest.raises(Unavailable, match="cannot be read"):
        follow(its)


def test_the_saved_set_outlives_the_key_that_signed_it(authority, clock):
    keys = Keys(KEY)
    its = source(authority, clock, keys=keys)
    fresh = SigningKey.generate()

    def rotate():
        authority.key = fresh
        keys.held = Keys(KEY, fresh).held

    first, second = follow(its, rotate)
    assert second.bundle is first.bundle  # nothing to read again, and nothing to join again
    assert source(authority, clock, keys=Keys(fresh)).decode(its.encode(second)).files == PERMIT


def test_in_production_a_set_without_a_schema_is_left_aside(authority, clock):
    its = source(authority, clock)
    its._settings = settings(mode="production")
    with pytest.raises(Misconfigured, match="schema"):
        follow(its)


def test_the_saved_set_is_checked_like_a_fresh_one(authority, clock):
    its = source(authority, clock)
    saved = its.encode(follow(its)[0])
    clock.time += 3600  # a service may start long after
    restored = source(authority, clock).decode(saved)
    assert restored.files == PERMIT
    with pytest.raises(Unauthenticated):
        source(authority, clock, name="billing").decode(saved)
    with pytest.raises(Unauthenticated):
        source(authority, clock, keys=Keys(SigningKey.generate())).decode(saved)
    with pytest.raises(Unavailable, match="cannot be checked before"):
        source(authority, clock, keys=Keys()).decode(saved)
    with pytest.raises(Tampered):
        source(authority, clock).decode(saved.replace(b"permit", b"forbid"))


def test_no_rollback_behind_the_saved_set(authority, clock):
    authority.version = 5
    its = source(authority, clock)
    saved = its.encode(follow(its)[0])
    again = source(authority, clock)
    again.decode(saved)
    authority.version, authority.files = 4, FORBID
    with pytest.raises(Unavailable, match="older"):
        follow(again)


def test_a_service_starts_without_its_authority_and_refuses_when_too_much_time_has_passed(tmp_path, authority, clock):
    def down(_request):
        raise httpx2.ConnectError("down")

    keeper = Keeper(tmp_path, clock=clock)
    assert keeper.watch(source(authority, clock), max_age=600).wait(5)
    _until(lambda: (tmp_path / "policies.snapshot").exists())
    keeper.stop()
    keeper = Keeper(tmp_path, clock=clock)
    snapshot = keeper.watch(source(down, clock), max_age=600)
    try:
        assert snapshot.current().statement.version == 1
        clock.time += 601
        with pytest.raises(Unavailable, match="older|old"):
            snapshot.current()
    finally:
        keeper.stop()


def test_a_version_that_cannot_be_read_leaves_the_old_one_in_force_and_says_so(tmp_path, authority, clock):
    keeper = Keeper(None, clock=clock)
    snapshot = keeper.watch(source(authority, clock), max_age=600)
    try:
        assert snapshot.wait(5)
        authority.version, authority.files = 2, {"a.cedar": "permit nonsense"}
        _until(lambda: "a.cedar" in snapshot._trouble)
        assert snapshot.current().statement.version == 1
    finally:
        keeper.stop()


def _until(holds):
    for _ in range(500):
        if holds():
            return
        time.sleep(0.01)
    raise AssertionError("it did not come about")
