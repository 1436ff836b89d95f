"""The schema that the policies of a service are about."""

from __future__ import annotations

from typing import Any

from ringwall.on.routes import asked_of, guard_of
from ringwall.policy.schema.derived import derived_schema
from ringwall.policy.schema.schema import Schema
from ringwall.policy.schema.types import STRING


def service_schema(app: Any) -> Schema:
    """From the classes of its rules and marks, the actions of its marks and policies, and its mapped claims, which are
    texts. Raises ``Misconfigured`` for classes that no schema can have.
    """
    guard, asked = guard_of(app), asked_of(app)
    by_action = {action: asked.get(action, ()) for action in guard.authorizer().actions}
    return derived_schema(by_action, guard.policies, dict.fromkeys(guard.settings.claims, STRING))
