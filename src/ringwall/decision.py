"""Yes or no, with the reason: which rule, which condition, which values."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ringwall.printable import printable

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id() -> str:
    """A fresh ULID: 48 bits of milliseconds and 80 random bits, in 26 characters that sort by time."""
    number = (int(time.time() * 1000) & (1 << 48) - 1) << 80 | secrets.randbits(80)
    return "".join(_CROCKFORD[number >> shift & 31] for shift in range(125, -5, -5))


@dataclass(frozen=True, slots=True)
class Condition:
    """One line of an explanation: an expression, whether it held, and the values it was asked with.

    ``all of`` and ``any of`` carry their members in ``parts``. ``values`` is display text (``'ann' == 'sue'``) in
    which no Secret or Sealed value ever appears; for a group it is empty, or says what could not be evaluated. What
    ``erred`` has no answer, and does not hold.
    """

    text: str
    held: bool
    values: str = ""
    parts: tuple[Condition, ...] = ()
    erred: bool = False

    def lines(self, depth: int = 1) -> Iterator[str]:
        """The condition as a person reads it, two spaces deeper for each level, values in a column of their own."""
        mark = "✓" if self.held else "✗"
        left = f"{'  ' * depth}{mark} {self.text}"
        yield f"{left:<40}  {self.values}" if self.values else left
        for part in self.parts:
            yield from part.lines(depth + 1)


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    """What one rule said. ``where`` is ``file:line``; ``sentence`` is the rule's docstring, or its text."""

    rule: str
    effect: str
    sentence: str
    where: str
    held: bool
    condition: Condition | None = None
    public: bool = False


@dataclass(frozen=True, init=False)
class Decision:
    """The answer to "may this caller do this to that?", and everything needed to say why.

    ``allowed`` is the answer. ``summary`` is one line. ``reasons`` are the rules that decided; on a no,
    ``nearest`` is the permit that came closest, with its conditions unfolded. ``remedy`` says what would change the
    answer. ``said_outside`` is what a remote caller may read (never a value), possibly empty.
    """

    allowed: bool
    action: str
    caller: str
    resource: str
    summary: str
    reasons: tuple[RuleOutcome, ...]
    nearest: RuleOutcome | None
    remedy: str
    said_outside: str

    def __init__(
        self,
        allowed: bool,
        action: str,
        caller: str,
        resource: str,
        summary: str,
        *,
        reasons: tuple[RuleOutcome, ...] = (),
        nearest: RuleOutcome | None = None,
        remedy: str = "",
        said_outside: str = "",
    ) -> None:
        # Written into the dict: a frozen dataclass's own __init__ takes longer than the decision that it records.
        fields = self.__dict__
        fields["allowed"] = allowed
        fields["action"] = action
        fields["caller"] = caller
        fields["resource"] = resource
        fields["summary"] = summary
        fields["reasons"] = reasons
        fields["nearest"] = nearest
        fields["remedy"] = remedy
        fields["said_outside"] = said_outside

    @classmethod
    def yes(cls, action: str, tell: Callable[..., Mapping[str, Any]], of: tuple[Any, ...]) -> Decision:
        """A yes whose words are made when somebody first reads one: ``tell(*of)`` gives all fields but these two."""
        made = cls.__new__(cls)
        fields = made.__dict__
        fields["allowed"] = True
        fields["action"] = action
        fields["_tell"] = tell
        fields["_of"] = of
        return made

    def __getattr__(self, name: str) -> Any:
        # Only reached for what is not there yet. Threads that come here together tell the same.
        tell = self.__dict__.get("_tell")
        if tell is None or name not in self.__dataclass_fields__:
            raise AttributeError(name)
        self.__dict__.update(tell(*self.__dict__["_of"]))
        return self.__dict__[name]

    @property
    def id(self) -> str:
        """The decision's ULID, made when it is first read; ``setdefault`` keeps one for all threads that ask."""
        known: str | None = self.__dict__.get("_id")
        return known if known is not None else str(self.__dict__.setdefault("_id", new_id()))

    def __bool__(self) -> bool:
        return self.allowed

    def explain(self) -> str:
        """The decision as its operator reads it, values included."""
        head = f"{'ALLOW' if self.allowed else 'DENY'} {self.action}  caller {self.caller}"
        lines = [head + (f"  resource {self.resource}" if self.resource else "")]
        lines += [f"  {self.summary}"]
        shown = self.reasons or ((self.nearest,) if self.nearest else ())
        for outcome in shown:
            if outcome.condition is not None:
                lines += outcome.condition.lines()
        if self.remedy:
            lines.append(f"  to allow: {self.remedy}")
        return "\n".join(map(printable, lines))  # a policy's id, a key and a value are whatever somebody wrote
