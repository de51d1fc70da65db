"""A report and a build of the marts at the same time, on PostgreSQL."""

from __future__ import annotations

import contextlib
import functools
import subprocess
import sys
import threading
import time
import unittest
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import duckdb
import psycopg
from learning360 import CommandError, build, report
from learning360.loading.database import open_database
from learning360.report import workbook
from openpyxl import load_workbook

from . import reporting
from .made_lists import made
from .made_marts import MARTS, SCHEMA
from .support import POSTGRES, Case

TYPES = {"VARCHAR": "text", "DOUBLE": "double precision", "HUGEINT": "numeric", "BLOB": "bytea"}
MART = f"{MARTS}.learning360__france_num_report"


def copied(file: Path, destination: str) -> None:
    """Copies made marts into PostgreSQL."""
    with duckdb.connect(str(file)) as source, psycopg.connect(destination) as target:
        tables = source.execute("select distinct table_schema, table_name from information_schema.columns").fetchall()
        for schema, table in tables:
            columns = source.execute(f'describe "{schema}"."{table}"').fetchall()
            types = ", ".join(f'"{name}" {TYPES.get(kind, kind)}' for name, kind, *_ in columns)
            target.execute(f'create schema if not exists "{schema}"'.encode())
            target.execute(f'create table "{schema}"."{table}" ({types})'.encode())
            with target.cursor().copy(f'copy "{schema}"."{table}" from stdin'.encode()) as copy:
                for row in source.execute(f'select * from "{schema}"."{table}"').fetchall():
                    copy.write_row(row)


@unittest.skipUnless(POSTGRES, "DATA_TESTS_POSTGRES is not set")
class MartsThatAreBuilt(Case):
    def setUp(self) -> None:
        super().setUp()
        made(self.home / "made.duckdb", ["A", "B"])
        self.destination = self.database("postgres")
        copied(self.home / "made.duckdb", self.destination)
        self.other = psycopg.connect(self.destination)
        self.addCleanup(self.other.close)

    def replace(self, mart: str = MART) -> None:
        """Replaces a mart as dbt does."""
        name = mart.split(".")[1]
        self.other.execute(f"create table {mart}__dbt_tmp as select * from {mart}".encode())
        self.other.execute(f"alter table {mart} rename to {name}__dbt_backup".encode())
        self.other.execute(f"alter table {mart}__dbt_tmp rename to {name}".encode())
        self.other.commit()
        self.other.execute(f"drop table {mart}__dbt_backup cascade".encode())
        self.other.commit()

    def wait_for_a_lock(self, done: Any) -> None:
        """Until a connection waits for a lock, or something else is true."""
        # Other tests use the same server.
        here = "database = (select oid from pg_database where datname = current_database())"
        query = f"select count(*) from pg_locks where not granted and {here}"
        with open_database(self.destination) as database:
            while not done() and database.execute(query) == [(0,)]:
                time.sleep(0.02)

    def test_a_mart_that_is_replaced_while_the_report_reads_is_whole_in_it(self) -> None:
        build = threading.Thread(target=self.replace)
        write = workbook.write

        def written(*given: Any) -> None:
            # The report has read the first marts.
            build.start()
            self.wait_for_a_lock(lambda: not build.is_alive())
            write(*given)

        with mock.patch.object(workbook, "write", written):
            report.write(self.destination, SCHEMA, None, self.home)
        build.join()
        sheet = load_workbook(self.home / reporting.WORKBOOK)["Formations"]
        (wanted,) = self.other.execute(f"select count(*) from {MART}".encode()).fetchone() or (0,)
        self.assertGreater(wanted, 0)
        self.assertEqual(sheet.max_row - 3, wanted)

    def test_a_report_waits_for_the_commit_of_a_mart_and_is_refused_if_it_is_gone(self) -> None:
        for statement, refused in ((f"alter table {MART} add x int", False), (f"drop table {MART}", True)):
            self.other.execute(statement.encode())
            command = [sys.executable, "-m", "learning360", "report", "--database", self.destination]
            process = subprocess.Popen([*command, "--output", str(self.home)], stderr=subprocess.PIPE, text=True)
            self.wait_for_a_lock(lambda process=process: process.poll() is not None)
            self.other.commit()
            _, errors = process.communicate()
            self.assertEqual((process.returncode, len(errors.splitlines())), (refused, refused), errors)
            self.assertEqual("A table disappeared. The marts of analytics are being built" in errors, refused, errors)

    def test_report_and_build_exclude_each_other_and_two_reports_do_not(self) -> None:
        builds = functools.partial(build.alone, self.destination, SCHEMA)
        with builds(), self.assert_refused("are being built. Wait until that ends"):
            report.write(self.destination, SCHEMA, None, self.home)
        with open_database(self.destination) as reader, reader.snapshot(SCHEMA):
            report.write(self.destination, SCHEMA, None, self.home)
            with self.assert_refused("A report or another build uses the marts"), builds():
                pass
            # Another schema, and a command that replaces nothing, need not wait.
            with build.alone(self.destination, "other"), build.alone(self.destination, SCHEMA, ("docs", "serve")):
                pass
        self.other.execute(f"lock table {MART} in access exclusive mode".encode())
        with self.assert_refused("are being built. Wait until that ends"):
            report.write(self.destination, SCHEMA, None, self.home)
        self.other.rollback()
        with builds():
            pass

    @contextlib.contextmanager
    def assert_refused(self, text: str) -> Iterator[None]:
        """What waits for a lock is refused with this text, after a tenth of a second."""
        module = "learning360.loading.postgres"
        with (
            mock.patch(f"{module}.LOCK_TIMEOUT", "100ms"),
            mock.patch(f"{module}.MARTS_TIMEOUT", "100ms"),
            self.assertRaisesRegex(CommandError, text),
        ):
            yield
