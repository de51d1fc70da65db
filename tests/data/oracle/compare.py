"""Compares the marts of a database with those computed from the sandbox's own rows.

In `tests`, with `tools` in PYTHONPATH:
python -m data.oracle.compare --sandbox URL --destination duckdb:PATH|postgresql://… [--schema SCHEMA] [--vars JSON]
"""

from __future__ import annotations

import argparse
import json
import sys
import urllib.request
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from learning360.loading.database import Database, open_database, quoted

from . import answer_files, classrooms, feedback, obligations, period, report, training
from .datable import datable, of_that_day
from .facts import Facts
from .figures import parse_time
from .settings import settings
from .streams import Account, Row, Rows

__all__ = ["Account", "Comparison", "compare", "datable", "expected", "of_that_day", "sandbox"]

SCHEMA = "analytics_learning360_marts"
# The columns that identify a row, besides the account.
MARTS: dict[str, tuple[Callable[[Facts], list[Row]], tuple[str, ...]]] = {
    "learning360__learners": (training.learners, ("user_id",)),
    "learning360__learner_custom_fields": (training.learner_custom_fields, ("user_id",)),
    "learning360__custom_field_columns": (training.custom_field_columns, ("column_name",)),
    "learning360__kpi_overview": (classrooms.kpi_overview, ()),
    "learning360__kpi_clients_trained": (training.kpi_clients_trained, ("month", "firm")),
    "learning360__kpi_enrolments": (training.kpi_enrolments, ("firm", "region", "agency", "timing")),
    "learning360__kpi_slot_fill": (classrooms.kpi_slot_fill, ("slot_id",)),
    "learning360__kpi_fill_by_month": (classrooms.kpi_fill_by_month, ("month", "timing")),
    "learning360__in_person_training": (classrooms.in_person_training, ("slot_id",)),
    "learning360__kpi_in_person": (classrooms.kpi_in_person, ("group_name", "region")),
    "learning360__kpi_learner_breakdown": (training.kpi_learner_breakdown, ("dimension", "value")),
    "learning360__kpi_time_per_learner_module": (training.kpi_time_per_learner_module, ("learner_module_id",)),
    "learning360__kpi_module_time": (training.kpi_module_time, ("module_id",)),
    "learning360__france_num_report": (report.france_num_report, ("training_id",)),
    "learning360__france_num_modules": (report.france_num_modules, ("training_module_id",)),
    "learning360__france_num_half_days": (report.half_days, ("attendance_id",)),
    "learning360__kpi_enrolments_by_month": (
        training.kpi_enrolments_by_month,
        ("month", "firm", "region", "agency", "timing"),
    ),
    "learning360__facts_trainings": (period.facts_trainings, ("training_id",)),
    "learning360__facts_registrations": (period.facts_registrations, ("registration_id",)),
    "learning360__facts_half_days": (period.facts_half_days, ("attendance_id",)),
    "learning360__facts_feedback": (feedback.facts_feedback, ("answer_id",)),
    "learning360__bpf_trainees": (obligations.bpf_trainees, ("year", "trainee_kind")),
    "learning360__bpf_trainers": (obligations.bpf_trainers, ("year", "trainer_id")),
    "learning360__qualiopi": (obligations.qualiopi, ("year", "training_kind", "taught_id")),
    "learning360__completion_certificates": (obligations.completion_certificates, ("training_id",)),
    "learning360__renewals": (obligations.renewals, ("user_id", "path_id")),
}
# The calendar is one for all accounts.
CALENDAR = "learning360__dates"
# The time of the load, which the sandbox does not have.
UNKNOWN = {"loaded_at", "loaded_local"}


class Comparison(NamedTuple):
    """A mart compared with the expected rows."""

    mart: str
    rows: int
    expected: int
    differences: list[str]


def sandbox(url: str, raw_schema: str = "raw_360learning") -> tuple[list[Account], datetime]:
    """The sandbox's account, loaded into a schema, and the sandbox's clock."""

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
    return [Account(raw_schema, rows)], clock


def answered(account: Account, url: str, destination: str) -> Account:
    """The account with the answers of the sandbox's files, which were loaded into its schema."""
    with urllib.request.urlopen(f"{url}/__sandbox/truth", timeout=120) as response:
        synced = frozenset({*json.loads(response.read()), "feedback"})
    return answer_files.with_answers(account, url, destination, synced)


def expected(
    accounts: Sequence[Account], as_of: datetime, variables: Mapping[str, Any] | None = None
) -> dict[str, list[Row]]:
    """The rows of each mart, for the accounts of one warehouse."""
    known = [Facts(account, settings(variables), as_of) for account in accounts]
    kinds = [{(field["column"], field["data_type"]) for field in facts.fields} for facts in known]
    texts = frozenset(column for of in kinds for column, kind in of if kind == "text")
    if texts & {column for of in kinds for column, kind in of if kind == "date"}:
        known = [Facts(account, settings(variables), as_of) for account in accounts]
        for facts in known:
            facts.text_columns = texts
    found: dict[str, list[Row]] = {
        mart: [{"source_relation": facts.account.schema} | row for facts in known for row in compute(facts)]
        for mart, (compute, _) in MARTS.items()
    }
    # One table has the columns of all accounts.
    mart = "learning360__learner_custom_fields"
    columns = dict.fromkeys(column for row in found[mart] for column in row)
    found[mart] = [columns | row for row in found[mart]]
    found[CALENDAR] = period.dates(found, known[0])
    return found


def read(database: Database, schema: str, mart: str) -> list[Row]:
    query = """SELECT column_name FROM information_schema.columns WHERE table_schema = %s AND table_name = %s
        ORDER BY ordinal_position"""
    columns = [name for (name,) in database.execute(query, (schema, mart))]
    rows = database.execute(f"SELECT * FROM {quoted(schema, mart)}") if columns else []
    return [{name: value for name, value in zip(columns, row, strict=True) if name not in UNKNOWN} for row in rows]


def differences(found: list[Row], wanted: list[Row], key: tuple[str, ...]) -> Iterator[str]:
    def by_key(rows: list[Row]) -> dict[tuple[Any, ...], Row]:
        return {tuple(row.get(name) for name in key): row for row in rows}

    actual, true_rows = by_key(found), by_key(wanted)
    for rows, keys, place in ((found, actual, "rows"), (wanted, true_rows, "expected rows")):
        if len(keys) != len(rows):
            yield f"{len(rows) - len(keys)} {place} repeat a key"
    for name in true_rows.keys() - actual.keys():
        yield f"{name} is missing"
    for name in actual.keys() - true_rows.keys():
        yield f"{name} should not exist"
    for name in actual.keys() & true_rows.keys():
        row, true = actual[name], true_rows[name]
        for column in row.keys() | true.keys():
            if column not in row or column not in true:
                yield f"the column {column} is in one of them only"
            elif row[column] != true[column]:
                yield f"{name}: {column} is {row[column]!r}, should be {true[column]!r}"


def compare(
    accounts: Rows | Sequence[Account],
    as_of: datetime,
    destination: str,
    schema: str = SCHEMA,
    variables: Mapping[str, Any] | None = None,
    only: Callable[[str], Collection[str] | None] | None = None,
) -> list[Comparison]:
    """Compares every mart of the schema with the one computed from the rows.

    `variables` are those that `dbt build --vars` got. `only` names the columns of a mart to compare, such as `datable`;
    a mart without any is left out. The rows of an account alone are those of `raw_360learning`.
    """
    given = [Account("raw_360learning", accounts)] if callable(accounts) else accounts
    wanted = expected(given, as_of, variables)
    database = open_database(destination)
    try:
        results = []
        every = {mart: ("source_relation", *key) for mart, (_, key) in MARTS.items()} | {CALENDAR: ("date_day",)}
        for mart, keys in every.items():
            columns = only(mart) if only else None
            if columns is not None and not columns:
                continue
            found, rows = read(database, schema, mart), wanted[mart]
            if columns is not None:
                kept = {*keys, *columns}
                found, rows = (
                    [{name: row[name] for name in row if name in kept} for row in of] for of in (found, rows)
                )
            results.append(Comparison(mart, len(found), len(rows), list(differences(found, rows, keys))))
        return results
    finally:
        database.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sandbox", required=True, help="its address")
    parser.add_argument("--destination", required=True, help="duckdb:PATH or postgresql://…")
    parser.add_argument("--schema", default=SCHEMA, help=f"the schema of the marts ({SCHEMA})")
    parser.add_argument(
        "--raw-schema", default="raw_360learning", help="the schema of the raw tables (raw_360learning)"
    )
    parser.add_argument("--vars", default="{}", type=json.loads, help="the variables of the build, as JSON")
    parser.add_argument("--feedback", action="store_true", help="the sandbox's files of answers were loaded too")
    parser.add_argument("--quiet", action="store_true", help="print the marts that differ only")
    args = parser.parse_args()
    accounts, clock = sandbox(args.sandbox, args.raw_schema)
    if args.feedback:
        accounts = [answered(one, args.sandbox, args.destination) for one in accounts]
    results = compare(accounts, clock, args.destination, args.schema, args.vars)
    for one in results:
        if one.differences:
            print(f"{one.mart}: {len(one.differences)} differences, such as: {'; '.join(one.differences[:3])}")
        elif not args.quiet:
            print(f"{one.mart}: {one.rows:,} rows, as expected")
    return 1 if any(one.differences for one in results) else 0


if __name__ == "__main__":
    sys.exit(main())
