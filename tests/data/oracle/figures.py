"""Rounding and dates, as `dbt/models/marts/_marts.yml` defines them."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from .values import instant, nearest, plain_day


def rounded(value: Fraction | None, decimals: int) -> Decimal | None:
    """Half up, never half to even."""
    return Decimal(nearest(value * 10**decimals)).scaleb(-decimals) if value is not None else None


def ratio(numerator: int | None, denominator: int | None, decimals: int) -> Decimal | None:
    if numerator is None or not denominator:
        return None
    return rounded(Fraction(numerator, denominator), decimals)


def rate(numerator: int | None, denominator: int | None) -> Decimal | None:
    return ratio(numerator, denominator, 4)


def fill(registered: int, capacity: int | None) -> Decimal | None:
    """How full a slot is; None without a limit, which a capacity of 0 is too."""
    return rate(registered, capacity) if capacity and capacity > 0 else None


def average(values: Iterable[int | Fraction | None]) -> Decimal | None:
    present = [value for value in values if value is not None]
    return rounded(Fraction(sum(present)) / len(present), 2) if present else None


def minutes(milliseconds: int | None) -> Decimal | None:
    return ratio(milliseconds, 60_000, 2)


def hours(milliseconds: int | Fraction | None) -> Decimal | None:
    return rounded(Fraction(milliseconds) / 3_600_000, 2) if milliseconds is not None else None


def total(values: Iterable[int | None]) -> int | None:
    """The sum; None if one of them is not known."""
    found = list(values)
    return None if None in found else sum(value for value in found if value is not None)


def earliest(instants: Iterable[datetime | None]) -> datetime | None:
    return min((one for one in instants if one), default=None)


def latest(instants: Iterable[datetime | None]) -> datetime | None:
    return max((one for one in instants if one), default=None)


@cache
def zone_names() -> frozenset[str]:
    return frozenset(available_timezones())


class Clock:
    """The calendar of the report: its time zone, and the instant that separates past from coming."""

    def __init__(self, zone: str, as_of: datetime) -> None:
        self.zone, self.as_of = zone, as_of.astimezone(timezone.utc)

    def known_zone(self, zone: str | None) -> str:
        """The zone, or that of the report if there is no such zone."""
        return zone if zone in zone_names() else self.zone

    def local(self, moment: datetime | None, zone: str | None = None) -> datetime | None:
        """The time on the clocks of a zone, by default that of the report."""
        return moment.astimezone(ZoneInfo(zone or self.zone)).replace(tzinfo=None) if moment else None

    def day(self, moment: datetime | None) -> date | None:
        local = self.local(moment)
        return local.date() if local else None

    def day_of_text(self, value: str | None) -> date | None:
        """The day of an instant or of a plain day."""
        return (plain_day(value) or self.day(instant(value))) if value else None

    def month(self, moment: datetime | None) -> date | None:
        return month_of(self.day(moment))

    def happened(self, moment: datetime | None) -> bool:
        """Whether it was not after `as_of`; what has no date counts as there."""
        return moment is None or moment <= self.as_of

    def after(self, moment: datetime | None) -> bool:
        return not self.happened(moment)

    def past(self, moment: datetime | None) -> datetime | None:
        """The instant, or None if it was still to come."""
        return moment if self.happened(moment) else None

    def session_timing(self, start: datetime | None, end: datetime | None) -> str:
        if end and end < self.as_of:
            return "past"
        return "coming" if self.after(start) else "running"

    def slot_timing(self, start: datetime | None, end: datetime | None) -> str:
        """A slot without end is past by its start."""
        return self.session_timing(start, end or start) if start or end else "unknown"


def month_of(day: date | None) -> date | None:
    return day.replace(day=1) if day else None


def next_month(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def fiscal_year(day: date | None, first_month: int) -> int | None:
    return day.year - (day.month < first_month) if day else None


def naive(moment: datetime | None) -> datetime | None:
    """The instant as a database without offsets returns it."""
    return moment.replace(tzinfo=None) if moment else None


def parse_time(value: str | None) -> datetime | None:
    """An instant of the API, in UTC."""
    return instant(value)
