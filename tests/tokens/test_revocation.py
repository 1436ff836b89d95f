from __future__ import annotations

import math
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringwall.errors import Invalid
from ringwall.tokens.revocation import FORGET_AFTER, KINDS, Beat, Cutoffs, Revocation
from ringwall.tokens.snapshot import Snapshot

START = 1_000_000


def token(jti="j", sid="s", sub="u", client="c", key="k", issued=START):
    return SimpleNamespace(jti=jti, sid=sid, sub=sub, client_id=client, key=SimpleNamespace(kid=key), issued=issued)


def revoked(cutoffs: Cutoffs, *entries: tuple) -> None:
    for kind, value, cutoff, exp in entries:
        cutoffs.take(Revocation(cutoffs.seq + 1, kind, value, cutoff, exp), START, 0)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_refuses_what_it_names_and_nothing_else(kind):
    value = {"jti": "j", "sid": "s", "sub": "u", "client": "c", "key": "k", "all": ""}[kind]
    cutoffs = Cutoffs()
    assert cutoffs.is_revoked(token()) is None
    revoked(cutoffs, (kind, value, START, START + 600))
    reason = cutoffs.is_revoked(token())
    assert reason.startswith("revoked: ")
    assert value in reason
    other = token(**({} if kind == "all" else {kind: "other"}), issued=START + 1 if kind == "all" else START)
    assert cutoffs.is_revoked(other) is None
    later = cutoffs.is_revoked(token(issued=START + 1))
    assert (later is not None) == (kind == "jti"), "a jti falls whatever its iat, all else by its cut-off"


def test_a_token_without_session_is_not_the_empty_session():
    cutoffs = Cutoffs()
    with pytest.raises(Invalid):
        Revocation.read(1, {"kind": "sid", "value": "", "cutoff": START, "exp": START})
    revoked(cutoffs, ("sid", "s", START, START + 600))
    assert cutoffs.is_revoked(token(sid="")) is None


values = st.sampled_from(["a", "b", "c"])
entries = st.lists(
    st.builds(
        lambda kind, value, cutoff, lasts: (
            kind,
            "" if kind == "all" else value,
            START + cutoff,
            START + cutoff + lasts,
        ),
        st.sampled_from(KINDS),
        values,
        st.integers(0, 1000),
        st.integers(1, 600),
    ),
    max_size=12,
)
tokens = st.builds(token, values, values | st.just(""), values, values, values, st.integers(START - 5, START + 1005))


def names(subject, kind, value):
    held = {"jti": subject.jti, "sid": subject.sid, "sub": subject.sub, "client": subject.client_id}
    return (held | {"key": subject.key.kid, "all": ""})[kind] == value


@settings(max_examples=300)
@given(entries, tokens)
def test_the_effective_cutoff_is_the_maximum_that_applies(entries, subject):
    cutoffs = Cutoffs()
    revoked(cutoffs, *entries)
    applying = [
        cutoff if kind != "jti" else math.inf for kind, value, cutoff, _ in entries if names(subject, kind, value)
    ]
    assert (cutoffs.is_revoked(subject) is not None) == (subject.issued <= max(applying, default=-1))


@settings(max_examples=300)
@given(entries, tokens, st.integers(0, 2000), st.integers(0, 2000), st.randoms(use_true_random=False))
def test_forgetting_never_revives_a_token(entries, subject, authority, ours, random):
    """Whatever the order of arrival and the clocks: an entry counts until both clocks are past it."""
    random.shuffle(entries)
    cutoffs = Cutoffs()
    revoked(cutoffs, *entries)
    before = len(cutoffs)
    cutoffs.take(Beat(cutoffs.seq, START + authority), START + ours, 0)
    horizon = START + min(authority, ours) - FORGET_AFTER
    living = [e for e in entries if e[3] >= horizon and names(subject, e[0], e[1])]
    if any(kind == "jti" or subject.issued <= cutoff for kind, _, cutoff, _ in living):
        assert cutoffs.is_revoked(subject) is not None
    longest = {}
    for kind, value, _, exp in entries:
        longest[kind, value] = max(exp, longest.get((kind, value), 0))
    assert len(cutoffs) == sum(exp >= horizon for exp in longest.values())
    assert len(cutoffs) <= before


def test_memory_is_bounded_by_expiry():
    cutoffs = Cutoffs()
    for second in range(5000):
        revoked(cutoffs, ("jti", f"j{second}", START + second, START + second + 600))
        revoked(cutoffs, ("sub", "u", START + second, START + second + 600))
        cutoffs.take(Beat(cutoffs.seq, START + second), START + second, second)
    assert len(cutoffs) <= 600 + FORGET_AFTER + 3
    assert len(cutoffs._expiring) <= 2 * (600 + FORGET_AFTER + 3)


def test_our_clock_that_jumps_ahead_forgets_nothing():
    cutoffs = Cutoffs()
    revoked(cutoffs, ("jti", "j", START, START + 600))
    cutoffs.take(Beat(1, START), START + 10**6, 0)
    assert cutoffs.is_revoked(token()) is not None


def test_the_authoritys_clock_that_jumps_ahead_forgets_nothing():
    cutoffs = Cutoffs()
    revoked(cutoffs, ("jti", "j", START, START + 600))
    cutoffs.take(Beat(1, START + 10**6), START, 0)
    assert cutoffs.is_revoked(token()) is not None


def test_an_entry_that_comes_twice_changes_nothing():
    cutoffs = Cutoffs()
    entry = Revocation(1, "sub", "u", START, START + 600)
    for _ in range(2):
        cutoffs.take(entry, START, 0)
    assert (cutoffs.seq, cutoffs.entries()) == (1, (entry,))


def test_staleness_is_the_longer_of_both_clocks():
    cutoffs = Cutoffs()
    assert cutoffs.staleness(START, 10.0) == math.inf
    cutoffs.take(Beat(0, START + 3.5), START, 10.0)
    assert cutoffs.staleness(START, 10.0) == 0
    assert cutoffs.staleness(START + 2, 12.0) == 2
    assert cutoffs.staleness(START - 3600, 12.0) == 2, "the wall clock jumped back"
    assert cutoffs.staleness(START + 8 * 3600, 10.5) == 8 * 3600, "the machine slept, and the steady clock with it"
    assert cutoffs.authority_time(12.0) == START + 5.5


def test_a_revocation_is_no_sign_of_life():
    cutoffs = Cutoffs()
    revoked(cutoffs, ("sub", "u", START, START + 600))
    assert cutoffs.staleness(START, 0) == math.inf


@pytest.mark.parametrize("age", [0, 0.5, 599, 10**6])
def test_a_restored_snapshot_is_as_stale_as_it_is_old(age):
    entry = Revocation(4, "sub", "u", START, START + 600)
    cutoffs = Cutoffs.restored(Snapshot(7, START, (entry,)), START + age, 50.0)
    assert cutoffs.seq == 7
    assert cutoffs.is_revoked(token()) is not None
    assert cutoffs.staleness(START + age, 50.0) == age
    assert cutoffs.staleness(START + age - 3600, 60.0) == age + 10, "the wall clock jumped back afterwards"
    assert cutoffs.authority_time(50.0) == START + age


def test_a_snapshot_from_the_future_is_stale_until_a_beat_comes():
    slightly = Cutoffs.restored(Snapshot(7, START + 4.0), START, 50.0)
    assert slightly.staleness(START, 50.0) == 0
    jumped = Cutoffs.restored(Snapshot(7, START + 3600.0), START, 50.0)
    assert jumped.staleness(START, 50.0) == math.inf
    jumped.take(Beat(7, START + 3600.0), START, 51.0)
    assert jumped.staleness(START, 51.0) == 0


@given(entries)
def test_a_snapshot_restores_every_answer(entries):
    cutoffs = Cutoffs()
    revoked(cutoffs, *entries)
    cutoffs.take(Beat(cutoffs.seq, START), START, 0)
    again = Cutoffs.restored(Snapshot.decode(Snapshot.of(cutoffs).encode()), START, 0)
    assert (again.seq, again.entries(), again.heard_at()) == (cutoffs.seq, cutoffs.entries(), cutoffs.heard_at())


GOOD = {"kind": "sub", "value": "u", "cutoff": START, "exp": START + 600}


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "role"},
        {"kind": None},
        {"kind": []},
        {"value": ""},
        {"value": 1},
        {"value": "x" * 2049},
        {"kind": "all"},
        {"cutoff": True},
        {"cutoff": "1"},
        {"cutoff": -1},
        {"cutoff": None},
        {"exp": 2**53 + 2},
        {"exp": math.nan},
        {"exp": math.inf},
    ],
)
def test_an_entry_that_cannot_be(change):
    Revocation.read(1, GOOD)
    with pytest.raises(Invalid):
        Revocation.read(1, GOOD | change)


@pytest.mark.parametrize("seq", [None, True, -1, 1.0, "1", 2**63])
def test_a_sequence_number_that_cannot_be(seq):
    with pytest.raises(Invalid):
        Revocation.read(seq, GOOD)


def test_a_session_is_over_by_its_person_its_id_or_everything() -> None:
    cutoffs = Cutoffs()
    assert not cutoffs.is_over("google|1", "s", 100.0)
    for seq, (kind, value) in enumerate((("sub", "google|1"), ("sid", "s"), ("all", "")), 1):
        one = Cutoffs()
        one.take(Revocation(seq, kind, value, 100.0, 1e9), 0.0, 0.0)
        assert one.is_over("google|1", "s", 100.0)
        assert not one.is_over("google|1", "s", 101.0)
        assert one.is_over("google|2", "t", 100.0) == (kind == "all")
