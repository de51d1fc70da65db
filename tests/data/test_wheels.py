"""What people install: both wheels, in an environment and a home of their own. `make wheels-test` builds them."""

from __future__ import annotations

import fcntl
import os
import re
import subprocess
import sys
import tarfile
import unittest
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

import duckdb
from learning360.loading.catalog import SUGGESTED
from learning360.loading.database import open_database
from openpyxl import load_workbook

from .support import POSTGRES, ROOT, TOOLS, Case

WHEELS = Path(os.environ.get("DATA_TESTS_WHEELS", "no-wheels")).resolve()
CRON = ROOT / "deploy" / "cron" / "learning360.cron"
README = ROOT / "python" / "learning360" / "README.md"
# What a connection to the package registry needs, and nothing of this user.
KEPT = re.compile(r"PIP_.*|UV_.*|SSL_.*|(HTTPS?|NO)_PROXY|LANG", re.I)
FRENCH = ROOT / "docs" / "fr" / "vers-postgresql.md"
DOCUMENTED = re.compile(r"postgresql://formation@localhost/formation|postgresql://localhost/training")


def cron_line() -> tuple[str, str]:
    """The line of the crontab, and its command."""
    (line,) = [line for line in CRON.read_text().splitlines() if not line.startswith("#")]
    # A percent sign would end the command.
    parts = re.fullmatch(r"\d+ \d+ \* \* \* ([^%]+)", line)
    assert parts, line
    return line, parts[1]


def count_of(stream: str) -> str:
    """The query that counts the rows of a stream, without those that only record that a user has no value."""
    which = " WHERE value IS NOT NULL" if stream == "user_custom_field_values" else ""
    return f"SELECT count(*) FROM raw_360learning.{stream}{which}"


@unittest.skipUnless(WHEELS.is_dir() and POSTGRES, "DATA_TESTS_WHEELS or DATA_TESTS_POSTGRES is not set")
class Installed(Case):
    def setUp(self) -> None:
        super().setUp()
        kept = {name: value for name, value in os.environ.items() if KEPT.fullmatch(name)}
        self.environment = {
            **kept,
            "HOME": str(self.home),
            "PATH": f"{self.home}/360learning/venv/bin:{sys.base_prefix}/bin:/usr/bin:/bin",
            # Versions are those of the tests.
            "PIP_FIND_LINKS": f"{kept.get('PIP_FIND_LINKS', '')} {WHEELS}",
            "PIP_CONSTRAINT": str(TOOLS / "requirements.txt"),
        }
        self.place = self.home / "360learning"
        self.place.mkdir()

    def shell(self, script: str, address: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Runs a script of the documentation, on another database than the one that it names."""
        command = ["sh", "-euc", DOCUMENTED.sub(address, script)]
        given = self.environment | environment
        return subprocess.run(command, capture_output=True, text=True, env=given, cwd=self.place, check=False)

    def run_page(self, page: Path, address: str, config: str, url: str, section: str = "") -> None:
        """Runs the commands of a page, or of one section of it, as they are written, from its own directory."""
        text = page.read_text(encoding="utf-8")
        text = text[text.index(section) :].split("\n### As an image")[0] if section else text
        for block in re.findall(r"^```sh\n(.*?)^```$", text, re.M | re.S):
            # The wheels are built already, and the database's owner is another here.
            script = block.removeprefix("make wheels\n")
            if "createdb" in block:
                continue
            ended = self.shell(script, address)
            self.assertEqual(ended.returncode, 0, f"{page}: {block}{ended.stdout}{ended.stderr}")
            if "install -m 600" in block:
                file = self.place / config
                self.assertEqual(file.stat().st_mode & 0o777, 0o600)
                file.write_text(self.config(url).read_text())

    def test_the_page_of_learning360_leads_from_an_empty_home_to_tables_marts_report_and_a_night_run(self) -> None:
        url, address = self.start_sandbox(), self.database("postgres")
        self.run_page(README, address, "config.json", url)
        self.assert_tables_marts_and_report(url, address, self.place / "report")
        self.assert_cron(url, address)

    def test_the_first_page_leads_without_a_platform_to_tables_marts_report_and_the_next_changes(self) -> None:
        url, address = self.start_sandbox(), self.database("postgres")
        (self.place / "dist").symlink_to(WHEELS)
        self.run_page(ROOT / "README.md", address, "360learning.json", url, "### Without a platform")
        self.assert_tables_marts_and_report(url, address, self.place)
        changes = [line for line in (self.place / "changes.jsonl").read_text().splitlines() if '"RECORD"' in line]
        every = [line for line in (self.place / "messages.jsonl").read_text().splitlines() if '"RECORD"' in line]
        self.assertLess(0, len(changes))
        self.assertLess(len(changes), len(every))

    def test_the_french_page_leads_from_an_empty_home_to_tables_marts_and_report(self) -> None:
        url, address = self.start_sandbox(), self.database("postgres")
        (self.place / "dist").symlink_to(WHEELS)
        target = urlsplit(address)
        self.environment |= {
            "PGHOST": target.hostname or "",
            "PGPORT": str(target.port or 5432),
            "PGUSER": target.username or "",
            "PGDATABASE": target.path[1:],
        }
        self.run_page(FRENCH, address, "../360learning.json", url)
        self.assert_tables_marts_and_report(url, address, self.place / "rapport")
        self.assertTrue((self.place / "doctor.md").read_text().startswith("# 360Learning account check"))

    def assert_cron(self, url: str, address: str) -> None:
        # Cron mails what a run prints.
        line, command = cron_line()
        self.assertIn(line, README.read_text(encoding="utf-8"))
        ended = self.shell(command, address)
        self.assertEqual((ended.returncode, ended.stdout, ended.stderr), (0, "", ""))
        log = (self.place / "night.log").read_text().splitlines()
        self.assertEqual(log[-4], "== summary")
        self.assertRegex(log[-2], r"^dbt     PASS=\d+ WARN=\d ERROR=0 ")
        self.assert_tables_marts_and_report(url, address, self.place / "report")
        with (self.place / "config.json").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.assertIn("Another run with config.json is under way.", self.shell(command, address).stdout)

    def assert_tables_marts_and_report(self, url: str, address: str, report: Path) -> None:
        truth = self.control(url, "/truth")
        with open_database(address) as database:
            for stream in SUGGESTED:
                self.assertEqual(database.execute(count_of(stream)), [(truth[stream],)])
            marts = "SELECT clients FROM analytics_learning360_marts.learning360__kpi_overview"
            self.assertGreater(database.execute(marts)[0][0], 0)
        self.assertIn("Synthèse", load_workbook(report / "rapport-france-num.xlsx", read_only=True).sheetnames)
        for file in ("rapport-france-num.xlsx", "tableau-de-bord.html"):
            (report / file).unlink()

    def test_forty_megabytes_load_postgresql_and_what_is_missing_for_more_is_named(self) -> None:
        url, address = self.start_sandbox(), self.database("postgres")
        config, least = self.config(url), self.home / "least"
        install = f"python3 -m pip install --quiet --target '{least}' 'learning360[postgres]'"
        place = {"PYTHONPATH": str(least), "PATH": f"{least}/bin:{self.environment['PATH']}"}
        load = f"learning360 load --config '{config}' --to {address}"
        for script in (install, load):
            ended = self.shell(script, address, **place)
            self.assertEqual(ended.returncode, 0, ended.stderr)
        size = sum(file.stat().st_size for file in least.rglob("*") if file.is_file())
        self.assertLess(size, 40_000_000)
        for script, extra in (
            (f"learning360 report --database {address}", "report"),
            (f"learning360 dbt --to {address} build", "dbt-postgres"),
            (f"learning360 load --config '{config}' --to duckdb:a.duckdb", "duckdb"),
        ):
            ended = self.shell(script, address, **place)
            self.assertEqual(ended.returncode, 1)
            self.assertRegex(
                ended.stderr, rf"^learning360: The Python package \w+ is missing.*'learning360\[{extra}\]'$"
            )

    def test_the_dbt_package_is_complete_in_the_wheel_and_in_the_wheel_of_the_source_archive(self) -> None:
        tracked = subprocess.run(["git", "ls-files", "dbt"], cwd=ROOT, check=True, capture_output=True, text=True)
        wanted = {name for name in tracked.stdout.splitlines() if not name.endswith(".gitignore")}
        (archive,) = WHEELS.glob("learning360-*.tar.gz")
        (wheel,) = WHEELS.glob("learning360-*.whl")
        with tarfile.open(archive) as files:
            members = files.getmembers()
            self.assertTrue(all(member.isfile() for member in members))
            in_archive = {member.name.partition("/src/learning360/")[2] for member in members}
        in_wheel = {name.removeprefix("learning360/") for name in zipfile.ZipFile(wheel).namelist()}
        self.assertLessEqual(wanted, in_archive)
        self.assertLessEqual(wanted, in_wheel)
        self.assertFalse([name for name in in_wheel if "/target/" in name or "/logs/" in name])

    def test_pyairbyte_reads_with_the_wheel_by_its_path_and_by_its_name_in_the_registry(self) -> None:
        url = self.start_sandbox()
        (wheel,) = WHEELS.glob("airbyte_source_360learning-*.whl")
        for connector in (wheel, ROOT / "deploy" / "pyairbyte" / "registry.json"):
            with self.subTest(connector.name):
                home = self.home / connector.suffix[1:]
                home.mkdir()
                environment = {
                    **self.environment,
                    "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
                    "UV_FIND_LINKS": str(WHEELS),
                }
                command = [sys.executable, *map(str, (TOOLS / "pyairbyte.py", connector, self.config(url), home))]
                ended = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=home, check=False)
                self.assertEqual(ended.returncode, 0, ended.stderr)
                self.assertTrue((home / ".venv-source-360learning" / "bin" / "source-360learning").exists())
                with duckdb.connect(str(home / "360learning.duckdb"), read_only=True) as cache:
                    for stream, rows in self.control(url, "/truth").items():
                        found = cache.execute(count_of(stream)).fetchall()
                        self.assertEqual(found, [(rows,)], stream)
