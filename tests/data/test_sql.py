"""The queries and the diagram of docs/sql.md, on tables in PostgreSQL."""

from __future__ import annotations

import re
import unittest
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from fractions import Fraction
from statistics import median
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from learning360.loading.catalog import Stream
from learning360.loading.database import Database, open_database
from learning360.loading.source import Source

from .oracle.figures import parse_time, rounded
from .support import CONNECTOR, POSTGRES, ROOT, Case

Row = dict[str, Any]
Truth = dict[str, list[Row]]
Rows = Iterable[tuple[Any, ...]]

PAGE = (ROOT / "docs" / "sql.md").read_text(encoding="utf-8")
SECTIONS = [section.split("\n", 1) for section in PAGE.split("\n## ")[1:]]
QUERIES = {title: query for title, text in SECTIONS for query in re.findall(r"^```sql\n(.*?)^```$", text, re.M | re.S)}
DIAGRAM = "".join(re.findall(r"^```mermaid\nerDiagram\n(.*?)^```$", PAGE, re.M | re.S))
# By table: the type, name and marks of each field.
ENTITIES = {
    table: re.findall(r"^ +(\w+) (\w+) (.+)$", fields, re.M)
    for table, fields in re.findall(r"^    (\w+) \{\n(.*?)^    \}$", DIAGRAM, re.M | re.S)
}
RELATIONS = re.findall(r"^    (\w+) [|o}]{2}--[|o{]{2} (\w+) : (\w+)$", DIAGRAM, re.M)
LATEST = re.findall(r"`(\(SELECT DISTINCT ON [^`]+\))`", PAGE)

PARIS = ZoneInfo("Europe/Paris")
# Days around the sandbox's clock among which one has rows for each query.
DAYS = 200


def by_id(rows: list[Row]) -> dict[str, Row]:
    return {row["_id"]: row for row in rows}


def instant(row: Row, field: str) -> datetime | None:
    value = row.get(field)
    return parse_time(value) if value else None


def wall(slot: Row) -> datetime | None:
    start = instant(slot, "startDate")
    zone = ZoneInfo(slot["timezone"]) if slot.get("timezone") else PARIS
    return start.astimezone(zone).replace(tzinfo=None) if start else None


def is_archived(row: Row) -> bool:
    return row.get("archivedAt") is not None or row.get("status") == "archived"


def enrolled(truth: Truth, _: datetime) -> Iterator[tuple[Any, ...]]:
    users, paths, sessions = (by_id(truth[name]) for name in ("users", "paths", "path_sessions"))
    enrollments = by_id(truth["path_enrollments"])
    for stat in truth["path_stats"]:
        if stat.get("unenrolledAt") or is_archived(enrollments.get(stat["_id"], {})):
            continue
        user = users.get(stat["userId"], {})
        yield (
            user.get("lastName"),
            user.get("firstName"),
            paths.get(stat["pathId"], {}).get("name"),
            sessions.get(stat["sessionId"], {}).get("name"),
            stat["status"]["type"],
            stat["progress"],
            stat.get("score"),
            rounded(Fraction(stat["timeSpent"]) / 3_600_000, 2),
            instant(stat, "enrolledAt"),
            instant(stat, "completedAt"),
        )


def attended(truth: Truth, now: datetime) -> Iterator[tuple[Any, ...]]:
    slots, sheets = by_id(truth["classroom_slots"]), by_id(truth["attendance_sheets"])
    for line in truth["attendances"]:
        sheet, slot = sheets[line["attendanceSheetId"]], slots[line["classroomSlotId"]]
        start = instant(slot, "startDate")
        if start and now - timedelta(days=30) <= start <= now:
            names = (line.get("lastName"), line.get("firstName"))
            yield (slot["name"], wall(slot), sheet["name"], sheet["status"], *names, line["status"])


def unsigned(truth: Truth, now: datetime) -> Iterator[tuple[Any, ...]]:
    users, slots = by_id(truth["users"]), by_id(truth["classroom_slots"])
    sheets = by_id(truth["attendance_sheets"])
    for line in truth["attendances"]:
        sheet, slot = sheets[line["attendanceSheetId"]], slots[line["classroomSlotId"]]
        end = instant(slot, "endDate")
        last = end or instant(slot, "startDate")
        if line["status"] in ("present", "absent") or not last or last >= now:
            continue
        names = (line.get("lastName"), line.get("firstName"))
        mail = users.get(line["userId"], {}).get("mail")
        yield (mail, *names, line["status"], slot["name"], end, sheet["name"], sheet["status"])


def of_firm(truth: Truth, _: datetime) -> Iterator[tuple[Any, ...]]:
    users, groups = by_id(truth["users"]), by_id(truth["groups"])
    firm = [
        field["_id"] for field in truth["custom_fields"] if (field["name"], field["targetType"]) == ("Cabinet", "users")
    ]
    for value in truth["user_custom_field_values"]:
        user = users[value["userId"]]
        if value["customFieldId"] in firm and user.get("status") != "deleted":
            group = groups.get(user.get("primaryGroupId") or "", {}).get("name")
            yield value["value"], user.get("lastName"), user.get("firstName"), user.get("mail"), group


def minutes(truth: Truth, _: datetime) -> Iterator[tuple[Any, ...]]:
    courses = by_id(truth["courses"])
    attempts: dict[str, list[Row]] = defaultdict(list)
    for attempt in truth["course_stats"]:
        attempts[attempt["courseId"]].append(attempt)
    for course, rows in attempts.items():
        learners = len({row["userId"] for row in rows})
        spent = Fraction(sum(row["timeSpent"] for row in rows)) / 60_000
        figures = (learners, len(rows), rounded(spent, 2), rounded(spent / learners, 2))
        yield (courses.get(course, {}).get("name"), *figures)


def places_left(truth: Truth, now: datetime) -> Iterator[tuple[Any, ...]]:
    learners: dict[str, set[str]] = defaultdict(set)
    for registration in truth["classroom_registrations"]:
        if not is_archived(registration):
            learners[registration["classroomSlotId"]].add(registration["userId"])
    for slot in truth["classroom_slots"]:
        start, places, registered = instant(slot, "startDate"), slot.get("maxCapacity"), len(learners[slot["_id"]])
        if start and now <= start <= now + timedelta(days=7) and places and places > registered:
            yield slot["name"], wall(slot), slot["location"], places, registered, places - registered


def without_session(truth: Truth, _: datetime) -> Iterator[tuple[Any, ...]]:
    paths, sessions = by_id(truth["paths"]), by_id(truth["path_sessions"])
    left: dict[str, list[Row]] = defaultdict(list)
    for stat in truth["path_stats"]:
        if stat["sessionId"] not in sessions:
            left[stat["sessionId"]].append(stat)
    for session, stats in left.items():
        days = [day for stat in stats if (day := instant(stat, "enrolledAt"))]
        completed = sum(stat.get("completedAt") is not None for stat in stats)
        yield paths[stats[0]["pathId"]]["name"], session, len(stats), completed, min(days), max(days)


def cohorts(truth: Truth, _: datetime) -> Iterator[tuple[Any, ...]]:
    paths = by_id(truth["paths"])
    cohort: dict[tuple[str, datetime], list[Row]] = defaultdict(list)
    for stat in truth["path_stats"]:
        day = instant(stat, "enrolledAt")
        assert day
        month = day.astimezone(PARIS).replace(tzinfo=None, day=1, hour=0, minute=0, second=0, microsecond=0)
        cohort[stat["pathId"], month].append(stat)
    for (path, month), stats in cohort.items():
        started, completed = (durations(stats, field) for field in ("startedAt", "completedAt"))
        medians = (rounded(median(days), 1) if days else None for days in (started, completed))
        yield (paths[path]["name"], month, len(stats), len(started), len(completed), *medians)


def durations(stats: list[Row], field: str) -> list[Fraction]:
    """The days from the enrollments to the dates in a field."""
    found = []
    for stat in stats:
        start, end = instant(stat, "enrolledAt"), instant(stat, field)
        if start and end:
            found.append(Fraction((end - start) // timedelta(microseconds=1), 86_400_000_000))
    return found


def repeated(truth: Truth, _: datetime) -> Iterator[tuple[Any, ...]]:
    places = (
        ("attendance sheet", "attendances", "attendanceSheetId"),
        ("slot", "classroom_registrations", "classroomSlotId"),
        ("session", "path_enrollments", "sessionId"),
    )
    for place, stream, field in places:
        counts = Counter((row[field], row["userId"]) for row in truth[stream] if not is_archived(row))
        yield from ((place, *key, times) for key, times in counts.items() if times > 1)


def loaded(truth: Truth, _: datetime) -> Iterator[tuple[Any, ...]]:
    yield from ((stream, len(rows)) for stream, rows in truth.items())


# The rows of each query, in plain Python from the sandbox's own rows.
EXPECTED: dict[str, Callable[[Truth, datetime], Rows]] = {
    "Who is enrolled in which session, and how far is each learner?": enrolled,
    "Who attended the slots of the last 30 days?": attended,
    "Who has not signed?": unsigned,
    "Which learners belong to a firm?": of_firm,
    "How many minutes do learners spend on each course?": minutes,
    "Which slots of the next seven days have places left?": places_left,
    "Which enrollments are in a session that was deleted?": without_session,
    "How long do the learners of a cohort take?": cohorts,
    "Which learners are there twice?": repeated,
    "What was loaded, and when?": loaded,
}


@unittest.skipUnless(POSTGRES, "DATA_TESTS_POSTGRES is not set")
class Queries(Case):
    truth: ClassVar[Truth]
    clock: ClassVar[datetime]
    offered: ClassVar[dict[str, Stream]]
    database_of_class: ClassVar[Database]

    @classmethod
    def setUpClass(cls) -> None:
        """Loads the tables, then deletes a session and loads the sessions again."""
        place = Case()
        cls.addClassCleanup(place.doCleanups)
        place.setUp()
        url, destination = place.start_sandbox(), place.database("postgres")
        config = place.config(url)
        place.must_load(CONNECTOR, config, destination, "--streams", ",".join(ENTITIES))
        cls.truth = {stream: place.control(url, f"/truth/{stream}") for stream in ENTITIES}
        clock = parse_time(place.control(url)["clock"])
        assert clock
        cls.clock = clock
        sessions = cls.truth["path_sessions"]
        for _ in range(DAYS):
            place.control(url, "/change", "POST")
            cls.truth["path_sessions"] = place.control(url, "/truth/path_sessions")
            if by_id(sessions).keys() - by_id(cls.truth["path_sessions"]).keys():
                break
        again = ("--streams", "path_sessions", "--full-refresh", "path_sessions")
        place.must_load(CONNECTOR, config, destination, *again)
        cls.offered = {one["name"]: Stream(one) for one in Source(CONNECTOR, config).discover()}
        cls.database_of_class = open_database(destination)
        cls.addClassCleanup(cls.database_of_class.close)
        # A `now()` of our own comes before PostgreSQL's: the sandbox has a clock of its own.
        cls.database_of_class.execute("CREATE SCHEMA clock")
        cls.database_of_class.execute("SET search_path TO clock, raw_360learning, pg_catalog")

    def run_at(self, now: datetime, query: str) -> list[tuple[Any, ...]]:
        body = f"SELECT TIMESTAMPTZ '{now.isoformat()}'"
        self.database_of_class.execute(
            f"CREATE OR REPLACE FUNCTION clock.now() RETURNS timestamptz LANGUAGE sql AS $$ {body} $$"
        )
        return self.database_of_class.execute(query)

    def day_with_rows(self, expected: Callable[[Truth, datetime], Rows]) -> tuple[datetime, list[tuple[Any, ...]]]:
        """The day next to the sandbox's clock on which a query has rows, and the rows."""
        for number in sorted(range(-DAYS, DAYS), key=abs):
            now = self.clock + timedelta(days=number)
            if rows := list(expected(self.truth, now)):
                return now, rows
        raise AssertionError("no day has rows")

    def test_the_page_has_ten_queries_and_each_is_computed_a_second_time(self) -> None:
        self.assertEqual(len(QUERIES), 10)
        self.assertEqual(list(QUERIES), list(EXPECTED))

    def test_each_query_returns_what_follows_from_the_platform_s_own_rows(self) -> None:
        for title, query in QUERIES.items():
            with self.subTest(title):
                now, wanted = self.day_with_rows(EXPECTED[title])
                found = self.run_at(now, query)
                if EXPECTED[title] is loaded:
                    self.assertTrue(all(isinstance(at, datetime) for *_, at in found))
                    found = [(stream, count) for stream, count, _ in found]
                self.assertTrue(found)
                self.assertEqual(Counter(found), Counter(wanted))

    def test_queries_about_a_time_return_what_follows_from_it_on_every_seventh_day(self) -> None:
        about_now = [title for title, query in QUERIES.items() if "now()" in query]
        self.assertEqual(len(about_now), 3)
        for title in about_now:
            for number in range(-DAYS, DAYS, 7):
                with self.subTest(title, day=number):
                    now = self.clock + timedelta(days=number)
                    found = self.run_at(now, QUERIES[title])
                    self.assertEqual(Counter(found), Counter(EXPECTED[title](self.truth, now)))

    def test_the_diagram_has_the_key_of_each_stream_and_fields_that_exist(self) -> None:
        for table, fields in ENTITIES.items():
            with self.subTest(table):
                stream = self.offered[table]
                self.assertEqual([name for _, name, marks in fields if "PK" in marks], stream.key)
                types = {column.name: column.type for column in stream.columns}
                shown = {"VARCHAR": "string", "JSONB": "jsonb"}
                self.assertEqual([kind for kind, _, _ in fields], [shown[types[name]] for _, name, _ in fields])

    def test_each_line_of_the_diagram_joins_rows(self) -> None:
        joined = {(table, name) for table, fields in ENTITIES.items() for _, name, marks in fields if "FK" in marks}
        self.assertEqual({(child, field) for _, child, field in RELATIONS}, joined)
        for parent, child, field in RELATIONS:
            with self.subTest(f"{parent} {child} {field}"):
                values = [row.get(field) for row in self.truth[child]]
                ids = {value["_id"] if isinstance(value, dict) else value for value in values if value}
                self.assertTrue(ids & by_id(self.truth[parent]).keys())

    def test_a_column_without_quotes_is_refused_as_the_page_says(self) -> None:
        with self.assertRaisesRegex(self.database_of_class.failure, 'column "userid" does not exist'):
            self.database_of_class.execute("SELECT userId FROM path_stats")

    def test_the_latest_copies_of_a_table_without_repeats_are_the_table(self) -> None:
        self.assertEqual(len(LATEST), 1)
        (count,) = self.database_of_class.execute(f"SELECT count(*) FROM {LATEST[0]} AS latest")
        self.assertEqual(count, (len(self.truth["attendances"]),))
