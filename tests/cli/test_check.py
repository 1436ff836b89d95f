"""``ringwall check`` as it tells where decisions come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from ringwall.cli.check import explain
from ringwall.settings import PolicySettings, Service, Settings

URL = "https://pdp.example"


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        (PolicySettings(decision_point=URL), f"{URL} (AuthZEN); no answer in time is a no"),
        (PolicySettings(decision_point=URL, token="pdp"), f"{URL} (AuthZEN), with the secret pdp; no answer in time"),
        (PolicySettings(authority=True), "Cedar policies come from the authority, signed"),
        (PolicySettings(directory=Path("policies")), "Cedar policies come from the files in policies"),
    ],
)
def test_where_decisions_come_from(policy: PolicySettings, told: str) -> None:
    settings = Settings(Path("ringwall.toml"), "production", Service("orders"), policy=policy)
    assert told in "\n".join(explain(settings))
