"""Rounding and dates, as `dbt/models/marts/_marts.yml` defines them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timezone
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo


def rounded(value: Fraction, decimals: int) -> Decimal:
    """Half up, never half to even."""
    scaled = Decimal(value.numerator * 10**decimals) / Decimal(value.denominator)
    return scaled.quantize(Decimal(1), ROUND_HALF_UP).scaleb(-decimals)


def ratio(numerator: int, denominator: int | None, decimals: int) -> Decimal | None:
    return rounded(Fraction(numerator, denominator), decimals) if denominator else None


def rate(numerator: int, denominator: int | None) -> Decimal | None:
    return ratio(numerator, denominator, 4)


def average(values: Iterable[int | Fraction | None]) -> Decimal | None:
    present = [value for value in values if value is not None]
    return rounded(Fraction(sum(present)) / len(present), 2) if present else None


def minutes(milliseconds: int) -> Decimal:
    return rounded(Fraction(milliseconds, 60_000), 2)


def text(value: Any) -> str | None:
    """The value as text without surrounding blanks; None if nothing is left."""
    return str(value).strip(" ") or None if value is not None else None


def parse_time(value: str | None) -> datetime | None:
    """An instant of the API, in UTC."""
    return datetime.fromisoformat(value.replace("Z", "+00:00")).astimezone(timezone.utc) if value else None


class Clock:
    """The calendar of the report: its time zone, and the instant that separates past from coming."""

    def __init__(self, zone: str, as_of: datetime) -> None:
        self.zone, self.as_of = ZoneInfo(zone), as_of

    def local(self, instant: datetime) -> datetime:
        return instant.astimezone(self.zone)

    def day(self, instant: datetime | None) -> date | None:
        return self.local(instant).date() if instant else None

    def month(self, instant: datetime) -> date:
        return self.local(instant).date().replace(day=1)

    def timing(self, start: datetime | None, end: datetime | None) -> str:
        if end and end < self.as_of:
            return "past"
        return "coming" if start and start > self.as_of else "running"


def next_month(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def naive(instant: datetime | None) -> datetime | None:
    """The instant as a database without offsets returns it."""
    return instant.replace(tzinfo=None) if instant else None
