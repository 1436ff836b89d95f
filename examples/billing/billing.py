"""Charges for orders. It listens for peers alone, and knows for whom each of them calls."""

from typing import Annotated

from fastapi import FastAPI
from pydantic import Field

from ringwall import Strict
from ringwall.on.fastapi import Caller, allow, protect

app = FastAPI()
guard = protect(app)
charges: list[dict[str, object]] = []


class NewCharge(Strict):
    order: Annotated[int, Field(gt=0)]
    amount: Annotated[int, Field(gt=0, le=1_000_000)]


@app.post("/charges", status_code=201)
@allow("charge:create")
def create(new: NewCharge, caller: Caller) -> dict[str, object]:
    charges.append({"order": new.order, "amount": new.amount, "person": caller.id, "by": via(caller)})
    return charges[-1]


@app.get("/charges")
@allow
def index(caller: Caller) -> list[dict[str, object]]:
    return [charge for charge in charges if charge["person"] == caller.id or caller.has_role("manager")]


def via(caller: Caller) -> list[str]:
    """The services through which the call came, the nearest first."""
    chain, actor = [], caller.actor
    while actor is not None:
        chain.append(actor.name)
        actor = actor.actor
    return chain
