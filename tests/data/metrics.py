"""Compares every metric of the dbt package with SQL over the marts: the total, by month, by firm."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import unittest
from pathlib import Path
from typing import Any, NamedTuple

from learning360.loading.database import Database, open_database

from .support import ROOT

SCHEMA = "analytics_learning360_marts"
MARTS = f"{SCHEMA}.learning360__"
SPLIT = "* 1.0 / nullif"
Figures = dict[Any, float]


class Fact(NamedTuple):
    """A mart, the date of its rows, and where MetricFlow has their firm."""

    mart: str
    date: str
    firm: str = "firm"
    entity: str = ""


ENROLLED = Fact("facts_trainings", "enrolled_date", entity="learning360_training")
COMPLETED = Fact("facts_trainings", "completed_date", "firm_of_report", "learning360_training")
ONLINE = Fact("facts_trainings", "online_date", entity="learning360_training")
STARTING = Fact("facts_trainings", "start_date", entity="learning360_training")
REGISTERED = Fact("facts_registrations", "slot_date", entity="learning360_registration")
SIGNED = Fact("facts_half_days", "slot_date", entity="learning360_half_day")
ANSWERED = Fact("facts_feedback", "answered_date", entity="learning360_answer")
SLOTS = Fact("kpi_slot_fill", "coalesce(slot_date, cast(end_local as date))", "")

# What each metric is in SQL over the marts, by fact; a pair has a condition. The names carry `learning360_`.
SUCCESSES = "count(enrolments_successful)"
TIMES = "count(case when training_kind <> 'path' or online_ms is not null then 1 end)"
BEGUN, COMING = "timing in ('past', 'running')", "timing = 'coming'"
ONLY_CLIENTS = "timing = 'coming' and is_client"
LIMITED = "capacity > 0 and "
FIGURES: dict[Fact, dict[str, str | tuple[str, str]]] = {
    ENROLLED: {
        "enrolments": "sum(enrolments)",
        "enrolments_completed": "sum(enrolments_completed)",
        "completion_rate": f"sum(enrolments_completed) {SPLIT}(sum(enrolments), 0)",
        "successes_known": "sum(enrolments_successful)",
        "successes_unknown": f"count(*) - {SUCCESSES}",
        "enrolments_successful": f"case when count(*) = {SUCCESSES} then sum(enrolments_successful) end",
        "scores_sum": "sum(score)",
        "scores": "sum(scores)",
        "scores_unknown": "count(*) - count(case when enrolments = 0 or online_ms is not null then 1 end)",
        "average_score": "case when count(*) = count(case when enrolments = 0 or online_ms is not null then 1 end)"
        f" then sum(score) {SPLIT}(sum(scores), 0) end",
        "clients_enrolled": "count(distinct case when enrolments > 0 then (source_relation, user_id) end)",
        "trainings": "count(*)",
    },
    COMPLETED: {"completions": "sum(completions)", "clients_trained": "sum(clients_trained)"},
    ONLINE: {
        "online_hours_known": "sum(online_ms) / 3600000.0",
        "online_unknown": f"count(*) - {TIMES}",
        "online_hours": f"case when count(*) = {TIMES} then sum(online_ms) / 3600000.0 end",
    },
    STARTING: {"enrolments_coming": ("sum(enrolments)", COMING)},
    REGISTERED: {
        "registrations": "count(*)",
        "registrations_declined": "sum(declined)",
        "registrations_attended": "sum(attended)",
        "registrations_recorded": "sum(recorded)",
        "attended_rate": f"sum(attended) {SPLIT}(sum(recorded), 0)",
        "learners_registered": "count(distinct (source_relation, user_id))",
        "registrations_coming": ("count(*)", ONLY_CLIENTS),
    },
    SIGNED: {
        "half_days": "count(*)",
        "half_days_signed": "sum(signed_lines)",
        "half_days_present": "sum(signed_present)",
        "attendance_rate": f"sum(signed_present) {SPLIT}(sum(signed_lines), 0)",
        "attended_hours": "sum(attended_ms) / 3600000.0",
        "sheets": "count(distinct (source_relation, sheet_id))",
    },
    ANSWERED: {
        "answers": "count(*)",
        "answer_percents": "sum(score_percent)",
        "answers_scored": "count(score_percent)",
        "satisfaction_percent": "avg(score_percent)",
        "answers_recommending": "sum(recommended)",
        "answers_on_recommendation": "count(would_recommend)",
        "recommendation_rate": f"sum(recommended) {SPLIT}(count(would_recommend), 0)",
    },
    SLOTS: {
        "slots": "count(*)",
        "slots_in_person": ("count(*)", "not is_virtual"),
        "places": ("sum(capacity)", LIMITED + BEGUN),
        "places_taken": ("sum(registered)", LIMITED + BEGUN),
        "places_taken_without_declined": ("sum(registered - declined)", LIMITED + BEGUN),
        "fill_rate": (f"sum(registered) {SPLIT}(sum(capacity), 0)", LIMITED + BEGUN),
        "fill_rate_without_declined": (f"sum(registered - declined) {SPLIT}(sum(capacity), 0)", LIMITED + BEGUN),
        "places_coming": ("sum(capacity)", LIMITED + COMING),
        "places_taken_coming": ("sum(registered)", LIMITED + COMING),
        "fill_rate_coming": (f"sum(registered) {SPLIT}(sum(capacity), 0)", LIMITED + COMING),
        "seats_left_coming": ("sum(seats_left)", COMING),
        "waitlisted": "sum(waitlisted)",
    },
}
# The totals of the marts, which the recomputation confirms, and their digits.
OVERVIEW = {
    **dict.fromkeys(
        "clients_enrolled clients_trained enrolments enrolments_completed enrolments_successful".split(), 0
    ),
    **dict.fromkeys("slots registrations registrations_declined waitlisted answers".split(), 0),
    **dict.fromkeys("completion_rate fill_rate fill_rate_without_declined fill_rate_coming".split(), 4),
    **dict.fromkeys("attended_rate attendance_rate".split(), 4),
    "average_score": 2,
}
RENAMED = {"in_person_slots": ("slots_in_person", 0), "capacity": ("places", 0), "training_hours": ("online_hours", 2)}
TO_DATE = "clients_trained_to_date"
MAYBE_UNKNOWN = {"enrolments_successful", "average_score", "online_hours"}


def check(case: unittest.TestCase, destination: str, environment: dict[str, str], home: Path) -> None:
    """Every metric equals the marts in the database that dbt has built with this environment."""
    queries: list[dict[str, Any]] = []
    for fact, metrics in FIGURES.items():
        names = [f"learning360_{name}" for name in metrics]
        firm = [[f"{fact.entity}__{fact.firm}"]] if fact.entity else []
        queries += [{"metrics": names, "by": by} for by in ([], ["metric_time__month"], *firm)]
    queries += [
        {
            "metrics": [f"learning360_{TO_DATE}"],
            "by": ["metric_time__month", f"learning360_training__{COMPLETED.firm}"],
        },
        # Places have no firm, and MetricFlow refuses one.
        {"metrics": ["learning360_fill_rate"], "by": ["learning360_learner__firm"]},
        {"metrics": ["learning360_clients_enrolled"], "by": ["learning360_learner__sector"]},
    ]
    *answers, to_date, refused, by_sector = query_metrics(case, queries, environment, home)
    # No figure is compared with nothing, but for those that may be unknown.
    without_value = {name for metrics in FIGURES.values() for name in metrics} - MAYBE_UNKNOWN
    with open_database(destination) as database:
        totals: dict[str, float | None] = {}
        remaining = iter(answers)
        for fact, metrics in FIGURES.items():
            for key in ("", month(fact.date), *([fact.firm] if fact.entity else [])):
                found = by_key(next(remaining))
                for name, figure in metrics.items():
                    wanted = of_marts(database, fact, figure, key)
                    case.assertEqual(found[name].keys(), wanted.keys(), f"{name} by {key or 'nothing'}")
                    for value, number in wanted.items():
                        case.assertTrue(math.isclose(found[name][value], number, rel_tol=1e-9), (name, key, value))
                    if not key:
                        totals[name] = found[name].get("")
                    if found[name]:
                        without_value.discard(name)
        case.assertEqual(without_value, set())
        check_overview(case, database, totals)
        check_to_date(case, database, to_date)
        sectors = database.execute(
            "select sector, count(distinct facts.user_id) from "
            f"{MARTS}facts_trainings as facts join {MARTS}learners using (source_relation, user_id) "
            "where enrolments = 1 and sector is not null group by sector"
        )
        case.assertEqual(by_key(by_sector)["clients_enrolled"], dict(sectors))
    case.assertIn("learning360_learner__firm", refused.get("refused", ""))


def query_metrics(
    case: unittest.TestCase, queries: list[dict[str, Any]], environment: dict[str, str], home: Path
) -> list[dict[str, Any]]:
    """The answers of MetricFlow, which finds the semantic manifest only in `target` of a project."""
    (home / "target").mkdir(exist_ok=True)
    for name in ("dbt_project.yml", "profiles.yml"):
        (home / name).write_bytes((ROOT / "dbt" / name).read_bytes())
    manifest = (Path(environment["DBT_TARGET_PATH"]) / "semantic_manifest.json").read_bytes()
    (home / "target" / "semantic_manifest.json").write_bytes(manifest)
    metrics = {one["name"] for one in json.loads(manifest)["metrics"]}
    known = {f"learning360_{name}" for figures in FIGURES.values() for name in figures}
    case.assertEqual(metrics, known | {f"learning360_{TO_DATE}"}, "each metric is compared")
    process = Path(__file__).with_name("metrics_process.py")
    ended = subprocess.run(
        [sys.executable, str(process), str(home), str(home / "answers.json")],
        input=json.dumps(queries),
        capture_output=True,
        text=True,
        check=False,
        env=environment | {"DBT_PROFILES_DIR": str(home)},
        cwd=home,
    )
    case.assertEqual(ended.returncode, 0, ended.stdout[-3_000:] + ended.stderr[-6_000:])
    answers: list[dict[str, Any]] = json.loads((home / "answers.json").read_text())
    return answers


def month(date: str) -> str:
    return f"cast(date_trunc('month', {date}) as date)"


def by_key(answer: dict[str, Any]) -> dict[str, Figures]:
    """The figures of each metric by month, firm or nothing; a row without month is in no period."""
    columns = [name.removeprefix("learning360_") for name in answer["columns"]]
    has_key = "__" in columns[0]
    names = columns[has_key:]
    return {
        name: {
            (row[0] if has_key else ""): row[place + has_key]
            for row in answer["rows"]
            if row[place + has_key] is not None and (not has_key or row[0] is not None)
        }
        for place, name in enumerate(names)
    }


def of_marts(database: Database, fact: Fact, figure: str | tuple[str, str], key: str) -> Figures:
    expression, condition = figure if isinstance(figure, tuple) else (figure, "true")
    column = f"cast({key} as text)" if key else "''"
    rows = database.execute(f"select {column}, {expression} from {MARTS}{fact.mart} where {condition} group by 1")
    return {value: float(number) for value, number in rows if value is not None and number is not None}


def check_overview(case: unittest.TestCase, database: Database, totals: dict[str, float | None]) -> None:
    wanted = {name: (name, digits) for name, digits in OVERVIEW.items()} | RENAMED
    overview = database.execute(f"select {', '.join(wanted)} from {MARTS}kpi_overview")[0]
    for (metric, digits), number in zip(wanted.values(), overview, strict=True):
        found = totals[metric]
        if not number:
            case.assertIn(found, (None, 0), metric)
            continue
        assert found is not None, metric
        case.assertLessEqual(abs(found - float(number)), 0.500001 / 10**digits if digits else 0, metric)


def check_to_date(case: unittest.TestCase, database: Database, answer: dict[str, Any]) -> None:
    found = {(row[0], row[1]): row[2] for row in answer["rows"] if row[2]}
    wanted = database.execute(
        f"select cast(month as text), firm, sum(clients_trained_to_date) from {MARTS}kpi_clients_trained group by 1, 2"
    )
    case.assertTrue(wanted)
    for day, firm, number in wanted:
        case.assertEqual(found.get((day, firm), 0), number, (day, firm))
