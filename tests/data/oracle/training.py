"""The expected marts about people and paths."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from .facts import Facts
from .figures import average, hours, minutes, month_of, naive, next_month, rate, ratio, total
from .paths import sums
from .people import BANDS
from .streams import Row

COLUMNS = """user_id display_name first_name last_name email phone job status is_client group_id group_name firm agency
region department town postcode company siret legal_form activity_code activity sector kind company_size headcount
headcount_text headcount_band company_manager file_number file_status funding platform_managers""".split()
DIMENSIONS = {
    "region": "Région", "department": "Département", "kind": "Statut du stagiaire", "sector": "Secteur d'activité",
    "company_size": "Taille de l'entreprise", "headcount_band": "Nombre de salariés",
}  # fmt: skip


def learners(facts: Facts) -> list[Row]:
    return [{column: one[column] for column in COLUMNS} for one in facts.learners.values()]


def learner_custom_fields(facts: Facts) -> list[Row]:
    found = []
    for user in facts.learners:
        row: Row = {"user_id": user}
        for field in facts.fields:
            value = facts.values.get(user, {}).get(field["id"])
            row[field["column"]] = facts.clock.day_of_text(value) if field["data_type"] == "date" else value
        found.append(row)
    return found


def custom_field_columns(facts: Facts) -> list[Row]:
    return [
        {
            "column_name": field["column"],
            "custom_field_id": field["id"],
            "field_name": field["name"],
            "field_type": field["type"],
            "data_type": field["data_type"],
            "role": field["role"],
            "position": field["position"],
        }
        for field in facts.fields
    ]


def users_of(enrollments: list[Row]) -> set[str]:
    return {one["user"]["user_id"] for one in enrollments}


def successes(completed: list[Row]) -> int | None:
    """How many completed enrollments are successful; None if the status of one of them is not known at `as_of`."""
    return total(None if one["changed"] else int(one["status"] == "successful") for one in completed)


def kpi_clients_trained(facts: Facts) -> list[Row]:
    done = sorted(
        (one for one in facts.of_clients if one["completed"]),
        key=lambda one: (one["completed"], one["id"]),
    )
    cells: dict[tuple[Any, str], list[Row]] = defaultdict(list)
    first: dict[str, str] = {}
    for one in done:
        cells[facts.clock.month(one["completed"]), facts.known(one["user"]["firm"])].append(one)
        first.setdefault(one["user"]["user_id"], one["id"])
    found = []
    for firm in {firm for _, firm in cells}:
        month, to_date = min(month for month, _ in cells), 0
        while month <= max(month for month, _ in cells):
            own = cells.get((month, firm), [])
            clients = sum(first[one["user"]["user_id"]] == one["id"] for one in own)
            to_date += clients
            found.append({
                "month": month, "firm": firm, "clients_trained": clients, "clients_trained_to_date": to_date,
                "completions": len(own), "successes": successes(own),
            })  # fmt: skip
            month = next_month(month)
    return found


def kpi_enrolments(facts: Facts) -> list[Row]:
    def cell(user: Row, timing: str) -> tuple[str, ...]:
        return (facts.known(user["firm"]), facts.known(user["region"]), facts.known(user["agency"]), timing)

    enrolled: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for one in facts.active:
        enrolled[cell(one["user"], one["timing"])].append(one)
    registered: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for slot in facts.slots.values():
        for one in slot["registrations"]:
            if one["user"]["is_client"]:
                registered[cell(one["user"], slot["timing"])].append(one)
    found = []
    for key in enrolled.keys() | registered.keys():
        ours, theirs = enrolled.get(key, []), registered.get(key, [])
        found.append(
            dict(zip(("firm", "region", "agency", "timing"), key, strict=True))
            | {
                "enrolments": len(ours),
                "learners": len(users_of(ours)),
                "self_enrolled": sum(one["self_enrolled"] for one in ours),
                "registrations": len(theirs),
                "registered_learners": len(users_of(theirs)),
                "declined": sum(one["going"] is False for one in theirs),
            }
        )
    return found


def kpi_enrolments_by_month(facts: Facts) -> list[Row]:
    cells: dict[tuple[Any, ...], dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))

    def cell(user: Row, month: Any, timing: str) -> dict[str, list[Row]]:
        key = (month, facts.known(user["firm"]), facts.known(user["region"]), facts.known(user["agency"]), timing)
        return cells[key]

    for one in facts.active:
        cell(one["user"], facts.clock.month(one["start"]), one["timing"])["enrolled"].append(one)
    for slot in facts.slots.values():
        month = month_of(slot["slot_date"] or slot["slot_end_date"])
        for one in slot["registrations"]:
            if one["user"]["is_client"]:
                cell(one["user"], month, slot["timing"])["registered"].append(one)
    return [
        dict(zip(("month", "firm", "region", "agency", "timing"), key, strict=True))
        | {
            "enrolments": len(own["enrolled"]),
            "learners": len(users_of(own["enrolled"])),
            "registrations": len(own["registered"]),
            "registered_learners": len(users_of(own["registered"])),
            "declined": sum(one["going"] is False for one in own["registered"]),
        }
        for key, own in cells.items()
    ]


def kpi_learner_breakdown(facts: Facts) -> list[Row]:
    enrolled = {one["user"]["user_id"]: one["user"] for one in facts.active}
    trained = users_of([one for one in facts.active if one["completed"]])
    bands = [label for _, _, label in BANDS]
    found = []
    for dimension, label in DIMENSIONS.items():
        groups: dict[str, list[str]] = defaultdict(list)
        for user in enrolled.values():
            groups[facts.known(user[dimension])].append(user["user_id"])

        def order(value: str, dimension: str = dimension, groups: dict[str, list[str]] = groups) -> tuple[Any, ...]:
            by_size = dimension == "headcount_band" and value in bands
            return (value == facts.unknown, bands.index(value) if by_size else 0, -len(groups[value]), value)

        for position, value in enumerate(sorted(groups, key=order), 1):
            users = groups[value]
            found.append({
                "dimension": dimension, "dimension_label": label, "value": value, "position": position,
                "learners": len(users), "trained": len(trained.intersection(users)),
                "share": rate(len(users), len(enrolled)),
            })  # fmt: skip
    return found


def kpi_time_per_learner_module(facts: Facts) -> list[Row]:
    found = []
    for (user, path, session, course), attempts in facts.attempts.items():
        learner, figures = facts.learners[user], sums(attempts)
        if learner["is_client"]:
            found.append({
                "learner_module_id": "|".join(key or "" for key in (user, path, session, course)), "user_id": user,
                "display_name": learner["display_name"], "firm": facts.known(learner["firm"]),
                "path_id": path, "path_name": facts.path_name(path), "session_id": session, "course_id": course,
                "course_name": facts.course_name(course), "attempts": figures["attempts"],
                "time_minutes": minutes(figures["ms"]), "progress": figures["progress"],
                "best_score": figures["best_score"], "is_completed": figures["is_completed"],
                "completed_date": facts.clock.day(figures["completed"]), "last_activity_at": naive(figures["last"]),
                "last_activity_local": facts.clock.local(figures["last"]),
            })  # fmt: skip
    return found


def kpi_module_time(facts: Facts) -> list[Row]:
    modules: dict[tuple[str | None, str | None], list[tuple[str, Row]]] = defaultdict(list)
    changed: set[tuple[str | None, str | None]] = set()
    for (user, path, _, course), attempts in facts.attempts.items():
        if facts.learners[user]["is_client"]:
            modules[path, course].append((user, sums(attempts)))
            if any(one["changed"] for one in attempts):
                changed.add((path, course))
    found = []
    for (path, course), entries in modules.items():
        users, ms = {user for user, _ in entries}, total(figures["ms"] for _, figures in entries)
        is_known = (path, course) not in changed
        found.append({
            "module_id": f"{path or ''}|{course or ''}", "path_id": path, "path_name": facts.path_name(path),
            "course_id": course, "course_name": facts.course_name(course), "learners": len(users),
            "completed": len({user for user, figures in entries if figures["is_completed"]}),
            "time_hours": hours(ms), "minutes_per_learner": ratio(ms, 60_000 * len(users), 2),
            "average_best_score": average(figures["best_score"] for _, figures in entries) if is_known else None,
        })  # fmt: skip
    return found
