"""The root key: made once, kept 0600, locked by a passphrase, and no sealed value opens anywhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringwall.authority.authority import Authority
from ringwall.authority.seal import Seal
from ringwall.authority.settings import Settings
from ringwall.errors import Misconfigured, Tampered

SEAL = Seal(bytes(range(32)))


@given(st.binary(max_size=200), st.text(max_size=20))
def test_what_was_sealed_opens_for_its_purpose(data, purpose):
    assert SEAL.open(SEAL.seal(data, purpose), purpose) == data


@given(st.binary(max_size=50), st.data())
def test_attack_any_changed_byte(data, draw):
    sealed = bytearray(SEAL.seal(data, "p"))
    sealed[draw.draw(st.integers(0, len(sealed) - 1))] ^= draw.draw(st.integers(1, 255))
    with pytest.raises(Tampered):
        SEAL.open(bytes(sealed), "p")


@pytest.mark.parametrize("sealed", [b"", b"x", bytes(12), bytes(27)])
def test_attack_a_cut_value(sealed):
    with pytest.raises(Tampered):
        SEAL.open(sealed, "p")


def test_attack_a_value_moved_to_another_purpose_or_root(tmp_path):
    sealed = SEAL.seal(b"x", "signing key a")
    with pytest.raises(Tampered):
        SEAL.open(sealed, "signing key b")
    with pytest.raises(Tampered):
        Seal(bytes(32)).open(sealed, "signing key a")


def test_a_root_key_file_is_for_its_owner_and_never_replaced(tmp_path):
    path = tmp_path / "root.key"
    sealed = Seal.create(path).seal(b"x", "p")
    assert path.stat().st_mode & 0o777 == 0o600
    assert Seal.load(path).open(sealed, "p") == b"x"
    with pytest.raises(FileExistsError):
        Seal.create(path)
    path.chmod(0o644)
    with pytest.raises(Misconfigured, match="read by others"):
        Seal.load(path)


def test_a_passphrase_locks_the_root_key(tmp_path):
    path = tmp_path / "root.key"
    sealed = Seal.create(path, "correct horse").seal(b"x", "p")
    assert Seal.load(path, "correct horse").open(sealed, "p") == b"x"
    with pytest.raises(Misconfigured, match="passphrase does not open") as refused:
        Seal.load(path, "wrong horse")
    assert "wrong horse" not in refused.value.render()
    with pytest.raises(Misconfigured, match="locked with a passphrase"):
        Seal.load(path)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"root": "eA=="}', '{"root": 1}', '{"wrapped": "x"}'])
def test_a_broken_root_key_file_is_a_clear_error(tmp_path, content):
    path = tmp_path / "root.key"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(Misconfigured):
        Seal.load(path, "any")


def test_a_database_without_its_root_key_is_not_given_a_new_one(tmp_path):
    settings = Settings("http://localhost:1", "https://localhost:2")
    Authority.open(tmp_path, settings).close()
    (tmp_path / "root.key").unlink()
    with pytest.raises(Misconfigured, match="cannot read the root key"):
        Authority.open(tmp_path, settings)
