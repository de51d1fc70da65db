"""The figures at the top, for a page without JavaScript. `figures.js` computes the same ones under filters."""

from __future__ import annotations

from typing import Any

from ..labels import NOT_SYNCED, number

# The totals at the top, in this order.
TILES = """clients_trained enrolments completion_rate training_hours slots fill_rate attendance_rate waitlisted
satisfaction_percent recommendation_rate answers""".split()

Data = dict[str, Any]


def fraction(part: int, whole: int, decimals: int, unit: str) -> str | None:
    """part / whole, rounded half up once; None if there is nothing to divide."""
    if not whole:
        return None
    scale = 10**decimals
    rounded = (2 * scale * part + whole) // (2 * whole)
    return number(rounded / scale if decimals else rounded, decimals) + unit


def percent(part: int, whole: int) -> str | None:
    return fraction(100 * part, whole, 1, "\u00a0%")


def totals(data: Data) -> dict[str, str]:
    """The text of each figure."""
    scope, trained, enrolments, online, slots = (
        data[name] for name in ("scope", "trained", "enrolments", "online", "slots")
    )
    attendance, feedback, fields = data["attendance"], data["feedback"], data["fields"]
    first, last = scope["first"], scope["last"]
    # An enrollment may be there only for the forecast.
    enrolled = [
        completed
        for day, completed in zip(enrolments["day"], enrolments["completed"], strict=True)
        if (first is None and last is None)
        or (day is not None and (first is None or day >= first) and (last is None or day <= last))
    ]
    begun = [
        (registered, capacity)
        for registered, capacity, timing in zip(slots["registered"], slots["capacity"], slots["timing"], strict=True)
        if capacity and timing < 2
    ]
    waiting = [count for count in slots["waitlisted"] if count is not None]
    scores, opinions = sum(feedback["scores"]), sum(feedback["recommendations"])
    values = {
        "clients_trained": number(sum(trained["trained"])),
        "enrolments": number(len(enrolled)),
        "completion_rate": percent(sum(enrolled), len(enrolled)),
        "training_hours": None if any(online["unknown"]) else fraction(sum(online["ms"]), 3_600_000, 1, "\u00a0h"),
        "slots": number(len(slots["day"])),
        "fill_rate": percent(sum(part for part, _ in begun), sum(whole for _, whole in begun)),
        "attendance_rate": percent(sum(attendance["present"]), sum(attendance["lines"])),
        "waitlisted": None if scope["firm"] is not None else number(sum(waiting)),
        "satisfaction_percent": fraction(sum(feedback["points"]), 100 * scores, 1, "\u00a0%")
        or (fields["satisfaction_percent"] is not None and fraction(fields["satisfaction_percent"], 100, 1, "\u00a0%"))
        or None,
        "recommendation_rate": percent(sum(feedback["recommended"]), opinions)
        or (fields["recommendation_rate"] is not None and percent(fields["recommendation_rate"], 10_000))
        or None,
        "answers": number(sum(feedback["answers"])),
    }
    missing = set(data["unsynced"])
    if "answers" in missing:
        missing |= {name for name in ("satisfaction_percent", "recommendation_rate") if values[name] is None}
    return {name: NOT_SYNCED if name in missing else value or "–" for name, value in values.items()}
