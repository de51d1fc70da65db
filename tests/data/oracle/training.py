"""The expected marts about people and paths."""

from __future__ import annotations

from collections import Counter, defaultdict
from fractions import Fraction
from typing import Any

from .facts import BANDS, Facts, Row
from .figures import average, minutes, naive, next_month, parse_time, rate, ratio, rounded

COLUMNS = """user_id display_name first_name last_name email phone job status is_client group_id group_name firm agency
region department town postcode company siret legal_form activity_code activity sector kind company_size headcount
headcount_band company_manager file_number file_status funding platform_managers""".split()


def learners(facts: Facts) -> list[Row]:
    return [{column: one[column] for column in COLUMNS} for one in facts.learners.values()]


def learner_custom_fields(facts: Facts) -> list[Row]:
    columns = {field["_id"]: field["column"] for field in facts.fields}
    return [
        {"user_id": user} | {column: facts.values[user].get(field) for field, column in columns.items()}
        for user in facts.learners
    ]


def custom_field_columns(facts: Facts) -> list[Row]:
    return [
        {
            "column_name": field["column"],
            "custom_field_id": field["_id"],
            "field_name": field["name"],
            "field_type": field["type"],
            "role": field["role"],
            "position": field["position"],
        }
        for field in facts.fields
    ]


def of_clients(facts: Facts, archived: bool = False) -> list[Row]:
    """Enrollments of clients; archived ones only on request."""
    return [one for one in facts.enrollments if one["user"]["is_client"] and (archived or not one["archived"])]


def kpi_clients_trained(facts: Facts) -> list[Row]:
    done = sorted(
        (one for one in of_clients(facts, archived=True) if one["completed"]),
        key=lambda one: (one["completed"], one["id"]),
    )
    counts: dict[tuple[Any, str], Counter[str]] = defaultdict(Counter)
    counted: set[str] = set()
    for one in done:
        user = one["user"]["user_id"]
        cell = counts[facts.clock.month(one["completed"]), facts.known(one["user"]["firm"])]
        cell["completions"] += 1
        cell["successes"] += one["status"] == "successful"
        cell["clients"] += user not in counted
        counted.add(user)
    found = []
    firms = {firm for _, firm in counts}
    for firm in firms:
        month, to_date = min(month for month, _ in counts), 0
        while month <= max(month for month, _ in counts):
            cell = counts.get((month, firm), Counter())
            to_date += cell["clients"]
            found.append({
                "month": month, "firm": firm, "clients_trained": cell["clients"], "clients_trained_to_date": to_date,
                "completions": cell["completions"], "successes": cell["successes"],
            })  # fmt: skip
            month = next_month(month)
    return found


def kpi_enrolments(facts: Facts) -> list[Row]:
    def cell(user: Row, timing: str) -> tuple[str, ...]:
        return (facts.known(user["firm"]), facts.known(user["region"]), facts.known(user["agency"]), timing)

    enrolled: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for one in of_clients(facts):
        enrolled[cell(one["user"], one["timing"])].append(one)
    registered: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for slot in facts.slots.values():
        for one in slot["registrations"]:
            if one["user"]["is_client"]:
                registered[cell(one["user"], slot["timing"])].append(one["user"]["user_id"])
    found = []
    for key in enrolled.keys() | registered.keys():
        ours, theirs = enrolled.get(key, []), registered.get(key, [])
        found.append(
            dict(zip(("firm", "region", "agency", "timing"), key, strict=True))
            | {
                "enrolments": len(ours),
                "learners": len({one["user"]["user_id"] for one in ours}),
                "self_enrolled": sum(one["self_enrolled"] for one in ours),
                "registrations": len(theirs),
                "registered_learners": len(set(theirs)),
            }
        )
    return found


def kpi_learner_breakdown(facts: Facts) -> list[Row]:
    enrolled = {one["user"]["user_id"]: one["user"] for one in of_clients(facts)}
    trained = {one["user"]["user_id"] for one in of_clients(facts) if one["completed"]}
    bands = [label for _, _, label in BANDS]
    labels = {
        "region": "Région", "department": "Département", "kind": "Statut du stagiaire",
        "sector": "Secteur d'activité", "company_size": "Taille de l'entreprise",
        "headcount_band": "Nombre de salariés",
    }  # fmt: skip
    found = []
    for dimension, label in labels.items():
        groups: dict[Any, list[str]] = defaultdict(list)
        for user in enrolled.values():
            groups[user[dimension]].append(user["user_id"])
        by_size = dimension == "headcount_band"
        order = sorted(
            groups,
            key=lambda value: (
                value is None,
                bands.index(value) if by_size and value else 0,
                -len(groups[value]),
                value or "",
            ),
        )
        for position, value in enumerate(order, 1):
            users = groups[value]
            found.append({
                "dimension": dimension, "dimension_label": label, "value": facts.known(value), "position": position,
                "learners": len(users), "trained": len(trained.intersection(users)),
                "share": rate(len(users), len(enrolled)),
            })  # fmt: skip
    return found


def attempts(rows: list[Row]) -> Row:
    """The sums of several attempts."""
    completed = [instant for row in rows if (instant := parse_time(row.get("completedAt")))]
    last = [instant for row in rows if (instant := parse_time(row.get("lastActivityAt")))]
    return {
        "attempts": len(rows),
        "ms": sum(row.get("timeSpent") or 0 for row in rows),
        "progress": max((row.get("progress") or 0 for row in rows), default=0),
        "best_score": max((row["score"] for row in rows if row.get("score") is not None), default=None),
        "is_completed": bool(completed),
        "completed": min(completed, default=None),
        "last": max(last, default=None),
    }


def kpi_time_per_learner_module(facts: Facts) -> list[Row]:
    paths, courses = facts.by_id("paths"), facts.by_id("courses")
    found = []
    for (user, path, session, course), rows in facts.attempts.items():
        learner, sums = facts.learners[user], attempts(rows)
        if learner["is_client"]:
            found.append({
                "learner_module_id": f"{user}|{session or ''}|{course}", "user_id": user,
                "display_name": learner["display_name"], "firm": facts.known(learner["firm"]),
                "path_id": path, "path_name": paths[path]["name"] if path else None,
                "session_id": session, "course_id": course,
                "course_name": courses[course]["name"] if course in courses else None,
                "attempts": sums["attempts"], "time_minutes": minutes(sums["ms"]), "progress": sums["progress"],
                "best_score": sums["best_score"], "is_completed": sums["is_completed"],
                "completed_date": facts.clock.day(sums["completed"]), "last_activity_at": naive(sums["last"]),
            })  # fmt: skip
    return found


def kpi_module_time(facts: Facts) -> list[Row]:
    paths, courses = facts.by_id("paths"), facts.by_id("courses")
    modules: dict[tuple[str | None, str], list[tuple[str, Row]]] = defaultdict(list)
    for (user, path, _, course), rows in facts.attempts.items():
        if facts.learners[user]["is_client"]:
            modules[path, course].append((user, attempts(rows)))
    found = []
    for (path, course), entries in modules.items():
        users, total = {user for user, _ in entries}, sum(sums["ms"] for _, sums in entries)
        found.append({
            "module_id": f"{path or ''}|{course}", "path_id": path, "path_name": paths[path]["name"] if path else None,
            "course_id": course, "course_name": courses[course]["name"] if course in courses else None,
            "learners": len(users), "completed": len({user for user, sums in entries if sums["is_completed"]}),
            "time_hours": rounded(Fraction(total, 3_600_000), 2),
            "minutes_per_learner": ratio(total, 60_000 * len(users), 2),
            "average_best_score": average(sums["best_score"] for _, sums in entries),
        })  # fmt: skip
    return found
