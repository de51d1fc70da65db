"""The expected marts about classrooms, and the overview."""

from __future__ import annotations

from collections import Counter, defaultdict
from fractions import Fraction
from typing import Any

from .facts import Facts, Row
from .figures import average, naive, rate, rounded
from .training import of_clients


def lines(slot: Row, signed: bool = True) -> list[Row]:
    """The lines on the sheets of a slot, by default on signed ones only."""
    sheets = [sheet for sheet in slot["sheets"] if not signed or sheet["status"] == "signed"]
    return [line for sheet in sheets for line in sheet["lines"]]


def present(of: list[Row]) -> int:
    return sum(line["status"] == "present" for line in of)


def region(facts: Facts, slot: Row) -> str:
    regions = Counter(facts.known(one["user"]["region"]) for one in slot["registrations"])
    return min(regions, key=lambda name: (-regions[name], name), default=facts.unknown)


def score(registration: Row) -> int | None:
    enrollment = registration["enrollment"]
    return enrollment["score"] if enrollment else None


def attended(slot: Row) -> tuple[int, int]:
    """The registrations marked as attended, and all marked ones."""
    marks = [one["row"]["hasAttended"] for one in slot["registrations"] if one["row"].get("hasAttended") is not None]
    return sum(marks), len(marks)


def kpi_slot_fill(facts: Facts) -> list[Row]:
    same = """slot_id slot_name classroom_id classroom_name session_id session_name path_id path_name group_id
    group_name timing is_virtual location trainers capacity waitlisted""".split()
    found = []
    for slot in facts.slots.values():
        registered = len(slot["registrations"])
        present_count, marked = attended(slot)
        found.append(
            {column: slot[column] for column in same}
            | {
                "region": region(facts, slot),
                "start_at": naive(slot["start"]),
                "end_at": naive(slot["end"]),
                "slot_date": facts.clock.day(slot["start"]),
                "month": facts.clock.month(slot["start"]),
                "duration_hours": rounded(slot["hours"], 2),
                "registered": registered,
                "fill_rate": rate(registered, slot["capacity"]),
                "going": sum((one["row"].get("rsvp") or {}).get("going", False) for one in slot["registrations"]),
                "attended": present_count,
                "attendance_recorded": marked,
                "attended_rate": rate(present_count, registered) if slot["timing"] == "past" and marked else None,
            }
        )
    return found


def in_person(facts: Facts) -> list[Row]:
    return [slot for slot in facts.slots.values() if not slot["is_virtual"]]


def in_person_training(facts: Facts) -> list[Row]:
    same = """slot_id slot_name timing classroom_name session_name path_name group_name location trainers
    capacity""".split()
    found = []
    for slot in in_person(facts):
        registered, signed = len(slot["registrations"]), lines(slot)
        satisfaction = slot["satisfaction"]
        found.append(
            {column: slot[column] for column in same}
            | {
                "slot_date": facts.clock.day(slot["start"]),
                "region": region(facts, slot),
                "duration_hours": rounded(slot["hours"], 2),
                "registered": registered,
                "fill_rate": rate(registered, slot["capacity"]),
                "sheets": len(slot["sheets"]),
                "signed_sheets": sum(sheet["status"] == "signed" for sheet in slot["sheets"]),
                "signed_lines": len(signed),
                "signed_present": present(signed),
                "attendance_rate": rate(present(signed), len(signed)),
                "average_score": average(score(one) for one in slot["registrations"]),
                "satisfaction": rounded(satisfaction, 2) if satisfaction is not None else None,
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
            cell["scores"].append(score(one))
            cell["satisfactions"].append(slot["satisfaction"])
        for line in lines(slot):
            cells[group, facts.known(line["user"]["region"])]["lines"].append(line)
    return [
        {
            "group_name": group,
            "region": name,
            "slots": len(set(cell["slots"])),
            "registered": len(cell["scores"]),
            "signed_lines": len(cell["lines"]),
            "signed_present": present(cell["lines"]),
            "attendance_rate": rate(present(cell["lines"]), len(cell["lines"])),
            "average_score": average(cell["scores"]),
            "satisfaction": average(cell["satisfactions"]),
        }
        for (group, name), cell in cells.items()
    ]


def kpi_overview(facts: Facts) -> list[Row]:
    users, slots = facts.learners.values(), facts.slots.values()
    active, every = of_clients(facts), of_clients(facts, archived=True)
    done = [one for one in active if one["completed"]]
    limited = [slot for slot in slots if slot["capacity"]]
    places = sum(slot["capacity"] for slot in limited)
    marked = [slot for slot in slots if slot["timing"] == "past" and attended(slot)[1]]
    attendances = sum(attended(slot)[0] for slot in marked)
    signed = [line for slot in slots for line in lines(slot)]
    first = [one["enrolled"] for one in every if one["enrolled"]] + [slot["start"] for slot in slots]
    return [{
        "as_of": naive(facts.clock.as_of),
        "period_start_date": facts.clock.day(min(first, default=None)),
        "period_end_date": facts.clock.day(facts.clock.as_of),
        "users": len(users),
        "clients": sum(user["is_client"] for user in users),
        "clients_enrolled": len({one["user"]["user_id"] for one in active}),
        "clients_trained": len({one["user"]["user_id"] for one in every if one["completed"]}),
        "enrolments": len(active),
        "enrolments_completed": len(done),
        "enrolments_successful": sum(one["status"] == "successful" for one in done),
        "completion_rate": rate(len(done), len(active)),
        "training_hours": rounded(Fraction(sum(one["ms"] for one in every), 3_600_000), 2),
        "average_score": average(one["score"] for one in active),
        "slots": len(slots),
        "in_person_slots": len(in_person(facts)),
        "registrations": sum(len(slot["registrations"]) for slot in slots),
        "capacity": places,
        "fill_rate": rate(sum(len(slot["registrations"]) for slot in limited), places),
        "attended_rate": rate(attendances, sum(len(one["registrations"]) for one in marked)),
        "attendance_rate": rate(present(signed), len(signed)),
        "waitlisted": sum(slot["waitlisted"] for slot in slots),
    }]  # fmt: skip
