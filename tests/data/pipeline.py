"""From the sandbox to the marts, on each engine. The classes that run are in test_duckdb.py and test_postgres.py."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import yaml
from loading.tables import open_database

from . import reporting
from .support import CONNECTOR, MOCK, REFRESHED, ROOT, Case

ACCOUNT = json.loads(Path(__file__).with_name("odd_account.json").read_text())
AS_OF = "2026-11-02T08:00:00.000Z"
# What the marts and the report need, without unit tests, which do not depend on the account.
MARTS = ("--select", "+path:models/marts", "kpi_definitions", "--exclude", "resource_type:unit_test")


class Pipeline(Case):
    engine: str

    def mock_config(self, **settings: Any) -> Path:
        base = {"connector": str(CONNECTOR), "client_id": "x", "client_secret": "y"}
        return self.write("mock", base | settings)

    def test_marts_are_those_of_the_sandbox_at_first_and_after_an_incremental_sync(self) -> None:
        url = self.start_sandbox()
        config, destination = self.config(url), self.database(self.engine)
        self.must_load(CONNECTOR, config, destination, *REFRESHED)
        self.assert_tables_are_true(url, config, destination)
        self.build(destination, self.control(url)["clock"])
        self.assert_marts_are_true(url, destination)
        reporting.check(self, destination, self.home)

        for _ in range(3):
            changes = self.control(url, "/change", "POST")
        self.assertTrue(changes)
        self.must_load(CONNECTOR, config, destination, *REFRESHED)
        self.build(destination, self.control(url)["clock"], *MARTS)
        self.assert_marts_are_true(url, destination)

    def test_a_load_killed_again_and_again_loses_nothing_and_repeats_nothing(self) -> None:
        url = self.start_sandbox("--latency-ms=20")
        # Slow enough to be killed in the middle on any machine.
        config, destination = self.config(url, requests_per_second=250), self.database(self.engine)
        kills = 0
        for requests in (60, 250, 500, 640):
            self.control(url, "/requests", "DELETE")
            begun = self.control(url, "/requests")["total"]
            process = subprocess.Popen(self.load_command(CONNECTOR, config, destination), stdout=subprocess.DEVNULL)
            while process.poll() is None and self.control(url, "/requests")["total"] - begun < requests:
                time.sleep(0.01)
            kills += process.poll() is None
            process.send_signal(signal.SIGKILL)
            process.wait()
        self.assertGreaterEqual(kills, 2)
        self.must_load(CONNECTOR, config, destination)
        self.assert_tables_are_true(url, config, destination)

    def test_a_sync_that_fails_leaves_the_old_tables_and_says_why(self) -> None:
        destination = self.database(self.engine)
        rows = [{"_id": f"u{number}", "status": "active"} for number in range(5)]
        self.must_load(MOCK, self.mock_config(streams={"users": rows}), destination, "--streams", "users")
        config = self.mock_config(streams={"users": rows[:3]}, dies_after=2, failure_type="config_error")
        ended = self.load(MOCK, config, destination, "--streams", "users")
        self.assertEqual(ended.returncode, 1)
        self.assertEqual(
            ended.stderr, "load: mock_source.py read ended with exit code 1. The mock failed.\n", ended.stderr
        )
        self.assertEqual(self.count(destination, "users"), 5)
        self.must_load(MOCK, self.mock_config(streams={"users": rows[:3]}), destination, "--streams", "users")
        self.assertEqual(self.count(destination, "users"), 3)

    def test_values_that_do_not_fit_are_null_and_the_row_says_so(self) -> None:
        destination = self.database(self.engine)
        row = {"_id": "s\0lot", "startDate": "soon", "maxCapacity": "many", "virtual": 1, "name": {"not": "text"}}
        config = self.mock_config(streams={"classroom_slots": [row], "group_memberships": []})
        self.must_load(MOCK, config, destination, "--streams", "classroom_slots", "group_memberships")
        database = open_database(destination)
        query = 'SELECT "_id", "startDate", "maxCapacity", "virtual", "name", _airbyte_meta FROM {}.classroom_slots'
        *values, meta = database.execute(query.format("raw_360learning"))[0]
        database.close()
        self.assertEqual(values, ["slot", None, None, None, '{"not":"text"}'])
        meta = json.loads(meta) if isinstance(meta, str) else meta
        self.assertEqual({one["field"] for one in meta["changes"]}, {"startDate", "maxCapacity", "virtual"})
        self.assertEqual(self.count(destination, "group_memberships"), 0)

    def test_of_two_rows_with_one_key_the_one_with_the_later_cursor_stays(self) -> None:
        destination = self.database(self.engine)

        def registration(attended: bool, modified: str) -> dict[str, Any]:
            return {"_id": "r", "hasAttended": attended, "modifiedAt": modified}

        late, early = registration(True, "2026-02-01T00:00:00Z"), registration(False, "2026-01-01T00:00:00Z")
        for number, rows in enumerate(([early, late], [early])):
            cursors = {"classroom_registrations": {"at": number}}
            config = self.mock_config(streams={"classroom_registrations": rows}, cursors=cursors)
            self.must_load(MOCK, config, destination, "--streams", "classroom_registrations")
            database = open_database(destination)
            found = database.execute('SELECT "hasAttended" FROM raw_360learning.classroom_registrations')
            database.close()
            self.assertEqual(found, [(True,)])

    def test_an_empty_account_that_syncs_the_suggested_streams_only_has_empty_marts(self) -> None:
        destination = self.database(self.engine)
        metadata = yaml.safe_load((ROOT / "metadata.yaml").read_text())
        streams = metadata["data"]["suggestedStreams"]["streams"]
        self.must_load(MOCK, self.mock_config(streams={}), destination, "--streams", *streams)
        self.build(destination, AS_OF, *MARTS)
        self.assert_marts_of({}, AS_OF, destination)
        sheets = reporting.check(self, destination, self.home)
        self.assertIn("Aucune donnée pour le moment.", [row[0] for row in sheets["Demi-journées"]])

    def test_an_account_without_custom_fields_has_learners_of_unknown_firms(self) -> None:
        destination = self.database(self.engine)
        without = {name: rows for name, rows in ACCOUNT.items() if "custom_field" not in name}
        self.must_load(MOCK, self.mock_config(streams=without), destination)
        self.build(destination, AS_OF, *MARTS)
        self.assert_marts_of(without, AS_OF, destination)
        reporting.check(self, destination, self.home)

    def test_twin_fields_and_names_with_accents_quotes_signs_and_emoji_come_out_whole(self) -> None:
        destination = self.database(self.engine)
        self.must_load(MOCK, self.mock_config(streams=ACCOUNT), destination)
        self.build(destination, AS_OF, *MARTS)
        self.assert_marts_of(ACCOUNT, AS_OF, destination)
        database = open_database(destination)
        query = "SELECT company, firm FROM analytics_marts.france_num_report WHERE user_id = 'a1' ORDER BY training_id"
        company, firm = database.execute(query)[0]
        database.close()
        self.assertEqual((company, firm), ('=HYPERLINK("http://x";"🥞")', 'L\'Œuf & "Fils"'))
        sheets = reporting.check(self, destination, self.home)
        # Excel does not allow such a sheet name; the title in the sheet is complete.
        self.assertIn('L\'Œuf & "Fils"', [rows[0][0] for rows in sheets.values()])
        companies = [row[3] for row in sheets["Stagiaires et formations"]]
        self.assertIn('=HYPERLINK("http://x";"🥞")', companies)

    def count(self, destination: str, stream: str) -> int:
        database = open_database(destination)
        try:
            return int(database.execute(f"SELECT count(*) FROM raw_360learning.{stream}")[0][0])
        finally:
            database.close()
