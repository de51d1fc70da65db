"""The Power BI project as its files have it, and its measures computed in SQL over the marts."""

from __future__ import annotations

import math
import re
import unittest

import yaml
from learning360.loading.database import Database, open_database

from . import metrics as of_marts
from .dax import Reader, Sql
from .support import ROOT
from .tmdl import NAME, Node, parse, unquoted

DEFINITION = ROOT / "deploy" / "bi" / "Formations 360Learning.SemanticModel" / "definition"
ACTIVE = {"Formations": "enrolled_date", "Appréciations": "answered_date"}


def file(name: str) -> Node:
    return parse((DEFINITION / f"{name}.tmdl").read_text(encoding="utf-8"))


def tables() -> list[Node]:
    found = []
    for path in sorted((DEFINITION / "tables").glob("*.tmdl")):
        (table,) = parse(path.read_text(encoding="utf-8")).children
        found.append(table)
    return found


def place(reference: str) -> tuple[str, str]:
    """Table and column of `'A b'.c`."""
    found = re.fullmatch(rf"({NAME})\.({NAME})", reference)
    assert found, reference
    return unquoted(found[1]), unquoted(found[2])


def metrics() -> dict[str, str]:
    """The title of each metric."""
    content = yaml.safe_load((ROOT / "dbt" / "models" / "semantic" / "_metrics.yml").read_text(encoding="utf-8"))
    return {one["name"].removeprefix("learning360_"): one["label"] for one in content["metrics"]}


def mart(table: Node) -> str:
    found: str = re.findall(r'Item = "(\w+)"', table.of("partition")[0].properties["source"])[0]
    return found


def sql_columns(table: Node) -> dict[str, str]:
    """What each title is in SQL; a key is put together as the query of the table does."""
    made = re.findall(
        r'"(\w+)", each \[source_relation\] & "\|" & \[(\w+)\]', table.of("partition")[0].properties["source"]
    )
    keys = {name: f"(source_relation || '|' || {source})" for name, source in made}
    return {
        column.name: keys.get(column.properties["sourceColumn"], column.properties["sourceColumn"])
        for column in table.of("column")
    }


def check(case: unittest.TestCase, destination: str) -> None:
    """Each measure equals the marts: in total, and by month of the date of its relation."""
    names = {title: name for name, title in metrics().items()}
    figures = {name: (fact, figure) for fact, known in of_marts.FIGURES.items() for name, figure in known.items()}
    titles = {table.name: sql_columns(table) for table in tables()}
    with open_database(destination) as database:
        for table in tables():
            for measure in table.of("measure"):
                sql = Reader(measure.expression, lambda of, title: titles[of][title]).measure()
                case.assertEqual(sql.table, table.name)
                name, place = names[measure.name], f"{of_marts.SCHEMA}.{mart(table)}"
                if sql.is_to_date:
                    check_to_date(case, database, sql, place)
                    continue
                fact, figure = figures[name]
                date = sql.date or ACTIVE.get(table.name, "slot_date")
                case.assertEqual(date, fact.date if fact is not of_marts.SLOTS else "slot_date", name)
                for key in ("", of_marts.month(date)):
                    shown = f"cast({key} as text)" if key else "''"
                    rows = database.execute(f"select {shown}, {sql.text('true')} from {place} group by 1")
                    found = {value: float(number) for value, number in rows if value is not None and number}
                    wanted = of_marts.of_marts(database, fact, figure, key)
                    case.assertEqual(found.keys(), {value for value, number in wanted.items() if number}, (name, key))
                    for value, number in found.items():
                        case.assertTrue(math.isclose(number, wanted[value], rel_tol=1e-9), (name, value, number))


def check_to_date(case: unittest.TestCase, database: Database, sql: Sql, place: str) -> None:
    months = database.execute(
        f"select cast(month as text), sum(clients_trained_to_date) from {of_marts.MARTS}kpi_clients_trained group by 1"
    )
    case.assertTrue(months)
    for day, number in months:
        # Not the month of the date: DuckDB 1.4 answers `date_trunc('month', day) <= constant` with the day after, too.
        until = f"{sql.date} < cast('{day}' as date) + interval '1 month'"
        case.assertEqual(database.execute(f"select {sql.text(until)} from {place}")[0][0], number)
