"""What ``service_flask.py`` imports: its models, their session, the rule about them, and two functions."""

import hmac

from pydantic import Field
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, scoped_session, sessionmaker

from ringwall import Caller, Secret, Strict
from ringwall.on.sqlalchemy import Sealed

engine = create_engine("sqlite:///orders.db")
db = scoped_session(sessionmaker(engine))


class Base(DeclarativeBase): ...


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str]
    region: Mapped[str]
    card: Mapped[str] = mapped_column(Sealed)


class NewOrder(Strict):
    region: str = Field(pattern=r"^[a-z]{2}$")
    card: Secret[str] = Field(pattern=r"^\d{12,19}$")
    amount: int = Field(gt=0, le=1_000_000)


def receipt(order_id: int, key: str) -> str:
    return hmac.digest(key.encode(), str(order_id).encode(), "sha256").hex()


def owner_or_regional_support(caller: Caller, order: Order) -> bool:
    """Owners read their orders; support reads the orders of its region."""
    return caller.id == order.owner or (caller.has_role("support") and caller.region == order.region)


def load_order(order_id: int) -> Order:
    return db.get_one(Order, order_id)


Base.metadata.create_all(engine)
