"""What the validator says of a set of policies: errors that no policy may have, and warnings."""

from __future__ import annotations

from dataclasses import dataclass

from ringwall.policy.language.problem import Problem
from ringwall.policy.source import NOWHERE


@dataclass(frozen=True)
class Finding(Problem):
    """A problem with the id of the policy that has it. A policy that was not written as text has no place in one."""

    policy: str = ""

    @property
    def place(self) -> str:
        """Where it stands; for what stands nowhere, the id of the policy."""
        return self.policy if self.span is NOWHERE else super().place

    def render(self) -> str:
        """The message, with the line of the source where there is one, and the hint."""
        if self.span is not NOWHERE:
            return super().render()
        return f"{self}\n  hint: {self.hint}" if self.hint else str(self)


@dataclass(frozen=True, slots=True)
class Report:
    """``errors`` mean that some request could make a policy err, or that it speaks of what the schema does not know."""

    errors: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()

    @property
    def valid(self) -> bool:
        """Whether there is no error."""
        return not self.errors
