"""The recomputation itself, on rows whose marts are known: no database, no dbt."""

from __future__ import annotations

import unittest
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import Any

from .oracle.compare import Account, datable, expected, of_that_day

AS_OF = datetime(2026, 11, 2, 8, tzinfo=timezone.utc)
Streams = dict[str, list[dict[str, Any]]]


def account() -> Streams:
    """Anna in a session with a slot of 10 hours and three sheets, and attempts at a course."""
    slot = {"startDate": "2026-02-10T08:00:00.000Z", "endDate": "2026-02-10T18:00:00.000Z", "reportedDuration": 10}
    sheet, line = {"classroomSlotId": "l1", "status": "signed"}, {"userId": "anna", "status": "present"}
    return {
        "groups": [{"_id": "g1", "name": "Clients"}],
        "users": [{"_id": "anna", "firstName": "Anna", "primaryGroupId": "g1"}],
        "paths": [{"_id": "p1", "name": "Vendre", "steps": [{"_id": "c1", "type": "course"}]}],
        "path_sessions": [{"_id": "s1", "name": "S1", "pathId": "p1", "endDate": "2026-06-30T20:00:00.000Z"}],
        "path_stats": [{"_id": "e1", "userId": "anna", "pathId": "p1", "sessionId": "s1", "timeSpent": 60_000}],
        "course_stats": [{"_id": "x1", "userId": "anna", "courseId": "c1", "pathId": "p1", "timeSpent": 90_000}],
        "classrooms": [{"_id": "k1", "name": "Atelier", "groupId": "g1"}],
        "classroom_slots": [{"_id": "l1", "classroomId": "k1", "context": {"type": "path", "_id": "s1"}, **slot}],
        "classroom_registrations": [{"_id": "r1", "classroomSlotId": "l1", "userId": "anna"}],
        "attendance_sheets": [{"_id": f"h{place}", "name": "Matin", **sheet} for place in range(3)],
        "attendances": [{"_id": f"n{place}", "attendanceSheetId": f"h{place}", **line} for place in range(3)],
    }


def of(streams: Streams, synced: set[str] | None = None, schema: str = "raw_360learning") -> Account:
    return Account(schema, lambda stream: streams.get(stream, []), synced)


def mart(name: str, streams: Streams, as_of: datetime = AS_OF, synced: set[str] | None = None, **variables: Any) -> Any:
    """The rows of a mart."""
    given = {f"learning360_{variable}": value for variable, value in variables.items()}
    return expected([of(streams, synced)], as_of, given)[f"learning360__{name}"]


class Marts(unittest.TestCase):
    def test_hours_count_within_one_day_of_the_slots_zone(self) -> None:
        def found(start: str, end: str | None, zone: str = "Europe/Paris") -> tuple[Any, ...]:
            streams = account()
            streams["classroom_slots"][0] |= {"startDate": start, "endDate": end, "timezone": zone}
            streams["attendance_sheets"] = [{"_id": "h0", "classroomSlotId": "l1", "name": "Émargement"}]
            row = mart("france_num_half_days", streams)[0]
            return row["half_day"], row["slot_date"].day, row["start_local"].hour

        self.assertEqual(found("2026-03-10T08:00:00Z", "2026-03-10T12:00:00Z"), ("morning", 10, 9))
        self.assertEqual(found("2026-03-10T08:00:00Z", "2026-03-10T12:01:00Z"), ("day", 10, 9))
        self.assertEqual(found("2026-01-20T09:30:00Z", "2026-01-20T13:00:00Z", "Indian/Reunion"), ("afternoon", 20, 13))
        self.assertEqual(
            found("2026-01-20T23:30:00Z", "2026-01-21T01:30:00Z", "America/Martinique"), ("afternoon", 20, 19)
        )
        self.assertEqual(found("2026-01-20T17:00:00Z", "2026-01-20T23:30:00Z", "Mars/Olympus"), ("day", 20, 18))
        self.assertEqual(found("2026-01-20T17:00:00Z", "2026-01-20T23:00:00Z"), ("afternoon", 20, 18))
        self.assertEqual(found("2026-03-10T08:00:00Z", "2026-03-11T11:30:00Z"), ("day", 10, 9))
        self.assertEqual(found("2026-03-10T13:00:00Z", None), ("afternoon", 10, 14))

    def test_ten_hours_on_three_sheets_are_ten_hours(self) -> None:
        row = mart("france_num_report", account())[0]
        self.assertEqual((row["half_days_present"], row["attended_hours"]), (3, Decimal(10)))
        days = mart("france_num_half_days", account())
        self.assertEqual([day["duration_hours"] for day in days], [Decimal("3.33")] * 3)

    def test_what_has_lost_its_parent_does_not_count(self) -> None:
        streams = account()
        streams["path_enrollments"] = [{"_id": "gone", "userId": "anna", "pathId": "p1", "sessionId": "s2"}]
        self.assertEqual(mart("kpi_overview", streams)[0]["enrolments"], 1)
        for parent, mart_name in (
            ("paths", "france_num_modules"),
            ("classrooms", "kpi_slot_fill"),
            ("users", "learners"),
        ):
            self.assertEqual(mart(mart_name, account() | {parent: []}), [], parent)
        rows = mart("kpi_enrolments", account() | {"path_sessions": []})
        self.assertEqual({row["timing"]: row["enrolments"] for row in rows}, {"unknown": 1, "past": 0})
        self.assertIsNone(mart("kpi_slot_fill", account() | {"path_sessions": []})[0]["session_id"])

    def test_a_sheet_of_an_earlier_read_is_gone(self) -> None:
        streams = account()
        for sheet, read in zip(streams["attendance_sheets"], (1, 2, None), strict=True):
            sheet["readAt"] = f"2026-03-0{read}T08:00:00Z" if read else None
        self.assertEqual({row["sheet_id"] for row in mart("france_num_half_days", streams)}, {"h1", "h2"})

    def test_an_attempt_without_session_is_in_the_only_enrollment_of_its_path(self) -> None:
        self.assertEqual(mart("france_num_report", account())[0]["module_minutes"], Decimal("1.5"))
        self.assertEqual(mart("kpi_time_per_learner_module", account())[0]["learner_module_id"], "anna|p1|s1|c1")
        streams = account()
        streams["path_stats"].append(streams["path_stats"][0] | {"_id": "e2"})
        self.assertEqual(mart("kpi_time_per_learner_module", streams)[0]["learner_module_id"], "anna|p1||c1")

    def test_a_learner_counts_once_per_sheet_and_slot(self) -> None:
        streams = account()
        streams["attendances"].append(streams["attendances"][0] | {"_id": "a", "status": "absent"})
        streams["classroom_registrations"].append(
            streams["classroom_registrations"][0] | {"_id": "a", "hasAttended": True}
        )
        self.assertEqual(mart("france_num_report", streams)[0]["half_days_present"], 3)
        row = mart("kpi_slot_fill", streams)[0]
        self.assertEqual((row["registered"], row["attended"]), (1, 1))

    def test_a_capacity_of_0_has_no_rate_and_declined_places_count_apart(self) -> None:
        streams = account()
        streams["classroom_registrations"][0]["rsvp"] = {"going": False}
        for capacity, rates in ((0, (None, None)), (2, (Decimal("0.5"), Decimal(0))), (None, (None, None))):
            streams["classroom_slots"][0]["maxCapacity"] = capacity
            row = mart("kpi_fill_by_month", streams)[0]
            self.assertEqual((row["fill_rate"], row["fill_rate_without_declined"]), rates)
            self.assertEqual(row["limited_slots"], int(capacity == 2))

    def test_a_slot_without_end_is_past_by_its_start(self) -> None:
        streams = account()
        del streams["classroom_slots"][0]["endDate"], streams["classroom_slots"][0]["context"]
        self.assertEqual(mart("kpi_slot_fill", streams)[0]["timing"], "past")
        del streams["classroom_slots"][0]["startDate"]
        self.assertEqual(mart("kpi_slot_fill", streams)[0]["timing"], "unknown")
        self.assertEqual(mart("kpi_fill_by_month", streams), [])

    def test_what_happened_after_as_of_has_not_happened(self) -> None:
        streams, then = account(), datetime(2026, 3, 1, tzinfo=timezone.utc)
        enrollment = streams["path_stats"][0]
        enrollment |= {"completedAt": "2026-04-01T08:00:00Z", "progress": 100, "status": {"type": "successful"}}
        row = mart("france_num_report", streams, then)[0]
        self.assertEqual([row[name] for name in ("completed_date", "progress", "status", "path_minutes")], [None] * 4)
        self.assertIsNone(mart("kpi_overview", streams, then)[0]["training_hours"])
        enrollment["startedAt"] = "2026-03-15T08:00:00Z"
        row = mart("france_num_report", streams, then)[0]
        self.assertEqual((row["progress"], row["status"], row["path_minutes"]), (0, None, Decimal(0)))
        enrollment["enrolledAt"] = "2026-03-14T08:00:00Z"
        self.assertEqual(mart("kpi_enrolments", streams, then)[0]["enrolments"], 0)

    def test_marts_of_the_past_are_those_of_that_day_in_the_datable_columns(self) -> None:
        now, then = account(), datetime(2026, 3, 1, tzinfo=timezone.utc)
        now["path_stats"][0] |= {"enrolledAt": "2026-02-01T08:00:00Z", "completedAt": "2026-04-01T08:00:00Z"}
        earlier = {**account(), "classroom_registrations": [], "attendances": []}
        earlier["path_stats"][0]["enrolledAt"] = "2026-02-01T08:00:00Z"
        now["classroom_registrations"][0]["createdAt"] = "2026-03-02T08:00:00Z"
        built, true = expected([of(now)], then), expected([of_that_day(of(earlier), of(now))], then)
        for name, rows in built.items():
            kept = [{column: row[column] for column in datable(name)} for row in rows]
            self.assertEqual(kept, [{column: row[column] for column in datable(name)} for row in true[name]], name)

    def test_what_is_not_synced_is_none_and_not_0(self) -> None:
        synced = set(account())
        self.assertIsNone(mart("kpi_slot_fill", account(), synced=synced)[0]["waitlisted"])
        row = mart("france_num_report", account(), synced=synced - {"course_stats"})[0]
        self.assertEqual([row[name] for name in ("modules", "module_minutes", "modules_detail")], [None] * 3)
        self.assertEqual(mart("kpi_module_time", account(), synced=synced - {"course_stats"}), [])
        self.assertEqual(mart("kpi_module_time", account(), synced=synced)[0]["course_name"], "c1")


class People(unittest.TestCase):
    def test_members_of_a_subgroup_of_an_internal_group_are_internal(self) -> None:
        streams = account()
        streams["groups"] = [
            {"_id": "g1", "parentId": "g0"},
            {"_id": "g0", "name": "équipe de  formation", "parentId": "g1"},
        ]
        self.assertFalse(mart("learners", streams)[0]["is_client"])

    def test_roles_come_from_groups_before_custom_fields(self) -> None:
        streams = account()
        streams["groups"] += [{"_id": "g2", "name": "Cabinets"}, {"_id": "g3", "name": "Arvor", "parentId": "g2"}]
        streams["groups"] += [{"_id": "g4", "name": "Brest", "parentId": "g3"}]
        streams["custom_fields"] = [{"_id": "f1", "name": "CABINET"}, {"_id": "f2", "name": "Région"}]
        streams["user_custom_field_values"] = [
            {"userId": "anna", "customFieldId": field, "value": "x"} for field in ("f1", "f2", "gone")
        ]
        streams["group_memberships"] = [{"groupId": "g4", "userId": "anna"}]
        rules = {"firm": {"child_of": "cabinets"}, "agency": {"leaf_of": "g2"}}
        row = mart("learners", streams, group_roles=rules, custom_fields={"region": None})[0]
        self.assertEqual((row["firm"], row["agency"], row["region"]), ("Arvor", "Brest", None))
        row = mart("learners", streams)[0]
        self.assertEqual((row["firm"], row["agency"], row["region"]), ("x", None, "x"))

    def test_fields_of_type_date_are_dates_in_local_time(self) -> None:
        streams = account()
        streams["custom_fields"] = [{"_id": "f1", "name": "Né le", "type": "date"}]
        for value, day in {
            "1985-05-11T22:00:00.000Z": date(1985, 5, 12),
            "1985-05-11": date(1985, 5, 11),
            "?": None,
        }.items():
            streams["user_custom_field_values"] = [{"userId": "anna", "customFieldId": "f1", "value": value}]
            self.assertEqual(mart("learner_custom_fields", streams)[0]["cf_ne_le"], day)
        self.assertEqual(mart("custom_field_columns", streams)[0]["data_type"], "date")

    def test_rows_of_two_accounts_never_meet(self) -> None:
        other = {name: rows for name, rows in account().items() if name != "users"}
        found = expected([of(account()), of(other, schema="raw_2")], AS_OF)["learning360__kpi_overview"]
        self.assertEqual(
            [(row["source_relation"], row["enrolments"]) for row in found], [("raw_360learning", 1), ("raw_2", 0)]
        )

    def test_odd_rows_stop_nothing(self) -> None:
        names = [
            *account(),
            "custom_fields",
            "user_custom_field_values",
            "path_session_custom_field_values",
            "user_managers",
        ]
        for odd in (
            {},
            {"_id": None},
            {"_id": "x"},
            {"_id": ["x"], "userId": 5, "steps": "no", "status": {"type": []}},
        ):
            streams = {name: [*account().get(name, []), odd] for name in names}
            self.assertEqual(mart("kpi_overview", streams)[0]["enrolments"], 1)
