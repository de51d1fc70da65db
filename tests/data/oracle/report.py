"""The expected tables of the France Num report."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any

from .classrooms import lines, present
from .facts import Facts
from .feedback import OF_MODULE, answers_of, counted, modules, training_id
from .figures import earliest, hours, latest, minutes, rate, total
from .paths import NEVER
from .streams import Row

STATUS = {
    "notYetStarted": "Pas commencé", "onTime": "En cours", "late": "En retard", "toRetake": "À repasser",
    "awaitingCorrection": "En attente de correction", "successful": "Réussi", "unsuccessful": "Échoué",
    "sessionNotOpened": "Session non ouverte",
}  # fmt: skip
HALF_DAY = {"morning": "Matin", "afternoon": "Après-midi", "day": "Journée"}
PRESENCE = {
    "present": "Présent", "absent": "Absent", "attendancePending": "Présence à confirmer",
    "signaturePending": "Signature attendue",
}  # fmt: skip
OF_LEARNER = """user_id display_name first_name last_name email phone job agency region department town postcode company
siret legal_form activity_code activity sector kind company_size headcount company_manager file_number file_status
funding""".split()


def france_num_modules(facts: Facts) -> list[Row]:
    return [
        {
            "training_module_id": f"{one['training']}|{one['course'] or ''}",
            "training_id": one["training"],
            "user_id": one["user"],
            "course_id": one["course"],
            "course_name": one["name"],
            "position": one["position"],
            "time_minutes": minutes(one["ms"]),
            "completed_date": facts.clock.day(one["completed"]),
        }
        | {column: one[column] for column in OF_MODULE}
        for one in modules(facts)
    ]


@cache
def lines_of_clients(facts: Facts) -> list[Row]:
    """Lines on sheets with their training, and with their share of the slot's time."""
    return [
        line | {"training": training_id(line), "position": slot["sheets"].index(line["sheet"]) + 1,
                "ms": Fraction(slot["ms"], len(slot["sheets"])) if slot["ms"] is not None else None}
        for slot in facts.slots.values() for line in lines(slot, signed=False) if line["user"]["is_client"]
    ]  # fmt: skip


def half_days(facts: Facts) -> list[Row]:
    same = "slot_id slot_name slot_date slot_end_date start_local end_local is_virtual location trainers".split()
    return [
        {column: line["slot"][column] for column in same}
        | {
            "attendance_id": line["id"], "training_id": line["training"], "user_id": line["user"]["user_id"],
            "sheet_id": line["sheet"]["id"], "sheet_name": line["sheet"]["name"],
            "half_day": line["sheet"]["half_day"], "sheet_position": line["position"],
            "duration_hours": hours(line["ms"]), "presence": line["status"],
            "presence_label": PRESENCE.get(line["status"], line["status"]), "is_present": line["is_present"],
            "is_signed": line["sheet"]["is_signed"], "sheet_status": line["sheet"]["status"],
        }
        for line in lines_of_clients(facts)
    ]  # fmt: skip


def first_and_last_day(slots: list[Row]) -> tuple[date | None, date | None]:
    """By the calendars of the slots; a slot without end ends on its first day."""
    starts = [slot["slot_date"] for slot in slots if slot["slot_date"]]
    ends = [end for slot in slots if (end := slot["slot_end_date"] or slot["slot_date"])]
    return min(starts, default=None), max(ends, default=None)


def trainings(facts: Facts) -> list[Row]:
    """Enrollments of clients, and classrooms that clients attended outside of their sessions."""
    day = facts.clock.day
    found = [
        one
        | {"training_id": one["id"], "training_kind": "path", "training_name": one["path_name"]}
        | {"start_date": day(one["start"]), "end_date": day(one["end"])}
        for one in facts.of_clients
    ]
    met: dict[str, list[Row]] = defaultdict(list)
    for slot in facts.slots.values():
        for one in slot["registrations"] + lines(slot, signed=False):
            if one["user"]["is_client"] and not one["enrollment"]:
                met[training_id(one)].append(one)
    for name, entries in met.items():
        slots = [one["slot"] for one in entries]
        first, last = first_and_last_day(slots)
        start, end = earliest(slot["start"] for slot in slots), latest(slot["end"] or slot["start"] for slot in slots)
        found.append({
            "training_id": name, "training_kind": "classroom", "user": entries[0]["user"], "path_id": None,
            "training_name": slots[0]["classroom_name"], "session_id": None, "session_name": None,
            "start_date": first, "end_date": last, "timing": facts.clock.slot_timing(start, end),
            "enrolled": earliest(one.get("created") for one in entries), "archived": False, "started": None,
            "completed": None, "progress": None, "status": None, "score": None, "certificate": False, "ms": 0,
            "changed": False, "classroom_id": slots[0]["classroom_id"],
        })  # fmt: skip
    return found


def of_modules(facts: Facts, own: list[Row]) -> Row:
    """What the report has about the modules of a training."""
    if not facts.is_synced("course_stats"):
        return dict.fromkeys(("modules", "modules_completed", "module_minutes", "modules_detail"))
    ordered = sorted(own, key=lambda one: (one["position"] or 1000, one["name"] or "", one["course"] or ""))
    timed = [f"{facts.known(one['name'])} : {minutes(one['ms'])} min" for one in ordered if minutes(one["ms"])]
    return {
        "modules": len(own),
        "modules_completed": sum(one["is_completed"] for one in own),
        "module_minutes": minutes(total(one["ms"] for one in own)),
        "modules_detail": None if any(one["ms"] is None for one in own) else " ; ".join(timed) or None,
    }


def signed_and_present(own: list[Row]) -> list[Row]:
    return [line for line in own if line["sheet"]["is_signed"] and line["is_present"]]


def time_on(there: list[Row]) -> Fraction | None:
    """The time of lines; None if that of one is unknown."""
    times = [line["ms"] for line in there]
    return None if None in times else sum(times, Fraction(0))


def in_all(attended: Fraction | None, online: int | None) -> Fraction | None:
    return None if attended is None or online is None else attended + online


def of_answers(facts: Facts, own: list[Row]) -> Row:
    """What the report has about the answers of a client about a training."""
    ordered = sorted(own, key=lambda one: (one["answered"] or NEVER, one["answer_id"]))
    asked = [one for one in own if one["would_recommend"] is not None]
    latest_first = sorted(asked, key=lambda one: (NEVER - (one["answered"] or NEVER), one["answer_id"]))
    return {
        "answers": len(own) if facts.is_synced("feedback") else None,
        "satisfaction": answers_of(own).mark(facts),
        "would_recommend": latest_first[0]["would_recommend"] if latest_first else None,
        "comments": " ; ".join(one["comment"] for one in ordered if one["comment"]) or None,
    }


def of_lines(facts: Facts, own: list[Row]) -> Row:
    """What the report has about the attendance in a training."""

    def order(line: Row) -> tuple[Any, ...]:
        slot = line["slot"]
        return (slot["slot_date"] is None, slot["slot_date"] or date.min, slot["slot_id"], line["position"])

    def shown(line: Row) -> str:
        title = line["sheet"]["name"] or HALF_DAY[line["sheet"]["half_day"]]
        day = line["slot"]["slot_date"]
        presence = facts.known(PRESENCE.get(line["status"], line["status"]))
        return f"{day} {title} : {presence}" if day else f"{title} : {presence}"

    signed = [line for line in own if line["sheet"]["is_signed"]]
    there = signed_and_present(own)
    return {
        "half_days": len(own),
        "half_days_signed": len(signed),
        "half_days_present": present(signed),
        "attendance_rate": rate(len(there), len(signed)),
        "attended_hours": hours(time_on(there)),
        "in_person_hours": hours(time_on([line for line in there if not line["slot"]["is_virtual"]])),
        "virtual_hours": hours(time_on([line for line in there if line["slot"]["is_virtual"]])),
        "presence_detail": " ; ".join(shown(line) for line in sorted(own, key=order)) or None,
    }


def france_num_report(facts: Facts) -> list[Row]:
    of_module: dict[str, list[Row]] = defaultdict(list)
    for one in modules(facts):
        of_module[one["training"]].append(one)
    of_line: dict[str, list[Row]] = defaultdict(list)
    for one in lines_of_clients(facts):
        of_line[one["training"]].append(one)
    of_answer: dict[str, list[Row]] = defaultdict(list)
    for one in counted(facts):
        of_answer[one["training_id"] or ""].append(one)
    same = """training_id training_kind path_id training_name session_id session_name start_date end_date timing
    progress status score""".split()
    day, found = facts.clock.day, []
    for one in trainings(facts):
        name = one["training_id"]
        found.append(
            {column: one["user"][column] for column in OF_LEARNER}
            | {column: one[column] for column in same}
            | {
                "firm": facts.known(one["user"]["firm"]),
                "enrolled_date": day(one["enrolled"]),
                "is_archived": one["archived"],
                "started_date": day(one["started"]),
                "completed_date": day(one["completed"]),
                "status_label": STATUS.get(one["status"], one["status"]),
                "has_certificate": one["certificate"],
                "path_minutes": minutes(one["ms"]),
            }
            | of_modules(facts, of_module[name])
            | of_lines(facts, of_line[name])
            | of_answers(facts, of_answer[name])
            | {"total_hours": hours(in_all(time_on(signed_and_present(of_line[name])), one["ms"]))}
        )
    return found
