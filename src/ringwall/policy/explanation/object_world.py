"""A guard's world: a caller, any Python object, and what surrounds the question."""

from __future__ import annotations

from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.explanation.unfold import Leaf
from ringwall.policy.expression import Expression
from ringwall.policy.objects.compiled import compiled, reading
from ringwall.policy.objects.entity import SealedRead, sealed_names
from ringwall.policy.objects.principal import PERSON
from ringwall.policy.objects.question import Question
from ringwall.policy.walk import reads

_WHOLE = 0  # no expression has this id


class ObjectWorld:
    """One question. What a condition compiles to is kept in its leaf, for the next question."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self._sealed = sealed_names(question.resource.__class__)

    def outcome(self, leaf: Leaf) -> bool | None:
        if self._opens(leaf.expression):
            return None
        holds = leaf.made.get(_WHOLE)
        if holds is None:
            holds = leaf.made.setdefault(_WHOLE, compiled(leaf.expression, leaf.policy, leaf.requires))
        try:
            return bool(holds(*self.question))
        except Exception:  # noqa: BLE001  whatever an attribute raises, it is an error of the policy
            return None

    def value(self, leaf: Leaf, part: Expression) -> object:
        if self._opens(part):
            raise SealedRead("a condition reads what is sealed")
        read = leaf.made.get(id(part))
        if read is None:
            read = leaf.made.setdefault(id(part), reading(part, leaf.policy))
        return read(*self.question)

    def groups(self) -> str:
        return f"roles: {', '.join(sorted(self.question.caller.roles)) or 'none'}"

    def name(self, uid: EntityUid) -> str:
        return uid.id if uid.type == PERSON else str(uid)

    def _opens(self, expression: Expression) -> bool:
        return bool(self._sealed) and any(path[0] in self._sealed for path in reads(expression))
