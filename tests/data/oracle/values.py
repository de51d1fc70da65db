"""The values of a row: each is read as its kind, and is None if it is not one."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone
from fractions import Fraction
from functools import lru_cache
from typing import Any

# The blanks of Unicode.
BLANKS = "\t\n\x0b\x0c\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
PUNCTUATION = str.maketrans({**dict.fromkeys("’‘ʼ′`", "'"), **dict.fromkeys("‐‑‒–—−", "-")})
FIRST, AFTER_LAST = datetime(1900, 1, 1, tzinfo=timezone.utc), datetime(2200, 1, 1, tzinfo=timezone.utc)
LARGEST = 10**15
LONGEST_HOURS = 1000
INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,9}))?)?(?:Z|([+-])(\d\d)(?::?(\d\d))?)?", re.ASCII
)
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
NUMBER = re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{1,40})?")
MARK = r"([0-9]{1,9}(?:[.,][0-9]{1,9})?)"
SATISFACTION = re.compile(rf"{MARK}(?:/{MARK}|(%))?")


def text(value: Any) -> str | None:
    """The value as text, in NFC and without blanks around it; None if nothing is left."""
    if value is None:
        return None
    if not isinstance(value, str):
        value = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return unicodedata.normalize("NFC", value.replace("\0", "")).strip(BLANKS) or None


def instant(value: Any) -> datetime | None:
    """An instant of 1900 to 2199, in UTC."""
    found = INSTANT.fullmatch(value.strip()) if isinstance(value, str) else None
    if not found:
        return None
    day, time, fraction, sign, hours, minutes = found.groups()
    try:
        moment = datetime.fromisoformat(f"{day}T{time or '00:00'}").replace(tzinfo=timezone.utc)
        offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
        moment += timedelta(microseconds=int(f"{fraction or ''}000000"[:6]))
        moment = moment + offset if sign == "-" else moment - offset
    except (ValueError, OverflowError):
        return None
    return moment if FIRST <= moment < AFTER_LAST else None


def plain_day(value: str) -> date | None:
    """The day that a text without a time of day names."""
    moment = instant(value) if DAY.fullmatch(value) else None
    return moment.date() if moment else None


def number(value: Any) -> Fraction | None:
    if type(value) is int:
        found = Fraction(value)
    elif isinstance(value, str) and NUMBER.fullmatch(value.strip()):
        found = Fraction(value.strip())
    elif isinstance(value, float) and math.isfinite(value):
        found = Fraction(str(value))
    else:
        return None
    return found if abs(found) <= LARGEST else None


def whole(value: Any) -> int | None:
    """The nearest whole number."""
    found = number(value)
    return nearest(found) if found is not None else None


def percent(value: Any) -> int | None:
    """The nearest whole number of a percentage from 0 to 100."""
    found = number(value)
    return nearest(found) if found is not None and 0 <= found <= 100 else None


def milliseconds(value: Any) -> int | None:
    """The nearest whole number of a duration that is not negative."""
    found = number(value)
    return nearest(found) if found is not None and found >= 0 else None


def nearest(value: Fraction) -> int:
    """The nearest whole number, half up."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def boolean(value: Any) -> bool | None:
    """True or false, also where an object holds them as texts."""
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value) if isinstance(value, str) else None


def part(row: dict[str, Any], field: str, name: str) -> Any:
    """A value in an object of a row."""
    inside = row.get(field)
    return inside.get(name) if isinstance(inside, dict) else None


def items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def slot_duration(reported: Any, start: datetime | None, end: datetime | None) -> int | None:
    """Milliseconds: the reported hours, else end minus start; None outside of 0 to 1,000 hours."""
    hours = number(reported)
    if hours is not None and 0 <= hours <= LONGEST_HOURS:
        return nearest(hours * 3_600_000)
    if not start or not end:
        return None
    between = nearest(Fraction((end - start) // timedelta(microseconds=1), 1000))
    return between if 0 <= between <= LONGEST_HOURS * 3_600_000 else None


def normal(value: Any) -> str | None:
    """The form in which names are compared; never shown."""
    name = text(value)
    return form(name) if name is not None else None


@lru_cache(maxsize=100_000)
def form(name: str) -> str:
    name = name.lower().translate(PUNCTUATION).translate(INVISIBLE)
    return re.sub(f"[{BLANKS}]+", " ", name).strip(" ")


def named(names: Any) -> set[str]:
    """The normal forms of one name or of a list of them, as a variable holds them."""
    return {one for name in listed(names) if (one := normal(name))}


def listed(names: Any) -> list[Any]:
    if names is None:
        return []
    return list(names) if isinstance(names, (list, tuple)) else [names]


def without_accents(value: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFD", value) if not unicodedata.combining(letter))


def slug(name: str | None) -> str:
    """Letters and digits of a name, joined by _; empty if it has none. At most 30 characters."""
    plain = without_accents((name or "").lower().replace("œ", "oe"))
    return re.sub(r"[^a-z0-9]+", "_", plain)[:30].strip("_")


def headcount(value: str | None) -> int | None:
    """Up to 9 digits, with any blanks between them."""
    digits = re.sub(f"[{BLANKS}]", "", value or "")
    return int(digits) if re.fullmatch("[0-9]{1,9}", digits) else None


def satisfaction(value: str | None, scale: Fraction) -> Fraction | None:
    """A mark such as 4,5 or 9/10 or 92 %, from 0 to the scale."""
    found = SATISFACTION.fullmatch(re.sub(f"[{BLANKS}]", "", value or ""))
    if not found:
        return None
    mark, of, percent = found.groups()
    result = Fraction(mark.replace(",", "."))
    if of or percent:
        whole_scale = Fraction((of or "100").replace(",", "."))
        if not whole_scale:
            return None
        result *= scale / whole_scale
    return result if result <= scale else None


def most_used(spellings: Iterable[str]) -> dict[str | None, str]:
    """Of the spellings of each normal form, the most frequent one, or the smallest of those."""
    counts: dict[str, int] = {}
    for one in spellings:
        counts[one] = counts.get(one, 0) + 1
    found: dict[str | None, str] = {}
    for one in sorted(counts, key=lambda one: (-counts[one], one)):
        found.setdefault(normal(one), one)
    return found
