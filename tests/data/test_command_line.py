"""What `learning360` prints and does besides loading: addresses, passwords, and the nightly run."""

from __future__ import annotations

import configparser
import fcntl
import os
import re
import shutil
import subprocess
import sys
import unittest
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from learning360.loading.database import open_database

from .pipeline import ACCOUNT
from .support import MOCK, POSTGRES, ROOT, Case

SECRET = "p%zz/%41:s€cret"
DEPLOY = ROOT / "deploy"


class CommandLine(Case):
    def learning360(self, *arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "learning360", *map(str, arguments)]
        return subprocess.run(
            command, capture_output=True, text=True, env=os.environ | environment, cwd=self.home, check=False
        )

    def assert_refused(self, ended: subprocess.CompletedProcess[str], *words: str) -> None:
        """One sentence, exit code 1."""
        self.assertEqual((ended.returncode, ended.stdout), (1, ""), ended.stderr)
        self.assertEqual(len(ended.stderr.splitlines()), 1, ended.stderr)
        for word in words:
            self.assertIn(word, ended.stderr)


class Addresses(CommandLine):
    def test_an_address_with_a_password_is_refused_and_not_printed(self) -> None:
        config = self.mock_config()
        for address in (
            f"postgresql://anna:{SECRET}@localhost/training",
            f"postgres://anna@corp:{SECRET}@localhost/training",
            f"postgresql://anna:{SECRET}@[::1/training",
            f"postgresql://localhost/training?password={SECRET}",
            f"postgresql://localhost/training?sslmode=require&sslpassword={SECRET}",
        ):
            for command in (
                ["load", "--config", config, "--source", MOCK, "--to"],
                ["report", "--database"],
                ["dbt", "--to"],
            ):
                ended = self.learning360(*command, address)
                self.assert_refused(ended, "holds a password", "PGPASSWORD", "~/.pgpass")
                self.assertNotIn("zz", ended.stderr)

    def test_a_duckdb_address_that_would_store_nothing_is_refused(self) -> None:
        config = self.mock_config()
        (self.home / "data.json").write_text("{}")
        for address, words in (
            ("duckdb:", "Name the DuckDB file"),
            ("duckdb::memory:", "Name the DuckDB file"),
            ("duckdb:data.json", "not a DuckDB database"),
            ("duckdb:raw_360learning.duckdb", "cannot have the same name"),
        ):
            self.assert_refused(self.learning360("load", "--config", config, "--source", MOCK, "--to", address), words)
        self.assertEqual((self.home / "data.json").read_text(), "{}")

    def test_an_address_of_another_database_is_refused_and_not_printed(self) -> None:
        ended = self.learning360("report", "--database", f"mysql://anna:{SECRET}@localhost/training")
        self.assert_refused(ended, "neither duckdb:FILE nor postgresql://")
        self.assertNotIn("zz", ended.stderr)

    def test_a_configuration_on_the_command_line_is_refused_and_not_printed(self) -> None:
        config = f'{{"client_id": "id", "client_secret": "{SECRET}"}}'
        place = f"duckdb:{self.home / 'a.duckdb'}"
        for arguments in (
            ["--config", config, "--to", place],
            [config],
            ["--config", *config.split(), "--to", place],
            ["--config", f"client_secret:{SECRET}"],
        ):
            ended = self.learning360("load", *arguments)
            self.assertEqual((ended.returncode, ended.stdout), (2, ""))
            self.assertEqual(ended.stderr, "learning360: --config takes the path of a file, not the JSON itself.\n")

    def test_a_database_that_cannot_be_opened_is_named(self) -> None:
        file = self.write("text", "not a database")
        self.assert_refused(
            self.learning360("report", "--database", f"duckdb:{file}"), "Cannot open the DuckDB file", "text"
        )
        unreachable = "postgresql://anna@localhost:1/training"
        ended = self.learning360("report", "--database", unreachable, PGPASSWORD=SECRET)
        self.assert_refused(ended, "Cannot connect to PostgreSQL", "port 1")
        self.assertNotIn("zz", ended.stderr)


@unittest.skipUnless(POSTGRES, "DATA_TESTS_POSTGRES is not set")
class Passwords(CommandLine):
    ROLE = "needs_password"  # `tools/postgres` lets this role in by its password only.

    def setUp(self) -> None:
        super().setUp()
        address = urlsplit(self.database("postgres"))
        self.place = {"PGHOST": "127.0.0.1", "PGPORT": str(address.port), "PGDATABASE": address.path[1:]}
        server = open_database(address.geturl())
        server.execute(f"DROP ROLE IF EXISTS {self.ROLE}")
        # DDL takes no parameters, and a percent sign would be one.
        server.execute(f"CREATE ROLE {self.ROLE} LOGIN SUPERUSER PASSWORD '{SECRET}'")
        server.close()

    def assert_works(self, address: str, **environment: str) -> None:
        """With this address, the loader, dbt and the report find the database."""
        config = self.mock_config(streams=ACCOUNT)
        given = self.learning360("load", "--config", config, "--source", MOCK, "--to", address, **environment)
        self.assertEqual(given.returncode, 0, given.stderr)
        given = self.learning360("dbt", "--to", address, "debug", "--connection", **environment)
        self.assertEqual(given.returncode, 0, given.stdout)
        self.assertNotIn("zz", given.stdout + given.stderr)
        self.assert_refused(self.learning360("report", "--database", address, **environment), "Run dbt build first")

    def test_the_password_comes_from_pgpassword(self) -> None:
        address = f"postgresql://{self.ROLE}@/"
        self.assert_works(address, PGPASSWORD=SECRET, **self.place)
        ended = self.learning360("report", "--database", address, PGPASSWORD=f"not-{SECRET}", **self.place)
        self.assert_refused(ended, "Cannot connect to PostgreSQL", "password authentication failed")
        self.assertNotIn("zz", ended.stderr)

    def test_the_password_comes_from_a_password_file(self) -> None:
        file = self.home / "pgpass"
        file.write_text(f"*:*:*:{self.ROLE}:{SECRET.replace(':', chr(92) + ':')}\n")
        file.chmod(0o600)
        self.assert_works(f"postgresql://{self.ROLE}@/", PGPASSFILE=str(file), **self.place)

    def test_address_and_password_come_from_a_service_file(self) -> None:
        lines = {"user": self.ROLE, "password": SECRET}
        lines |= {
            name.removeprefix("PG").lower().replace("database", "dbname"): self.place[name] for name in self.place
        }
        file = self.home / "pg_service.conf"
        file.write_text("[training]\n" + "".join(f"{name}={value}\n" for name, value in lines.items()))
        self.assert_works("postgresql:///?service=training", PGSERVICEFILE=str(file))


class NightlyRun(CommandLine):
    def options(self, **config: Any) -> list[str | Path]:
        self.destination = self.database("duckdb")
        file = self.mock_config(streams=ACCOUNT, **config)
        return ["run", "--config", file, "--source", MOCK, "--to", self.destination, "--output", "report"]

    def test_a_run_loads_builds_reports_and_ends_in_a_summary_with_the_warnings_before_it(self) -> None:
        variables = self.home / "vars.yml"
        variables.write_text("learning360_internal_groups: [Staff]\nlearning360_as_of: 2026-11-02 08:00:00\n")
        ended = self.learning360(*self.options(), "--vars", variables)
        self.assertEqual(ended.returncode, 0, ended.stdout + ended.stderr)
        *_, title, load, dbt, report = ended.stdout.splitlines()
        self.assertEqual(title, "== summary")
        self.assertRegex(load, r"^load    [\d,]+ rows of 17 streams in ")
        self.assertRegex(dbt, r"^dbt     PASS=\d+ WARN=1 ERROR=0 ")
        self.assertRegex(report, r"^report  report/rapport-france-num.xlsx, report/tableau-de-bord.html \(\d+ s\)$")
        self.assertIn("warning: learning360_internal_groups: ", ended.stderr)
        self.assertNotIn("Traceback", ended.stderr)
        for file in ("rapport-france-num.xlsx", "tableau-de-bord.html"):
            self.assertTrue((self.home / "report" / file).exists())
        # Without unit tests of the models, which read nothing of this account.
        log = (self.home / "report" / "dbt-target" / "dbt.log").read_text(encoding="utf-8")
        self.assertRegex(log, r"Finished running .* \d+ table models, \d+ data tests in ")

    def test_a_run_stops_at_the_step_that_fails_and_its_summary_says_so(self) -> None:
        ended = self.learning360(*self.options(dies_after=2))
        self.assertEqual(ended.returncode, 1)
        *_, load, dbt, report = ended.stdout.splitlines()
        self.assertRegex(load, r"^load    FAILED: mock_source.py read ended with exit code 1. The mock failed.")
        self.assertEqual((dbt, report), ("dbt     not run", "report  not run"))
        reason = "learning360: mock_source.py read ended with exit code 1. The mock failed."
        self.assertEqual(ended.stderr.splitlines()[-1], reason)

    def test_a_build_that_fails_names_the_error(self) -> None:
        variables = self.home / "vars.yml"
        variables.write_text("learning360_time_zone: Europe/Parys\n")
        ended = self.learning360(*self.options(), "--vars", variables)
        self.assertEqual(ended.returncode, 1)
        self.assertRegex(ended.stdout.splitlines()[-2], "^dbt     FAILED: dbt build failed.")
        self.assertIn("error: ", ended.stderr)
        self.assertIn("Parys", ended.stderr)

    def test_a_second_run_with_the_same_configuration_is_refused_while_the_first_is_under_way(self) -> None:
        options = self.options()
        with (self.home / "mock.json").open() as config:
            fcntl.flock(config, fcntl.LOCK_EX)
            self.assert_refused(self.learning360(*options), "Another run with", "mock.json", "Wait until it ends.")
        self.assertFalse(Path(self.destination.removeprefix("duckdb:")).exists())

    def test_options_that_cannot_work_are_refused_before_the_load(self) -> None:
        variables = self.home / "vars.yml"
        for text, words in (
            ("a: [", "is not YAML"),
            ("just a text", "has no variables"),
            ("learning360_custom_field: {firm: Cabinet}", "Did you mean 'learning360_custom_fields'?"),
        ):
            variables.write_text(text)
            self.assert_refused(self.learning360(*self.options(), "--vars", variables), words)
        file = self.home / "file"
        file.touch()
        self.assert_refused(self.learning360(*self.options(), "--output", file), "it is a file", "--output")
        self.assert_refused(self.learning360(*self.options(), "--schema", 'a"b'), "--schema", "quotation mark")
        self.assertFalse(Path(self.destination.removeprefix("duckdb:")).exists() and self.tables())

    def tables(self) -> list[Any]:
        with open_database(self.destination) as database:
            query = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'raw_360learning'"
            return database.execute(query)

    @unittest.skipUnless(Path("/dev/full").exists(), "there is no /dev/full here")
    def test_a_disk_that_is_full_is_a_sentence(self) -> None:
        with Path("/dev/full").open("w") as full:
            command = [sys.executable, "-m", "learning360", *map(str, self.options())]
            ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False, cwd=self.home)
        self.assertEqual(ended.returncode, 1)
        self.assertIn("There is no room to write", ended.stderr)
        self.assertNotIn("Traceback", ended.stderr)


class Units(Case):
    @unittest.skipUnless(shutil.which("systemd-analyze"), "there is no systemd-analyze here")
    def test_systemd_accepts_service_and_timer(self) -> None:
        text = (DEPLOY / "systemd" / "learning360.service").read_text()
        program = "/opt/360learning/bin/learning360"
        self.assertIn(f"ExecStart={program} run ", text)
        # `verify` wants a program that is there.
        (self.home / "learning360.service").write_text(text.replace(program, "/bin/true"))
        shutil.copy(DEPLOY / "systemd" / "learning360.timer", self.home)
        units = [str(self.home / f"learning360.{kind}") for kind in ("service", "timer")]
        ended = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
        self.assertEqual((ended.returncode, ended.stdout, ended.stderr), (0, "", ""))

    def test_the_service_runs_what_the_command_line_offers(self) -> None:
        unit = configparser.ConfigParser(interpolation=None, strict=False)
        unit.optionxform = str  # type: ignore[assignment,method-assign]
        unit.read_string((DEPLOY / "systemd" / "learning360.service").read_text().replace("\\\n", " "))
        options = re.findall(r"--[\w-]+", unit["Service"]["ExecStart"])
        command = [sys.executable, "-m", "learning360", "run", "--help"]
        offered = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        for option in options:
            self.assertIn(f"{option} ", offered)
