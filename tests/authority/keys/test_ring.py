"""Signing keys through time: every token can be verified as long as it lives, and keys change without a gap."""

from __future__ import annotations

import json

import jwt as pyjwt
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from ringwall.authority.keys.signing import SigningKey
from ringwall.errors import Tampered, Unavailable

DAY = 86400


def published(world):
    return [key["kid"] for key in json.loads(world.authority.keys.jwks())["keys"]]


def test_kid_is_the_thumbprint_of_rfc_7638():
    key = SigningKey.generate()
    assert key.kid == ECKey.import_key({name: key.public[name] for name in ("kty", "crv", "x", "y")}).thumbprint()
    assert "d" not in key.public


def test_two_other_libraries_verify_what_we_sign():
    key = SigningKey.generate()
    for number in range(50):  # r and s are sometimes shorter than 32 bytes
        token = key.sign({"sub": "ä", "n": number}, "at+jwt")
        decoded = jwt.decode(token, ECKey.import_key(key.public), algorithms=["ES256"])
        assert decoded.header == {"alg": "ES256", "typ": "at+jwt", "kid": key.kid}
        assert decoded.claims == {"sub": "ä", "n": number}
        assert pyjwt.decode(token, pyjwt.PyJWK(key.public), algorithms=["ES256"]) == {"sub": "ä", "n": number}


def test_a_key_is_published_a_day_before_it_signs_and_until_its_last_token_has_expired(world):
    keys, clock = world.authority.keys, world.clock
    first = keys.current().kid
    assert published(world) == [first]
    clock.turn(29 * DAY)
    world.run(world.authority.tend())
    assert keys.current().kid == first
    assert published(world)[0] == first
    _, second = published(world)
    clock.turn(DAY - 1)
    assert keys.current().kid == first
    token = keys.current().sign({"exp": int(clock.now()) + 600}, "at+jwt")
    clock.turn(2)
    assert keys.current().kid == second
    clock.turn(590)
    jwt.decode(token, KeySet.import_key_set(json.loads(keys.jwks())), algorithms=["ES256"])
    clock.turn(200)
    world.run(world.authority.tend())
    assert published(world) == [second]


def test_a_year_of_rotation_never_lacks_a_key_and_never_signs_with_an_unpublished_one(world):
    known_for: dict[str, float] = {}
    for _ in range(365 * 2):
        world.clock.turn(DAY / 2)
        world.run(world.authority.keys.tend())
        now = world.clock.now()
        for kid in published(world):
            known_for.setdefault(kid, now)
        kid = world.authority.keys.current().kid
        assert len(known_for) == 1 or now - known_for[kid] >= DAY / 2 or len(known_for) <= 2
        assert len(published(world)) <= 2
    assert len(known_for) >= 12


def test_keys_survive_a_restart(world):
    from ringwall.authority.authority import Authority

    kid = world.authority.keys.current().kid
    world.authority.close()
    world.authority = Authority.open(world.home, world.authority.settings, clock=world.clock, synchronous="OFF")
    world.run(world.authority.start())
    assert world.authority.keys.current().kid == kid


def test_a_key_that_is_cut_is_gone_at_once_and_another_signs(world):
    token = world.redeem(world.code()).json()["access_token"]
    kid = world.authority.keys.current().kid
    world.run(world.authority.keys.cut(kid))
    assert kid not in published(world)
    assert world.authority.keys.current().kid != kid
    assert not world.active(token)


def test_without_a_key_for_this_time_nothing_is_signed(world):
    world.clock.turn(-400 * DAY)
    with pytest.raises(Unavailable, match="no signing key"):
        world.authority.keys.current()
    assert world.token(basic="job:s3cret", grant_type="client_credentials").status == 503


def test_attack_a_signing_key_moved_to_another_row(world):
    """The sealed key is bound to its kid."""
    other = SigningKey.generate()
    world.authority.store.submit(lambda tx: tx.run("update signing_key set kid = ?", other.kid)).result()
    world.authority.keys._keys = ()
    with pytest.raises(Tampered):
        world.authority.keys._load()
