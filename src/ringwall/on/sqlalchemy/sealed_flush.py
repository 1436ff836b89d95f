"""Sealing while a session flushes.

A row whose primary key is known is sealed before its statement is sent. Where the database assigns the key, the row is
inserted with a placeholder that opens as nothing, and one more batched ``UPDATE`` in the same flush, and so in the same
transaction, puts the sealed values in.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, event
from sqlalchemy.orm import InstanceState, Mapper, Session, object_session
from sqlalchemy.orm.attributes import instance_state, set_attribute

from ringwall.errors import Misconfigured, Tampered
from ringwall.on.sqlalchemy.sealed_attribute import envelope_of
from ringwall.on.sqlalchemy.sealed_column import Identity, SealedColumn
from ringwall.on.sqlalchemy.unsealed import Unsealed
from ringwall.sealing.envelope import CellCipher
from ringwall.sealing.place import ROW_KEY_BYTES
from ringwall.sealing.sealed import Sealed

PLACEHOLDER = b"\x00"
"""What stands in a cell between its ``INSERT`` and the ``UPDATE`` that seals it. No envelope has version 0."""

_JOURNAL = "ringwall.sealing"


def seal_on_flush(mapper: Mapper[Any], columns: Sequence[SealedColumn]) -> None:
    """Seal the columns of this mapped class in every flush that writes one of its objects."""

    def before_insert(_mapper: Mapper[Any], connection: Connection, target: object) -> None:
        journal, state = _journal(target), instance_state(target)
        for column in columns:
            _seal(column, connection, state, target, journal, changed=True)

    def before_update(_mapper: Mapper[Any], connection: Connection, target: object) -> None:
        journal, state = _journal(target), instance_state(target)
        if _key_changed(state, columns[0]):
            for column in columns:
                _open_for_resealing(column, state, target)
        for column in columns:
            _seal(column, connection, state, target, journal, changed=column.key in state.committed_state)

    event.listen(mapper, "before_insert", before_insert)
    event.listen(mapper, "before_update", before_update)


@dataclass(slots=True)
class _Entry:
    column: SealedColumn
    connection: Connection
    state: InstanceState[Any]
    held: Unsealed
    row_key: bytes


class _Journal:
    """What one flush has sealed, or still has to."""

    def __init__(self) -> None:
        self.entries: list[_Entry] = []
        self._ciphers: dict[SealedColumn, CellCipher] = {}

    def cipher(self, column: SealedColumn) -> CellCipher:
        """One look at the ring per column and flush."""
        if column not in self._ciphers:
            self._ciphers[column] = column.cipher()
        return self._ciphers[column]

    def finish(self) -> None:
        """Seal what waited for its primary key, and leave only sealed values in the objects."""
        late: defaultdict[tuple[Connection, SealedColumn], list[dict[str, Any]]] = defaultdict(list)
        for entry in self.entries:
            column, held = entry.column, entry.held
            if held.envelope == PLACEHOLDER:
                identity = column.identity(entry.state.dict)
                if not identity:
                    raise Misconfigured(
                        f"{column}: the database did not report the primary key of an inserted row",
                        hint="a sealed value is bound to it; set the key on the object, or let the table return it",
                    )
                held.envelope = self.cipher(column).seal(held.plain, entry.row_key, identity)
                late[entry.connection, column].append(_parameters(identity, held))
            entry.state.dict[column.key] = held.envelope
        for (connection, column), parameters in late.items():
            _write(connection, column, parameters)

    def forget(self) -> None:
        """The flush failed: the objects keep their plain values, to be sealed anew when they are flushed again."""
        for entry in self.entries:
            entry.held.envelope = None
            if entry.column.key in entry.state.dict:
                entry.state.dict[entry.column.key] = entry.held


def _journal(target: object) -> _Journal:
    session = object_session(target)
    assert session is not None
    journal: _Journal = session.info.setdefault(_JOURNAL, _Journal())
    return journal


def _seal(
    column: SealedColumn,
    connection: Connection,
    state: InstanceState[Any],
    target: object,
    journal: _Journal,
    *,
    changed: bool,
) -> None:
    held = state.dict.get(column.key)
    if held is None or not changed:
        return
    identity = column.identity(state.dict)
    if not isinstance(held, Unsealed):
        envelope = envelope_of(held)
        _must_belong_here(column, journal.cipher(column), envelope, state, identity)
        state.dict[column.key] = Sealed(envelope)
        return
    row_key = state.dict.get(column.row_key) or getattr(target, column.row_key)
    if row_key is None:
        row_key = os.urandom(ROW_KEY_BYTES)
        set_attribute(target, column.row_key, row_key)
    if len(row_key) != ROW_KEY_BYTES:
        raise Tampered(f"{column}, row {identity}: the row's random key is not {ROW_KEY_BYTES} bytes")
    held.envelope = journal.cipher(column).seal(held.plain, row_key, identity) if identity else PLACEHOLDER
    journal.entries.append(_Entry(column, connection, state, held, row_key))


def _must_belong_here(
    column: SealedColumn, cipher: CellCipher, envelope: Any, state: InstanceState[Any], identity: Identity
) -> None:
    """An object may bring a sealed value along (merged, or moved to another database) only if it is this row's own."""
    try:
        if not identity:
            raise Tampered("the row has no key yet")
        cipher.open(envelope, state.dict.get(column.row_key) or b"", identity)
    except Tampered:
        raise Misconfigured(
            f"{column} was given a sealed value that does not belong to its row",
            hint="read the attribute of the object it came from, and assign that value",
        ) from None


def _key_changed(state: InstanceState[Any], column: SealedColumn) -> bool:
    return any(
        key in state.committed_state and state.committed_state[key] != state.dict.get(key)
        for key, _, _ in column.primary
    )


def _open_for_resealing(column: SealedColumn, state: InstanceState[Any], target: object) -> None:
    value = getattr(target, column.key)
    if not isinstance(state.dict.get(column.key), Unsealed):
        setattr(target, column.key, value)


def _parameters(identity: Identity, held: Unsealed) -> dict[str, Any]:
    return {f"ringwall_key_{n}": value for n, value in enumerate(identity)} | {"ringwall_sealed": held}


def _write(connection: Connection, column: SealedColumn, parameters: list[dict[str, Any]]) -> None:
    statement = (
        column.table.update()
        .where(*(key == bindparam(f"ringwall_key_{n}") for n, key in enumerate(column.primary_columns)))
        .values({column.column: bindparam("ringwall_sealed")})
    )
    result = connection.execute(statement, parameters)
    if connection.dialect.supports_sane_multi_rowcount and result.rowcount != len(parameters):
        raise Misconfigured(
            f"{column}: {len(parameters) - result.rowcount} inserted rows could not be found again to be sealed",
            hint="the database must keep the primary key that it reported, and allow UPDATE on the table",
        )


def _after_flush(session: Session, _context: object) -> None:
    journal: _Journal | None = session.info.get(_JOURNAL)
    if journal is not None:
        journal.finish()
        del session.info[_JOURNAL]


def _after_rollback(session: Session, _previous: object) -> None:
    journal: _Journal | None = session.info.pop(_JOURNAL, None)
    if journal is not None:
        journal.forget()


event.listen(Session, "after_flush", _after_flush)
event.listen(Session, "after_soft_rollback", _after_rollback)
