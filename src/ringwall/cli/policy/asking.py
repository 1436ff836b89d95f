"""A request as the command line says it: options, or a file of JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ringwall.cli.policy.files import read_json
from ringwall.errors import Misconfigured
from ringwall.policy.entities.context_json import context_from_json
from ringwall.policy.entities.uid_json import uid_from_json
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.evaluation.request import Request
from ringwall.policy.schema.schema import Schema
from ringwall.policy.trial.constant import constant_record
from ringwall.policy.trial.table import action_of, uid_of


def request_of(principal: str | None, action: str | None, resource: str | None, context: str | None) -> Request:
    """From ``Person::"ann"``, ``read``, ``Document::"plan"`` and ``{ time: … }``. Raises ``Misconfigured``."""
    for name, given in (("principal", principal), ("action", action), ("resource", resource)):
        if not given:
            raise Misconfigured(f"no {name} is given", hint=f"--{name}, or all of it as JSON with --request")
    return Request(
        uid_of(str(principal), "--principal"),
        action_of(str(action), "--action"),
        uid_of(str(resource), "--resource"),
        constant_record(context or "{}", "--context"),
    )


def request_in(file: Path, schema: Schema | None) -> Request:
    """From ``{"principal": …, "action": …, "resource": …, "context": {…}}``: uids as text or as JSON."""
    found = read_json(file)
    if not isinstance(found, dict):
        raise Misconfigured("a request is one JSON object", where=str(file))
    principal, action, resource = (_uid(found.get(name), name, file) for name in ("principal", "action", "resource"))
    return Request(principal, action, resource, context_from_json(found.get("context", {}), schema, action))


def _uid(written: Any, name: str, file: Path) -> EntityUid:
    if written is None:
        raise Misconfigured(f"the request has no {name}", where=str(file))
    if isinstance(written, str):
        return action_of(written, str(file)) if name == "action" else uid_of(written, str(file))
    return uid_from_json(written, f"{file}: {name}")
