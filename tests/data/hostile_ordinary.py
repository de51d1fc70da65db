"""What ordinary but hostile accounts give with the defaults of the package."""

from __future__ import annotations

from typing import ClassVar

from .accounts import Streams
from .accounts_edges import edges
from .accounts_ordinary import BEFORE, ORDINARY
from .hostile import MARTS_SCHEMA, Warehouse
from .hostile_classrooms import Classrooms
from .hostile_edges import Edges
from .hostile_values import Values

# What a mart knows of the load itself.
OF_LOADS = ("source_relation", "loaded_at", "loaded_local")


REFRESHED = ("paths", "classroom_slots", "classroom_registrations")


class Ordinary(Classrooms, Edges, Values, Warehouse):
    accounts: ClassVar = {**ORDINARY, "raw_edges": edges}

    @classmethod
    def prepare(cls) -> None:
        for schema, account in BEFORE.items():
            cls.load_account(schema, account())
        super().prepare()

    @classmethod
    def load_account(cls, schema: str, streams: Streams, day: int = 1, refreshed: tuple[str, ...] = ()) -> None:
        if schema in BEFORE and streams == ORDINARY[schema]():
            # The day after, loaded as the documentation recommends; enrollments, sessions and values incrementally.
            # The log of webhook events spares a part of that.
            refreshed = ("classroom_registrations",) if schema == "raw_logged" else REFRESHED
            day = 2
        super().load_account(schema, streams, day, refreshed)

    def test_every_account_equals_the_recomputation(self) -> None:
        self.assert_recomputed()

    def test_a_deleted_session_takes_its_enrollments_along(self) -> None:
        self.assertEqual(self.one("kpi_overview", "raw_ghosts", "enrolments", "clients_enrolled"), (2, 2))
        self.assertEqual(
            set(self.by("france_num_report", "raw_ghosts", "training_id", "timing")), {"e_anna", "e_bran", "k1|anna"}
        )
        self.assert_warned("raw_ghosts", "path_enrollments", "path_stats", level="note")

    def test_sheets_and_lines_that_the_last_read_did_not_return_are_gone(self) -> None:
        found = self.by("france_num_half_days", "raw_ghosts", "attendance_id", "sheet_id", "user_id", "sheet_position")
        self.assertEqual(found, {"n2": ("h2", "anna", 1)})
        self.assertEqual([one for one in self.messages("raw_ghosts") if one.startswith("attendances")], [])
        self.assert_warned("raw_ghosts", "attendance_sheets", "gone", level="note")

    def test_a_deleted_slot_takes_its_places_and_sheets_along(self) -> None:
        self.assertEqual(self.by("kpi_slot_fill", "raw_ghosts", "slot_id", "registered"), {"l1": 1, "l3": 1})

    def test_a_slot_whose_session_is_gone_counts_without_session(self) -> None:
        self.assertEqual(self.by("kpi_slot_fill", "raw_ghosts", "slot_id", "session_id"), {"l1": "s1", "l3": None})

    def test_what_the_log_of_webhook_events_says_is_deleted_is_gone_from_incremental_tables(self) -> None:
        found = self.by("deletions", "raw_logged", "object_id", "stream", "is_left_out")
        wanted = {"l2": "classroom_slots", "s2": "path_sessions", "p2": "paths", "g_old": "groups"}
        # Groups have no cursor, so every load replaces them.
        left_out = {key: (stream, stream != "groups") for key, stream in wanted.items()}
        self.assertEqual(found, {**left_out, "p1": ("paths", False)})
        for stream in ("classroom_slots", "path_sessions", "paths"):
            self.assert_warned("raw_logged", stream, "log of webhook events", level="note")
        self.assertEqual(self.by("kpi_slot_fill", "raw_logged", "slot_id", "registered"), {"l1": 1, "l3": 1})

    def test_an_event_of_a_deletion_that_names_no_object_is_a_warning(self) -> None:
        self.assert_warned("raw_logged", "webhook_events.payload", "msg_nameless")

    def test_values_of_a_deleted_custom_field_are_gone(self) -> None:
        self.assertNotIn("cf_ancien", self.by("custom_field_columns", "raw_ghosts", "column_name", "role"))
        self.assert_warned("raw_ghosts", "user_custom_field_values", "gone", level="note")

    def test_rows_without_a_value_and_of_what_is_gone_change_no_figure(self) -> None:
        query = "SELECT table_name FROM information_schema.columns WHERE table_schema = %s AND column_name = %s"
        marts = [mart for (mart,) in self.marts.execute(query, (MARTS_SCHEMA, "source_relation"))]
        self.assertIn("learning360__learner_custom_fields", marts)
        for mart in marts:
            emptied, valued = (
                [
                    {name: value for name, value in row.items() if name not in OF_LOADS}
                    for row in self.rows(mart, schema)
                ]
                for schema in ("raw_emptied", "raw_valued")
            )
            if mart == "learning360__warnings":
                gone = [row for row in emptied if row["place"] == "user_custom_field_values"]
                self.assertEqual([(row["kind"], row["rows_affected"]) for row in gone], [("gone", 4)])
                emptied = [row for row in emptied if row not in gone]
            self.assertCountEqual(emptied, valued, mart)

    def test_attempts_without_session_take_the_only_enrollment_of_the_path(self) -> None:
        found = self.by("kpi_time_per_learner_module", "raw_repeats", "learner_module_id", "time_minutes")
        self.assertEqual(
            {key: float(value) for key, value in found.items()},
            {"anna|p1|s1|c1": 2.0, "anna|p2|s2|c1": 1.5, "anna|p3||c1": 1.5, "anna|||c1": 1.5, "anna|p1|s1|": 1.0},
        )
        report = self.by("france_num_report", "raw_repeats", "training_id", "module_minutes")
        self.assertEqual(
            {key: float(report[key]) for key in ("e_anna", "e2", "e3", "e4")},
            {"e_anna": 3.0, "e2": 1.5, "e3": 0.0, "e4": 0.0},
        )

    def test_a_learner_is_once_on_a_sheet_and_present_wins(self) -> None:
        found = self.by("france_num_half_days", "raw_repeats", "attendance_id", "is_present")
        self.assertEqual(found, {"n2": True, "n4": False, "n5": True})
        slot = self.by("in_person_training", "raw_repeats", "slot_id", "signed_lines", "signed_present")["l1"]
        self.assertEqual(slot, (3, 2))
        self.assert_warned("raw_repeats", "several times on one sheet", "h1")

    def test_a_learner_has_one_place_in_a_slot_and_attended_wins(self) -> None:
        found = self.by("kpi_slot_fill", "raw_repeats", "slot_id", "registered", "attended", "attendance_recorded")
        self.assertEqual(found, {"l1": (3, 1, 1)})
        self.assert_warned("raw_repeats", "several registrations", "l1")

    def test_of_two_enrollments_in_a_session_the_latest_counts(self) -> None:
        found = self.by("in_person_training", "raw_repeats", "slot_id", "average_score")
        self.assertEqual(float(found["l1"]), 80)

    def test_two_accounts_with_the_same_ids_do_not_mix(self) -> None:
        self.assertEqual(self.one("kpi_overview", "raw_twin", "clients", "enrolments", "registrations"), (2, 2, 2))
        self.assertEqual(self.by("kpi_slot_fill", "raw_twin", "slot_id", "capacity"), {"l1": 8, "half": 2})
        found = self.by(
            "kpi_time_per_learner_module", "raw_twin", "learner_module_id", "firm", "path_name", "time_minutes"
        )
        self.assertEqual(found, {"anna|p1|s1|c1": ("ARVOR", "Autre parcours", 60)})

    def test_what_is_not_synced_is_unknown_and_not_zero(self) -> None:
        found = self.by(
            "france_num_report",
            "raw_unsynced",
            "training_id",
            "modules",
            "module_minutes",
            "modules_detail",
            "path_minutes",
        )
        self.assertEqual(found, {"e_anna": (None, None, None, 2)})
        modules = self.by(
            "france_num_modules", "raw_unsynced", "course_id", "course_name", "time_minutes", "progress", "is_completed"
        )
        self.assertEqual(modules, {name: (name, None, None, None) for name in ("c1", "c2")})
        self.assertEqual(self.rows("learning360__kpi_module_time", "raw_unsynced"), [])
        self.assertIsNone(self.one("kpi_overview", "raw_unsynced", "waitlisted"))
        for stream in ("courses", "course_stats", "classroom_slot_waitlist"):
            self.assert_warned("raw_unsynced", f"{stream}: is not synced", level="note")
        self.assertEqual(self.one("kpi_overview", "raw_repeats", "waitlisted"), 1)

    def test_members_of_a_group_below_an_internal_one_are_no_clients(self) -> None:
        found = self.by("learners", "raw_clients", "user_id", "is_client")
        internal = {name for name, is_client in found.items() if not is_client}
        self.assertEqual(internal, {"prof", "deep", "deeper"})
        self.assertEqual(self.one("kpi_overview", "raw_clients", "clients_trained"), 6)
