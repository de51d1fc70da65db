"""The half-day of an attendance sheet: by its title, else by the hours of its slot."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

from .values import normal, without_accents

# Later ones come later in the list of a slot's sheets.
ORDER = ("morning", "afternoon", "day")
NUMBERED = re.compile(r"\bdemi journee (?:n |no |numero )?([0-9]{1,6})\b")
# A title with words of both halves is the whole day. An evening is after noon.
TITLES = (
    (re.compile(r"\b(?:apres midi|apresmidi|aprem|apm|afternoon|pm|soir|soiree|evening)\b"), "afternoon"),
    (re.compile(r"\b(?:matin|matinee|morning|am)\b"), "morning"),
    (re.compile(r"\b(?:journee|day)\b"), "day"),
)


def words(title: str | None) -> str:
    """The words of a title, without accents, case and signs."""
    return re.sub(r"[\W_]+", " ", without_accents(normal(title) or "")).strip()


def by_title(title: str | None) -> str | None:
    plain = words(title)
    halves = [half_day for pattern, half_day in TITLES[:2] if pattern.search(plain)]
    if halves:
        return halves[0] if len(halves) == 1 else "day"
    numbered = NUMBERED.search(plain)
    if numbered:
        return "morning" if int(numbered[1]) % 2 else "afternoon"
    # A half-day without a number is not a whole day.
    return "day" if TITLES[2][0].search(plain.replace("demi journee", "")) else None


def by_hours(start: datetime | None, end: datetime | None) -> str:
    """By local times. A slot that ends at midnight is within the day before."""
    if start and end:
        last = max(start, end - timedelta(microseconds=1))
        if last.date() != start.date():
            return "day"
        if end <= datetime.combine(start, time(13)):
            return "morning"
    return "afternoon" if start and start.hour >= 12 else "day"


def half_day(title: str | None, start: datetime | None, end: datetime | None) -> str:
    return by_title(title) or by_hours(start, end)
