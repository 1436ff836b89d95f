"""Asking another decision point (OpenID AuthZEN Authorization API 1.0): what is sent, and how its answer is read.

Anything but ``"decision": true``, exactly, is no yes. What is no decision at all raises ``Unavailable``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from ringwall.caller import Caller
from ringwall.errors import Misconfigured, Unavailable
from ringwall.policy.json_text import json_from_text
from ringwall.policy.objects.context import NAMES, NO_CONTEXT, Context, in_context
from ringwall.policy.objects.principal import uid_of
from ringwall.policy.objects.properties import described, plain
from ringwall.policy.values.datetime import Datetime
from ringwall.policy.values.ip_address import IpAddress

PATH = "/access/v1/evaluation"
"""The default path of the Access Evaluation API."""

MAX_ANSWER = 64 * 1024

_SAID = 300


@dataclass(frozen=True, slots=True)
class Answer:
    """``reason`` is the decision point's word for why not, for operators; ``told`` what the caller may read."""

    allowed: bool
    reason: str = ""
    told: str = ""


def evaluations(
    caller: Caller, action: str, resource: object | None, application: str, context: Context = NO_CONTEXT
) -> tuple[bytes, ...]:
    """The bodies of the requests that must all be permitted: one for the caller, and one for the service that calls on
    the caller's behalf, which must be permitted too.

    Without a resource the question is about the ``Application`` called ``application``.
    """
    asked_of = {"type": "Application", "id": application} if resource is None else described(resource)
    subjects = (caller,) if caller.actor is None else (caller, caller.actor)
    return tuple(_evaluation(subject, action, asked_of, context) for subject in subjects)


def read(status: int, content_type: str, body: bytes) -> Answer:
    """The decision in an answer. Raises ``Unavailable`` for everything that is none."""
    if status in (401, 403):
        raise Unavailable("the decision point does not accept this service", hint="check the credentials sent to it")
    if status != 200:
        raise Unavailable(f"the decision point answered {status}")
    if len(body) > MAX_ANSWER:
        raise Unavailable(f"the decision point answered with more than {MAX_ANSWER} bytes")
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise Unavailable("the decision point's answer is not JSON")
    try:
        answer = json_from_text(body.decode())
    except (Misconfigured, UnicodeDecodeError):
        raise Unavailable("the decision point's answer is not JSON") from None
    if type(answer) is not dict or type(answer.get("decision")) is not bool:
        raise Unavailable("the decision point's answer holds no decision")
    context = answer.get("context")
    if type(context) is not dict:
        return Answer(answer["decision"])
    return Answer(answer["decision"], _words(context.get("reason")), _words(context.get("reason_user")))


def _evaluation(subject: Caller, action: str, resource: dict[str, Any], context: Context) -> bytes:
    uid = uid_of(subject)
    said = {**subject.attributes, "kind": subject.kind, "proof": subject.proof, "issuer": subject.issuer}
    question = {
        "subject": {"type": uid.type, "id": uid.id, "properties": {**plain(said), "roles": sorted(subject.roles)}},
        "action": {"name": action},
        "resource": resource,
        "context": _circumstances(subject, context),
    }
    return json.dumps(question, separators=(",", ":")).encode()


def _circumstances(subject: Caller, context: Context) -> dict[str, Any]:
    """``time`` and ``ip`` as text that Cedar reads, and ``actor``, the service that calls on the subject's behalf."""
    said: dict[str, Any] = {}
    for name in NAMES:
        match in_context(name, subject, context):
            case Caller() as actor:
                said[name] = {"kind": actor.kind, "id": actor.id}
            case Datetime() as time:
                said[name] = time.text
            case IpAddress():
                said[name] = context.ip  # without the prefix that Cedar writes
    return said


def _words(said: object) -> str:
    if isinstance(said, dict):
        said = next((words for words in said.values() if isinstance(words, str)), "")
    return "".join(c if c.isprintable() else " " for c in said[:_SAID]) if isinstance(said, str) else ""
