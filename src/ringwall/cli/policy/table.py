"""A table with everything that it names: its policies, their schema, the entities and the rows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ringwall.cli.policy.files import POLICIES, SCHEMA, read_deciding, read_entities, read_schema, read_text
from ringwall.errors import Misconfigured
from ringwall.policy.entities.entities import Entities
from ringwall.policy.policy import Policy
from ringwall.policy.schema.schema import Schema
from ringwall.policy.trial.table import Row, entities_of, rows_of
from ringwall.policy.trial.table_source import TableSource


@dataclass(frozen=True, slots=True)
class Table:
    """One file, read."""

    policies: tuple[Policy, ...]
    schema: Schema | None
    entities: Entities
    rows: list[Row]


def read_table(file: Path) -> Table:
    """Read a table and what it names; without names, what lies beside it. Raises ``Misconfigured``."""
    source = TableSource(read_text(file), str(file))
    policies = read_deciding(_named(source, "policies", file) or sorted(file.parent.glob(f"*{POLICIES}")))
    if not policies:
        raise Misconfigured("there are no policies to ask", where=str(file), hint='policies = ["orders.cedar"]')
    schema = read_schema(_named(source, "schema", file) or sorted(file.parent.glob(f"*{SCHEMA}")))
    kept = read_entities(_named(source, "entities_from", file), schema)
    entities = Entities([*kept.values(), *entities_of(source)])
    return Table(policies, schema, entities, rows_of(source, entities))


def _named(source: TableSource, key: str, file: Path) -> list[Path]:
    return [file.parent / name for name in source.names(key)]
