"""The expected facts, of which figures by period and firm are sums, and the calendar."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from .classrooms import attended
from .facts import Facts
from .feedback import training_id
from .figures import fiscal_year, latest, month_of
from .report import trainings
from .streams import Row

MONTHS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
WEEKDAYS = "lundi mardi mercredi jeudi vendredi samedi dimanche".split()
# The dates that the calendar has, by mart.
DATED = {
    "facts_trainings": "enrolled_date start_date started_date completed_date online_date",
    "facts_registrations": "slot_date",
    "facts_half_days": "slot_date",
    "kpi_slot_fill": "slot_date",
    "facts_feedback": "answered_date",
    "renewals": "expiry_date",
}


def place(facts: Facts, user: Row) -> Row:
    return {name: facts.known(user.get(name)) for name in ("firm", "agency", "region")}


@cache
def last_activity(facts: Facts) -> dict[tuple[str, str], datetime | None]:
    """The last activity in each session; of a course whose attempts changed after `as_of` it is unknown."""
    found: dict[tuple[str, str], list[datetime | None]] = defaultdict(list)
    for (user, _, session, _), attempts in facts.attempts.items():
        if session and not any(one["changed"] for one in attempts):
            found[user, session] += [one["last"] for one in attempts]
    return {key: latest(instants) for key, instants in found.items()}


def activity(facts: Facts, one: Row) -> datetime | None:
    """Only the enrollment that counts in a session has its activity."""
    user, session = one["user"]["user_id"], one["session_id"]
    counts = session and facts.enrollment(user, session) is not None
    is_current = counts and facts.current[user, session]["id"] == one["training_id"]
    return last_activity(facts).get((user, session)) if is_current else None


def online_date(facts: Facts, one: Row) -> date | None:
    return facts.clock.day(one["completed"] or activity(facts, one) or one["started"] or one["enrolled"])


def facts_trainings(facts: Facts) -> list[Row]:
    day = facts.clock.day
    done = sorted((one for one in facts.of_clients if one["completed"]), key=lambda one: (one["completed"], one["id"]))
    first = {one["user"]["user_id"]: one["id"] for one in reversed(done)}
    found = []
    for one in trainings(facts):
        counts = one["training_kind"] == "path" and not one["archived"]
        is_done = counts and one["completed"] is not None
        score = one["score"] if not one["archived"] else None
        same = "training_id training_kind path_id session_id training_name timing start_date end_date".split()
        found.append(
            {column: one[column] for column in same}
            | place(facts, one["user"])
            | {
                "user_id": one["user"]["user_id"],
                "firm_of_report": facts.known(one["user"]["firm"]),
                "classroom_id": one.get("classroom_id"),
                "enrolled_date": day(one["enrolled"]),
                "started_date": day(one["started"]),
                "completed_date": day(one["completed"]),
                "online_date": online_date(facts, one),
                "enrolments": int(counts),
                "enrolments_completed": int(is_done),
                "enrolments_successful": None
                if is_done and one["changed"]
                else int(is_done and one["status"] == "successful"),
                "completions": int(one["completed"] is not None),
                "clients_trained": int(first.get(one["user"]["user_id"]) == one["training_id"]),
                "score": score,
                "scores": int(score is not None),
                "online_ms": one["ms"],
            }
        )
    return found


def facts_registrations(facts: Facts) -> list[Row]:
    found = []
    for slot in facts.slots.values():
        recorded = slot["timing"] == "past" and attended(slot)[1] > 0
        found += [
            place(facts, one["user"])
            | {column: slot[column] for column in ("slot_id", "timing", "is_virtual")}
            | {
                "registration_id": one["id"],
                "training_id": training_id(one) if one["user"]["is_client"] else None,
                "user_id": one["user"]["user_id"],
                "is_client": one["user"]["is_client"],
                "slot_date": slot["slot_date"] or slot["slot_end_date"],
                "registrations": 1,
                "declined": int(one["going"] is False),
                "attended": int(recorded and one["attended"] is True),
                "recorded": int(recorded),
            }
            for one in slot["registrations"]
        ]
    return found


def facts_half_days(facts: Facts) -> list[Row]:
    found = []
    for slot in facts.slots.values():
        count, ms = len(slot["sheets"]), slot["ms"]
        for position, sheet in enumerate(slot["sheets"], 1):
            share = ms * position // count - ms * (position - 1) // count if ms is not None else None
            for line in sheet["lines"]:
                there = sheet["is_signed"] and line["is_present"]
                found.append(
                    place(facts, line["user"])
                    | {
                        "attendance_id": line["id"],
                        "training_id": training_id(line) if line["user"]["is_client"] else None,
                        "sheet_id": sheet["id"],
                        "slot_id": slot["slot_id"],
                        "user_id": line["user"]["user_id"],
                        "is_client": line["user"]["is_client"],
                        "slot_date": slot["slot_date"] or slot["slot_end_date"],
                        "half_day": sheet["half_day"],
                        "is_virtual": slot["is_virtual"],
                        "lines": 1,
                        "signed_lines": int(sheet["is_signed"]),
                        "signed_present": int(there),
                        "attended_ms": share if there else 0,
                    }
                )
    return found


def dates(marts: dict[str, list[Row]], facts: Facts) -> list[Row]:
    """Whole years with all dates of the facts that are near `as_of`."""
    today = facts.clock.day(facts.clock.as_of)
    assert today
    found = {today}
    for mart, columns in DATED.items():
        for row in marts[f"learning360__{mart}"]:
            found |= {row[column] for column in columns.split() if row[column]}
    years = {day.year for day in found if today.year - 20 <= day.year <= today.year + 5}
    day, rows = date(min(years), 1, 1), []
    while day.year <= max(years):
        rows.append(calendar_day(day, facts.settings.fiscal_year_month))
        day += timedelta(days=1)
    return rows


def calendar_day(day: date, first_month: int) -> dict[str, Any]:
    iso, quarter = day.isocalendar(), (day.month + 2) // 3
    return {
        "date_day": day,
        "year": day.year,
        "quarter": quarter,
        "quarter_name": f"T{quarter} {day.year}",
        "month": month_of(day),
        "month_of_year": day.month,
        "month_name": f"{MONTHS[day.month - 1]} {day.year}",
        "iso_year": iso.year,
        "iso_week": iso.week,
        "week_name": f"{iso.year}-S{iso.week:02}",
        "weekday": iso.weekday,
        "weekday_name": WEEKDAYS[iso.weekday - 1],
        "is_weekend": iso.weekday > 5,
        "fiscal_year": fiscal_year(day, first_month),
    }
