"""The guard that a service holds, and the lists that are asked of it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import orm

from ringwall.keeper import Keeper
from ringwall.on.guard import Guard
from ringwall.parts import Parts
from ringwall.policy.authorizer import Authorizer
from ringwall.policy.rules.grant import service_policies
from ringwall.secret import Secret
from ringwall.settings import Service, Settings


class Base(orm.DeclarativeBase): ...


class Order(Base):
    __tablename__ = "orders"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)


@dataclass
class Parcel:
    id: str


@pytest.fixture
def guard() -> Iterator[Guard]:
    settings, keeper = Settings(Path("ringwall.toml"), "production", Service("orders")), Keeper()
    rules = Authorizer(service_policies({"orders": ("order:read", "order:list")}))
    yield Guard(Parts(settings, None, rules, None, keeper, None, Secret, str, str))  # type: ignore[arg-type]
    keeper.stop()


def test_a_list_of_an_action_that_nobody_knows_is_empty_and_the_log_says_why(
    guard: Guard, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "ringwall.policy")
    with guard.as_self():
        assert guard.visible([Parcel("1")], "order:read") == [Parcel("1")]
        assert guard.visible([Parcel("1")], "order:list") == [Parcel("1")]
        assert not caplog.records
        assert guard.visible([Parcel("1")], "order:raed") == []
        statement = guard.visible(sa.select(Order), "order:lits\nforged line")
    with orm.Session(sa.create_engine("sqlite://")) as session:
        Base.metadata.create_all(session.connection())
        session.add(Order(id=1))
        session.flush()
        assert session.scalars(statement).all() == []
    typo, forged = (record.getMessage() for record in caplog.records)
    assert typo == "a list is empty: no rule and no mark knows the action order:raed; did you mean order:read?"
    assert "order:lits\\u{a}forged line" in forged
