"""Verdicts as a client reads them: ``decision``, and a ``context`` with what it may know of the reason."""

from __future__ import annotations

from typing import Any

from ringwall.authority.policies.verdict import Verdict


def answered(verdict: Verdict, *, told_all: bool) -> dict[str, Any]:
    """The Decision object of the AuthZEN Authorization API 1.0.

    ``context.id`` is the decision's id in the audit log. ``reason_user`` is only what the policy's author lets whoever
    was refused read; ``reason_admin`` is for operators and development.
    """
    context: dict[str, Any] = {"id": verdict.id}
    if not verdict.allowed:
        context["reason"] = verdict.reason
    if verdict.sentence:
        context["reason_user"] = {"en": verdict.sentence}
    if told_all and verdict.explanation:
        context["reason_admin"] = {"en": verdict.explanation}
    return {"decision": verdict.allowed, "context": context}
