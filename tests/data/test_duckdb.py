"""The pipeline into DuckDB: with the loader, and with PyAirbyte."""

from __future__ import annotations

import subprocess
import sys

from learning360.loading.database import open_database

from . import (
    business_tools,
    hostile_configured,
    hostile_feedback,
    hostile_ordinary,
    hostile_past,
    interrupted,
    pipeline,
)
from .pipeline import AS_OF, MARTS, WITHOUT_UNIT_TESTS
from .support import CONNECTOR, MOCK, TOOLS


class DuckDB(pipeline.Pipeline):
    engine = "duckdb"

    def test_the_tables_of_pyairbyte_give_the_same_marts(self) -> None:
        url = self.start_sandbox()
        config = self.config(url)
        # PyAirbyte reads its settings when it is imported, so it runs in a process of its own.
        command = [sys.executable, str(TOOLS / "pyairbyte.py"), str(CONNECTOR), str(config), str(self.home)]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
        self.assertEqual(ended.returncode, 0, ended.stderr)
        destination = self.database(self.engine)
        self.build(destination, self.control(url)["clock"], *WITHOUT_UNIT_TESTS)
        self.assert_marts_are_true(url, destination)

    def test_a_mart_that_is_wrong_is_noticed(self) -> None:
        destination = self.database(self.engine)
        rows = {"users": [{"_id": "u1", "status": "active", "firstName": "Anna"}]}
        self.must_load(MOCK, self.mock_config(streams=rows), destination)
        self.build(destination, AS_OF, *MARTS)
        database = open_database(destination)
        database.execute("UPDATE analytics_learning360_marts.learning360__kpi_overview SET clients = 2")
        database.close()
        with self.assertRaisesRegex(AssertionError, "clients is 2, should be 1"):
            self.assert_marts_of(rows, AS_OF, destination)


class OrdinaryDuckDB(hostile_ordinary.Ordinary):
    engine = "duckdb"


class PastDuckDB(hostile_past.Past):
    engine = "duckdb"


class ConfiguredDuckDB(hostile_configured.Configured):
    engine = "duckdb"


class FeedbackDuckDB(hostile_feedback.Feedback):
    engine = "duckdb"


class BusinessToolsDuckDB(business_tools.BusinessTools):
    engine = "duckdb"


class InterruptedDuckDB(interrupted.Interrupted):
    engine = "duckdb"
