"""Measures the workbook of an account as large as ten times France Num: seconds, memory at its peak, size of the file.

python bench/report.py .demo/360learning.duckdb [--trainings 220000] [--schema analytics_demo]

The marts are those of a demo (`make demo SCALE=small`), each row many times with other ids, so that learners,
trainings, half-days and modules keep their proportions; of each firm there are thirty.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import duckdb

# Marts with a row per learner, training, slot or detail of them; the others keep their rows.
MULTIPLIED = """learners learner_custom_fields france_num_report france_num_half_days france_num_modules facts_trainings
facts_half_days facts_registrations facts_feedback completion_certificates renewals kpi_slot_fill
in_person_training""".split()
IDS = (
    """user_id training_id attendance_id registration_id answer_id training_module_id slot_id sheet_id siret""".split()
)
WORKBOOK = """
import pathlib, sys
from learning360.loading.database import open_database
from learning360.report import marts, scope, workbook
with open_database(sys.argv[1], read_only=True) as database:
    workbook.write(marts.Marts(database, sys.argv[2]), scope.Scope(), pathlib.Path(sys.argv[3]))
"""
FIRMS = ("firm", "firm_of_report")


def multiply(source: Path, target: Path, schema: str, trainings: int) -> dict[str, int]:
    """Writes the marts of `source` with about so many trainings into `target`, and returns the rows of each mart."""
    counts = {}
    with duckdb.connect(str(target)) as database:
        database.execute(f"attach '{source}' as demo (read_only)")
        tables = database.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'demo' and schema_name like ?",
            [f"{schema}_learning360_%"],
        ).fetchall()
        marts = f'"{schema}_learning360_marts"."learning360__france_num_report"'
        (found,) = database.execute(f"select count(*) from demo.{marts}").fetchone() or (1,)
        times = max(1, round(trainings / found))
        for place, name in tables:
            database.execute(f'create schema if not exists "{place}"')
            mart = name.removeprefix("learning360__")
            columns = database.execute(f'describe demo."{place}"."{name}"').fetchall()
            names = [column for column, *_ in columns]
            changed = [f"{one} || '-' || n as {one}" for one in IDS if one in names]
            changed += [
                f"case when n < 30 then {one} else {one} || ' ' || n % 30 end as {one}" for one in FIRMS if one in names
            ]
            if mart in MULTIPLIED and place.endswith("_marts"):
                copies = f'demo."{place}"."{name}" cross join range({times}) as copies (n)'
                what = f"* replace ({', '.join(changed)}) from {copies}"
                what = f"* exclude (n) from (select {what})"
            else:
                what = f'* from demo."{place}"."{name}"'
            database.execute(f'create table "{place}"."{name}" as select {what}')
            counts[mart] = int((database.execute(f'select count(*) from "{place}"."{name}"').fetchone() or (0,))[0])
    return counts


def measure(database: Path, schema: str, output: Path) -> tuple[float, float, float]:
    """Writes the workbook in a process of its own. Returns seconds, those of CPU, and its peak memory in megabytes."""
    command = [sys.executable, "-c", WORKBOOK, f"duckdb:{database}", schema, str(output)]
    begun = time.monotonic()
    process = os.spawnv(os.P_NOWAIT, sys.executable, command)
    _, status, used = os.wait4(process, 0)
    if status:
        sys.exit("The report failed.")
    return time.monotonic() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("demo", type=Path, help="the DuckDB file of a demo")
    parser.add_argument("--trainings", type=int, default=220_000)
    parser.add_argument("--schema", default="analytics_demo")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        database, output = Path(home) / "large.duckdb", Path(home) / "report.xlsx"
        counts = multiply(args.demo, database, args.schema, args.trainings)
        for mart in ("learners", "france_num_report", "france_num_half_days", "france_num_modules"):
            print(f"{counts[mart]:>10,}  {mart}")
        seconds, cpu, memory = measure(database, args.schema, output)
        size = output.stat().st_size / 1e6
        print(f"{seconds:.0f} s ({cpu:.0f} s of CPU), {memory:.0f} MB at the peak, {size:.0f} MB of workbook")


if __name__ == "__main__":
    main()
