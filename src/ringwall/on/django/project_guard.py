"""The guard as a Django project holds it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar, TypeVarTuple, overload

from ringwall.on import guard

if TYPE_CHECKING:
    from django.db.models import Manager, Model, QuerySet
    from sqlalchemy import Select

    M = TypeVar("M", bound=Model)

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class Guard(guard.Guard):
    """What ``from ringwall.on.django import guard`` gives."""

    # It takes all that the base takes; a queryset, which is a sequence too, gives a queryset.
    @overload
    def visible(self, rows: Manager[M] | QuerySet[M], action: str) -> QuerySet[M]: ...
    @overload
    def visible(self, rows: Select[*Ts], action: str) -> Select[*Ts]: ...
    @overload
    def visible(self, rows: Sequence[T], action: str) -> list[T]: ...
    def visible(self, rows: Any, action: str) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Of a manager or queryset, the rows on which the caller may do ``action``; of a SQLAlchemy select, and of rows
        that are in memory already, too."""
        from django.db.models import Manager, QuerySet

        if not isinstance(rows, Manager | QuerySet):
            return super().visible(rows, action)
        from ringwall.on.django.visible import visible

        authorizer, caller, context = self._filtering(action)
        return visible(rows, authorizer, caller, action, context)
