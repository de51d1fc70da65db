"""What a report covers: a period, a firm, or everything."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Scope:
    """The days from `first` to `last`, both included, and one firm. `None` is no limit."""

    first: dt.date | None = None
    last: dt.date | None = None
    firm: str | None = None

    @property
    def has_period(self) -> bool:
        """Whether there is a first or a last day."""
        return self.first is not None or self.last is not None

    @property
    def is_everything(self) -> bool:
        """Whether there is neither a period nor a firm."""
        return not self.has_period and self.firm is None

    def covers(self, day: Any) -> bool:
        """Whether a day is in the period. Without a period, every row is, also one without a date."""
        if not self.has_period:
            return True
        if day is None:
            return False
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)

    def has_firm(self, firm: str | None) -> bool:
        """Whether a row of this firm belongs to the report."""
        return self.firm is None or self.firm == firm

    def has_left(self, firm: str | None) -> bool:
        """Whether a learner of this firm has left that of the report, which knows no more of them."""
        return None not in (firm, self.firm) and firm != self.firm

    def period(self, overview: dict[str, Any]) -> str:
        """The period as a French sentence without its full stop; `overview` has the days of the whole account."""
        start = self.first or overview["period_start_date"]
        end = self.last or overview["period_end_date"]
        if start is None or (self.last is not None and start > self.last):
            return f"Aucune formation au {end:%d/%m/%Y}"
        if start > end:
            return f"À partir du {start:%d/%m/%Y}"
        return f"Du {start:%d/%m/%Y} au {end:%d/%m/%Y}"


QUARTER = re.compile(r"(?:(\d{4})[ -]?[TQ]([1-4])|[TQ]([1-4])[ -]?(\d{4}))", re.I)
DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?|(?:(\d{1,2})/)?(?:(\d{1,2})/)(\d{4})")


def quarter(text: str) -> tuple[dt.date, dt.date]:
    """The first and last day of a quarter such as 2026-T1, 2026Q1 or T1 2026. Raises `ValueError` for another text."""
    found = QUARTER.fullmatch(text.strip())
    if not found:
        raise ValueError(f"{text!r} is not a quarter; write one as 2026-T1.")
    year, number = int(found[1] or found[4]), int(found[2] or found[3])
    return dt.date(year, 3 * number - 2, 1), end_of_month(year, 3 * number)


def day(text: str, *, last: bool) -> dt.date:
    """A day as 2026-03-31 or 31/03/2026; of a month (2026-03, 03/2026) or a year (2026) the first or the last one.
    Raises `ValueError` for another text."""
    found = DAY.fullmatch(text.strip())
    if not found:
        raise ValueError(
            f"{text!r} is not a day; write one as 2026-03-31 or 31/03/2026, a month as 2026-03, or a year."
        )
    year, month, number = (
        (found[1], found[2], found[3]) if found[1] else (found[6], found[5], found[4])
    )  # fmt: skip
    try:
        if number:
            return dt.date(int(year), int(month), int(number))
        if last:
            return end_of_month(int(year), int(month or 12))
        return dt.date(int(year), int(month or 1), 1)
    except ValueError:
        raise ValueError(f"{text!r} is not a day of the calendar.") from None


def end_of_month(year: int, month: int) -> dt.date:
    """The last day of a month."""
    following = dt.date(year + month // 12, month % 12 + 1, 1) if (year, month) != (9999, 12) else None
    return following - dt.timedelta(days=1) if following else dt.date(9999, 12, 31)
