"""Cedar's own world: a request, and entities."""

from __future__ import annotations

from ringwall.policy.entities.entities import Entities
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.evaluation.evaluate import evaluate
from ringwall.policy.evaluation.request import Request
from ringwall.policy.explanation.unfold import Leaf
from ringwall.policy.expression import Attribute, Expression, GetTag
from ringwall.policy.values.evaluation_error import EvaluationError


class EntityWorld:
    """One request against all entities."""

    def __init__(self, request: Request, entities: Entities) -> None:
        self.request = request
        self.entities = entities

    def outcome(self, leaf: Leaf) -> bool | None:
        try:
            found = evaluate(leaf.expression, self.request, self.entities)
        except (EvaluationError, RecursionError):
            return None
        return found if isinstance(found, bool) else None

    def value(self, leaf: Leaf, part: Expression) -> object:  # noqa: ARG002
        try:
            return evaluate(part, self.request, self.entities)
        except EvaluationError:
            if isinstance(part, Attribute | GetTag):
                return None
            raise

    def groups(self) -> str:
        above = sorted(map(str, self.entities.ancestors(self.request.principal)))
        return f"{self.request.principal} is in {', '.join(above) or 'nothing'}"

    def name(self, uid: EntityUid) -> str:
        return str(uid)
