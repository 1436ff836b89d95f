"""The shop: pages for people, who log in at the authority. It keeps nothing; it asks its peers on their behalf."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from flask import Flask, redirect, render_template, request
from werkzeug.wrappers import Response

from ringwall.on.flask import allow, protect, public

app = Flask(__name__)
guard = protect(app)
orders = guard.peer("orders")
billing = guard.peer("billing")
app.view_functions["static"] = public(app.view_functions["static"])

ORDERS_DATABASE = Path(__file__).parent.parent / "orders" / "orders.db"
Page = str | tuple[str, int] | Response


@app.get("/")
@allow
def index() -> Page:
    return page("index.html", orders=orders.get("/orders").raise_for_status().json())


@app.post("/orders")
@allow
def create() -> Page:
    form = {"region": request.form["region"], "card": request.form["card"], "amount": int(request.form["amount"])}
    answer = orders.post("/orders", json=form)
    return page("placed.html", **answer.json()) if answer.status_code == 201 else refused(answer)


@app.get("/orders/<int:order_id>")
@allow
def show(order_id: int) -> Page:
    answer = orders.get(f"/orders/{order_id}")
    return page("order.html", order=answer.json()) if answer.is_success else refused(answer)


@app.post("/orders/<int:order_id>/delete")
@allow
def delete(order_id: int) -> Page:
    answer = orders.delete(f"/orders/{order_id}")
    return redirect("/", 303) if answer.is_success else refused(answer)


@app.get("/charges")
@allow
def charges() -> Page:
    return page("charges.html", charges=billing.get("/charges").raise_for_status().json())


@app.get("/database")
@allow
def database() -> Page:
    """What somebody sees who stole the database file of ``orders``."""
    with closing(sqlite3.connect(f"file:{ORDERS_DATABASE}?mode=ro", uri=True)) as stolen:
        stolen.row_factory = sqlite3.Row
        rows = [
            {name: shown(value) for name, value in dict(row).items()} for row in stolen.execute("SELECT * FROM orders")
        ]
    return page("database.html", rows=rows)


def page(template: str, **facts: Any) -> str:
    return render_template(template, caller=guard.caller, **facts)


def refused(answer: Any) -> tuple[str, int]:
    """The refusal of a peer as a page: what it said, and in development why, rule by rule and value by value."""
    return page("refused.html", problem=answer.json()), answer.status_code


def shown(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)
