"""The keys of one application: one active key that seals, and retired ones that only open."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import Literal

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ringwall.errors import Misconfigured
from ringwall.sealing.place import Place

KEY_BYTES = 32
KEY_ID_BYTES = 16

State = Literal["active", "retired"]


@dataclass(frozen=True, slots=True)
class DataKey:
    """One 256-bit key. ``created`` is in seconds since 1970. The material is never shown by ``repr``.

    ``id`` is 16 bytes of HKDF-SHA256 over the material. It names the key and commits to it: another key with the same
    id would be a collision of SHA-256 cut to 128 bits.
    """

    material: bytes = field(repr=False)
    state: State
    created: int
    id: bytes = field(init=False)

    def __post_init__(self) -> None:
        if len(self.material) != KEY_BYTES:
            raise Misconfigured(f"a data key has {len(self.material)} bytes, not {KEY_BYTES}")
        object.__setattr__(self, "id", _derive(self.material, b"ringwall sealing key id", KEY_ID_BYTES))

    def subkey(self, place: Place) -> bytes:
        """The 256-bit key of one column (HKDF-SHA256, RFC 5869)."""
        return _derive(self.material, b"ringwall sealing column\x00" + place.subkey_info(), KEY_BYTES)


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys of one application, newest first; exactly one is active. A snapshot: it never changes.

    Raises :class:`Misconfigured` when there is not exactly one active key, or one key twice.
    """

    application: str
    keys: tuple[DataKey, ...]

    def __post_init__(self) -> None:
        if [key.state for key in self.keys].count("active") != 1:
            raise Misconfigured(f"the key ring of {self.application!r} has not exactly one active key")
        if len({key.id for key in self.keys}) != len(self.keys):
            raise Misconfigured(f"the key ring of {self.application!r} holds one key twice")

    @classmethod
    def new(cls, application: str, *, now: float) -> KeyRing:
        """A ring with one fresh key. ``now`` is in seconds since 1970."""
        return cls(application, (_fresh(now),))

    @property
    def active(self) -> DataKey:
        """The key that seals."""
        return next(key for key in self.keys if key.state == "active")

    def renewed(self, *, now: float) -> KeyRing:
        """The same ring with a fresh active key; the former one is retired, and still opens."""
        return replace(self, keys=(_fresh(now), *(replace(key, state="retired") for key in self.keys)))

    def without(self, key_id: bytes) -> KeyRing:
        """The ring after a retired key is forgotten. What is still sealed under it is lost for good."""
        if key_id == self.active.id:
            raise Misconfigured("the active key cannot be forgotten", hint="rotate first, then forget the retired key")
        if key_id not in {key.id for key in self.keys}:
            raise Misconfigured(f"the key ring of {self.application!r} holds no key {key_id.hex()}")
        return replace(self, keys=tuple(key for key in self.keys if key.id != key_id))


def _fresh(now: float) -> DataKey:
    return DataKey(os.urandom(KEY_BYTES), "active", int(now))


def _derive(material: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(material)
