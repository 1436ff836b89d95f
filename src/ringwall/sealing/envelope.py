"""The sealed bytes of one cell: version 1 of the envelope.

``version (1) | key id (16) | nonce (12) | AES-256-GCM ciphertext | tag (16)``: 45 bytes more than the value.

The key id is itself derived from the key, so it commits to it: GCM alone would let one ciphertext open under two keys.
An id chooses exactly one key of the ring; no other is ever tried. The nonce is 96 random bits, so one column should be
sealed at most 2**32 times under one key (NIST SP 800-38D section 8.3). The associated data is in :mod:`.place`.

What this cannot stop: putting an *old* envelope of the same cell back. It was true once, and nothing in the cell says
when.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ringwall.errors import Tampered
from ringwall.sealing.keyring import KEY_ID_BYTES, KeyRing
from ringwall.sealing.place import ROW_KEY_BYTES, KeyValue, Place, row_data

VERSION = 1
NONCE_BYTES = 12
TAG_BYTES = 16
HEADER_BYTES = 1 + KEY_ID_BYTES
OVERHEAD_BYTES = HEADER_BYTES + NONCE_BYTES + TAG_BYTES

_BODY = HEADER_BYTES + NONCE_BYTES
_RESTORE = "restore the row from a backup, and look for who wrote to the database"


class UnknownKey(Tampered):
    """The envelope names a key that the ring does not hold: a swapped id, or the wrong or an older ring."""


class CellCipher:
    """Seals and opens the cells of one column with the keys of one ring. Immutable; safe in threads."""

    __slots__ = ("_decrypt", "_encrypt", "_openers", "_prefix", "header", "place")

    def __init__(self, ring: KeyRing, place: Place) -> None:
        self.place = place
        self._openers: dict[bytes, tuple[Callable[..., bytes], bytes]] = {}
        for key in ring.keys:
            header = bytes((VERSION,)) + key.id
            aead = AESGCM(key.subkey(place))
            prefix = place.for_key(VERSION, key.id)
            self._openers[header] = (aead.decrypt, prefix)
            if key is ring.active:
                self.header, self._prefix = header, prefix
                self._encrypt, self._decrypt = aead.encrypt, aead.decrypt

    def seal(self, value: bytes, row_key: bytes, identity: tuple[KeyValue, ...]) -> bytes:
        """The envelope of ``value`` under the active key, for the row with this 16-byte row key and primary key.

        Raises ``TypeError`` or ``ValueError`` for a key that has no exact form (see :func:`.place.row_data`).
        """
        nonce = os.urandom(NONCE_BYTES)
        return self.header + nonce + self._encrypt(nonce, value, self._prefix + row_data(row_key, identity))

    def open(self, envelope: bytes, row_key: bytes, identity: tuple[KeyValue, ...]) -> bytes:
        """The value. Raises :class:`Tampered`, which names column, row and key id, never the value."""
        try:
            if envelope.startswith(self.header):
                decrypt, prefix = self._decrypt, self._prefix
            else:
                decrypt, prefix = self._openers[envelope[:HEADER_BYTES]]
            return decrypt(envelope[HEADER_BYTES:_BODY], envelope[_BODY:], prefix + row_data(row_key, identity))
        except (InvalidTag, AttributeError, KeyError, TypeError, ValueError):
            raise self._refusal(envelope, row_key, identity) from None

    def _refusal(self, envelope: object, row_key: object, identity: tuple[KeyValue, ...]) -> Tampered:
        where = f"{self.place}, row {self.place.row(identity)}"
        if not isinstance(envelope, bytes):
            return Tampered(f"{where}: holds {type(envelope).__name__}, not a sealed value", hint=_RESTORE)
        if envelope[:1] != bytes((VERSION,)):
            return Tampered(f"{where}: is not an envelope of version {VERSION}", hint=_RESTORE)
        if len(envelope) < OVERHEAD_BYTES:
            return Tampered(f"{where}: the sealed value is cut short", hint=_RESTORE)
        key = f"key {envelope[1:HEADER_BYTES].hex()}"
        if envelope[:HEADER_BYTES] not in self._openers:
            return UnknownKey(
                f"{where}: sealed under {key}, which the key ring of {self.place.application!r} does not hold",
                hint="restore the key ring that holds this key; without it the value is lost",
            )
        if not isinstance(row_key, bytes) or len(row_key) != ROW_KEY_BYTES:
            return Tampered(f"{where}: the row's random key is missing or not 16 bytes ({key})", hint=_RESTORE)
        return Tampered(
            f"{where}: the sealed value was changed, or was not sealed for this cell as {self.place.kind} ({key})",
            hint=_RESTORE,
        )
