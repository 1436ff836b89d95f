"""Cedar's ``datetime``: milliseconds since 1970 in UTC, without leap seconds, in 64 bits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from ringwall.policy.values.duration import Duration
from ringwall.policy.values.evaluation_error import EvaluationError
from ringwall.policy.values.long import in_64_bits

_WRITTEN = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{3}))?(?:Z|([+-])([0-9]{2})([0-9]{2})))?"
)
_DAY = 86_400_000
_EPOCH = date(1970, 1, 1).toordinal()
# The calendar repeats every 400 years. Cedar has a year 0000 and Python's begins with 0001.
_CYCLE_YEARS, _CYCLE_DAYS = 400, 146_097


@dataclass(frozen=True, slots=True, order=True)
class Datetime:
    """A number of milliseconds since 1970-01-01T00:00:00Z."""

    milliseconds: int

    @classmethod
    def parse(cls, text: str) -> Datetime:
        """``"2026-11-24"``, or with ``T10:00:00``, perhaps ``.500``, and ``Z`` or an offset like ``+0100``.

        The years are 0000 to 9999. Raises ``EvaluationError``.
        """
        written = _WRITTEN.fullmatch(text)
        if written is None:
            raise EvaluationError(f"{text[:40]!r} is no datetime, which looks like 2026-11-24T10:00:00Z")
        year, month, day, hour, minute, second, fraction, sign, offset_hour, offset_minute = written.groups("0")
        time = _time_of_day(text, hour, minute, second) + int(fraction)
        offset = _time_of_day(text, offset_hour, offset_minute, "0")
        return cls(_midnight(text, int(year), int(month), int(day)) + time - (-offset if sign == "-" else offset))

    @property
    def text(self) -> str | None:
        """What ``parse`` reads, in UTC; ``None`` for a moment outside the years that can be written."""
        days, time = divmod(self.milliseconds, _DAY)
        ordinal = days + _EPOCH + _CYCLE_DAYS
        if not date(_CYCLE_YEARS, 1, 1).toordinal() <= ordinal <= date.max.toordinal() + _CYCLE_DAYS:
            return None
        later = ordinal > date.max.toordinal()
        on = date.fromordinal(ordinal - _CYCLE_DAYS if later else ordinal)
        seconds, fraction = divmod(time, 1_000)
        clock = f"{seconds // 3_600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{fraction:03}"
        return f"{on.year if later else on.year - _CYCLE_YEARS:04}-{on.month:02}-{on.day:02}T{clock}Z"

    def offset(self, by: Duration) -> Datetime:
        """The moment so much later. Raises ``EvaluationError`` where it overflows."""
        return Datetime(in_64_bits(self.milliseconds + by.milliseconds))

    def since(self, earlier: Datetime) -> Duration:
        """The time from ``earlier`` to here. Raises ``EvaluationError`` where it overflows."""
        return Duration(in_64_bits(self.milliseconds - earlier.milliseconds))

    def to_date(self) -> Datetime:
        """The midnight at which its day began, before 1970 too. Raises ``EvaluationError`` where it overflows."""
        return Datetime(in_64_bits(self.milliseconds - self.milliseconds % _DAY))

    def to_time(self) -> Duration:
        """The time since that midnight; never negative."""
        return Duration(self.milliseconds % _DAY)

    def __str__(self) -> str:
        if self.text is None:
            return f'datetime("1970-01-01").offset({Duration(self.milliseconds)})'
        return f'datetime("{self.text}")'


def _midnight(text: str, year: int, month: int, day: int) -> int:
    try:
        ordinal = (
            date(year, month, day).toordinal() if year else date(_CYCLE_YEARS, month, day).toordinal() - _CYCLE_DAYS
        )
    except ValueError:
        raise EvaluationError(f"there is no such day as {text}") from None
    return (ordinal - _EPOCH) * _DAY


def _time_of_day(text: str, hour: str, minute: str, second: str) -> int:
    if int(hour) > 23 or int(minute) > 59 or int(second) > 59:
        raise EvaluationError(f"there is no such time as {text}")
    return ((int(hour) * 60 + int(minute)) * 60 + int(second)) * 1_000
