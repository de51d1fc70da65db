"""Values as people and forms write them. A value that is not of its kind raises `ValueError` with the reason."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from .fields import plain

NOTHING = frozenset({"", "-", "n/a", "na", "#n/a", "nc", "n.c.", "null", "none", "nan"})
NOT_NAMED = frozenset({"anonymous", "anonyme"})
YES = frozenset("oui yes vrai true o y 1".split())
NO = frozenset("non no faux false n 0".split())
NPS = range(11)

NUMBER = r"([+-]?[0-9]{1,9}(?:[.,][0-9]{1,9})?)"
SCORE = re.compile(rf"{NUMBER}\s*(?:(%)|(?:/|sur|out of)\s*{NUMBER})?", re.ASCII | re.I)
STARS = re.compile(r"([★⭐*]+)([☆✩]*)")
TIME = (
    r"(?:,?[T ] ?(?:(?:à|at) )?(?P<hour>\d{1,2})[:hH](?P<minute>\d\d)?(?::(?P<second>\d\d)(?:[.,](?P<part>\d{1,9}))?)?"
    r"(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?"
    r"(?: ?(?:(?:UTC|GMT)?(?P<zone>Z|[+-]\d{1,2}(?::?\d\d)?)|(?P<utc>UTC|GMT)))?(?:\[[\w/+-]+\])?)?"
)
YEAR_FIRST = re.compile(rf"(?P<year>\d{{4}})[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}}){TIME}", re.ASCII)
YEAR_LAST = re.compile(rf"(?P<first>\d{{1,2}})[-/.](?P<other>\d{{1,2}})[-/.](?P<year>\d{{4}}|\d\d){TIME}", re.ASCII)
SERIAL = re.compile(r"[34]\d{4}([.,]\d+)?")
MAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")


class Score(NamedTuple):
    """A score, and the ends of its scale as far as the text names them."""

    value: Decimal
    lowest: Decimal | None = None
    highest: Decimal | None = None


def single_blanks(text: str) -> str:
    """The text with plain blanks: Excel writes the one before % as a blank that does not break."""
    return " ".join(text.split())


def is_nothing(text: str) -> bool:
    return not text or single_blanks(text).lower() in NOTHING


def decimal(text: str) -> Decimal:
    """A number with a decimal comma or point."""
    found = re.fullmatch(NUMBER, single_blanks(text), re.ASCII)
    if not found:
        raise ValueError("is not a number")
    return Decimal(found[1].replace(",", "."))


@lru_cache(maxsize=10_000)
def score(text: str) -> Score:
    """4, 4,5, 4/5, 4 sur 5, 92 % or ★★★★."""
    text = single_blanks(text)
    if stars := STARS.fullmatch(text.replace("\ufe0f", "")):
        given, empty = len(stars[1]), len(stars[2])
        return Score(Decimal(given), highest=Decimal(given + empty if empty else max(given, 5)))
    found = SCORE.fullmatch(text)
    if not found:
        raise ValueError("is not a score, such as 4, 4,5, 4/5, 92 % or ★★★★; a map can give its value")
    value, percent, of = found.groups()
    if percent:
        return Score(decimal(value), Decimal(0), Decimal(100))
    return Score(decimal(value), highest=decimal(of) if of else None)


def boolean(text: str) -> bool:
    word = plain(text)
    if word not in YES and word not in NO:
        raise ValueError("is neither yes nor no; a map can give its value")
    return word in YES


def recommends(text: str, at_least: Decimal | None) -> bool:
    """Yes or no; with `at_least` also a whole number from 0 to 10, which is a yes from there."""
    found = re.fullmatch(r"([0-9]{1,2})(?:[.,]0)?(?:\s*/\s*10)?", single_blanks(text), re.ASCII)
    if at_least is None or not found:
        return boolean(text)
    if int(found[1]) not in NPS:
        raise ValueError("is not from 0 to 10")
    return int(found[1]) >= at_least


def mail(text: str) -> str:
    if not MAIL.fullmatch(text):
        raise ValueError("is not an e-mail address")
    return text


def parts(text: str, day_first: bool) -> tuple[re.Match[str], int, int, int]:
    """The match of a date, its year, month and day."""
    text = single_blanks(text)
    if found := YEAR_FIRST.fullmatch(text):
        return found, int(found["year"]), int(found["month"]), int(found["day"])
    if not (found := YEAR_LAST.fullmatch(text)):
        if SERIAL.fullmatch(text):
            raise ValueError("is a number of Excel: give the column the format of a date, and export it again")
        raise ValueError("is not a date, such as 31/12/2026 14:05 or 2026-12-31T14:05:00Z")
    first, other = int(found["first"]), int(found["other"])
    year = int(found["year"]) + (2000 if len(found["year"]) == 2 else 0)
    return found, year, *((other, first) if day_first else (first, other))


def fits_month_first_only(text: str) -> bool:
    """True of a date that is one if the month comes first, and none if the day does."""
    found = YEAR_LAST.fullmatch(single_blanks(text))
    return bool(found and int(found["first"]) <= 12 < int(found["other"]) <= 31)


def instant(text: str, zone: tzinfo, day_first: bool = True) -> tuple[str, bool]:
    """A date as an instant in UTC, and whether it has a time of day: without one it is midnight in the zone."""
    found, year, month, day = parts(text, day_first)
    given = found.groupdict()
    hour = int(given["hour"] or 0)
    if half := (given["half"] or "").lower()[:1]:
        if not 1 <= hour <= 12:
            raise ValueError("is not a date: with AM or PM the hour is from 1 to 12")
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        second, part = int(given["second"] or 0), int(f"{given['part'] or ''}000000"[:6])
        moment = datetime(year, month, day, hour, int(given["minute"] or 0), second, part, tzinfo=offset(given, zone))
        if not 1900 <= year <= 2199:
            raise ValueError
        return moment.astimezone(timezone.utc).isoformat().replace("+00:00", "Z"), given["hour"] is not None
    except (ValueError, OverflowError) as error:
        raise ValueError("is not a day of the calendar from 1900 to 2199, or not a time of a day") from error


def offset(given: dict[str, str | None], zone: tzinfo) -> tzinfo:
    written = given["zone"]
    if given["utc"] or written == "Z":
        return timezone.utc
    if not written:
        return zone
    digits = written[1:].replace(":", "")
    hours, minutes = (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))
    return timezone((1 if written[0] == "+" else -1) * timedelta(hours=hours, minutes=minutes))
