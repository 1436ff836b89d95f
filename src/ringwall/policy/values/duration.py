"""Cedar's ``duration``: milliseconds, forwards or backwards, in 64 bits."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ringwall.policy.values.evaluation_error import EvaluationError
from ringwall.policy.values.long import divided, in_64_bits

_WRITTEN = re.compile(r"-?(?:([0-9]+)d)?(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?(?:([0-9]+)ms)?")
_UNITS = (86_400_000, 3_600_000, 60_000, 1_000, 1)
_DIGITS = 19  # of the largest number in 64 bits


@dataclass(frozen=True, slots=True, order=True)
class Duration:
    """A number of milliseconds."""

    milliseconds: int

    @classmethod
    def parse(cls, text: str) -> Duration:
        """``"1d2h3m4s5ms"``, any of its parts, a ``-`` before all of them. Raises ``EvaluationError``."""
        written = _WRITTEN.fullmatch(text)
        if written is None or text in ("", "-"):
            raise EvaluationError(f"{text[:40]!r} is no duration, which looks like 1d2h3m4s5ms")
        sign = -1 if text.startswith("-") else 1
        total = 0
        for digits, unit in zip(reversed(written.groups("0")), reversed(_UNITS), strict=True):
            total = in_64_bits(total + sign * _amount(digits) * unit)
        return cls(total)

    @property
    def text(self) -> str:
        """What ``parse`` reads: ``"90000ms"``."""
        return f"{self.milliseconds}ms"

    def to_seconds(self) -> int:
        """Whole seconds, towards zero."""
        return divided(self.milliseconds, 1_000)

    def to_minutes(self) -> int:
        """Whole minutes, towards zero."""
        return divided(self.milliseconds, 60_000)

    def to_hours(self) -> int:
        """Whole hours, towards zero."""
        return divided(self.milliseconds, 3_600_000)

    def to_days(self) -> int:
        """Whole days, towards zero."""
        return divided(self.milliseconds, 86_400_000)

    def __str__(self) -> str:
        return f'duration("{self.text}")'


def _amount(digits: str) -> int:
    if len(digits.lstrip("0")) > _DIGITS:
        raise EvaluationError("the duration overflows 64 bits")
    return int(digits)
