"""Loads that died, and what a later one makes of them. The classes that run are in test_duckdb.py, test_postgres.py."""

from __future__ import annotations

from typing import Any

from learning360.loading.database import open_database

from .support import MOCK, Case

Row = dict[str, Any]
SHEETS, ATTENDANCES = "attendance_sheets", "attendances"
BOTH = ("--streams", f"{SHEETS},{ATTENDANCES}", "--full-refresh")


def lines(name: str, count: int = 4) -> list[Row]:
    return [{"_id": f"a{number}", "attendanceSheetId": "s", "firstName": name} for number in range(count)]


class Interrupted(Case):
    engine: str

    def setUp(self) -> None:
        super().setUp()
        self.destination = self.database(self.engine)

    def read(self, streams: dict[str, list[Row]], *options: str, day: int = 1, dies_after: int | None = None) -> None:
        """A load; with `dies_after` one that dies after so many records, with a state that covers them."""
        cursors = {stream: {"day": day} for stream in streams}
        config = self.mock_config(streams=streams, cursors=cursors, dies_after=dies_after)
        ended = self.load(MOCK, config, self.destination, *options)
        self.log = ended.stderr
        self.assertEqual(ended.returncode, int(dies_after is not None), ended.stderr)

    def names(self, stream: str, column: str) -> list[str]:
        with open_database(self.destination) as database:
            return sorted(name for (name,) in database.execute(f'SELECT "{column}" FROM raw_360learning.{stream}'))

    def test_a_refresh_that_died_and_was_left_begins_anew_with_the_next_load(self) -> None:
        self.read({ATTENDANCES: lines("old")}, "--streams", ATTENDANCES)
        self.read({ATTENDANCES: lines("new")}, "--streams", ATTENDANCES, "--full-refresh", ATTENDANCES, dies_after=2)
        self.read({"users": []}, "--streams", "users")
        self.read({ATTENDANCES: lines("new", 3)}, "--streams", ATTENDANCES, "--full-refresh", "none")
        self.assertEqual(self.names(ATTENDANCES, "firstName"), ["new", "new", "new"])

    def test_a_refresh_that_died_goes_on_with_the_next_load(self) -> None:
        self.read({ATTENDANCES: lines("old")}, "--streams", ATTENDANCES)
        self.read({ATTENDANCES: lines("new")}, "--streams", ATTENDANCES, "--full-refresh", ATTENDANCES, dies_after=2)
        self.read({ATTENDANCES: lines("late")}, "--streams", ATTENDANCES, "--full-refresh", "none")
        self.assertEqual(self.names(ATTENDANCES, "firstName"), ["late", "late", "new", "new"])

    def test_a_full_refresh_after_a_load_that_died_refreshes_every_stream_that_it_names(self) -> None:
        sheets = [{"_id": f"s{number}", "name": "Matin"} for number in range(3)]
        first = {SHEETS: sheets, ATTENDANCES: lines("old")}
        self.read(first, *BOTH, "none")
        self.read(first, *BOTH, "none", day=2, dies_after=4)
        self.read({SHEETS: sheets[:1], ATTENDANCES: lines("new", 1)}, *BOTH, "all")
        self.assertEqual((self.names(SHEETS, "_id"), self.names(ATTENDANCES, "firstName")), (["s0"], ["new"]))

    def users_after(self, hours: int) -> list[str]:
        """Users after a load that died when it had read them, and another one so many hours later."""
        streams = ("--streams", f"users,{ATTENDANCES}")
        self.read({"users": [{"_id": "u", "firstName": "old"}], ATTENDANCES: lines("a")}, *streams, dies_after=3)
        with open_database(self.destination) as database:
            database.execute(f"UPDATE airbyte_internal._airbyte_state SET begun_at = begun_at - 3600 * {hours}")
        self.read({"users": [{"_id": "u", "firstName": "new"}], ATTENDANCES: lines("a")}, *streams)
        self.assertEqual(len(self.names(ATTENDANCES, "_id")), 4)
        return self.names("users", "firstName")

    def test_a_load_that_died_is_continued_for_twelve_hours_and_names_what_it_does_not_read_again(self) -> None:
        self.assertEqual(self.users_after(11), ["old"])
        self.assertRegex(
            self.log, r"note: The load of [-\d]+ [:\d]+ goes on, without what it has read \(1 of 2 streams\)\."
        )

    def test_a_load_that_died_is_not_continued_by_that_of_the_next_night(self) -> None:
        self.assertEqual(self.users_after(13), ["new"])
        self.assertEqual(self.log, "")
