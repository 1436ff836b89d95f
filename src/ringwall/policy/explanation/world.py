"""What an explanation needs of a world: Python objects at a guard, or Cedar's own entities."""

from __future__ import annotations

from typing import Protocol

from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.explanation.unfold import Leaf
from ringwall.policy.expression import Expression


class World(Protocol):
    """One request and the facts around it."""

    def outcome(self, leaf: Leaf) -> bool | None:
        """Whether a condition is true or false, or ``None`` where it errs."""
        ...

    def value(self, leaf: Leaf, part: Expression) -> object:
        """What a part of the condition comes to; ``None`` for an absent attribute. Raises what reading raises, and
        ``SealedRead`` rather than open a secret.
        """
        ...

    def groups(self) -> str:
        """What the principal is in, as one line."""
        ...

    def name(self, uid: EntityUid) -> str:
        """An entity as a person calls it."""
        ...
