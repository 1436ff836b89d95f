"""The ring on disk: who may read it, what is refused, and that nothing of it is lost."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ringwall.errors import Misconfigured, RingwallError
from ringwall.sealing import keyring_file
from ringwall.sealing.keyring import KeyRing
from ringwall.sealing.keyring_file import KeyRingFile, MissingKeyRing


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "keyring.json"


def test_what_was_written_is_read(path: Path) -> None:
    ring = KeyRingFile(path, "orders").create(now=1.5)
    assert KeyRingFile(path, "orders").load() == ring
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o077 == 0


def test_making_a_ring_never_replaces_one(path: Path) -> None:
    file = KeyRingFile(path, "orders")
    assert file.create(now=1) == file.create(now=2)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666])
def test_a_ring_that_others_can_read_is_refused(path: Path, mode: int) -> None:
    file = KeyRingFile(path, "orders")
    file.create(now=1)
    path.chmod(mode)
    with pytest.raises(Misconfigured, match="read by others") as refusal:
        file.load()
    assert refusal.value.hint == f"chmod 600 {path}"


def test_another_applications_ring_is_refused(path: Path) -> None:
    KeyRingFile(path, "billing").create(now=1)
    with pytest.raises(Misconfigured, match="key ring of 'billing', not of 'orders'"):
        KeyRingFile(path, "orders").load()


def test_a_missing_ring_says_so(path: Path) -> None:
    for read in (KeyRingFile(path, "orders").load, KeyRingFile(path, "orders").current):
        with pytest.raises(MissingKeyRing, match="there is no key ring at"):
            read()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(data=st.data())
def test_a_truncated_ring_is_refused(path: Path, data: st.DataObject) -> None:
    KeyRingFile(path, "orders").create(now=1)
    whole = path.read_bytes().rstrip()
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
    with pytest.raises(Misconfigured):
        KeyRingFile(path, "orders").load()
    path.unlink()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    document=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.sampled_from(["keys", "id", "state", "wrapped", "kdf"]), inner)
        ),
    )
)
def test_a_ring_of_any_other_shape_is_refused(path: Path, document: object) -> None:
    path.parent.mkdir(exist_ok=True)
    head = {"format": "ringwall-keyring", "version": 1, "application": "orders"}
    body = head | document if isinstance(document, dict) else head | {"keys": document, "wrapped": document}
    path.write_text(json.dumps(body))
    path.chmod(0o600)
    with pytest.raises(RingwallError):
        KeyRingFile(path, "orders", passphrase="x").load()


@pytest.mark.parametrize("name", ["id", "material", "state", "created"])
def test_a_damaged_key_is_refused(path: Path, name: str) -> None:
    KeyRingFile(path, "orders").create(now=1)
    document = json.loads(path.read_text())
    document["keys"][0][name] = "AAAA"
    path.write_text(json.dumps(document))
    with pytest.raises(Misconfigured):
        KeyRingFile(path, "orders").load()


def test_a_newer_version_is_refused(path: Path) -> None:
    KeyRingFile(path, "orders").create(now=1)
    path.write_text(path.read_text().replace('"version": 1', '"version": 2'))
    with pytest.raises(Misconfigured, match="of version 2"):
        KeyRingFile(path, "orders").load()


def test_a_passphrase_wraps_the_keys(path: Path) -> None:
    file = KeyRingFile(path, "orders", passphrase="correct horse")
    ring = file.create(now=1)
    assert file.load() == ring
    assert ring.active.id.hex() not in path.read_text()
    with pytest.raises(Misconfigured, match="passphrase does not open") as refusal:
        KeyRingFile(path, "orders", passphrase="wrong horse").load()
    assert "horse" not in refusal.value.render()
    with pytest.raises(Misconfigured, match="none was given"):
        KeyRingFile(path, "orders").load()


def test_a_wrapped_ring_cannot_be_given_to_another_application(path: Path) -> None:
    KeyRingFile(path, "billing", passphrase="p").create(now=1)
    path.write_text(path.read_text().replace("billing", "orders"))
    with pytest.raises(Misconfigured, match="or the file was changed"):
        KeyRingFile(path, "orders", passphrase="p").load()


def test_a_wrapped_ring_cannot_ask_for_all_the_memory(path: Path) -> None:
    KeyRingFile(path, "orders", passphrase="p").create(now=1)
    path.write_text(path.read_text().replace("65536", str(1 << 40)))
    with pytest.raises(Misconfigured, match="damaged"):
        KeyRingFile(path, "orders", passphrase="p").load()


def test_the_file_is_read_once_and_again_when_it_was_replaced(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reads = []
    real = keyring_file._read
    monkeypatch.setattr(keyring_file, "_read", lambda descriptor: reads.append(1) or real(descriptor))
    file = KeyRingFile(path, "orders")
    file.create(now=1)
    first = file.current()
    assert file.current() is first
    assert len(reads) == 1
    KeyRingFile(path, "orders").update(lambda ring: ring.renewed(now=2))
    assert file.current().keys[1] == first.active.__class__(first.active.material, "retired", 1)


def test_a_crash_while_writing_leaves_the_old_ring(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = KeyRingFile(path, "orders")
    ring = file.create(now=1)

    def crash(*_: object) -> None:
        raise OSError("power cut")

    monkeypatch.setattr(os, "fsync", crash)
    with pytest.raises(OSError, match="power cut"):
        file.update(lambda ring: ring.renewed(now=2))
    monkeypatch.undo()
    assert file.load() == ring


def test_renewing_at_once_from_many_threads_loses_no_key(path: Path) -> None:
    first = KeyRingFile(path, "orders").create(now=1)
    made: list[KeyRing] = []

    def renew() -> None:
        made.append(KeyRingFile(path, "orders").update(lambda ring: ring.renewed(now=2)))

    threads = [threading.Thread(target=renew) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    held = {key.id for key in KeyRingFile(path, "orders").load().keys}
    assert held == {first.active.id, *(ring.active.id for ring in made)}
    assert len(held) == 9
