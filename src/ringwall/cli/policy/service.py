"""The schema that the policies of a service are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ringwall.policy.schema.derived import derived_schema
from ringwall.policy.schema.schema import Schema
from ringwall.policy.schema.types import STRING

if TYPE_CHECKING:
    from ringwall.guard import Guard


def service_schema(guard: Guard) -> Schema:
    """From the classes of its rules, the actions of its marks and policies, and its mapped claims, which are texts."""
    actions = guard.authorizer().actions
    return derived_schema(dict.fromkeys(actions, ()), guard.policies, dict.fromkeys(guard.settings.claims, STRING))
