"""Cedar's engine: a set of policies, and exactly Cedar's answer to a request.

Nothing is permitted by default, one forbid overrides every permit, and a policy that errs is skipped and reported
(Cedar 4.5, "How authorization works"). What an error must mean for a guard is decided above, by the ``Authorizer``.
"""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter
from typing import NamedTuple

from ringwall.policy.entities.entities import Entities
from ringwall.policy.evaluation.entry import Entry
from ringwall.policy.evaluation.index import Index
from ringwall.policy.evaluation.request import Request
from ringwall.policy.policy import Policy
from ringwall.policy.policy_set import PolicySet
from ringwall.policy.values.evaluation_error import EvaluationError


class PolicyError(NamedTuple):
    """A policy that erred, and why."""

    policy_id: str
    message: str


class Response(NamedTuple):
    """Cedar's answer. ``reasons`` are the ids of the policies that decided it: the forbids that hold, else the permits.

    Both are in the order of the set.
    """

    allowed: bool
    reasons: tuple[str, ...]
    errors: tuple[PolicyError, ...]


class CedarEngine:
    """An immutable set of policies. Any number of threads may ask it at once.

    Raises ``Misconfigured`` for two policies with one id, and for a link that does not fit its template.
    """

    def __init__(self, policies: Iterable[Policy] | PolicySet) -> None:
        given = policies if isinstance(policies, PolicySet) else PolicySet.of(policies)
        self._index: Index[Entry] = Index()
        for position, policy in enumerate(given.policies):
            self._index.add(policy, Entry(policy, position))

    def respond(self, request: Request, entities: Entities) -> Response:
        """Cedar's response. Compiles each policy that is asked for the first time."""
        _, action, _, context = request
        principal, resource = entities.find(request.principal), entities.find(request.resource)
        held: list[Entry] = []
        erred: dict[Entry, str] = {}
        for entries in self._index.find(request, entities):
            for entry in entries:
                try:
                    if entry.holds(principal, action, resource, context, entities):
                        held.append(entry)
                except EvaluationError as error:
                    erred[entry] = str(error)
                except KeyError as error:
                    erred[entry] = f"there is no attribute {error.args[0]}"
                except RecursionError:
                    erred[entry] = "it is nested too deeply"
        forbids = [entry for entry in held if not entry.permits]
        reasons = tuple([entry.id for entry in _in_order(forbids or held)])
        errors = tuple([PolicyError(entry.id, erred[entry]) for entry in _in_order(erred)]) if erred else ()
        return Response(bool(held) and not forbids, reasons, errors)


def _in_order(entries: Iterable[Entry]) -> list[Entry]:
    """Each once: the index may have found one twice."""
    return sorted(set(entries), key=_position)


_position = attrgetter("position")
