"""Cedar's ``decimal``: four digits after the point, in 64 bits."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ringwall.policy.values.evaluation_error import EvaluationError
from ringwall.policy.values.long import in_64_bits

_WRITTEN = re.compile(r"(-?)([0-9]+)\.([0-9]+)")
_UNIT = 10**4


@dataclass(frozen=True, slots=True, order=True)
class Decimal:
    """A number of ten-thousandths: ``Decimal(12_500)`` is 1.25."""

    ten_thousandths: int

    @classmethod
    def parse(cls, text: str) -> Decimal:
        """``"1.25"``: digits on both sides of the point, one to four of them after it. Raises ``EvaluationError``."""
        written = _WRITTEN.fullmatch(text)
        if written is None:
            raise EvaluationError(f"{text[:40]!r} is no decimal, which looks like 1.25")
        sign, whole, fraction = written.groups()
        if len(fraction) > 4:
            raise EvaluationError(f"the decimal {text[:40]} has more than four digits after its point")
        if len(whole.lstrip("0")) > 15:
            raise EvaluationError(f"the decimal {text[:40]} overflows 64 bits")
        amount = int(whole) * _UNIT + int(fraction.ljust(4, "0"))
        return cls(in_64_bits(-amount if sign else amount))

    @property
    def text(self) -> str:
        """What ``parse`` reads: ``"1.25"``."""
        whole, fraction = divmod(abs(self.ten_thousandths), _UNIT)
        digits = f"{fraction:04}".rstrip("0") or "0"
        return f"{'-' if self.ten_thousandths < 0 else ''}{whole}.{digits}"

    def __str__(self) -> str:
        return f'decimal("{self.text}")'
