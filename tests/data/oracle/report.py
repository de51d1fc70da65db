"""The expected tables of the France Num report."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from functools import cache
from typing import Any

from .classrooms import lines, present
from .facts import Facts, Row
from .figures import minutes, parse_time, rate, rounded
from .training import attempts, of_clients

STATUS = {
    "notYetStarted": "Pas commencé", "onTime": "En cours", "late": "En retard", "toRetake": "À repasser",
    "awaitingCorrection": "En attente de correction", "successful": "Réussi", "unsuccessful": "Échoué",
    "sessionNotOpened": "Session non ouverte",
}  # fmt: skip
PRESENCE = {
    "present": "Présent", "absent": "Absent", "attendancePending": "Présence à confirmer",
    "signaturePending": "Signature attendue",
}  # fmt: skip
OF_LEARNER = """user_id display_name first_name last_name email phone job agency region department town postcode company
siret legal_form activity_code activity sector kind company_size headcount company_manager file_number file_status
funding""".split()


def training_id(of: Row) -> str:
    """The training of a registration or of a line of a sheet."""
    enrollment = of["enrollment"]
    return str(enrollment["id"]) if enrollment else f"{of['slot']['classroom_id']}|{of['user']['user_id']}"


@cache
def modules(facts: Facts) -> list[Row]:
    """Each enrollment's modules with the sums of their attempts."""
    courses = facts.by_id("courses")
    steps = {
        row["_id"]: list(dict.fromkeys(step["_id"] for step in row["steps"] if step["type"] == "course"))
        for row in facts.rows("paths")
    }
    of_session: dict[tuple[str, str | None], dict[str, list[Row]]] = defaultdict(dict)
    for (user, _, session, course), rows in facts.attempts.items():
        of_session[user, session][course] = rows
    found = []
    for one in of_clients(facts, archived=True):
        user = one["user"]["user_id"]
        counts = facts.current[user, one["session_id"]] is one
        own = of_session.get((user, one["session_id"]), {}) if counts else {}
        path = steps[one["path_id"]]
        for course in dict.fromkeys([*path, *own]):
            module = {"training": one["id"], "user": user, "course": course}
            module["name"] = courses[course]["name"] if course in courses else course
            module["position"] = path.index(course) + 1 if course in path else None
            found.append(module | attempts(own.get(course, [])))
    return found


def france_num_modules(facts: Facts) -> list[Row]:
    return [
        {
            "training_module_id": f"{one['training']}|{one['course']}",
            "training_id": one["training"],
            "user_id": one["user"],
            "course_id": one["course"],
            "course_name": one["name"],
            "position": one["position"],
            "attempts": one["attempts"],
            "time_minutes": minutes(one["ms"]),
            "progress": one["progress"],
            "best_score": one["best_score"],
            "is_completed": one["is_completed"],
            "completed_date": facts.clock.day(one["completed"]),
        }
        for one in modules(facts)
    ]


@cache
def half_days(facts: Facts) -> list[Row]:
    found = []
    for slot in facts.slots.values():
        for line in lines(slot, signed=False):
            if line["user"]["is_client"]:
                sheet = line["sheet"]
                found.append({
                    "attendance_id": line["_id"], "training_id": training_id(line), "user_id": line["user"]["user_id"],
                    "slot_id": slot["slot_id"], "slot_name": slot["slot_name"],
                    "slot_date": facts.clock.day(slot["start"]), "slot_end_date": facts.clock.day(slot["end"]),
                    "sheet_id": sheet["id"], "sheet_name": sheet["name"], "half_day": sheet["half_day"],
                    "sheet_position": slot["sheets"].index(sheet) + 1,
                    "duration_hours": rounded(slot["hours"] / len(slot["sheets"]), 2),
                    "presence": line["status"], "presence_label": PRESENCE[line["status"]],
                    "is_present": line["status"] == "present", "is_signed": sheet["status"] == "signed",
                    "sheet_status": sheet["status"], "is_virtual": slot["is_virtual"], "location": slot["location"],
                    "trainers": slot["trainers"],
                })  # fmt: skip
    return found


def trainings(facts: Facts) -> list[Row]:
    """Enrollments of clients, and classrooms that clients attended outside of their sessions."""
    found = [
        {
            "training_id": one["id"], "training_kind": "path", "user": one["user"], "path_id": one["path_id"],
            "training_name": one["path_name"], "session_id": one["session_id"], "session_name": one["session_name"],
            "start": one["start"], "end": one["end"], "enrolled": one["enrolled"], "is_archived": one["archived"],
            "started": one["started"], "completed": one["completed"], "progress": one["progress"],
            "status": one["status"], "score": one["score"], "has_certificate": one["certificate"], "ms": one["ms"],
        }
        for one in of_clients(facts, archived=True)
    ]  # fmt: skip
    classrooms: dict[str, list[Row]] = defaultdict(list)
    for slot in facts.slots.values():
        for one in slot["registrations"] + lines(slot, signed=False):
            if one["user"]["is_client"] and not one["enrollment"]:
                classrooms[training_id(one)].append(one)
    for name, entries in classrooms.items():
        slots = [one["slot"] for one in entries]
        created = [instant for one in entries if "row" in one and (instant := parse_time(one["row"].get("createdAt")))]
        found.append({
            "training_id": name, "training_kind": "classroom", "user": entries[0]["user"], "path_id": None,
            "training_name": slots[0]["classroom_name"], "session_id": None, "session_name": None,
            "start": min(slot["start"] for slot in slots), "end": max(slot["end"] for slot in slots),
            "enrolled": min(created, default=None), "is_archived": False, "started": None, "completed": None,
            "progress": None, "status": None, "score": None, "has_certificate": False, "ms": 0,
        })  # fmt: skip
    return found


def france_num_report(facts: Facts) -> list[Row]:
    of_module: dict[str, list[Row]] = defaultdict(list)
    for one in modules(facts):
        of_module[one["training"]].append(one)
    of_day: dict[str, list[Row]] = defaultdict(list)
    for one in half_days(facts):
        of_day[one["training_id"]].append(one)
    same = """training_id training_kind path_id training_name session_id session_name is_archived progress status score
    has_certificate""".split()
    found = []
    for one in trainings(facts):
        own, day = of_module[one["training_id"]], facts.clock.day
        own.sort(key=lambda module: (module["position"] or 1000, module["name"], module["course"]))
        days = sorted(
            of_day[one["training_id"]], key=lambda row: (row["slot_date"], row["slot_id"], row["sheet_position"])
        )
        signed = [{"status": row["presence"], **row} for row in days if row["is_signed"]]
        timed = [module for module in own if minutes(module["ms"])]
        row: dict[str, Any] = {column: one["user"][column] for column in OF_LEARNER}
        row |= {column: one[column] for column in same}
        row |= {
            "firm": facts.known(one["user"]["firm"]),
            "start_date": day(one["start"]),
            "end_date": day(one["end"]),
            "timing": facts.clock.timing(one["start"], one["end"]),
            "enrolled_date": day(one["enrolled"]),
            "started_date": day(one["started"]),
            "completed_date": day(one["completed"]),
            "status_label": STATUS.get(one["status"], one["status"]),
            "path_minutes": minutes(one["ms"]),
            "modules": len(own),
            "modules_completed": sum(module["is_completed"] for module in own),
            "module_minutes": minutes(sum(module["ms"] for module in own)),
            "modules_detail": " ; ".join(f"{module['name']} : {minutes(module['ms'])} min" for module in timed) or None,
            "half_days": len(days),
            "half_days_signed": len(signed),
            "half_days_present": present(signed),
            "attendance_rate": rate(present(signed), len(signed)),
            "attended_hours": sum((row["duration_hours"] for row in signed if row["is_present"]), Decimal("0.00")),
            "presence_detail": " ; ".join(
                f"{row['slot_date']} {row['sheet_name']} : {row['presence_label']}" for row in days
            )
            or None,
        }
        found.append(row)
    return found
