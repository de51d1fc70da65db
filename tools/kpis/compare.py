"""Holds the marts of a database against what the sandbox's own rows come to.

compare.py --sandbox URL --destination duckdb:PATH|postgresql://… [--schema analytics_marts]
"""

from __future__ import annotations

import argparse
import json
import sys
import urllib.request
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kpis import classrooms, report, training  # noqa: E402
from kpis.facts import Facts, Row  # noqa: E402
from kpis.figures import moment  # noqa: E402
from loading.tables import Database, open_database, quoted  # noqa: E402

PROJECT = Path(__file__).resolve().parents[2] / "dbt" / "dbt_project.yml"
MARTS: dict[str, tuple[Callable[[Facts], list[Row]], tuple[str, ...]]] = {
    "learners": (training.learners, ("user_id",)),
    "learner_custom_fields": (training.learner_custom_fields, ("user_id",)),
    "custom_field_columns": (training.custom_field_columns, ("column_name",)),
    "kpi_overview": (classrooms.kpi_overview, ()),
    "kpi_clients_trained": (training.kpi_clients_trained, ("month", "firm")),
    "kpi_enrolments": (training.kpi_enrolments, ("firm", "region", "agency", "timing")),
    "kpi_slot_fill": (classrooms.kpi_slot_fill, ("slot_id",)),
    "in_person_training": (classrooms.in_person_training, ("slot_id",)),
    "kpi_in_person": (classrooms.kpi_in_person, ("group_name", "region")),
    "kpi_learner_breakdown": (training.kpi_learner_breakdown, ("dimension", "value")),
    "kpi_time_per_learner_module": (training.kpi_time_per_learner_module, ("learner_module_id",)),
    "kpi_module_time": (training.kpi_module_time, ("module_id",)),
    "france_num_report": (report.france_num_report, ("training_id",)),
    "france_num_modules": (report.france_num_modules, ("training_module_id",)),
    "france_num_half_days": (report.half_days, ("attendance_id",)),
}
# It tells when the loader ran, which the sandbox cannot know.
UNKNOWN = {"loaded_at"}


class Comparison(NamedTuple):
    """A mart beside what it should hold."""

    mart: str
    rows: int
    expected: int
    # The first differences, in words.
    differences: list[str]


def sandbox(url: str) -> tuple[Callable[[str], list[Row]], datetime]:
    """The rows of each stream, and the sandbox's clock."""

    def ask(path: str) -> Any:
        with urllib.request.urlopen(f"{url}/__sandbox{path}", timeout=120) as answer:
            return json.loads(answer.read())

    known: dict[str, list[Row]] = {}

    def rows(stream: str) -> list[Row]:
        if stream not in known:
            known[stream] = ask(f"/truth/{stream}")
        return known[stream]

    clock = moment(ask("")["clock"])
    assert clock
    return rows, clock


def read(database: Database, schema: str, mart: str) -> list[Row]:
    query = """SELECT column_name FROM information_schema.columns WHERE table_schema = %s AND table_name = %s
        ORDER BY ordinal_position"""
    columns = [name for (name,) in database.execute(query, (schema, mart))]
    rows = database.execute(f"SELECT * FROM {quoted(schema, mart)}") if columns else []
    return [{name: value for name, value in zip(columns, row) if name not in UNKNOWN} for row in rows]


def differences(found: list[Row], expected: list[Row], key: tuple[str, ...]) -> Iterator[str]:
    def by_key(rows: list[Row]) -> dict[tuple[Any, ...], Row]:
        return {tuple(row[name] for name in key): row for row in rows}

    ours, theirs = by_key(found), by_key(expected)
    if len(ours) != len(found):
        yield f"{len(found) - len(ours)} rows repeat a key"
    for name in theirs.keys() - ours.keys():
        yield f"{name} is missing"
    for name in ours.keys() - theirs.keys():
        yield f"{name} should not be there"
    for name in ours.keys() & theirs.keys():
        mine, true = ours[name], theirs[name]
        for column in mine.keys() | true.keys():
            if column not in mine or column not in true:
                yield f"the column {column} is in one of them only"
            elif mine[column] != true[column]:
                yield f"{name}: {column} is {mine[column]!r}, should be {true[column]!r}"


def compare(rows: Callable[[str], list[Row]], clock: datetime, destination: str, schema: str) -> list[Comparison]:
    """Every mart of the schema against what the rows come to."""
    facts = Facts(rows, yaml.safe_load(PROJECT.read_text())["vars"], clock)
    database = open_database(destination)
    try:
        results = []
        for mart, (compute, key) in MARTS.items():
            found, expected = read(database, schema, mart), compute(facts)
            results.append(Comparison(mart, len(found), len(expected), list(differences(found, expected, key))))
        return results
    finally:
        database.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sandbox", required=True, help="its address")
    parser.add_argument("--destination", required=True, help="duckdb:PATH or postgresql://…")
    parser.add_argument("--schema", default="analytics_marts", help="where the marts are (analytics_marts)")
    args = parser.parse_args()
    results = compare(*sandbox(args.sandbox), args.destination, args.schema)
    for one in results:
        verdict = f"{len(one.differences)} DIFFERENCES" if one.differences else "equal"
        print(f"{one.mart:<28} {one.rows:>8,} rows, {one.expected:>8,} expected: {verdict}")
        for difference in one.differences[:3]:
            print(f"    {difference}")
    return 1 if any(one.differences for one in results) else 0


if __name__ == "__main__":
    sys.exit(main())
