"""Lists that try to carry the rows of a class that nobody judges."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import orm

from ringwall.caller import Caller
from ringwall.errors import Misconfigured
from ringwall.on.sqlalchemy import visible
from ringwall.policy.actions import action_scope
from ringwall.policy.authorizer import Authorizer
from ringwall.policy.policy import Policy


class Base(orm.DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    owner: orm.Mapped[str]


class Invoice(Base):
    __tablename__ = "invoices"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    total: orm.Mapped[int]


OTHER = orm.aliased(Order)
RULES = Authorizer([Policy("all", action=action_scope(["order:read"]))], ["order:read"])


@pytest.mark.parametrize(
    "statement",
    [
        sa.select(orm.Bundle("both", Order.id, Invoice.total)),
        sa.select(Order.id + Invoice.total),
        sa.select(sa.func.coalesce(Order.id, Invoice.total)),
        sa.select(sa.case((Order.id == 1, Invoice.total), else_=0)),
        sa.select(sa.func.coalesce(Order.id, Invoice.__table__.c.total)),
        sa.select(sa.func.coalesce(Order.id, sa.select(Invoice.total).scalar_subquery())),
        sa.select(sa.func.coalesce(OTHER.id, Order.id)),
        sa.select(Order.id, Invoice.total),
        sa.select(Order, sa.literal_column("(select max(total) from invoices)")),
    ],
)
def test_a_list_computes_with_no_column_that_nobody_judges(statement: Any) -> None:
    with pytest.raises(Misconfigured):
        visible(statement, RULES, Caller("ann"), "order:read")


@pytest.mark.parametrize(
    "statement",
    [
        sa.select(Order, sa.func.lower(Order.owner)),
        sa.select(OTHER, sa.func.lower(OTHER.owner)),
        sa.select(orm.Bundle("own", Order.id, Order.owner)),
        sa.select(sa.func.max(Order.id).label("newest")).join(Invoice, Invoice.id == Order.id),
    ],
)
def test_a_list_computes_with_its_own_columns(statement: Any) -> None:
    assert "WHERE" in str(visible(statement, RULES, Caller("ann"), "order:read"))
