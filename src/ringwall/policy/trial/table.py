"""A table of requests and their answers, as a person writes it: a TOML file whose rows are lines of cells.

    [entities]
    'Person::"ann"' = '{ department: "sales" }'
    [contexts]
    office = '{ ip: ip("10.8.3.4") }'
    [[table]]
    about = "Owners read"
    rows = '''
    principal | action | resource | context | answer | because
    ann       | read   | diary    | office  | allow  | owner
    '''

Values are Cedar expressions. A cell is an entity's id where that is enough to tell it, or all of it:
``Person::"ann"``. ``because`` names the policies that decide, ``-`` says that none does, and nothing asks nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from ringwall.errors import Misconfigured
from ringwall.policy.entities.entities import Entities
from ringwall.policy.entities.entity import Entity
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.evaluation.request import Request
from ringwall.policy.language.parse import parse_entity_uid
from ringwall.policy.language.problem import Unreadable
from ringwall.policy.trial.constant import constant_record
from ringwall.policy.trial.table_source import Line, TableSource
from ringwall.policy.values.record import Record

Answer = Literal["allow", "deny"]

_ANSWERS: dict[str, Answer] = {"allow": "allow", "deny": "deny"}
_COLUMNS = ("principal", "action", "resource", "context", "answer", "because")
_NEEDED = ("principal", "action", "resource", "answer")


@dataclass(frozen=True, slots=True)
class Row:
    """One request and what it should come to. ``because`` is ``None`` where any reason will do."""

    request: Request
    answer: Answer
    because: frozenset[str] | None
    about: str
    where: str
    text: str


def entities_of(source: TableSource) -> list[Entity]:
    """What ``[entities]`` has: a record, or ``{ has = '{…}', in = ['Team::"a"'], tags = '{…}' }``."""
    return [
        _entity(name, written, source.where("[entities]", name)) for name, written in source.group("entities").items()
    ]


def rows_of(source: TableSource, entities: Entities) -> list[Row]:
    """Every row of every table. Raises ``Misconfigured``, naming the line."""
    contexts = {
        name: constant_record(text, source.where("[contexts]", name)) for name, text in source.group("contexts").items()
    }
    cells = _Cells(entities, contexts)
    found: list[Row] = []
    for table in source.tables():
        if not table.lines:
            continue
        head, *lines = table.lines
        _check_head(head)
        found += [
            _row(dict(zip(head.cells, _filled(line, head), strict=True)), line, table.about, cells) for line in lines
        ]
    if not found:
        raise Misconfigured("there is no row in it", where=source.file, hint="add a [[table]] with rows")
    return found


class _Cells:
    """What the cells of a row mean."""

    def __init__(self, entities: Entities, contexts: Mapping[str, Record]) -> None:
        self._contexts = contexts
        self._by_id: dict[str, list[EntityUid]] = {}
        for uid in entities:
            self._by_id.setdefault(uid.id, []).append(uid)

    def entity(self, cell: str, where: str) -> EntityUid:
        """An id that only one entity has, or a whole uid."""
        if "::" in cell:
            return uid_of(cell, where)
        known = self._by_id.get(cell, [])
        if len(known) == 1:
            return known[0]
        if known:
            some = " and ".join(map(str, known[:2]))
            raise Misconfigured(f"{cell} may be {some}", where=where, hint="write all of it")
        raise Misconfigured(
            f"there is no entity {cell}", where=where, hint=f'add it to [entities], or write Type::"{cell}"'
        )

    def context(self, cell: str, where: str) -> Record:
        """A name of ``[contexts]``, a record, or nothing."""
        if not cell:
            return Record()
        if cell in self._contexts:
            return self._contexts[cell]
        if cell.startswith("{"):
            return constant_record(cell, where)
        raise Misconfigured(f"there is no context {cell}", where=where, hint="add it to [contexts]")


def uid_of(text: str, where: str) -> EntityUid:
    """``Person::"ann"``. Raises ``Misconfigured``."""
    try:
        return parse_entity_uid(text)
    except Unreadable as error:
        raise Misconfigured(
            f"{text} is no entity: {error.problems[0].message}", where=where, hint='Type::"id"'
        ) from None


def action_of(text: str, where: str) -> EntityUid:
    """``Action::"read"``, for which ``read`` is enough. Raises ``Misconfigured``."""
    return uid_of(text, where) if '::"' in text else EntityUid("Action", text)


def _entity(name: str, written: object, where: str) -> Entity:
    uid = uid_of(name, where)
    if not isinstance(written, dict):
        return Entity(uid, constant_record(written, where))
    parents = written.get("in", [])
    if set(written) - {"has", "in", "tags"} or not isinstance(parents, list):
        raise Misconfigured(f"{name} takes has, in and tags", where=where, hint="in = ['Team::\"a\"']")
    attributes, tags = (constant_record(written.get(key, "{}"), where) for key in ("has", "tags"))
    return Entity(uid, attributes, [uid_of(str(parent), where) for parent in parents], tags)


def _check_head(head: Line) -> None:
    for name in head.cells:
        if name not in _COLUMNS:
            raise Misconfigured(f"no column {name!r}", where=head.where, hint=f"columns: {', '.join(_COLUMNS)}")
        if head.cells.count(name) > 1:
            raise Misconfigured(f"the column {name} stands twice", where=head.where)
    for name in _NEEDED:
        if name not in head.cells:
            raise Misconfigured(f"a table needs the column {name}", where=head.where)


def _filled(line: Line, head: Line) -> tuple[str, ...]:
    if len(line.cells) != len(head.cells):
        raise Misconfigured(f"{len(line.cells)} cells under {len(head.cells)} columns", where=line.where)
    return line.cells


def _row(by_name: Mapping[str, str], line: Line, about: str, cells: _Cells) -> Row:
    request = Request(
        cells.entity(by_name["principal"], line.where),
        action_of(by_name["action"], line.where),
        cells.entity(by_name["resource"], line.where),
        cells.context(by_name.get("context", ""), line.where),
    )
    answer = _ANSWERS.get(by_name["answer"])
    if answer is None:
        raise Misconfigured(f"the answer {by_name['answer']!r} is neither allow nor deny", where=line.where)
    reasons = by_name.get("because", "")
    because = frozenset(_names(reasons)) if reasons else None
    return Row(request, answer, because, about, line.where, "  ".join(filter(None, line.cells)))


def _names(cell: str) -> Iterator[str]:
    return (name.strip() for name in cell.split(",") if name.strip() not in ("", "-"))
