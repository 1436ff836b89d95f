"""Login by client certificate: a service gets a token for its own secrets and for nothing else."""

from __future__ import annotations

from ringwall.authority.vault import tokens
from ringwall.authority.vault.call import Call, Refused, Reply
from ringwall.authority.vault.policies import SERVICE
from ringwall.store.contract import Transaction

LOGIN = "auth/cert/login"
LIFE = 3600
"""Seconds that such a token lives. It is not renewed: the certificate that gives a new one is always at hand."""


def log_in(tx: Transaction, call: Call) -> Reply:
    """``auth/cert/login``. The token works only on connections with a certificate of the same service."""
    if call.peer is None or call.service is None:
        raise Refused(400, "no client certificate found")
    token = tokens.new(
        call,
        call.peer,
        ("default", SERVICE + call.service),
        LIFE,
        peer=call.peer,
        display_name=f"cert-{call.service}",
        meta={"cert_name": call.service, "common_name": call.service},
        renewable=False,
    )
    call.noted["actor"] = token.actor
    return tokens.issue(tx, call, token)
