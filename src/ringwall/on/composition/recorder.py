"""A guard's decisions into its own audit log."""

from __future__ import annotations

from concurrent.futures import Future

from ringwall.audit.decisions import DecisionLog
from ringwall.caller import Caller
from ringwall.current import Visit
from ringwall.decision import Decision


class AuditRecorder:
    """Denials are durable before they are told; allows are gathered."""

    def __init__(self, log: DecisionLog) -> None:
        self._log = log

    def decision(self, decision: Decision, caller: Caller | None, request: Visit) -> Future[None] | None:
        if not decision.allowed or caller is None:
            return self._log.denied(
                decision, caller, request.witness, method=request.method, path=request.path, client=request.client
            )
        self._log.allowed(decision, caller, request.witness, method=request.method, path=request.path)
        return None
