"""``/.well-known/authzen-configuration``: where a decision point's endpoints are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ringwall.authority.http import JSON, Answer, Request

if TYPE_CHECKING:
    from ringwall.authority.authority import Authority

PATH = "/.well-known/authzen-configuration"

ENDPOINTS = {
    "access_evaluation_endpoint": "/access/v1/evaluation",
    "access_evaluations_endpoint": "/access/v1/evaluations",
    "search_subject_endpoint": "/access/v1/search/subject",
    "search_resource_endpoint": "/access/v1/search/resource",
    "search_action_endpoint": "/access/v1/search/action",
}


async def metadata(authority: Authority, request: Request) -> Answer:
    """The decision point as it is reached at this listener: by token at the public one, by certificate inside."""
    settings = authority.settings
    base = settings.issuer if request.certificate is None else settings.internal
    document = {"policy_decision_point": base, **{name: base + path for name, path in ENDPOINTS.items()}}
    return Answer(200, json.dumps(document, indent=1).encode(), (JSON, (b"cache-control", b"public, max-age=3600")))
