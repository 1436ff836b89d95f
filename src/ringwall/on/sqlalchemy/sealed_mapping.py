"""What a mapped class with sealed columns gets when it is mapped, and what is refused then."""

from __future__ import annotations

import dataclasses
from typing import Any

from sqlalchemy import CHAR, Column, LargeBinary, Table, event
from sqlalchemy.orm import Mapper
from sqlalchemy.types import TypeDecorator, TypeEngine

from ringwall.errors import Misconfigured
from ringwall.on.sqlalchemy.sealed_attribute import SealedAttribute, install, seal_what_is_set
from ringwall.on.sqlalchemy.sealed_column import SealedColumn
from ringwall.on.sqlalchemy.sealed_flush import seal_on_flush
from ringwall.on.sqlalchemy.sealed_kind import plaintext_of
from ringwall.on.sqlalchemy.sealed_loader import load_as_binary
from ringwall.sealing.place import KEY_TYPES, ROW_KEY_BYTES

ROW_KEY = "ringwall_row_key"


def watch(sealed_type: type[TypeEngine[Any]]) -> None:
    """From now on, a class that is mapped with columns of ``sealed_type`` has them sealed."""

    def before(mapper: Mapper[Any], _class: type) -> None:
        # The columns of the table are final here, and the mapper has not yet looked at them.
        table = mapper.local_table
        if isinstance(table, Table) and any(isinstance(column.type, sealed_type) for column in table.columns):
            _add_row_key(table)

    def after(mapper: Mapper[Any], _class: type) -> None:
        columns = [
            _sealed_column(mapper, key, column)
            for key, column in mapper.columns.items()
            if isinstance(column.type, sealed_type)
        ]
        for column in columns:
            install(mapper, column)
            load_as_binary(mapper, column.column)
        if columns:
            seal_on_flush(mapper, columns)

    def configured(mapper: Mapper[Any], _class: type) -> None:
        for column in sealed_columns(mapper):
            seal_what_is_set(column)

    event.listen(Mapper, "instrument_class", before)
    event.listen(Mapper, "after_mapper_constructed", after)
    event.listen(Mapper, "mapper_configured", configured)


def sealed_columns(mapper: Mapper[Any]) -> list[SealedColumn]:
    """The sealed columns of a mapped class, inherited ones included."""
    attributes = mapper.class_manager.values()
    return [attribute.sealed_column for attribute in attributes if isinstance(attribute, SealedAttribute)]


def _add_row_key(table: Table) -> None:
    present = table.columns.get(_row_key_attribute(table))
    if present is not None:
        return
    if any(column.name == ROW_KEY for column in table.columns):
        raise Misconfigured(f"the table {table.name} has a column {ROW_KEY} of its own", hint="give it another name")
    # The attribute's name holds the table's, because a joined subclass has one for each of its tables.
    table.append_column(Column(ROW_KEY, LargeBinary(ROW_KEY_BYTES), key=_row_key_attribute(table)))


def _row_key_attribute(table: Table) -> str:
    return f"_{ROW_KEY}_{table.name}"


def _sealed_column(mapper: Mapper[Any], key: str, column: Column[Any]) -> SealedColumn:
    where = f"{mapper.class_.__name__}.{key}"
    table = column.table
    if mapper.concrete or not isinstance(table, Table) or table not in mapper.tables:
        raise Misconfigured(
            f"{where} is sealed, and its class is not mapped to plain tables",
            hint="sealed columns need a class of its own table, or joined or single-table inheritance",
        )
    if column.primary_key or column.unique or column.index or column.foreign_keys or column.server_default is not None:
        raise Misconfigured(
            f"{where} is sealed, and cannot be a key, unique, indexed or filled by the database",
            hint="its ciphertext is different each time; put such a constraint on another column",
        )
    row_key = table.columns.get(_row_key_attribute(table))
    # Siblings in one table do not see each other's columns; the base's they all see.
    owner = mapper.inherits if mapper.single and mapper.inherits is not None else mapper
    if row_key is None or not owner.has_property(row_key.key):
        raise Misconfigured(
            f"{where} is sealed, and its row key is not mapped",
            hint="declare sealed columns of single-table inheritance on the base class",
        )
    field = getattr(mapper.class_, "__dataclass_fields__", {}).get(key)
    if isinstance(field, dataclasses.Field) and field.repr:
        raise Misconfigured(f"{where} is sealed, and the dataclass shows it", hint="mapped_column(Sealed, repr=False)")
    return SealedColumn(
        mapper.class_,
        key,
        column,
        plaintext_of(mapper.class_, key, column),
        row_key.key,
        _primary(mapper, table, where),
    )


def _primary(mapper: Mapper[Any], table: Table, where: str) -> tuple[tuple[str, int, type | None], ...]:
    identity = [mapper.get_property_by_column(column).key for column in mapper.primary_key]
    primary = []
    for column in sorted(table.primary_key.columns, key=lambda column: column.name):
        key = mapper.get_property_by_column(column).key
        if key not in identity:
            raise Misconfigured(f"{where} is sealed, and the mapper's key leaves out {table.name}.{column.name}")
        if any(foreign.onupdate and foreign.onupdate.upper() == "CASCADE" for foreign in column.foreign_keys):
            raise Misconfigured(
                f"{where} is sealed, and the database changes its key {column.name} by ON UPDATE CASCADE",
                hint="a sealed value is bound to its key; let the ORM change it: passive_updates=False",
            )
        primary.append((key, identity.index(key), _key_type(column, where)))
    if len(primary) != len(identity):
        raise Misconfigured(f"{where} is sealed, and {table.name} does not have the mapper's whole key")
    return tuple(primary)


def _key_type(column: Column[Any], where: str) -> type | None:
    """The exact type of the key's values, or ``None`` where a decorator decides and each value has to be looked at."""
    if isinstance(column.type, TypeDecorator):
        return None
    try:
        python_type = column.type.python_type
    except NotImplementedError:
        python_type = object
    if python_type not in KEY_TYPES or isinstance(column.type, CHAR):
        raise Misconfigured(
            f"{where} is sealed, and cannot be bound to the key {column.name} of type {column.type!r}",
            hint="the key may be an integer, text, bytes, UUID or date; CHAR pads, and others come back rounded",
        )
    return python_type
