"""The question: may this principal do this to this resource, in this context."""

from __future__ import annotations

from typing import NamedTuple

from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.values.record import Record

_NO_CONTEXT = Record()


class Request(NamedTuple):
    """Cedar's request. None of the three need be a known entity."""

    principal: EntityUid
    action: EntityUid
    resource: EntityUid
    context: Record = _NO_CONTEXT
