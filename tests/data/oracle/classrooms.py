"""The expected marts about classrooms, and the overview."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from .facts import Facts
from .feedback import Answers, answers_of, counted, in_hundredths
from .figures import average, earliest, fill, hours, month_of, naive, rate, ratio, rounded, total
from .streams import Row
from .training import successes, users_of


def lines(slot: Row, signed: bool = True) -> list[Row]:
    """The lines on the sheets of a slot, by default on signed ones only."""
    sheets = [sheet for sheet in slot["sheets"] if not signed or sheet["is_signed"]]
    return [line for sheet in sheets for line in sheet["lines"]]


def present(of: list[Row]) -> int:
    return sum(line["is_present"] for line in of)


def declined(slot: Row) -> int:
    return sum(one["going"] is False for one in slot["registrations"])


def region(facts: Facts, slot: Row) -> str:
    regions = Counter(facts.known(one["user"]["region"]) for one in slot["registrations"])
    return min(regions, key=lambda name: (-regions[name], name), default=facts.unknown)


def average_score(entries: Iterable[Row | None]) -> Decimal | None:
    """The average of the scores in enrollments; None if one of them changed after `as_of`."""
    enrollments = [one for one in entries if one]
    return None if any(one["changed"] for one in enrollments) else average(one["score"] for one in enrollments)


def attended(slot: Row) -> tuple[int, int]:
    """The registrations marked as attended, and all marked ones."""
    marks = [one["attended"] for one in slot["registrations"] if one["attended"] is not None]
    return sum(marks), len(marks)


def fills(registered: int, refused: int, capacity: int | None, suffix: str = "") -> Row:
    return {
        f"fill_rate{suffix}": fill(registered, capacity),
        f"fill_rate_without_declined{suffix}": fill(registered - refused, capacity),
    }


def limited(slots: Iterable[Row]) -> tuple[int, int, int]:
    """Of the slots with a limit: their registrations, the declined ones of these, and their places."""
    found = [slot for slot in slots if (slot["capacity"] or 0) > 0]
    return (
        sum(len(slot["registrations"]) for slot in found),
        sum(declined(slot) for slot in found),
        sum(slot["capacity"] for slot in found),
    )


def of_slot(facts: Facts, slot: Row) -> Row:
    """The columns that both marts of slots have."""
    same = """slot_id slot_name classroom_name session_name path_name group_name timing location trainers capacity
    start_local end_local slot_date""".split()
    registered = len(slot["registrations"])
    return (
        {column: slot[column] for column in same}
        | {"region": region(facts, slot), "duration_hours": hours(slot["ms"])}
        | {"registered": registered, "declined": declined(slot)}
        | fills(registered, declined(slot), slot["capacity"])
    )


def seats_left(slot: Row, taken: int) -> int | None:
    return max(slot["capacity"] - taken, 0) if (slot["capacity"] or 0) > 0 else None


def kpi_slot_fill(facts: Facts) -> list[Row]:
    same = "classroom_id session_id path_id group_id is_virtual time_zone waitlisted".split()
    found = []
    for slot in facts.slots.values():
        present_count, marked = attended(slot)
        is_counted = slot["timing"] == "past" and marked > 0
        found.append(
            of_slot(facts, slot)
            | {column: slot[column] for column in same}
            | {
                "start_at": naive(slot["start"]),
                "end_at": naive(slot["end"]),
                "month": month_of(slot["slot_date"]),
                "going": sum(one["going"] is True for one in slot["registrations"]),
                "attended": present_count,
                "attendance_recorded": marked,
                "attended_rate": rate(present_count, len(slot["registrations"])) if is_counted else None,
                "seats_left": seats_left(slot, len(slot["registrations"])),
                "seats_left_without_declined": seats_left(slot, len(slot["registrations"]) - declined(slot)),
            }
        )
    return found


def kpi_fill_by_month(facts: Facts) -> list[Row]:
    cells: dict[tuple[Any, str], list[Row]] = defaultdict(list)
    for slot in facts.slots.values():
        day = slot["slot_date"] or slot["slot_end_date"]
        if day:
            cells[month_of(day), slot["timing"]].append(slot)
    found = []
    for (month, timing), slots in cells.items():
        registered, refused, capacity = limited(slots)
        found.append(
            {"month": month, "timing": timing, "slots": len(slots)}
            | {"limited_slots": sum((slot["capacity"] or 0) > 0 for slot in slots), "capacity": capacity}
            | {"registered": registered, "declined": refused}
            | fills(registered, refused, capacity)
        )
    return found


def in_person(facts: Facts) -> list[Row]:
    return [slot for slot in facts.slots.values() if not slot["is_virtual"]]


def satisfaction(facts: Facts, slot: Row) -> Row:
    """Of answers about the slot, else about its session, else of the session's custom fields."""
    own = [one for one in counted(facts) if one["slot_id"] == slot["slot_id"]]
    session = slot["session_id"]
    found = own or [one for one in counted(facts) if session and not one["slot_id"] and one["session_id"] == session]
    if found:
        sums = answers_of(found)
        marks = {"satisfaction": sums.mark(facts), "recommendation_rate": sums.recommendation_rate}
        source: str | None = "slot" if own else "session"
    else:
        share = slot["recommendation"]
        marks = {
            "satisfaction": rounded(slot["satisfaction"], 2),
            "recommendation_rate": rate(in_hundredths(share), 10_000),
        }
        source = "field" if slot["satisfaction"] is not None or share is not None else None
    answers = len(found) if facts.is_synced("feedback") else None
    return marks | {"answers": answers, "satisfaction_source": source}


def in_person_training(facts: Facts) -> list[Row]:
    found = []
    for slot in in_person(facts):
        signed = lines(slot)
        found.append(
            of_slot(facts, slot)
            | {
                "sheets": len(slot["sheets"]),
                "signed_sheets": sum(sheet["is_signed"] for sheet in slot["sheets"]),
                "signed_lines": len(signed),
                "signed_present": present(signed),
                "attendance_rate": rate(present(signed), len(signed)),
                "average_score": average_score(one["enrollment"] for one in slot["registrations"]),
                **satisfaction(facts, slot),
            }
        )
    return found


def kpi_in_person(facts: Facts) -> list[Row]:
    cells: dict[tuple[str, str], dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for slot in in_person(facts):
        group = facts.known(slot["group_name"])
        if not slot["registrations"]:
            cells[group, facts.unknown]["slots"].append(slot["slot_id"])
        for one in slot["registrations"]:
            cell = cells[group, facts.known(one["user"]["region"])]
            cell["slots"].append(slot["slot_id"])
            cell["enrollments"].append(one["enrollment"])
            cell["satisfactions"].append(slot["satisfaction"])
        for line in lines(slot):
            cells[group, facts.known(line["user"]["region"])]["lines"].append(line)
    for one in counted(facts):
        about = facts.slots.get(one["slot_id"] or "")
        if about and not about["is_virtual"]:
            cells[facts.known(about["group_name"]), one["region"]]["answers"].append(one)
    sums = {name: answers_of(cell["answers"]) for name, cell in cells.items()}
    return [
        {
            "group_name": group,
            "region": name,
            "slots": len(set(cell["slots"])),
            "registered": len(cell["enrollments"]),
            "signed_lines": len(cell["lines"]),
            "signed_present": present(cell["lines"]),
            "attendance_rate": rate(present(cell["lines"]), len(cell["lines"])),
            "average_score": average_score(cell["enrollments"]),
            "satisfaction": sums[group, name].mark(facts) or average(cell["satisfactions"]),
            "answers": len(cell["answers"]) if facts.is_synced("feedback") else None,
            "recommendation_rate": sums[group, name].recommendation_rate,
        }
        for (group, name), cell in cells.items()
    ]


def overall_satisfaction(facts: Facts) -> Row:
    """Of all answers; without one that has it, of the custom fields of sessions."""
    sums: Answers = answers_of(counted(facts))
    sessions = [one for one in facts.sessions.values() if facts.in_programme(one["path_id"])]
    marks = [mark for one in sessions if (mark := in_hundredths(one["satisfaction"])) is not None]
    shares = [share for one in sessions if (share := in_hundredths(one["recommendation"])) is not None]
    scale = int(facts.settings.satisfaction_scale)
    return {
        "answers": sums.answers if facts.is_synced("feedback") else None,
        "satisfaction_percent": sums.percentage if sums.rated else ratio(sum(marks), scale * len(marks), 2),
        "recommendation_rate": sums.recommendation_rate
        if sums.recommendations
        else rate(sum(shares), 10_000 * len(shares)),
    }


def kpi_overview(facts: Facts) -> list[Row]:
    users, slots, clock = facts.learners.values(), facts.slots.values(), facts.clock
    done = [one for one in facts.active if one["completed"]]
    begun = limited(slot for slot in slots if slot["timing"] in ("past", "running"))
    coming = limited(slot for slot in slots if slot["timing"] == "coming")
    marked = [slot for slot in slots if slot["timing"] == "past" and attended(slot)[1]]
    attendances = sum(attended(slot)[0] for slot in marked)
    signed = [line for slot in slots for line in lines(slot)]
    enrolled = clock.day(earliest(one["enrolled"] for one in facts.of_clients))
    first = [day for day in (enrolled, *(slot["slot_date"] for slot in slots)) if day]
    waiting = total(slot["waitlisted"] for slot in slots) if facts.is_synced("classroom_slot_waitlist") else None
    return [overall_satisfaction(facts) | {
        "as_of": naive(clock.as_of),
        "as_of_local": clock.local(clock.as_of),
        "period_start_date": min(first, default=None),
        "period_end_date": clock.day(clock.as_of),
        "users": len(users),
        "clients": sum(user["is_client"] for user in users),
        "clients_enrolled": len(users_of(facts.active)),
        "clients_trained": len(users_of([one for one in facts.of_clients if one["completed"]])),
        "enrolments": len(facts.active),
        "enrolments_completed": len(done),
        "enrolments_successful": successes(done),
        "completion_rate": rate(len(done), len(facts.active)),
        "training_hours": hours(total(one["ms"] for one in facts.of_clients)),
        "average_score": average_score(facts.active),
        "slots": len(slots),
        "in_person_slots": len(in_person(facts)),
        "registrations": sum(len(slot["registrations"]) for slot in slots),
        "registrations_declined": sum(declined(slot) for slot in slots),
        "capacity": begun[2],
        "capacity_coming": coming[2],
        "attended_rate": rate(attendances, sum(len(one["registrations"]) for one in marked)),
        "attendance_rate": rate(present(signed), len(signed)),
        "waitlisted": waiting,
    } | fills(*begun) | fills(*coming, suffix="_coming")]  # fmt: skip
