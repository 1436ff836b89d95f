"""Rotation and status of the sealed columns of mapped classes, on a database that stays in use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from types import ModuleType
from typing import Any

from sqlalchemy import Engine, LargeBinary, bindparam, func, inspect, select, tuple_, type_coerce
from sqlalchemy.orm import Mapper

from ringwall.on.sqlalchemy.sealed_column import SealedColumn
from ringwall.on.sqlalchemy.sealed_mapping import sealed_columns
from ringwall.sealing.envelope import HEADER_BYTES, VERSION
from ringwall.sealing.rotate import Cell, Progress, Resealed, RotationReport, rotate_column
from ringwall.sealing.sealed import Sealed


def rotate(
    engine: Engine,
    models: Iterable[type],
    *,
    batch: int = 500,
    progress: Callable[[Progress], None] | None = None,
) -> RotationReport:
    """Reseal every sealed column of ``models`` under the active key of its ring, ``batch`` cells per transaction.

    Readers and writers go on meanwhile, and a killed run is simply run again. It makes no new key: that is
    ``locate(model).update(lambda ring: ring.renewed(now=…))``, and :func:`ringwall.sealing.rotate.needs_new_key` says
    whether an earlier run has to be finished first. Cells that do not open are reported and left as they are.
    """
    report = RotationReport()
    for column in _columns(models):
        rotate_column(_Stored(engine, column), column.cipher(), report, batch=batch, progress=progress)
    return report


def status(engine: Engine, models: Iterable[type]) -> dict[str, dict[bytes, int]]:
    """For each sealed column (``schema.table.column``), how many cells are under which key id.

    Cells that are no envelope at all count under ``b""``; null ones are not counted.
    """
    return {str(column.cipher().place): _Stored(engine, column).counts() for column in _columns(models)}


def sealed_models(source: ModuleType | type) -> list[type]:
    """The mapped classes with sealed columns: those of a declarative base, or of every base that a module knows."""
    holders = list(vars(source).values()) if isinstance(source, ModuleType) else [source]
    registries = {id(found): found for holder in holders if (found := getattr(holder, "registry", None)) is not None}
    mappers = {mapper for found in registries.values() for mapper in getattr(found, "mappers", ())}
    return sorted(
        (mapper.class_ for mapper in mappers if sealed_columns(mapper)), key=lambda c: (c.__module__, c.__name__)
    )


def _columns(models: Iterable[type]) -> list[SealedColumn]:
    """Each column of a table once, also where several classes of a hierarchy share it."""
    found: dict[Any, SealedColumn] = {}
    for model in models:
        mapper: Mapper[Any] = inspect(model)
        for column in sealed_columns(mapper):
            found.setdefault(column.column, column)
    return list(found.values())


class _Stored:
    """A sealed column of a database, for the rotation: reads and writes envelopes, below the ORM."""

    def __init__(self, engine: Engine, column: SealedColumn) -> None:
        self._engine = engine
        self._key = column.primary_columns
        self._cell = column.column
        self._header = func.substr(type_coerce(column.column, LargeBinary), 1, HEADER_BYTES, type_=LargeBinary)
        row_key = next(c for c in column.table.columns if c.key == column.row_key)
        self._select = (
            select(*self._key, row_key, column.column)
            .where(column.column.is_not(None), self._header != bindparam("header", type_=LargeBinary))
            .order_by(*self._key)
        )
        self._update = (
            column.table.update()
            .where(
                *(key == bindparam(f"ringwall_key_{n}") for n, key in enumerate(self._key)),
                type_coerce(column.column, LargeBinary) == bindparam("ringwall_former", type_=LargeBinary),
            )
            .values({column.column: bindparam("ringwall_sealed")})
        )

    def behind(self, header: bytes, after: Cell | None, limit: int) -> Sequence[Cell]:
        statement = self._select.limit(limit)
        if after is not None:
            statement = statement.where(_beyond(self._key, after.identity))
        with self._engine.connect() as connection:
            rows = connection.execute(statement, {"header": header}).all()
        return [Cell(row[:-2], row[-2], row[-1].envelope) for row in map(tuple, rows)]

    def replace(self, batch: Sequence[Resealed]) -> int:
        parameters = [
            {f"ringwall_key_{n}": value for n, value in enumerate(one.cell.identity)}
            | {"ringwall_former": one.former, "ringwall_sealed": Sealed(one.envelope)}
            for one in batch
        ]
        with self._engine.begin() as connection:
            return connection.execute(self._update, parameters).rowcount

    def counts(self) -> dict[bytes, int]:
        statement = select(self._header, func.count()).where(self._cell.is_not(None)).group_by(self._header)
        counts: dict[bytes, int] = {}
        with self._engine.connect() as connection:
            for header, count in connection.execute(statement):
                whole = isinstance(header, bytes) and len(header) == HEADER_BYTES and header[0] == VERSION
                key_id = header[1:] if whole else b""
                counts[key_id] = counts.get(key_id, 0) + count
        return counts


def _beyond(key: Sequence[Any], identity: Sequence[Any]) -> Any:
    if len(key) == 1:
        return key[0] > identity[0]
    return tuple_(*key) > tuple_(
        *(bindparam(None, value, type_=column.type) for column, value in zip(key, identity, strict=True))
    )
