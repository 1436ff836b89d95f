"""``as_caller`` and ``doors``, used as a user of the plugin uses them."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.anyio
async def test_be_somebody_for_a_while(as_caller: Any, http: Any) -> None:
    with as_caller("zed", roles=["customer"], region="us") as caller:
        assert caller.id == "zed"
        assert (await http.get("/me")).json()["id"] == "zed"
        assert (await http.post("/orders")).status_code == 200
        with as_caller("nil"):
            assert (await http.post("/orders")).status_code == 403
    assert (await http.get("/me")).status_code == 401


def test_every_door_is_in_the_table(doors: Any, orders: Any) -> None:
    table = [line.split()[:3] for line in doors(orders).splitlines()]
    assert ["POST", "/orders", "order:create"] in table
    assert ["GET", "/me", "signed"] in table
    assert ["GET", "/openapi.json", "closed"] in table
