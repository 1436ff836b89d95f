"""Where a sealed value belongs: the associated data that binds it to one cell of one application."""

from __future__ import annotations

import datetime
import struct
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

ROW_KEY_BYTES = 16
KEY_TYPES = (int, str, bytes, uuid.UUID, datetime.date)

KeyValue = int | str | bytes | uuid.UUID | datetime.date
"""One value of a primary key. Only types that every database gives back exactly as they were put in."""

_HALF = 1 << 63
_SMALL_INT = struct.Struct(">Icq").pack
_LENGTH = struct.Struct(">I").pack


@dataclass(frozen=True, slots=True)
class Place:
    """One sealed column: everything about a cell except its row. ``schema`` is empty when the table names none.

    ``kind`` is the declared type (``str``, ``bytes``, ``int``). ``key_columns`` are the names of the primary key's
    columns, in sorted order; the values of a row's key are given in the same order.
    """

    application: str
    schema: str
    table: str
    column: str
    kind: str
    key_columns: tuple[str, ...]

    def __str__(self) -> str:
        return ".".join(part for part in (self.schema, self.table, self.column) if part)

    def row(self, identity: tuple[KeyValue, ...]) -> str:
        """The row as an error names it: ``id=5``."""
        return ", ".join(f"{name}={value!r}" for name, value in zip(self.key_columns, identity, strict=False))

    def for_key(self, version: int, key_id: bytes) -> bytes:
        """The part of the associated data that all rows of the column share under one key."""
        return fields(
            (
                bytes((version,)),
                key_id,
                self.application.encode(),
                self.schema.encode(),
                self.table.encode(),
                self.column.encode(),
                self.kind.encode(),
                len(self.key_columns).to_bytes(2, "big"),
                *(name.encode() for name in self.key_columns),
            )
        )

    def subkey_info(self) -> bytes:
        """What tells this column's key from every other column's (the ``info`` of HKDF, RFC 5869)."""
        return fields(part.encode() for part in (self.application, self.schema, self.table, self.column))


def row_data(row_key: bytes, identity: tuple[KeyValue, ...]) -> bytes:
    """The part of the associated data that says which row: its random 16 bytes, then its primary key.

    Raises ``ValueError`` or ``TypeError`` for a row key of another length and for a key value that has no exact form.
    """
    if len(row_key) != ROW_KEY_BYTES:
        raise ValueError("a row key is 16 bytes")
    if len(identity) == 1 and type(value := identity[0]) is int and -_HALF <= value < _HALF:
        # The same bytes as below, at a third of the time: this is what most tables have.
        return row_key + _SMALL_INT(9, b"i", value)
    return row_key + fields(_key_value(value) for value in identity)


def fields(parts: Iterable[bytes]) -> bytes:
    """Each part behind its length in four bytes, so that no two lists of parts ever read the same."""
    return b"".join(_LENGTH(len(part)) + part for part in parts)


def _key_value(value: KeyValue) -> bytes:
    """A letter for the type, then the value. Exact types only: a ``bool`` or an ``IntEnum`` is not an ``int`` here."""
    kind = type(value)
    if kind is int:
        assert isinstance(value, int)
        if -_HALF <= value < _HALF:
            return b"i" + value.to_bytes(8, "big", signed=True)
        return b"n" + str(value).encode()
    if kind is str:
        assert isinstance(value, str)
        return b"s" + value.encode()
    if kind is bytes:
        assert isinstance(value, bytes)
        return b"b" + value
    if isinstance(value, uuid.UUID):
        return b"u" + value.bytes
    if kind is datetime.date:
        assert isinstance(value, datetime.date)
        return b"d" + value.isoformat().encode()
    raise TypeError(f"a primary key value of type {kind.__name__} cannot be bound to a sealed value")
