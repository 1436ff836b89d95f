"""The cells of one sealed field: which row a cell is in, and the cipher that opens it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ringwall.errors import Misconfigured, Tampered
from ringwall.on import sealed_ring
from ringwall.sealing.envelope import CellCipher, UnknownKey
from ringwall.sealing.keyring import KeyRing
from ringwall.sealing.place import KEY_TYPES, KeyValue, Place

if TYPE_CHECKING:
    from django.db.models import Model

    from ringwall.on.django.sealed import Sealed

ROW_KEY = "ringwall_row_key"


class Cells:
    """The cells of ``field``, sealed under the ring of its model."""

    def __init__(self, field: Sealed) -> None:
        self._field = field
        self._ring: KeyRing | None = None
        self._cipher: CellCipher | None = None
        self._epoch = -1

    def cipher(self) -> CellCipher:
        """The cipher with the ring as it is now: one ``stat`` of the ring's file."""
        ring = sealed_ring.keyring_of(self._field.model)
        if self._cipher is None or ring is not self._ring:
            self._cipher, self._ring = CellCipher(ring, self._place(ring.application)), ring
        self._epoch = sealed_ring.epoch
        return self._cipher

    def open(self, instance: Model, envelope: bytes) -> bytes:
        """What ``envelope`` hides in the row of ``instance``. Raises ``Tampered``."""
        row_key, identity = bytes(getattr(instance, ROW_KEY) or b""), identity_of(instance)
        known = self._cipher if self._cipher is not None and self._epoch == sealed_ring.epoch else self.cipher()
        try:
            return known.open(envelope, row_key, identity)
        except UnknownKey:
            # The ring may have been renewed since it was read.
            if (fresh := self.cipher()) is known:
                raise
            return fresh.open(envelope, row_key, identity)

    def opens(self, instance: Model, envelope: bytes) -> bool:
        """Whether the envelope belongs to the row that ``instance`` is."""
        try:
            self.open(instance, envelope)
        except Tampered:
            return False
        return True

    def _place(self, application: str) -> Place:
        meta = self._field.model._meta
        assert meta.pk is not None
        key_columns = (str(meta.pk.column),)
        return Place(application, "", meta.db_table, str(self._field.column), self._field.plaintext.name, key_columns)


def identity_of(instance: Model) -> tuple[KeyValue, ...]:
    """The primary key as the database gives it back. Raises ``Misconfigured`` for one that has no exact form."""
    key = instance._meta.pk
    value = key.to_python(instance.pk)
    if instance._meta.parents or type(value) not in KEY_TYPES:
        raise Misconfigured(
            f"a sealed field of {type(instance).__name__} cannot be bound to its key {key.name}",
            hint="the key may be an integer, text, bytes, UUID or date, in the model's own table",
        )
    return (value,)
