"""The guard as a Django project holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, TypeVarTuple, overload

from ringwall import current
from ringwall.on import guard

if TYPE_CHECKING:
    from django.db.models import Manager, Model, QuerySet
    from sqlalchemy import Select

    M = TypeVar("M", bound=Model)

Ts = TypeVarTuple("Ts")


class Guard(guard.Guard):
    """What ``from ringwall.on.django import guard`` gives."""

    @overload
    def visible(self, statement: Manager[M] | QuerySet[M], action: str) -> QuerySet[M]: ...
    @overload
    def visible(self, statement: Select[*Ts], action: str) -> Select[*Ts]: ...
    def visible(self, statement: Any, action: str) -> Any:
        """The rows of a manager or queryset on which the caller may do ``action``; a SQLAlchemy select too."""
        from django.db.models import Manager, QuerySet

        if not isinstance(statement, Manager | QuerySet):
            return super().visible(statement, action)
        from ringwall.on.django.visible import visible

        return visible(statement, self._authorizer, current.visit().proven(), action)
