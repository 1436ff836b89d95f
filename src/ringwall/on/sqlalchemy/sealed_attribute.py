"""The attribute of a sealed column: opens when it is read, holds the value until the flush when it is set."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import InstrumentedAttribute, Mapper
from sqlalchemy.orm.attributes import OP_REPLACE, AttributeEventToken, instance_state, set_attribute

from ringwall.errors import Misconfigured
from ringwall.on.sqlalchemy.sealed_column import SealedColumn
from ringwall.on.sqlalchemy.unsealed import Unsealed
from ringwall.sealing.sealed import Sealed


class SealedAttribute(InstrumentedAttribute[Any]):  # pyright: ignore[reportIncompatibleVariableOverride]
    """SQLAlchemy's own attribute, except that reading it on an object opens the value.

    The object itself keeps only the envelope (or, until the flush, :class:`Unsealed`): opening is done anew at each
    read, and no plaintext stays behind in the session.
    """

    __slots__ = ("assigned", "sealed_column")

    inherit_cache = True
    sealed_column: SealedColumn
    assigned: AttributeEventToken
    """Tells an assignment from a merge, which sets the same attribute; SQLAlchemy hands it through to the listeners."""

    def __get__(self, instance: object | None, owner: Any) -> Any:
        if instance is None:
            return self
        values, column = instance.__dict__, self.sealed_column
        held = values.get(self.key)
        if type(held) is not bytes:  # bytes: loaded with its object, as nearly all are
            if held is None:
                held = super().__get__(instance, owner)
            if held is None:
                return None
            if type(held) is Unsealed:
                return column.plaintext.decode(held.plain)
            held = envelope_of(held)
        row_key = values.get(column.row_key) or getattr(instance, column.row_key)
        return column.open(instance_state(instance), held, row_key)

    def __set__(self, instance: object, value: Any) -> None:
        set_attribute(instance, self.key, value, self.assigned)


def install(mapper: Mapper[Any], column: SealedColumn) -> None:
    """Put the attribute of ``column`` on the mapped class, in the place of the one that is there."""
    manager = mapper.class_manager
    former = manager[column.key]
    attribute = SealedAttribute(mapper.class_, column.key, parententity=mapper, comparator=former.comparator)
    attribute.sealed_column = column
    manager.instrument_attribute(column.key, attribute)


def envelope_of(held: Any) -> Any:
    """The stored bytes, wrapped or not. They may be anything that somebody put into the database."""
    return held.envelope if type(held) is Sealed else held


def seal_what_is_set(column: SealedColumn) -> None:
    """Wrap each plain value that is assigned, after the class's own validators have seen it."""
    plaintext = column.plaintext
    attribute: SealedAttribute = getattr(column.model, column.key)
    assigned = attribute.assigned = AttributeEventToken(attribute.impl, OP_REPLACE)

    def on_set(_target: object, value: Any, _former: Any, initiator: Any) -> Any:
        # Merging two objects sets what the other one holds, and that may be an envelope as the database gave it.
        if value is None or isinstance(value, (Sealed, Unsealed)):
            return value
        if initiator is not assigned and isinstance(value, bytes):
            return Sealed(value)
        if not isinstance(value, plaintext.type) or isinstance(value, bool):
            raise Misconfigured(
                f"{column} takes {plaintext.name}, not {type(value).__name__}",
                hint=f"Mapped[…] or Sealed(…) of {column} says what it takes",
            )
        try:
            return Unsealed(plaintext.encode(value))
        except UnicodeEncodeError:
            raise Misconfigured(f"{column} takes text that UTF-8 can say, and this holds a lone surrogate") from None
        except ValueError as error:
            raise Misconfigured(f"{column}: {error}") from None

    event.listen(attribute, "set", on_set, retval=True)
