"""The DAGs, run by `dag.test()`: `make airflow-test`.

The DAG without Airbyte reads the sandbox. A mock server takes the place of Airbyte and of the receiver of alerts.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.request
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from unittest import mock

ROOT = Path(__file__).resolve().parents[3]
DAGS = ROOT / "deploy/airflow/dags"
BINARIES = Path(os.environ["AIRFLOW_TESTS_BINARIES"]).resolve()
PYTHON = Path(os.environ["AIRFLOW_TESTS_PYTHON"]).absolute()
SECRET = "sandbox-secret-not-a-real-one"

# Airflow reads its configuration while it is imported, so configuration and database come first.
HOME = Path(tempfile.mkdtemp(prefix="airflow-tests-"))
os.environ |= {
    "AIRFLOW_HOME": str(HOME),
    "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
    "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
    "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    "DO_NOT_TRACK": "1",
}
unittest.addModuleCleanup(shutil.rmtree, HOME, ignore_errors=True)
subprocess.run(
    [sys.executable, "-m", "airflow", "db", "migrate"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
)

sys.path.insert(0, str(DAGS))  # As Airflow does with the folder of DAGs.

from airflow.dag_processing.dagbag import DagBag  # noqa: E402
from airflow.sdk import DAG  # noqa: E402

logging.getLogger("httpx").setLevel(logging.WARNING)


class MockAirbyte(ThreadingHTTPServer):
    """A mock of Airbyte's public API, whose jobs go through `statuses`, and of the receiver of alerts."""

    def __init__(self, statuses: list[str]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.statuses, self.requests, self.alerts = statuses, Counter[str](), list[Any]()
        self.triggered: Any = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: MockAirbyte

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests[f"POST {self.path}"] += 1
        if self.path == "/alert":
            self.server.alerts.append(json.loads(body))
            self.respond({})
        elif self.path == "/v1/applications/token":
            self.respond({"access_token": "a-token", "token_type": "Bearer", "expires_in": 180})
        else:
            self.server.triggered = json.loads(body)
            self.respond(self.job("pending"))

    def do_GET(self) -> None:
        self.server.requests[f"GET {self.path}"] += 1
        statuses = self.server.statuses
        self.respond(self.job(statuses.pop(0) if len(statuses) > 1 else statuses[0]))

    def job(self, status: str) -> Any:
        return {
            "jobId": 7,
            "status": status,
            "jobType": "sync",
            "startTime": "2026-11-24T04:00:00Z",
            "connectionId": "a-connection",
        }

    def respond(self, content: Any) -> None:
        text = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: Any) -> None:
        pass


class TestDags(unittest.TestCase):
    def setUp(self) -> None:
        place = tempfile.TemporaryDirectory(prefix="airflow-tests-")
        self.addCleanup(place.cleanup)
        self.home = Path(place.name)
        self.database = self.home / "360learning.duckdb"

    def dag(self, name: str) -> DAG:
        bag = DagBag(str(DAGS))
        self.assertEqual(bag.import_errors, {})
        return bag.dags[name]

    def start_airbyte(self, *statuses: str) -> MockAirbyte:
        server = MockAirbyte(list(statuses))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server

    def sandbox(self) -> str:
        command = [str(BINARIES / "sandbox-360learning"), "--port=0", "--scale=small", "--rate-limit=0"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout
        for cleanup in (process.stdout.close, process.wait, process.kill):
            self.addCleanup(cleanup)
        return next(line.split()[-1] for line in process.stdout if line.startswith("listening on "))

    def run_dag(
        self, dag: DAG, airbyte: MockAirbyte, config: dict[str, Any] | None = None
    ) -> tuple[str, dict[str, str]]:
        """The state of the run, and of each task that was reached. Tasks run once."""
        for task in dag.tasks:
            task.retries = 0
            task.poke_interval = 1
        settings = {
            "python": str(PYTHON),
            "source": str(BINARIES / "source-360learning"),
            "airbyte_connection_id": "a-connection",
            "output": str(self.home / "output"),
            "dbt_vars": {"learning360_as_of": "2026-11-01 00:00:00"},
        }
        connection = {"conn_type": "airbyte", "host": f"{airbyte.url}/v1", "login": "an-id", "password": "a-secret"}
        alert = {"path": f"json://127.0.0.1:{airbyte.server_address[1]}/alert", "tag": "all"}
        environment = {
            "AIRFLOW_VAR_SOURCE_360LEARNING": json.dumps(settings),
            "AIRFLOW_CONN_AIRBYTE_DEFAULT": json.dumps(connection),
            "AIRFLOW_CONN_APPRISE_DEFAULT": json.dumps({"conn_type": "apprise", "extra": {"config": alert}}),
            "AIRFLOW_CONN_API_360LEARNING": json.dumps({"conn_type": "generic", "extra": config or {}}),
            "AIRFLOW_CONN_WAREHOUSE_360LEARNING": json.dumps({"conn_type": "duckdb", "host": str(self.database)}),
        }
        with mock.patch.dict(os.environ, environment):
            run = dag.test()
            return str(run.state), {one.task_id: str(one.state) for one in run.get_task_instances()}

    def load(self, url: str) -> None:
        """Loads the tables as Airbyte would."""
        config = self.home / "config.json"
        config.write_text(json.dumps(self.credentials(url)))
        paths = ["--source", BINARIES / "source-360learning", "--config", config]
        command = [PYTHON, "-m", "learning360", "load", *paths, "--to", f"duckdb:{self.database}"]
        subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)

    def credentials(self, url: str) -> dict[str, Any]:
        with urllib.request.urlopen(f"{url}/__sandbox") as response:
            sandbox = json.load(response)
        return {"base_url": url, **sandbox["credentials"], "requests_per_second": 1000}

    def count(self, rows: str) -> int:
        """The number of rows in the database. Airflow's environment has no DuckDB, the demo's has."""
        query = "import duckdb, sys; print(duckdb.connect(sys.argv[1]).execute(sys.argv[2]).fetchone()[0])"
        command = [str(PYTHON), "-c", query, str(self.database), f"select count(*) from {rows}"]
        return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    def assert_marts_and_report(self, rows_of_users: int) -> None:
        self.assertEqual(self.count("raw_360learning.users"), rows_of_users)
        marts = "information_schema.tables where table_schema = 'analytics_learning360_marts'"
        self.assertGreaterEqual(self.count(marts), 15)
        for file in ("rapport-france-num.xlsx", "tableau-de-bord.html"):
            self.assertGreater((self.home / "output" / file).stat().st_size, 5_000, file)

    def test_both_dags_import_without_error_and_hold_no_secret(self) -> None:
        for name in ("learning_by_airbyte", "learning_without_airbyte"):
            dag = self.dag(name)
            self.assertEqual(dag.max_active_runs, 1)
            self.assertTrue(dag.doc_md)
        for file in DAGS.glob("*.py"):
            self.assertNotRegex(file.read_text(), r"(password|secret|token)\s*=\s*['\"][^{'\"]")

    def test_a_sync_that_succeeds_leads_to_marts_and_report(self) -> None:
        airbyte = self.start_airbyte("pending", "running", "succeeded")
        self.load(self.sandbox())
        state, tasks = self.run_dag(self.dag("learning_by_airbyte"), airbyte)
        self.assertEqual((state, set(tasks.values())), ("success", {"success"}), tasks)
        self.assertEqual(airbyte.triggered, {"connectionId": "a-connection", "jobType": "sync"})
        self.assertEqual((airbyte.requests["POST /v1/jobs"], airbyte.requests["GET /v1/jobs/7"]), (1, 3))
        self.assertEqual(airbyte.alerts, [])
        self.assert_marts_and_report(120)

    def test_a_sync_that_fails_stops_the_run_and_alerts(self) -> None:
        airbyte = self.start_airbyte("running", "failed")
        state, tasks = self.run_dag(self.dag("learning_by_airbyte"), airbyte)
        self.assertEqual(state, "failed")
        self.assertEqual((tasks["sync"], tasks["wait"]), ("success", "failed"))
        self.assertEqual({tasks["marts_and_report.dbt_build"], tasks["marts_and_report.report"]}, {"upstream_failed"})
        self.assertFalse(self.database.exists())
        self.assertEqual([alert["title"] for alert in airbyte.alerts], ["learning_by_airbyte failed"])

    def test_the_connector_alone_fills_the_database_and_writes_the_report(self) -> None:
        airbyte = self.start_airbyte("failed")
        state, tasks = self.run_dag(self.dag("learning_without_airbyte"), airbyte, self.credentials(self.sandbox()))
        self.assertEqual((state, set(tasks.values())), ("success", {"success"}), tasks)
        self.assertEqual(airbyte.alerts, [])
        self.assert_marts_and_report(120)

    def test_wrong_credentials_stop_the_run_and_alert_without_the_secret(self) -> None:
        airbyte = self.start_airbyte("failed")
        config = {**self.credentials(self.sandbox()), "client_secret": f"not-{SECRET}"}
        state, tasks = self.run_dag(self.dag("learning_without_airbyte"), airbyte, config)
        self.assertEqual(
            (state, tasks["load"], tasks["marts_and_report.report"]), ("failed", "failed", "upstream_failed")
        )
        self.assertEqual([alert["title"] for alert in airbyte.alerts], ["learning_without_airbyte failed"])
        self.assertNotIn(SECRET, json.dumps(airbyte.alerts))


if __name__ == "__main__":
    unittest.main()
