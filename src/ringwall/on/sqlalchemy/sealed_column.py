"""One sealed column of one mapped class: which row a cell is in, and the cipher that opens it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, Table
from sqlalchemy.orm import InstanceState

from ringwall.errors import Misconfigured
from ringwall.on import sealed_ring
from ringwall.sealing.envelope import CellCipher, UnknownKey
from ringwall.sealing.keyring import KeyRing
from ringwall.sealing.place import KeyValue, Place, row_data
from ringwall.sealing.plaintext import Plaintext

Identity = tuple[KeyValue, ...]


class SealedColumn:
    """What is needed to seal and open the cells of one column.

    ``key`` and ``row_key`` are attributes of the mapped class. ``primary`` has one entry for each column of the table's
    primary key, sorted by column name: attribute, position in the mapper's identity, and expected Python type.
    """

    def __init__(
        self,
        model: type,
        key: str,
        column: Column[Any],
        plaintext: Plaintext,
        row_key: str,
        primary: tuple[tuple[str, int, type | None], ...],
    ) -> None:
        assert isinstance(column.table, Table)
        self.model, self.key, self.column, self.plaintext = model, key, column, plaintext
        self.row_key, self.primary, self.table = row_key, primary, column.table
        self.primary_columns = tuple(sorted(self.table.primary_key.columns, key=lambda c: c.name))
        self._positions = tuple(position for _, position, _ in primary)
        self._in_order = self._positions == tuple(range(len(self._positions)))
        self._decode = plaintext.decode
        self._ring: KeyRing | None = None
        self._cipher: CellCipher | None = None
        self._epoch = -1

    def __str__(self) -> str:
        return f"{self.model.__name__}.{self.key}"

    def cipher(self) -> CellCipher:
        """The cipher with the ring as it is now: one ``stat`` of the ring's file."""
        epoch = sealed_ring.epoch
        ring = sealed_ring.keyring_of(self.model)
        if self._cipher is None or ring is not self._ring:
            self._cipher, self._ring = CellCipher(ring, self._place(ring.application)), ring
        self._epoch = epoch
        return self._cipher

    def open(self, state: InstanceState[Any], envelope: bytes, row_key: Any) -> Any:
        """The value that ``envelope`` hides in the row of ``state``. Raises ``Tampered``."""
        if self._epoch != sealed_ring.epoch:
            self.cipher()
        cipher, stored = self._cipher, state.key
        assert cipher is not None
        if stored is None:
            identity = self.identity(state.dict)
        elif self._in_order:
            identity = stored[1]
        else:
            identity = tuple(stored[1][position] for position in self._positions)
        try:
            return self._decode(cipher.open(envelope, row_key, identity))
        except UnknownKey:
            # The ring may have been renewed since it was read.
            fresh = self.cipher()
            if fresh is cipher:
                raise
            return self._decode(fresh.open(envelope, row_key, identity))

    def identity(self, values: Mapping[str, Any]) -> Identity:
        """The primary key that these attributes say; empty when the database has yet to assign a part of it.

        Raises :class:`Misconfigured` for a value that the database may give back in another form.
        """
        identity = []
        for key, _, expected in self.primary:
            value = values.get(key)
            if value is None or hasattr(value, "__clause_element__") or hasattr(value, "compile"):
                return ()
            if expected is not None and type(value) is not expected:
                raise Misconfigured(
                    f"{self}: the primary key {key} is {type(value).__name__}, and its column is {expected.__name__}",
                    hint="set the key in the column's own type; a sealed value is bound to it exactly",
                )
            identity.append(value)
        try:
            row_data(bytes(16), tuple(identity))
        except (TypeError, ValueError) as error:
            raise Misconfigured(f"{self}: {error}") from None
        return tuple(identity)

    def _place(self, application: str) -> Place:
        return Place(
            application,
            self.table.schema or "",
            self.table.name,
            self.column.name,
            self.plaintext.name,
            tuple(column.name for column in self.primary_columns),
        )
