"""The context of a request in Cedar's JSON: one object."""

from __future__ import annotations

from ringwall.errors import Misconfigured
from ringwall.policy.entities.value_json import value_from_json
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.schema.schema import Schema
from ringwall.policy.values.record import Record


def context_from_json(json: object, schema: Schema | None = None, action: EntityUid | None = None) -> Record:
    """A context. With a ``schema`` and the ``action``, values may be written without escapes where it is declared.

    Raises ``Misconfigured``.
    """
    declared = schema.actions.get(action) if schema is not None and action is not None else None
    context = value_from_json(json, None if declared is None else declared.context, where="context")
    if not isinstance(context, Record):
        raise Misconfigured("the context is no object", hint='{"ip": {"__extn": {"fn": "ip", "arg": "10.0.0.1"}}}')
    return context
