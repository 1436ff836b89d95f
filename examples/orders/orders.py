import hmac
from typing import Annotated

from fastapi import Depends, FastAPI
from pydantic import Field
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from ringwall import Secret, Strict
from ringwall.on.fastapi import Caller, allow, protect, public
from ringwall.on.sqlalchemy import Sealed

app = FastAPI()
engine = create_engine("sqlite:///orders.db")
guard = protect(app)               # reads ringwall.toml; adds /login /callback /logout; closes every unmarked route
receipts = guard.secret("receipts")  # always the current version; str(receipts) is '•••'
billing = guard.peer("billing")    # an httpx client: mTLS, and it carries the caller along


class Base(DeclarativeBase): ...


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str]
    region: Mapped[str]
    card: Mapped[str] = mapped_column(Sealed)


class NewOrder(Strict):            # pydantic: unknown fields refused, sizes bounded
    region: str = Field(pattern=r"^[a-z]{2}$")
    card: Secret[str] = Field(pattern=r"^\d{12,19}$")
    amount: int = Field(gt=0, le=1_000_000)


@guard.rule("order:read")
def owner_or_regional_support(caller: Caller, order: Order) -> bool:
    """Owners read their orders; support reads the orders of its region."""
    return caller.id == order.owner or (caller.has_role("support") and caller.region == order.region)


def receipt(order_id: int, key: str) -> str:
    return hmac.digest(key.encode(), str(order_id).encode(), "sha256").hex()


def load_order(order_id: int) -> Order:
    with Session(engine) as s:
        return s.get_one(Order, order_id)


@app.get("/health")
@public
def health() -> str:
    return "ok"


@app.get("/me")
@allow                              # anyone signed in: session cookie, bearer token or client certificate
def me(caller: Caller) -> str:
    return caller.id


@app.get("/orders/{order_id}")
@allow("order:read", on="order")    # 403 names the rule that failed; `ringwall why` shows the values
def show(order: Annotated[Order, Depends(load_order)]) -> dict[str, object]:
    return {"id": order.id, "region": order.region}


@app.get("/orders")
@allow
def index() -> list[int]:
    with Session(engine) as s:
        return [o.id for o in s.scalars(guard.visible(select(Order), "order:read"))]   # the rule becomes WHERE


@app.post("/orders", status_code=201)
@allow("order:create")              # audited, like every decision
def create(new: NewOrder, caller: Caller) -> dict[str, object]:
    with Session(engine) as s:
        s.add(order := Order(owner=caller.id, region=new.region, card=new.card.reveal()))
        s.commit()
        billing.post("/charges", json={"order": order.id, "amount": new.amount})
        guard.log.info("created", order=order.id, card=new.card)    # logged as card=•••
        return {"id": order.id, "receipt": receipt(order.id, receipts.reveal())}


@app.delete("/orders/{order_id}")
@allow(role="manager")
def delete(order: Annotated[Order, Depends(load_order)]) -> dict[str, bool]:
    with Session(engine) as s, s.begin():
        s.delete(order)
    return {"ok": True}


Base.metadata.create_all(engine)
with Session(engine) as s:             # sue has an order from the start, so that ann can be refused it
    if s.get(Order, 1) is None:
        s.add(Order(id=1, owner="sue", region="us", card="5555555555554444"))
        s.commit()
