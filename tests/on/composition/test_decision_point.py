"""Which decision points may be asked, and as whom."""

from __future__ import annotations

from pathlib import Path

import pytest

from ringwall.errors import Misconfigured
from ringwall.keeper import Keeper
from ringwall.on.composition.decision_point import remote_decisions
from ringwall.settings import AuthorityAddress, Service, Settings

ISSUER, INTERNAL = "https://authority.example", "https://authority.internal:8401"


def settings(mode="production"):
    return Settings(Path("ringwall.toml"), mode, Service("shop"), authority=AuthorityAddress(ISSUER, INTERNAL, "", ""))


@pytest.mark.parametrize(
    "url",
    [
        "http://pdp.example",
        "http://localhost:9000",
        "pdp.example",
        "ftp://pdp.example",
        "https://",
        "https://a?b",
        "https://a#b",
    ],
)
def test_a_decision_point_that_anybody_could_answer_for_is_refused(url):
    with pytest.raises(Misconfigured, match="https"):
        remote_decisions(settings(), url, Keeper(), lambda: None)


def test_on_this_machine_development_needs_no_tls():
    remote_decisions(settings("development"), "http://localhost:9000", Keeper(), lambda: None)
    with pytest.raises(Misconfigured):
        remote_decisions(settings("development"), "http://pdp.example", Keeper(), lambda: None)


@pytest.mark.parametrize("url", [ISSUER, ISSUER + "/", INTERNAL])
def test_our_own_authority_is_asked_inside_by_certificate(url):
    remote = remote_decisions(settings(), url, Keeper(), lambda: None, lambda: "token")
    assert (remote._url, remote._bearer) == (INTERNAL, None)
