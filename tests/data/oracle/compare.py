"""Compares the marts of a database with those computed from the sandbox's own rows.

In `tests`, with `tools` in PYTHONPATH:
python -m data.oracle.compare --sandbox URL --destination duckdb:PATH|postgresql://… [--schema analytics_marts]
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
from loading.database import Database, quoted
from loading.tables import open_database

from . import classrooms, report, training
from .facts import Facts, Row
from .figures import parse_time

PROJECT = Path(__file__).resolve().parents[3] / "dbt" / "dbt_project.yml"
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
# The time of the load, which the sandbox does not have.
UNKNOWN = {"loaded_at"}


class Comparison(NamedTuple):
    """A mart compared with the expected rows."""

    mart: str
    rows: int
    expected: int
    differences: list[str]


def sandbox(url: str) -> tuple[Callable[[str], list[Row]], datetime]:
    """The rows of each stream, and the sandbox's clock."""

    def get(path: str) -> Any:
        with urllib.request.urlopen(f"{url}/__sandbox{path}", timeout=120) as response:
            return json.loads(response.read())

    known: dict[str, list[Row]] = {}

    def rows(stream: str) -> list[Row]:
        if stream not in known:
            known[stream] = get(f"/truth/{stream}")
        return known[stream]

    clock = parse_time(get("")["clock"])
    assert clock
    return rows, clock


def read(database: Database, schema: str, mart: str) -> list[Row]:
    query = """SELECT column_name FROM information_schema.columns WHERE table_schema = %s AND table_name = %s
        ORDER BY ordinal_position"""
    columns = [name for (name,) in database.execute(query, (schema, mart))]
    rows = database.execute(f"SELECT * FROM {quoted(schema, mart)}") if columns else []
    return [{name: value for name, value in zip(columns, row, strict=True) if name not in UNKNOWN} for row in rows]


def differences(found: list[Row], expected: list[Row], key: tuple[str, ...]) -> Iterator[str]:
    def by_key(rows: list[Row]) -> dict[tuple[Any, ...], Row]:
        return {tuple(row[name] for name in key): row for row in rows}

    actual, wanted = by_key(found), by_key(expected)
    if len(actual) != len(found):
        yield f"{len(found) - len(actual)} rows repeat a key"
    for name in wanted.keys() - actual.keys():
        yield f"{name} is missing"
    for name in actual.keys() - wanted.keys():
        yield f"{name} should not exist"
    for name in actual.keys() & wanted.keys():
        row, true = actual[name], wanted[name]
        for column in row.keys() | true.keys():
            if column not in row or column not in true:
                yield f"the column {column} is in one of them only"
            elif row[column] != true[column]:
                yield f"{name}: {column} is {row[column]!r}, should be {true[column]!r}"


def compare(rows: Callable[[str], list[Row]], clock: datetime, destination: str, schema: str) -> list[Comparison]:
    """Compares every mart of the schema with the one computed from the rows."""
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
    parser.add_argument("--schema", default="analytics_marts", help="the schema of the marts (analytics_marts)")
    parser.add_argument("--quiet", action="store_true", help="print the marts that differ only")
    args = parser.parse_args()
    results = compare(*sandbox(args.sandbox), args.destination, args.schema)
    for one in results:
        if one.differences:
            print(f"{one.mart}: {len(one.differences)} differences, such as: {'; '.join(one.differences[:3])}")
        elif not args.quiet:
            print(f"{one.mart}: {one.rows:,} rows, as expected")
    return 1 if any(one.differences for one in results) else 0


if __name__ == "__main__":
    sys.exit(main())
