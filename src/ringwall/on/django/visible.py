"""The rules as the exact WHERE of a queryset, so that the database itself pages and counts what may be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import BooleanField, ExpressionWrapper, Manager, Model, QuerySet

from ringwall.caller import Caller
from ringwall.errors import Misconfigured
from ringwall.on.django.rows.backend import RowPredicates
from ringwall.on.django.rows.column import must_be_plain
from ringwall.on.django.rows.predicate import FALSE, TRUE, Predicate, all_of, any_of
from ringwall.on.django.rows.reading import Reader
from ringwall.on.django.rows.value import Row
from ringwall.on.rows.sqlite_parser import must_parse
from ringwall.policy.authorizer import Authorizer
from ringwall.policy.objects.context import NO_CONTEXT, Context
from ringwall.policy.objects.entry import Entry
from ringwall.policy.objects.question import Question
from ringwall.policy.objects.resource import asked
from ringwall.policy.policy import Policy
from ringwall.policy.translation import translate_policy
from ringwall.policy.translation_size import must_fit

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.sql.compiler import SQLCompiler

M = TypeVar("M", bound=Model)


def visible(
    rows: Manager[M] | QuerySet[M], authorizer: Authorizer, caller: Caller, action: str, context: Context = NO_CONTEXT
) -> QuerySet[M]:
    """``rows`` narrowed to exactly those on which ``decide(caller, action, row)`` says yes.

    They may be filtered, ordered and counted before and after. Columns are taken at their declared types. On SQLite and
    PostgreSQL; any other database is refused when it is asked.

    Raises ``Misconfigured``, naming the policy, the expression and the reason, for one that SQL cannot answer exactly.
    """
    queryset = rows.all()
    if queryset.query.combinator or queryset.query.is_sliced:
        raise Misconfigured(
            "a queryset that is sliced or combined cannot be filtered any more",
            hint="filter first: guard.visible(Order.objects, …)[:50]",
        )
    model = queryset.model
    must_be_plain(model)
    annotated = _annotated(queryset)
    _must_not_hide_a_column(model, annotated)
    asks, row = Question(caller, action, None, context), Row(model, annotated=annotated)
    entries = authorizer.entries(caller, action, model)
    found = _permitted(entries, asks, row)
    if (actor := caller.actor) is not None:
        actors = authorizer.actor_entries(actor, action, model)
        found = all_of(found, _permitted(actors, asks._replace(caller=actor), row))
        entries = [*entries, *actors]
    if found is FALSE:
        return queryset.none()
    if found is TRUE:
        return queryset
    return queryset.filter(_Where(found, tuple(entry.policy for entry in entries)))


class _Where(ExpressionWrapper):  # type: ignore[type-arg]  # generic in the stubs alone
    """What was made of ``policies``; on SQLite it compiles only where it can be parsed."""

    def __init__(self, predicate: Predicate, policies: tuple[Policy, ...]) -> None:
        super().__init__(predicate, BooleanField())
        self._policies = policies

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **given: Any) -> Any:
        sql, parameters = self.as_sql(compiler, connection, **given)
        must_parse(sql % (("?",) * len(parameters)), self._policies)
        return sql, parameters


def _annotated(queryset: QuerySet[M]) -> frozenset[str]:
    """The attributes that a queryset gives to its objects, or to those behind their references."""
    lookups = queryset._prefetch_related_lookups  # type: ignore[attr-defined]  # there is no public way to ask
    prefetched = {getattr(lookup, "to_attr", None) or "" for lookup in lookups}
    return frozenset({*queryset.query.annotations, *queryset.query.extra, *prefetched})


def _must_not_hide_a_column(model: type[Model], annotated: frozenset[str]) -> None:
    """Refuse an attribute by the name of a field, which ``values()`` lets in: it would be judged for the column."""
    names = {name for field in model._meta.concrete_fields for name in (field.name, field.attname)}
    if hidden := sorted(names & annotated):
        raise Misconfigured(
            f"the queryset annotates {', '.join(hidden)}, which {model.__name__} has as a column",
            hint="give the annotation another name",
        )


def _permitted(entries: list[Entry], asks: Question, row: Row) -> Predicate:
    """Some permit is surely true, and every forbid is surely false: an erring forbid hides the row."""
    permits: list[Predicate] = []
    forbids: list[Predicate] = []
    for entry in entries:
        policy = entry.policy
        must_fit(asked(policy), policy)
        truth = translate_policy(asked(policy), policy.requires, RowPredicates(Reader(policy, asks, row)))
        if entry.permits:
            permits.append(TRUE if truth is None else truth.true)
        else:
            forbids.append(FALSE if truth is None else truth.false)
    return all_of(any_of(*permits), *forbids)
