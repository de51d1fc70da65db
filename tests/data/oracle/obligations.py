"""The expected marts of what French training organizations owe besides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from .classrooms import attended, lines
from .facts import Facts
from .feedback import answers_of, counted
from .figures import average, fiscal_year, hours, months_later, rate, total
from .period import activity, online_date, place
from .report import in_all, lines_of_clients, signed_and_present, time_on, trainings
from .streams import Row
from .values import items, normal

KINDS = {
    "private_employee": "Salariés d'employeurs privés hors apprentis", "apprentice": "Apprentis",
    "job_seeker": "Personnes en recherche d'emploi", "self_paying": "Particuliers à leurs propres frais",
    "other": "Autres stagiaires", "unknown": "Non précisé",
}  # fmt: skip
VALIDITY = {
    "expired": "Expirée", "within_30_days": "Expire dans les 30 jours", "within_90_days": "Expire dans les 90 jours",
    "valid": "Valable plus de 90 jours", "unlimited": "Sans limite",
}  # fmt: skip


def year_of(facts: Facts, day: date | None) -> int | None:
    return fiscal_year(day, facts.settings.fiscal_year_month)


def lines_there(facts: Facts) -> dict[str, list[Row]]:
    """The lines of each training that are signed and present."""
    found: dict[str, list[Row]] = defaultdict(list)
    for line in signed_and_present(lines_of_clients(facts)):
        found[line["training"]].append(line)
    return found


def known_time(rows: Iterable[Row]) -> Fraction:
    """The time of lines or slots, without those of unknown duration."""
    return sum((Fraction(row["ms"]) for row in rows if row["ms"] is not None), Fraction(0))


def bpf_trainees(facts: Facts) -> list[Row]:
    there = lines_there(facts)
    cells: dict[tuple[int, str], list[tuple[Row, list[Row], list[int | None]]]] = defaultdict(list)
    for one in trainings(facts):
        kind = facts.settings.trainee_kinds.get(normal(one["user"]["kind"]) or "", "unknown")
        of_year: dict[int, tuple[list[Row], list[int | None]]] = defaultdict(lambda: ([], []))
        for line in there[one["training_id"]]:
            year = year_of(facts, line["slot"]["slot_date"])
            if year is not None:
                of_year[year][0].append(line)
        year = year_of(facts, online_date(facts, one))
        if year is not None and one["ms"] != 0:
            of_year[year][1].append(one["ms"])
        for year, (own, online) in of_year.items():
            cells[year, kind].append((one, own, online))
    found = []
    for (year, kind), entries in cells.items():
        of_kind = [line for _, own, _ in entries for line in own]
        here = known_time(line for line in of_kind if not line["slot"]["is_virtual"])
        virtual = known_time(line for line in of_kind if line["slot"]["is_virtual"])
        time_online = total(ms for _, _, online in entries for ms in online)
        found.append({
            "year": year, "trainee_kind": kind, "trainee_kind_label": KINDS[kind], "trainees": len(entries),
            "persons": len({one["user"]["user_id"] for one, _, _ in entries}),
            "remote_trainees": sum(
                bool(online) or any(line["slot"]["is_virtual"] for line in own) for _, own, online in entries
            ),
            "in_person_hours": hours(here), "virtual_hours": hours(virtual), "online_hours": hours(time_online),
            "trainee_hours": hours(in_all(here + virtual, time_online)),
        })  # fmt: skip
    return found


def bpf_trainers(facts: Facts) -> list[Row]:
    cells: dict[tuple[int, str | None], list[Row]] = defaultdict(list)
    raw = facts.by_id("classroom_slots")
    for name, slot in facts.slots.items():
        was_held = attended(slot)[0] or any(line["is_present"] for line in lines(slot))
        year = year_of(facts, slot["slot_date"])
        if slot["timing"] != "past" or not was_held or year is None:
            continue
        ids = {one for one in items(raw[name].get("trainerIds")) if isinstance(one, str) and one in facts.names}
        for trainer in ids or (None,):
            cells[year, trainer].append(slot)
    return [
        {
            "year": year,
            "trainer_id": trainer,
            "trainer": facts.known(facts.names[trainer] if trainer else None),
            "slots": len(slots),
            "hours": hours(known_time(slots)),
            "in_person_hours": hours(known_time(slot for slot in slots if not slot["is_virtual"])),
            "signed_hours": hours(
                known_time(slot for slot in slots if any(one["is_signed"] for one in slot["sheets"]))
            ),
            "slots_without_hours": sum(slot["ms"] is None for slot in slots),
        }
        for (year, trainer), slots in cells.items()
    ]


def first_and_last(facts: Facts, one: Row, there: list[Row]) -> tuple[date | None, date | None]:
    """The first and the last day on which the client did something."""
    day, slots = facts.clock.day, [line["slot"] for line in there]
    first = [day(one["started"]), *(slot["slot_date"] for slot in slots)]
    last = [
        day(one["completed"] or activity(facts, one)),
        *(slot["slot_end_date"] or slot["slot_date"] for slot in slots),
    ]
    return min((one for one in first if one), default=None), max((one for one in last if one), default=None)


def has_begun(one: Row, there: list[Row]) -> bool:
    return bool(there or one["ms"] or one["started"] or one["completed"])


def qualiopi(facts: Facts) -> list[Row]:
    there, answered = lines_there(facts), defaultdict(list)
    for answer in counted(facts):
        answered[answer["training_id"]].append(answer)
    signed: dict[str, list[Row]] = defaultdict(list)
    for line in lines_of_clients(facts):
        if line["sheet"]["is_signed"]:
            signed[line["training"]].append(line)
    cells: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for one in trainings(facts):
        year = year_of(facts, facts.clock.day(one["enrolled"]) or one["start_date"])
        if year is not None:
            cells[year, one["training_kind"], one["path_id"] or one.get("classroom_id")].append(one)
    synced, found = facts.is_synced("feedback"), []
    for (year, kind, taught), own in cells.items():
        is_path = kind == "path"
        begun = [one for one in own if has_begun(one, there[one["training_id"]])]
        done = [one for one in own if one["completed"]]
        dropped = [one for one in begun if not one["completed"] and (one["archived"] or one["timing"] == "past")]
        passed = total(None if one["changed"] else int(one["status"] == "successful") for one in done)
        on_sheets = [line for one in own for line in signed[one["training_id"]]]
        present = sum(line["is_present"] for line in on_sheets)
        answers = answers_of(answer for one in own for answer in answered[one["training_id"]])
        found.append({
            "year": year, "training_kind": kind, "taught_id": taught,
            "training_name": max((one["training_name"] for one in own if one["training_name"]), default=None),
            "trainees": len(own), "persons": len({one["user"]["user_id"] for one in own}), "begun": len(begun),
            "completed": len(done) if is_path else None,
            "completion_rate": rate(len(done), len(own)) if is_path else None,
            "dropped": len(dropped) if is_path else None,
            "dropout_rate": rate(len(dropped), len(begun)) if is_path else None,
            "successful": passed if is_path else None,
            "success_rate": rate(passed, len(done)) if is_path else None,
            "average_score": None if any(one["changed"] for one in own) else average(one["score"] for one in own),
            "signed_lines": len(on_sheets), "signed_present": present,
            "attendance_rate": rate(present, len(on_sheets)), "answers": answers.answers if synced else None,
            "response_rate": rate(sum(bool(answered[one["training_id"]]) for one in own), len(own)) if synced else None,
            "satisfaction_percent": answers.percentage, "recommendation_rate": answers.recommendation_rate,
        })  # fmt: skip
    return found


def completion_certificates(facts: Facts) -> list[Row]:
    there, settings, found = lines_there(facts), facts.settings, []
    for one in trainings(facts):
        own, user = there[one["training_id"]], one["user"]
        if not has_begun(one, own):
            continue
        first, last = first_and_last(facts, one, own)
        here, elsewhere = (
            time_on([line for line in own if line["slot"]["is_virtual"] is is_virtual]) for is_virtual in (False, True)
        )
        same = "display_name first_name last_name company siret".split()
        found.append({column: user[column] for column in same} | {
            "training_id": one["training_id"], "organization": settings.organization,
            "organization_number": settings.organization_number, "action_nature": settings.action_nature,
            "user_id": user["user_id"], "firm": facts.known(user["firm"]), "training_kind": one["training_kind"],
            "training_name": one["training_name"], "session_name": one["session_name"],
            "start_date": first or one["start_date"], "end_date": last or first or one["end_date"],
            "in_person_hours": hours(here), "virtual_hours": hours(elsewhere),
            "online_hours": hours(one["ms"]), "total_hours": hours(in_all(time_on(own), one["ms"])),
            "completed_date": facts.clock.day(one["completed"]),
            "is_over": bool(one["completed"]) or (one["training_kind"] == "classroom" and one["timing"] == "past"),
        })  # fmt: skip
    return found


def renewals(facts: Facts) -> list[Row]:
    today, found = facts.clock.day(facts.clock.as_of), []
    assert today
    latest: dict[tuple[str, str], Row] = {}
    for one in sorted(facts.of_clients, key=lambda one: one["id"], reverse=True):
        key = one["user"]["user_id"], one["path_id"]
        if one["completed"] and (key not in latest or one["completed"] >= latest[key]["completed"]):
            latest[key] = one
    again = {
        (one["user"]["user_id"], one["path_id"])
        for one in facts.active
        if not one["completed"] and one["timing"] != "past"
    }
    for (user, path), one in latest.items():
        months = facts.settings.validity_months
        valid = months.get(normal(path)) or months.get(normal(one["path_name"]))
        done = facts.clock.day(one["completed"])
        assert done
        expiry = months_later(done, valid) if valid else None
        validity = "unlimited"
        if expiry:
            steps = ((-1, "expired"), (30, "within_30_days"), (90, "within_90_days"))
            near = (name for days, name in steps if expiry <= today + timedelta(days=days))
            validity = next(near, "valid")
        found.append(place(facts, one["user"]) | {
            "user_id": user, "path_id": path, "training_id": one["id"], "display_name": one["user"]["display_name"],
            "email": one["user"]["email"], "path_name": one["path_name"], "completed_date": done,
            "status": one["status"], "validity_months": valid, "expiry_date": expiry, "validity": validity,
            "validity_label": VALIDITY[validity], "is_enrolled_again": (user, path) in again,
        })  # fmt: skip
    return found
