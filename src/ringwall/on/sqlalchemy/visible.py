"""The rules as the exact WHERE of a list, so that the database itself pages and counts what may be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVarTuple
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import ColumnClause, Grouping

from ringwall.caller import Caller
from ringwall.errors import Misconfigured
from ringwall.on.rows.sqlite_parser import SHALLOW, must_parse
from ringwall.on.sqlalchemy.rows.backend import RowPredicates
from ringwall.on.sqlalchemy.rows.predicate import FALSE, TRUE, Predicate, all_of, any_of
from ringwall.on.sqlalchemy.rows.reading import Reader
from ringwall.on.sqlalchemy.rows.related import Related
from ringwall.on.sqlalchemy.rows.value import Row
from ringwall.policy.authorizer import Authorizer
from ringwall.policy.objects.context import NO_CONTEXT, Context
from ringwall.policy.objects.entry import Entry
from ringwall.policy.objects.resource import asked
from ringwall.policy.policy import Policy
from ringwall.policy.translation import translate_policy
from ringwall.policy.translation_size import must_fit

if TYPE_CHECKING:
    from sqlalchemy.sql.compiler import SQLCompiler

Ts = TypeVarTuple("Ts")

_EXACT_ON = ("sqlite", "postgresql", "default")  # "default" is what str(statement) prints with


def visible(
    statement: sa.Select[*Ts], authorizer: Authorizer, caller: Caller, action: str, context: Context = NO_CONTEXT
) -> sa.Select[*Ts]:
    """``statement`` with a WHERE that keeps exactly the rows on which ``decide(caller, action, row)`` says yes.

    The statement selects one mapped class, or columns of it; it may join, order, group and limit. Only the rows of that
    class are judged, not those of a class joined to it. Columns are taken at their declared types. On SQLite and
    PostgreSQL; any other dialect is refused when the statement is compiled.

    Raises ``Misconfigured``, naming the rule, the expression and the reason, for a rule that SQL cannot answer exactly.
    """
    entity = _entity_of(statement)
    mapped = sa.inspect(entity).mapper.class_
    if entity is not mapped or authorizer.depends_on_context(action):
        return statement.where(_made(authorizer, caller, action, context, entity))
    kept = _KEPT.setdefault(authorizer, {})
    held = kept.get((id(caller), action, mapped))
    if held is None or held[0] is not caller:
        if len(kept) >= _MOST_KEPT:
            kept.clear()
        held = kept[id(caller), action, mapped] = (caller, _made(authorizer, caller, action, context, entity))
    return statement.where(held[1])


_MOST_KEPT = 1024
_KEPT: WeakKeyDictionary[Authorizer, dict[tuple[int, str, type], tuple[Caller, _Exact]]] = WeakKeyDictionary()
"""What was made of one set of policies for one caller, so that the pages of a list cost it once."""


def _made(authorizer: Authorizer, caller: Caller, action: str, context: Context, entity: Any) -> _Exact:
    mapped, row = sa.inspect(entity).mapper.class_, Row(entity)
    entries = authorizer.entries(caller, action, mapped)
    found = _permitted(entries, caller, action, context, row)
    if (actor := caller.actor) is not None:
        actors = authorizer.actor_entries(actor, action, mapped)
        found = all_of(found, _permitted(actors, actor, action, context, row))
        entries = [*entries, *actors]
    return _Exact(found, tuple(entry.policy for entry in entries))


def _permitted(entries: list[Entry], caller: Caller, action: str, context: Context, row: Row) -> Predicate:
    """Some permit is surely true, and every forbid is surely false: an erring forbid hides the row."""
    permits: list[Predicate] = []
    forbids: list[Predicate] = []
    related = Related()
    for entry in entries:
        policy = entry.policy
        must_fit(asked(policy), policy)
        reader = Reader(policy, caller, action, context, row, related)
        truth = translate_policy(asked(policy), policy.requires, RowPredicates(reader))
        if entry.permits:
            permits.append(TRUE if truth is None else truth.true)
        else:
            forbids.append(FALSE if truth is None else truth.false)
    return all_of(any_of(*permits), *forbids)


def _entity_of(statement: sa.Select[*Ts]) -> Any:
    if not isinstance(statement, sa.Select):
        raise Misconfigured(
            f"a {type(statement).__name__} cannot be filtered",
            hint="filter each select(…) before it is combined: visible(select(Order), …)",
        )
    entities = {description.get("entity") for description in statement.column_descriptions}
    if len(entities) != 1 or None in entities:
        raise Misconfigured(
            "the statement does not select exactly one mapped class",
            hint="select the class, and count over visible(select(Order), …).subquery()",
        )
    (entity,) = entities
    mapper = sa.inspect(entity).mapper
    for description in statement.column_descriptions:
        _must_read_only(entity, description["expr"])
    if len(list(mapper.self_and_descendants)) > 1:
        raise Misconfigured(
            f"{mapper.class_.__name__} has subclasses, and a rule speaks of one class",
            hint="select a class without any",
        )
    return entity


def _must_read_only(entity: Any, expression: Any) -> None:
    """Refuse an expression that computes with another class's columns: nobody would judge the rows they come from."""
    if expression is entity or isinstance(expression, orm.QueryableAttribute):
        return
    inspected = sa.inspect(entity)
    own = inspected.mapper.tables if inspected.is_mapper else [inspected.selectable]
    element = expression.__clause_element__() if hasattr(expression, "__clause_element__") else expression
    for part in visitors.iterate(element):
        if isinstance(part, ColumnClause) and part.table is not None and part.table not in own:
            raise Misconfigured(
                f"the statement computes with a column of {part.table}",
                hint=f"select columns of {inspected.mapper.class_.__name__} alone",
            )


class _Exact(Grouping[Any]):
    """The WHERE of ``policies`` in parentheses; it compiles only where its comparisons mean what they say."""

    inherit_cache = True

    def __init__(self, element: Predicate, policies: tuple[Policy, ...]) -> None:
        super().__init__(element)
        self.policies = policies

    def self_group(self, against: Any = None) -> Any:  # noqa: ARG002
        return self


@compiles(_Exact)
def _compile(element: _Exact, compiler: SQLCompiler, **keywords: Any) -> str:
    if compiler.dialect.name not in _EXACT_ON:
        raise Misconfigured(
            f"a list filter is not exact on {compiler.dialect.name}",
            hint="SQLite and PostgreSQL compare strings byte for byte; elsewhere decide row by row",
        )
    where = f"({compiler.process(element.element, **keywords)})"
    if compiler.dialect.name == "sqlite" and where.count("(") > SHALLOW:
        alone = element.element.compile(dialect=compiler.dialect, compile_kwargs={"render_postcompile": True})
        must_parse(str(alone), element.policies)
    return where
