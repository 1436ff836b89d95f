"""A rule: who may, or may never, do what to which, and under which condition."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ringwall.policy.expression import Expression

Effect = Literal["permit", "forbid"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One Cedar policy. However it was written, this is what is decided, explained, printed and turned into SQL.

    The scope says whom it speaks about: ``role`` (``principal in Role::"…"``) or ``service`` (``principal ==
    Service::"…"``, a SPIFFE id) or everyone; ``actions`` by name or group (``order:*``, or ``*``), empty for all;
    ``resource_type`` (``resource is …``) or, when empty, any. ``condition`` is asked inside that scope; ``None`` always
    holds. ``requires`` are conditions that the classes promise (an attribute that is never None): where a promise is
    broken, the rule errs. ``sentence`` says the rule in words, ``where`` is its ``file:line``, and with ``public`` an
    outsider who is refused may read the sentence. ``resource_class`` is the very class that ``resource_type`` names,
    where that is known: the body of a request may be of another one that is called the same.
    """

    id: str
    effect: Effect = "permit"
    role: str = ""
    service: str = ""
    actions: tuple[str, ...] = ()
    resource_type: str = ""
    condition: Expression | None = None
    requires: tuple[Expression, ...] = ()
    sentence: str = ""
    where: str = ""
    public: bool = False
    resource_class: type | None = field(default=None, repr=False, compare=False)

    def speaks_of(self, action: str, kind: type | str) -> bool:
        """Whether the action and the resource, by its class or its type's name, are inside this rule's scope."""
        if isinstance(kind, str) or self.resource_class is None:
            of_this = not self.resource_type or self.resource_type == (kind if isinstance(kind, str) else kind.__name__)
        else:
            of_this = kind is self.resource_class
        return of_this and (not self.actions or any(covers(name, action) for name in self.actions))


def covers(name: str, action: str) -> bool:
    """Whether ``name``, an action or a group of them, includes ``action``: ``order:*`` includes ``order:read``."""
    return name in (action, "*") or (name.endswith(":*") and action.startswith(name[:-1]))
