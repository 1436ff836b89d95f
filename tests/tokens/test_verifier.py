from __future__ import annotations

import math

import pytest

from ringwall.errors import Misconfigured, Unauthenticated, Unavailable
from ringwall.tokens import verifier as verifier_module
from ringwall.tokens.access_token import Requirements
from ringwall.tokens.cache import TokenCache
from ringwall.tokens.keys import NO_KEYS, UnknownKey
from ringwall.tokens.principal import Naming
from ringwall.tokens.revocation import Beat, Cutoffs, Revocation
from ringwall.tokens.snapshot import Snapshot


@pytest.fixture
def cutoffs(clock):
    heard = Cutoffs()
    beat(heard, clock)
    return heard


@pytest.fixture
def signatures(monkeypatch):
    """How many signatures have been checked so far."""
    checked, real = [], verifier_module.verify

    def counting(*arguments):
        checked.append(arguments[0])
        return real(*arguments)

    monkeypatch.setattr(verifier_module, "verify", counting)
    return lambda: len(checked)


def beat(cutoffs: Cutoffs, clock, ahead: float = 0.0) -> None:
    cutoffs.take(Beat(cutoffs.seq, clock.now() + ahead), clock.now(), clock.steady())


def revoke(cutoffs: Cutoffs, clock, kind: str, value: str) -> None:
    now = clock.now()
    cutoffs.take(Revocation(cutoffs.seq + 1, kind, value, now, now + 600), now, clock.steady())


def test_a_good_token_is_verified_once_and_its_caller_made_once(issuer, clock, signatures):
    verifier, token = issuer.verifier(clock), issuer.mint()
    assert verifier.caller(token) is verifier.caller(token)
    assert verifier.verify(token) is verifier.verify(token)
    assert verifier.caller(token).id == verifier.verify(token).sub == "ann"
    assert signatures() == 1


@pytest.mark.parametrize(
    ("kind", "value"),
    [("jti", "01JTI"), ("sid", "s-1"), ("sub", "ann"), ("client", "shop"), ("key", "ES256-1"), ("all", "")],
)
def test_a_remembered_token_is_refused_as_soon_as_it_is_revoked(issuer, clock, cutoffs, kind, value):
    verifier, token = issuer.verifier(clock, cutoffs=cutoffs), issuer.mint()
    assert verifier.verify(token)
    revoke(cutoffs, clock, kind, value)
    for _ in range(2):
        with pytest.raises(Unauthenticated, match="revoked") as caught:
            verifier.verify(token)
        assert caught.value.code == "invalid_token"
    with pytest.raises(Unauthenticated, match="revoked"):
        verifier.caller(token)


def test_a_revoked_token_is_refused_at_first_sight(issuer, clock, cutoffs):
    revoke(cutoffs, clock, "sub", "ann")
    with pytest.raises(Unauthenticated, match="revoked"):
        issuer.verifier(clock, cutoffs=cutoffs).verify(issuer.mint())
    clock.pass_(1)
    assert issuer.verifier(clock, cutoffs=cutoffs).verify(issuer.mint(iat=issuer.now + 1))


def test_a_remembered_token_falls_with_its_key(issuer, clock):
    held = [issuer.key_set]
    verifier, token = issuer.verifier(clock, keys=lambda: held[0]), issuer.mint()
    assert verifier.verify(token)
    following = issuer.new_key("next")
    held[0] = issuer.key_set_of(issuer.key, following)
    assert verifier.verify(token), "during the overlap both count"
    held[0] = issuer.key_set_of(following)
    with pytest.raises(UnknownKey):
        verifier.verify(token)
    held[0] = issuer.key_set_of(issuer.new_key(issuer.key.kid))
    with pytest.raises(Unauthenticated, match="signature does not hold"):
        verifier.verify(token)


def test_a_shared_cache_never_crosses_requirements(issuer, clock):
    cache, token = TokenCache(), issuer.mint(aud=["orders", "billing"])
    orders = issuer.verifier(clock, cache=cache)
    assert orders.verify(token)
    for requirements in (
        Requirements(issuer.url, "shop"),
        Requirements("https://other.example", "orders"),
        Requirements(issuer.url, "orders", required=frozenset({"acr"})),
        Requirements(issuer.url, "orders", max_lifetime=60.0),
        Requirements(issuer.url, "orders", algorithms=frozenset({"EdDSA"})),
    ):
        with pytest.raises(Unauthenticated):
            issuer.verifier(clock, cache=cache, requirements=requirements).verify(token)
    foreign = issuer.verifier(clock, cache=cache, naming=Naming("ringwall.internal", "google"))
    assert (orders.caller(token).id, foreign.caller(token).id) == ("ann", "google|ann")


def test_a_shared_cache_never_crosses_keys(issuer, clock):
    cache, token = TokenCache(), issuer.mint()
    assert issuer.verifier(clock, cache=cache).verify(token)
    others = issuer.key_set_of(issuer.new_key(issuer.key.kid))
    with pytest.raises(Unauthenticated, match="signature"):
        issuer.verifier(clock, cache=cache, keys=lambda: others).verify(token)


def test_it_expires_while_remembered(issuer, clock, cutoffs):
    verifier, token = issuer.verifier(clock, cutoffs=cutoffs), issuer.mint()
    assert verifier.verify(token)
    clock.pass_(604.9)
    beat(cutoffs, clock)
    assert verifier.verify(token)
    clock.pass_(0.1)
    with pytest.raises(Unauthenticated, match="expired"):
        verifier.verify(token)


@pytest.mark.parametrize("back", [10, 300, 3600])
def test_a_clock_that_jumps_back_revives_no_remembered_token(issuer, clock, back):
    verifier, token = issuer.verifier(clock, feed=None), issuer.mint()
    assert verifier.verify(token)
    clock.pass_(605)
    clock.jump(-back)
    with pytest.raises(Unauthenticated, match=r"expired \(jti '01JTI'\)"):
        verifier.verify(token)


def test_a_clock_that_jumps_back_revives_no_token_at_all_while_the_authority_is_heard(issuer, clock, cutoffs):
    token = issuer.mint()
    clock.pass_(605)
    beat(cutoffs, clock)
    clock.jump(-300)
    with pytest.raises(Unauthenticated, match="expired"):
        issuer.verifier(clock, cutoffs=cutoffs).verify(token)


def test_a_clock_that_jumped_back_still_takes_new_tokens(issuer, clock, cutoffs):
    clock.jump(-3600)
    beat(cutoffs, clock, ahead=3600)
    assert issuer.verifier(clock, cutoffs=cutoffs).verify(issuer.mint())


def test_a_clock_that_jumps_ahead_and_returns_costs_only_refusals(issuer, clock, cutoffs, signatures):
    verifier, token = issuer.verifier(clock, cutoffs=cutoffs), issuer.mint()
    assert verifier.verify(token)
    clock.jump(3600)
    with pytest.raises(Unavailable):
        verifier.verify(token)
    beat(cutoffs, clock, ahead=-3600)
    with pytest.raises(Unauthenticated, match="expired"):
        verifier.verify(token)
    clock.jump(-3600)
    assert verifier.verify(token)


def test_a_feed_beyond_its_budget(issuer, clock, cutoffs):
    verifier = issuer.verifier(clock, cutoffs=cutoffs, max_staleness=600)
    token = issuer.mint(exp=issuer.now + 6000)
    assert verifier.verify(token)
    clock.pass_(600)
    assert verifier.verify(token)
    clock.pass_(0.1)
    with pytest.raises(Unavailable, match=r"not been heard for 600\.1 s, allowed are 600 s"):
        verifier.verify(token)
    beat(cutoffs, clock)
    assert verifier.verify(token)


def test_a_route_may_ask_for_a_fresher_feed(issuer, clock, cutoffs):
    verifier, token = issuer.verifier(clock, cutoffs=cutoffs), issuer.mint()
    clock.pass_(3)
    assert verifier.verify(token, fresh=5)
    with pytest.raises(Unavailable, match="allowed are 2 s"):
        verifier.caller(token, fresh=2)
    clock.pass_(598)
    with pytest.raises(Unavailable, match="allowed are 600 s"):
        verifier.verify(token, fresh=10_000)


def test_a_feed_never_heard(issuer, clock):
    with pytest.raises(Unavailable, match="never been heard"):
        issuer.verifier(clock, cutoffs=Cutoffs()).verify(issuer.mint())


def test_a_start_without_the_authority(issuer, clock):
    """From a snapshot on disk, until the outage budget is used up."""
    saved = Snapshot(3, issuer.now - 500.0, (Revocation(3, "sub", "max", issuer.now, issuer.now + 600.0),))
    verifier = issuer.verifier(clock, cutoffs=Cutoffs.restored(saved, clock.now(), clock.steady()))
    assert verifier.verify(issuer.mint())
    with pytest.raises(Unauthenticated, match="revoked"):
        verifier.verify(issuer.mint(sub="max"))
    clock.pass_(101)
    with pytest.raises(Unavailable):
        verifier.verify(issuer.mint())


def test_keys_never_loaded(issuer, clock):
    with pytest.raises(Unavailable, match="not been loaded"):
        issuer.verifier(clock, keys=lambda: NO_KEYS).verify(issuer.mint())


@pytest.mark.parametrize("budget", [0, -1, math.inf, math.nan])
def test_a_budget_without_bounds(issuer, clock, budget):
    with pytest.raises(Misconfigured, match="max_staleness"):
        issuer.verifier(clock, max_staleness=budget)


def test_unknown_kids_are_told_at_a_bounded_rate(issuer, clock):
    told: list[str] = []
    verifier = issuer.verifier(clock, on_unknown_kid=told.append)
    for second in range(11):
        for number in range(20):
            with pytest.raises(UnknownKey):
                verifier.verify(issuer.mint(header={"kid": f"kid-{second}-{number}"}))
        clock.pass_(1)
    assert told == ["kid-0-0", "kid-5-0", "kid-10-0"]


def test_a_token_that_names_no_key_tells_nobody(issuer, clock):
    told: list[str] = []
    several = issuer.key_set_of(*issuer.keys_by_alg.values())
    verifier = issuer.verifier(clock, keys=lambda: several, on_unknown_kid=told.append)
    with pytest.raises(UnknownKey):
        verifier.verify(issuer.mint(header={"kid": ...}))
    assert told == []


def test_a_known_kid_with_a_bad_signature_tells_nobody(issuer, clock):
    told: list[str] = []
    forged = issuer.mint(key=issuer.new_key(issuer.key.kid))
    with pytest.raises(Unauthenticated):
        issuer.verifier(clock, on_unknown_kid=told.append).verify(forged)
    assert told == []


@pytest.mark.parametrize("token", ["", "x" * 9000, "é.é.é", "\ud800", "a.b.c"])
def test_hostile_text(issuer, clock, token):
    with pytest.raises(Unauthenticated):
        issuer.verifier(clock).verify(token)


def test_a_token_whose_caller_cannot_be_named_is_not_verified_either(issuer, clock):
    with pytest.raises(Unauthenticated, match="'roles'"):
        issuer.verifier(clock).verify(issuer.mint(roles="manager"))
