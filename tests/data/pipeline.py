"""From the sandbox to the marts, on each engine. The classes that run are in test_duckdb.py and test_postgres.py."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from learning360.loading.catalog import SUGGESTED, Stream
from learning360.loading.database import open_database
from learning360.loading.source import Source

from . import reporting, scopes
from .oracle.answer_files import MAPS, answer_file
from .oracle.compare import Account, answered, compare, datable, of_that_day, sandbox
from .oracle.compare import expected as expected_marts
from .oracle.figures import parse_time
from .support import CONNECTOR, MOCK, ROOT, Case, expected, loaded

ACCOUNT = json.loads(Path(__file__).with_name("odd_account.json").read_text())
AS_OF = "2026-11-02T08:00:00.000Z"
# Unit tests do not depend on the account: one build in each database runs them.
WITHOUT_UNIT_TESTS = ("--exclude", "resource_type:unit_test")
# What the marts and the report need.
MARTS = ("--select", "+path:models/marts", "learning360__kpi_definitions", *WITHOUT_UNIT_TESTS)


class Pipeline(Case):
    engine: str

    def test_marts_are_those_of_the_sandbox_at_first_and_after_an_incremental_sync(self) -> None:
        url = self.start_sandbox()
        config, destination = self.config(url), self.database(self.engine)
        self.must_load(CONNECTOR, config, destination)
        self.assert_tables_are_true(url, config, destination)
        self.load_answers(url, destination)
        log = self.build(destination, self.control(url)["clock"])
        # Those of the package itself: every other build leaves them out.
        self.assertRegex(log, r"Finished running .* \d+ unit tests")
        self.assert_marts_and_answers_are_true(url, destination)
        reporting.check(self, destination, self.home)
        accounts, clock = sandbox(url)
        truth = expected_marts([answered(one, url, destination) for one in accounts], clock)
        scopes.check(self, destination, truth, self.home)

        for _ in range(3):
            changes = self.control(url, "/change", "POST")
        self.assertTrue(changes)
        self.must_load(CONNECTOR, config, destination)
        self.load_answers(url, destination)
        self.build(destination, self.control(url)["clock"], *MARTS)
        self.assert_marts_and_answers_are_true(url, destination)

    def load_answers(self, url: str, destination: str) -> None:
        """Loads the sandbox's files of answers, each with the map of the documentation that fits."""
        rejected = 0
        for name, fitting in MAPS.items():
            file, list_of = self.home / name, self.home / "rejected.csv"
            file.write_bytes(answer_file(url, name))
            options = ["--map", str(ROOT / "docs" / "fr" / "avis" / fitting), "--rejected", str(list_of)]
            command = [sys.executable, "-m", "learning360", "feedback", str(file), "--to", destination, *options]
            ended = subprocess.run(command, capture_output=True, text=True, check=False)
            self.assertEqual(ended.returncode, 0, ended.stderr)
            rejected += len(list_of.read_text(encoding="utf-8").splitlines()) - 1
        self.assertGreater(rejected, 0)

    def assert_marts_and_answers_are_true(self, url: str, destination: str) -> None:
        """The same, and the answers are in each mart that has figures of them."""
        accounts, clock = sandbox(url)
        self.assert_equal(compare([answered(one, url, destination) for one in accounts], clock, destination))
        marts = "kpi_overview in_person_training kpi_in_person france_num_report qualiopi facts_feedback".split()
        with open_database(destination) as database:
            for mart in marts:
                query = f"SELECT sum(answers) FROM analytics_learning360_marts.learning360__{mart}"
                self.assertGreater(database.execute(query)[0][0], 20, mart)

    def test_marts_of_three_months_ago_have_what_they_had_on_that_day(self) -> None:
        url = self.start_sandbox()
        config, destination = self.config(url), self.database(self.engine)
        truth = self.control(url, "/truth")
        then = Account("raw_360learning", {name: self.control(url, f"/truth/{name}") for name in truth}.__getitem__)
        clock = self.control(url)["clock"]
        for _ in range(90):
            self.control(url, "/change", "POST")
        self.must_load(CONNECTOR, config, destination)
        self.build(destination, clock, *MARTS)
        (today,), _ = sandbox(url)
        day = parse_time(clock)
        assert day
        that_day = of_that_day(then, today)
        self.assert_equal(compare([that_day], day, destination, only=datable))

    def test_a_load_killed_again_and_again_loses_nothing_and_repeats_nothing(self) -> None:
        url = self.start_sandbox("--latency-ms=20")
        # Slow enough to be killed in the middle on any machine.
        config, destination = self.config(url, requests_per_second=250), self.database(self.engine)
        kills = 0
        for requests in (60, 250, 500, 640):
            self.control(url, "/requests", "DELETE")
            begun = self.control(url, "/requests")["total"]
            arguments = self.load_arguments(CONNECTOR, config, destination, "--full-refresh=none")
            command = [sys.executable, "-m", "learning360", *arguments]
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
            while process.poll() is None and self.control(url, "/requests")["total"] - begun < requests:
                time.sleep(0.01)
            kills += process.poll() is None
            process.send_signal(signal.SIGKILL)
            process.wait()
        self.assertGreaterEqual(kills, 2)
        self.must_load(CONNECTOR, config, destination, "--full-refresh=none")
        self.assert_tables_are_true(url, config, destination)

    def test_a_table_that_was_dropped_or_emptied_is_filled_again_and_another_account_replaces_all_rows(self) -> None:
        url, destination = self.start_sandbox(), self.database(self.engine)
        streams = ("--streams", "attendances,users")

        def rows() -> int:
            with open_database(destination) as database:
                return int(database.execute("SELECT count(*) FROM raw_360learning.attendances")[0][0])

        self.must_load(CONNECTOR, self.config(url), destination, *streams)
        unfinished = "UPDATE airbyte_internal._airbyte_state SET pending = TRUE WHERE stream = 'users'"
        for damage in (
            ["DROP SCHEMA raw_360learning CASCADE"],
            ["TRUNCATE raw_360learning.attendances"],
            # Read to its end by a sync that goes on.
            [unfinished, "DROP TABLE raw_360learning.attendances"],
        ):
            with open_database(destination) as database:
                for statement in damage:
                    database.execute(statement)
            self.must_load(CONNECTOR, self.config(url), destination, *streams)
            self.assertEqual(rows(), self.control(url, "/truth")["attendances"], str(damage))

        another = self.start_sandbox("--seed=7")
        ended = self.load(CONNECTOR, self.config(another), destination, *streams)
        self.assertEqual(ended.returncode, 0, ended.stderr)
        self.assertIn("warning: The table attendances holds rows of", ended.stderr)
        self.assertEqual(rows(), self.control(another, "/truth")["attendances"])

    def test_after_any_day_the_values_are_those_of_360learning_although_only_users_who_changed_are_visited(
        self,
    ) -> None:
        url = self.start_sandbox("--subscribe=user.customfield.values.updated")
        config, destination = self.config(url), self.database(self.engine)
        (values,) = [one for one in Source(CONNECTOR, config).discover() if one["name"] == "user_custom_field_values"]
        visited = []
        for _ in range(5):
            self.control(url, "/requests", "DELETE")
            self.must_load(CONNECTOR, config, destination, "--streams=users,custom_fields,user_custom_field_values")
            endpoints = self.control(url, "/requests")["endpoints"]
            visited.append(sum(count for path, count in endpoints.items() if path.startswith("/users/{")))
            with open_database(destination) as database:
                rows = loaded(database, Stream(values))
            # Nothing deletes the values of a field that is gone: readers leave them out.
            fields = {row["_id"] for row in self.control(url, "/truth/custom_fields")}
            found = sorted(repr(row) for row in rows if row[1] in fields)
            wanted = [expected(row, Stream(values)) for row in self.control(url, "/truth/user_custom_field_values")]
            self.assertEqual(found, sorted(map(repr, wanted)))
            self.control(url, "/change", "POST")
        users = self.control(url, "/truth")["users"]
        # All of them at first, and after the day on which a field was deleted; else some.
        self.assertGreaterEqual(visited[0], 100)
        self.assertGreaterEqual(sum(0 < day < users / 2 for day in visited[1:]), 2, visited)

    def test_a_sync_that_fails_leaves_the_old_tables_and_says_why(self) -> None:
        destination = self.database(self.engine)
        rows = [{"_id": f"u{number}", "status": "active"} for number in range(5)]
        self.must_load(MOCK, self.mock_config(streams={"users": rows}), destination, "--streams", "users")
        config = self.mock_config(streams={"users": rows[:3]}, dies_after=2, failure_type="config_error")
        ended = self.load(MOCK, config, destination, "--streams", "users")
        self.assertEqual(ended.returncode, 1)
        self.assertEqual(
            ended.stderr, "learning360: mock_source.py read ended with exit code 1. The mock failed.\n", ended.stderr
        )
        self.assertEqual(self.count(destination, "users"), 5)
        self.must_load(MOCK, self.mock_config(streams={"users": rows[:3]}), destination, "--streams", "users")
        self.assertEqual(self.count(destination, "users"), 3)

    def test_values_that_do_not_fit_are_null_and_the_row_says_so(self) -> None:
        destination = self.database(self.engine)
        row = {"_id": "slot", "startDate": "soon", "maxCapacity": "many", "virtual": 1, "name": {"not": "text"}}
        config = self.mock_config(streams={"classroom_slots": [row], "group_memberships": []})
        self.must_load(MOCK, config, destination, "--streams", "classroom_slots,group_memberships")
        database = open_database(destination)
        query = 'SELECT "_id", "startDate", "maxCapacity", "virtual", "name", _airbyte_meta FROM {}.classroom_slots'
        *values, meta = database.execute(query.format("raw_360learning"))[0]
        database.close()
        self.assertEqual(values, ["slot", None, None, None, '{"not":"text"}'])
        meta = json.loads(meta) if isinstance(meta, str) else meta
        self.assertEqual({one["field"] for one in meta["changes"]}, {"startDate", "maxCapacity", "virtual"})
        self.assertEqual(self.count(destination, "group_memberships"), 0)

    def test_dates_in_any_form_are_instants_or_null(self) -> None:
        destination = self.database(self.engine)
        known = {
            "2026-01-05T08:00:00.000Z": "2026-01-05T08:00:00+00:00",
            "2026-01-05 08:00:00": "2026-01-05T08:00:00+00:00",
            "2026-01-05T08:00:00+02": "2026-01-05T06:00:00+00:00",
            "2026-01-05T08:00:00.123456789-0530": "2026-01-05T13:30:00.123457+00:00",
            "2026-01-05": "2026-01-05T00:00:00+00:00",
        }
        unknown = ["2026-01-05T08:00Z", "2026-01-05T08:00+02", "20260105T080000Z", "2026-W02-1T08:00:00Z",
            "2026-01-05T08:00:00+99:00", "2026-13-05T08:00:00Z", "2026-01-05T08:00:00ZZ", ""]  # fmt: skip
        rows = [{"_id": f"l{place}", "startDate": text} for place, text in enumerate([*known, *unknown])]
        self.must_load(
            MOCK, self.mock_config(streams={"classroom_slots": rows}), destination, "--streams=classroom_slots"
        )
        with open_database(destination) as database:
            query = 'SELECT "startDate" FROM raw_360learning.classroom_slots ORDER BY length("_id"), "_id"'
            found = [at and at.astimezone(timezone.utc) for (at,) in database.execute(query)]
        wanted = [datetime.fromisoformat(text) for text in known.values()]
        for one, other in zip(found, wanted, strict=False):
            self.assertLess(abs(one - other), timedelta(microseconds=2))
        self.assertEqual(found[len(known) :], [None] * len(unknown))

    def test_a_start_date_shortens_no_table_that_is_filled_anew(self) -> None:
        url, destination = self.start_sandbox(), self.database(self.engine)
        streams = ["--streams", "paths,path_sessions,classrooms,classroom_slots,path_enrollments,courses"]
        self.must_load(CONNECTOR, self.config(url, start_date="2026-10-20T00:00:00Z"), destination, *streams)
        truth = self.control(url, "/truth")
        for stream in streams[1].split(","):
            self.assertEqual(self.count(destination, stream), truth[stream], stream)

    def test_every_text_is_stored_as_it_is_but_for_what_no_database_can_hold(self) -> None:
        destination, half = self.database(self.engine), "\ud83e"
        # What is sent, and what is stored. A backslash before u0000 is no NUL if another one comes before it.
        texts = {
            "\\u0000": "\\u0000",
            "\\\\u0000": "\\\\u0000",
            "\\\0": "\\",
            "a\0b": "ab",
            "\\\\\0\\u0000\0": "\\\\\\u0000",
            f"{half}x": "\ufffdx",
            f"x\\{half}": "x\\\ufffd",
            "\udd5e\ud83e": "\ufffd\ufffd",
            "🥞\\ud83e": "🥞\\ud83e",
            "\r\n\t\b\u2028\u2029\u0085\x1f\x7f": "\r\n\t\b\u2028\u2029\u0085\x1f\x7f",
            "\\N": "\\N",
            "\\.": "\\.",
            "": "",
        }
        rows = [
            {"_id": f"r{place}", "status": text, "rsvp": {text: [text, {"in": text}]}}
            for place, text in enumerate(texts)
        ]
        config = self.mock_config(streams={"classroom_registrations": rows})
        ended = self.load(MOCK, config, destination, "--streams", "classroom_registrations")
        self.assertEqual(ended.returncode, 0, ended.stderr)
        database = open_database(destination)
        query = 'SELECT "_id", "status", CAST("rsvp" AS VARCHAR), _airbyte_meta FROM raw_360learning.{}'
        found = {row[0]: row for row in database.execute(query.format("classroom_registrations"))}
        database.close()
        for place, text in enumerate(texts.values()):
            _, status, rsvp, meta = found[f"r{place}"]
            self.assertEqual(status, text)
            self.assertEqual(json.loads(rsvp), {text: [text, {"in": text}]})
            self.assertEqual((json.loads(meta) if isinstance(meta, str) else meta)["changes"], [])
        changed = sum(sent != stored for sent, stored in texts.items())
        self.assertIn(f"warning: classroom_registrations: {changed} rows had NUL (left out)", ended.stderr)

    def test_of_two_rows_with_one_key_the_one_with_the_later_cursor_stays(self) -> None:
        destination = self.database(self.engine)

        def registration(attended: bool, modified: str) -> dict[str, Any]:
            return {"_id": "r", "hasAttended": attended, "modifiedAt": modified}

        late, early = registration(True, "2026-02-01T00:00:00Z"), registration(False, "2026-01-01T00:00:00Z")
        for number, rows in enumerate(([early, late], [early])):
            cursors = {"classroom_registrations": {"at": number}}
            config = self.mock_config(streams={"classroom_registrations": rows}, cursors=cursors)
            options = ("--streams", "classroom_registrations", "--full-refresh=none")
            self.must_load(MOCK, config, destination, *options)
            database = open_database(destination)
            found = database.execute('SELECT "hasAttended" FROM raw_360learning.classroom_registrations')
            database.close()
            self.assertEqual(found, [(True,)])

    def test_an_empty_account_that_syncs_the_suggested_streams_only_has_empty_marts(self) -> None:
        destination = self.database(self.engine)
        self.must_load(MOCK, self.mock_config(streams={}), destination, "--streams", ",".join(SUGGESTED))
        self.build(destination, AS_OF, *MARTS)
        self.assert_marts_of({}, AS_OF, destination)
        sheets = reporting.check(self, destination, self.home)
        self.assertTrue(sheets["Émargement"][1][0].endswith("Aucune donnée dans ce rapport."))

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
        report = "analytics_learning360_marts.learning360__france_num_report"
        query = f"SELECT company, firm FROM {report} WHERE user_id = 'a1' ORDER BY training_id"
        company, firm = database.execute(query)[0]
        database.close()
        self.assertEqual((company, firm), ('=HYPERLINK("http://x";"🥞")', 'L\'Œuf & "Fils"'))
        sheets = reporting.check(self, destination, self.home)
        # Excel does not allow such a sheet name; the title in the sheet is complete.
        self.assertIn('L\'Œuf & "Fils"', [rows[0][0] for rows in sheets.values()])
        companies = [row["Entreprise"] for row in reporting.body(sheets["Formations"])]
        self.assertIn('=HYPERLINK("http://x";"🥞")', companies)

    def count(self, destination: str, stream: str) -> int:
        database = open_database(destination)
        try:
            return int(database.execute(f"SELECT count(*) FROM raw_360learning.{stream}")[0][0])
        finally:
            database.close()
