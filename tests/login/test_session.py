from __future__ import annotations

import dataclasses
import os
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringwall.caller import Caller
from ringwall.errors import Tampered
from ringwall.login.session import Identity, Session, key_of, new_id, open_session, seal_session

KEY, ID = os.urandom(32), os.urandom(32)
SESSION = Session("google", "google|1", 1.0, float("inf"), float("inf"), "", "refresh-me", "header.payload.sig")


def test_an_id_is_256_fresh_bits_in_43_characters():
    ids = {new_id() for _ in range(100)}
    assert len(ids) == 100
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", one) for one in ids)


@pytest.mark.parametrize(
    "text", [None, "", "a" * 42, "a" * 44, "a" * 42 + "=", "a" * 42 + "\n", "ä" * 43, "' or 1=1 --" * 4]
)
def test_what_cannot_be_an_id_has_no_key(text):
    assert key_of(text) is None


def test_a_store_sees_the_hash_only():
    session_id = new_id()
    key = key_of(session_id)
    assert len(key) == 32
    assert session_id.encode() not in key


_TEXT = st.text(max_size=30)
_TIME = st.floats(0, 1e11)
_IDENTITY = st.builds(
    Identity,
    _TEXT,
    _TEXT,
    st.lists(_TEXT, max_size=3).map(tuple),
    st.dictionaries(_TEXT, _TEXT | st.integers() | st.booleans(), max_size=3),
)


@settings(max_examples=60)
@given(st.builds(Session, _TEXT, _TEXT, _TIME, _TIME, _TIME, _TEXT, _TEXT, _TEXT, st.none() | _IDENTITY))
def test_a_record_opens_to_what_was_sealed(session: Session):
    opened = open_session(seal_session(session, KEY, ID), KEY, ID)
    assert opened.person == session.person
    assert dataclasses.replace(opened, identity=None) == dataclasses.replace(session, identity=None)
    if session.identity is not None:
        assert opened.identity.caller("x") == session.identity.caller("x")


def test_a_record_hides_its_tokens():
    sealed = seal_session(SESSION, KEY, ID)
    assert b"refresh-me" not in sealed
    assert "refresh-me" not in repr(SESSION)
    assert sealed != seal_session(SESSION, KEY, ID)


def test_a_record_moved_to_another_id_does_not_open():
    sealed = seal_session(SESSION, KEY, ID)
    for key, place in ((KEY, os.urandom(32)), (os.urandom(32), ID)):
        with pytest.raises(Tampered):
            open_session(sealed, key, place)


def test_a_changed_record_does_not_open():
    sealed = seal_session(SESSION, KEY, ID)
    for place in (0, 12, len(sealed) - 1):
        changed = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(Tampered):
            open_session(changed, KEY, ID)
    for short in (b"", sealed[:12], sealed[:20]):
        with pytest.raises(Tampered):
            open_session(short, KEY, ID)


def test_an_identity_keeps_what_was_mapped_and_proves_by_session():
    caller = Caller(
        "google|1",
        roles=frozenset({"manager"}),
        attributes={"region": "eu", "teams": ("a", "b")},
        issuer="i",
        session="s",
    )
    session = dataclasses.replace(SESSION, identity=Identity.of(caller))
    opened = open_session(seal_session(session, KEY, ID), KEY, ID).identity.caller("google|1")
    assert opened == dataclasses.replace(caller, proof="session")
    assert opened.teams == ("a", "b")
