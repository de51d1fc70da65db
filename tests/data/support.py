"""A sandbox, the loader, dbt and two databases, for the tests."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import tempfile
import unittest
import urllib.request
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from learning360.loading.catalog import Stream
from learning360.loading.database import Database, open_database, quoted
from learning360.loading.layout import Column
from learning360.loading.source import Source

from . import forked
from .oracle.compare import Comparison, compare, sandbox
from .oracle.figures import parse_time

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / "tools"
BINARIES = Path(os.environ.get("DATA_TESTS_BINARIES", ROOT / "target" / "debug")).resolve()
POSTGRES = os.environ.get("DATA_TESTS_POSTGRES", "")
CONNECTOR = BINARIES / "source-360learning"
MOCK = Path(__file__).with_name("mock_source.py")
DUCKDB = "360learning.duckdb"  # As in `pyairbyte.py`.
COMPILED = Path(tempfile.mkdtemp(prefix="data-tests-dbt-"))
atexit.register(shutil.rmtree, COMPILED, ignore_errors=True)


class Case(unittest.TestCase):
    """A test with a directory of its own, which stops what it started."""

    def setUp(self) -> None:
        place = tempfile.TemporaryDirectory(prefix="data-tests-")
        self.addCleanup(place.cleanup)
        self.home = Path(place.name)

    def start_sandbox(self, *options: str, scale: str = "small") -> str:
        """The address of a sandbox without a rate limit."""
        command = [str(BINARIES / "sandbox-360learning"), "--port=0", f"--scale={scale}", "--rate-limit=0", *options]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        for line in process.stdout:
            if line.startswith("listening on "):
                return line.removeprefix("listening on ").strip()
        raise AssertionError("The sandbox did not start.")

    def control(self, url: str, path: str = "", method: str = "GET") -> Any:
        with urllib.request.urlopen(urllib.request.Request(f"{url}/__sandbox{path}", method=method)) as response:
            return json.loads(response.read() or "null")

    def config(self, url: str, **settings: Any) -> Path:
        config = {"base_url": url, **self.control(url)["credentials"], "requests_per_second": 1000, **settings}
        return self.write("config", config)

    def write(self, name: str, content: Any) -> Path:
        file = self.home / f"{name}.json"
        file.write_text(json.dumps(content))
        return file

    def database(self, engine: str) -> str:
        """The address of an empty database."""
        if engine == "duckdb":
            return f"duckdb:{self.home / DUCKDB}"
        name = f"data_tests_{os.getpid()}"
        server = open_database(POSTGRES)
        self.addCleanup(server.close)
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {name}")
        self.addCleanup(server.execute, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        return urlsplit(POSTGRES)._replace(path=f"/{name}").geturl()

    def mock_config(self, **settings: Any) -> Path:
        base = {"connector": str(CONNECTOR), "client_id": "x", "client_secret": "y"}
        return self.write("mock", base | settings)

    def load_arguments(self, source: Path, config: Path, destination: str, *options: str) -> list[str]:
        """The arguments of `learning360` that load all streams, unless options name them."""
        paths = ["--source", str(source), "--config", str(config), "--to", destination]
        return ["load", "--streams", "all", *paths, *options]

    def load(self, source: Path, config: Path, destination: str, *options: str) -> subprocess.CompletedProcess[str]:
        return forked.run("learning360", self.load_arguments(source, config, destination, *options))

    def must_load(self, source: Path, config: Path, destination: str, *options: str) -> None:
        ended = self.load(source, config, destination, *options)
        self.assertEqual(ended.returncode, 0, ended.stderr)

    def dbt_environment(self, destination: str) -> dict[str, str]:
        """The variables with which dbt and MetricFlow find the project and this database."""
        environment = {
            **os.environ,
            "DBT_PROFILES_DIR": str(ROOT / "dbt"),
            "DBT_PROJECT_DIR": str(ROOT / "dbt"),
            # Shared by the tests of an engine: dbt parses the project once while names and variables stay the same.
            "DBT_TARGET_PATH": str(COMPILED / destination.partition(":")[0]),
            "DBT_LOG_PATH": str(self.home / "logs"),
            "DO_NOT_TRACK": "1",
        }
        with open_database(destination) as database:
            environment |= database.environment()
        if destination.startswith("duckdb:"):
            environment["DUCKDB_PATH"] = DUCKDB  # Without the directory, so that names stay the same.
        return environment

    def build(
        self,
        destination: str,
        as_of: str,
        *selection: str,
        variables: dict[str, Any] | None = None,
        log_level: str = "info",
    ) -> str:
        """`dbt build`, which must succeed; returns its log. `debug` has every statement, for a sixth of the time. dbt's
        JSON files take a second: they are written if the selection has `--write-json`. One thread, since two processes
        test at a time: threads that wait for each other take a tenth more."""
        environment = self.dbt_environment(destination)
        instant = as_of.replace("T", " ").rstrip("Z").removesuffix(".000")
        given = {"learning360_as_of": instant, **(variables or {})}
        flags = ["--no-use-colors", "--log-level", "none", "--log-level-file", log_level]
        arguments = [*flags, "build", "--threads", "1", "--vars", json.dumps(given), "--no-write-json", *selection]
        ended = forked.run("dbt", arguments, environment, self.home)
        log = self.home / "logs" / "dbt.log"
        logged = log.read_text(encoding="utf-8") if log.exists() else "dbt wrote no log."
        self.assertEqual(ended.returncode, 0, logged[-6_000:] + ended.stdout[-2_000:] + ended.stderr[-2_000:])
        return logged

    def assert_marts_are_true(self, url: str, destination: str) -> None:
        self.assert_equal(compare(*sandbox(url), destination, "analytics_learning360_marts"))

    def assert_marts_of(
        self, rows: dict[str, list[Any]], as_of: str, destination: str, schema: str = "analytics_learning360_marts"
    ) -> None:
        clock = parse_time(as_of)
        assert clock
        self.assert_equal(compare(lambda stream: rows.get(stream, []), clock, destination, schema))

    def assert_equal(self, comparisons: list[Comparison]) -> None:
        wrong = {one.mart: one.differences[:3] for one in comparisons if one.differences}
        self.assertFalse(wrong, json.dumps(wrong, indent=1, ensure_ascii=False))

    def assert_tables_are_true(self, url: str, config: Path, destination: str) -> None:
        """Every raw table has each row of the sandbox once, with every value."""
        database = open_database(destination)
        self.addCleanup(database.close)
        for offered in Source(CONNECTOR, config).discover():
            stream = Stream(offered)
            wanted = [expected(row, stream) for row in self.control(url, f"/truth/{stream.name}")]
            self.assertEqual(sorted(map(repr, loaded(database, stream))), sorted(map(repr, wanted)), stream.name)
        database.close()


def compared(stream: Stream) -> list[Column]:
    """All columns but `readAt`, the time of the read, which the sandbox does not have."""
    return [column for column in stream.columns if column.field != "readAt"]


def expected(row: dict[str, Any], stream: Stream) -> list[Any]:
    """A row of the sandbox as the table should return it."""
    values: list[Any] = []
    for column in compared(stream):
        value = row.get(column.field)
        if value is not None and column.type.startswith("TIMESTAMP"):
            # Without the bounds of the marts: a raw table also has the year 9999.
            instant = datetime.fromisoformat(value.replace("Z", "+00:00"))
            value = round(instant.timestamp() * 1000)
        elif value is not None and column.type == "JSONB":
            value = json.dumps(value, sort_keys=True)
        elif value is not None and column.type.startswith("DECIMAL"):
            value = float(value)
        values.append(value)
    return values


def loaded(database: Database, stream: Stream) -> list[list[Any]]:
    """The rows of a raw table: instants in milliseconds, objects as text with sorted keys. Without those that only
    record that a user has no value in a custom field."""
    columns = []
    for column in compared(stream):
        name = quoted(column.name)
        instant = f"CAST(round(extract(epoch FROM {name}) * 1000) AS BIGINT)"
        columns.append(instant if column.type.startswith("TIMESTAMP") else name)
    found = []
    which = f" WHERE {quoted('value')} IS NOT NULL" if stream.name == "user_custom_field_values" else ""
    for row in database.execute(f"SELECT {', '.join(columns)} FROM raw_360learning.{quoted(stream.name)}{which}"):
        values = list(row)
        for place, column in enumerate(compared(stream)):
            if values[place] is not None and column.type == "JSONB":
                value = values[place]
                values[place] = json.dumps(json.loads(value) if isinstance(value, str) else value, sort_keys=True)
            elif values[place] is not None and column.type.startswith("DECIMAL"):
                values[place] = float(values[place])
        found.append(values)
    return found
