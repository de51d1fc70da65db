"""Answers of learners: who and what they are about, and which source counts."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import ClassVar

from .accounts import (
    Streams,
    answer,
    base,
    changed,
    completed,
    enrollment,
    field,
    line,
    marked,
    of_session,
    path,
    registration,
    session,
    sheet,
    slot,
    user,
)
from .hostile import Warehouse
from .hostile_obligations import Obligations, dated, owing


def answered() -> Streams:
    """Anna and Bran are in session s1 and its slot l1; Carl is in both sessions that are called alike."""
    return changed(
        base(
            users=[
                *(user(one) for one in ("anna", "bran", "carl")),
                user("prof", "g_team"),
                user("gone", mail="anna@x.example", status="deleted"),
            ],
            custom_fields=[
                field("f_firm", "Cabinet"),
                field("f_satisfaction", "Satisfaction", target="contents"),
                field("f_share", "Recommandation", target="contents"),
            ],
            user_custom_field_values=[],
            paths=[path("p1", "Facture électronique", "c1", "c2"), path("p2", "Vendre", "c1")],
            path_sessions=[session("s1"), session("s2", "p2"), session("s3", "p2"), session("s4", "p2")],
            path_stats=[
                completed("e_anna", "anna"),
                enrollment("e_bran", "bran"),
                enrollment("e_old", "carl", "s2", "p2", enrolledAt="2026-01-01T08:00:00.000Z"),
                enrollment("e_new", "carl", "s3", "p2", enrolledAt="2026-02-01T08:00:00.000Z"),
                enrollment("e_late", "carl", "s4", "p2", enrolledAt="2026-05-01T08:00:00.000Z"),
            ],
        ),
        path_session_custom_field_values=[
            marked("s1", "4"),
            marked("s2", "3"),
            {"sessionId": "s2", "customFieldId": "f_share", "type": "string", "value": "80 %"},
        ],
        classroom_slots=[
            slot("l1", "2026-02-10T08:00:00.000Z", "2026-02-10T12:00:00.000Z", **of_session("s1")),
            slot("l2", "2026-02-11T08:00:00.000Z", "2026-02-11T12:00:00.000Z", **of_session("s1")),
            slot("l3", "2026-02-12T08:00:00.000Z", "2026-02-12T12:00:00.000Z", **of_session("s2")),
            slot("l4", "2026-02-12T08:00:00.000Z", "2026-02-12T12:00:00.000Z"),
        ],
        classroom_registrations=[
            registration("r1", "l1", "anna"), registration("r2", "l1", "bran"), registration("r3", "l4", "bran"),
        ],
        attendance_sheets=[sheet("h1", "l1")],
        attendances=[line("n1", "h1", "anna"), line("n2", "h1", "bran")],
    )  # fmt: skip


ANSWERS = [
    answer("a", "anna", 5, classroomSlotId="l1", wouldRecommend=True, comment="Très bien."),
    answer("bb", None, 3, userMail=" BRAN@x.example", classroomSlotName="séance  L1", wouldRecommend=False),
    # The address of two users: the one that is not deleted.
    answer("ccc", None, 3, userMail="anna@x.example", sessionId="s1", comment="Oui.",
        answeredAt="2026-04-01T08:00:00Z"),
    # Of three enrollments in the path the latest before the answer.
    answer("dddd", "carl", 7.5, pathName="vendre", scaleMin=0, scaleMax=10, wouldRecommend=True),
    # A course of two paths: the one that the answer names.
    answer("eeeee", "anna", None, courseName="Émettre", pathName="Facture électronique", wouldRecommend=False,
        answeredAt="2026-04-02T08:00:00Z"),
    # No scale, and no learner: that of the variable, from 0.
    answer("anonymous", None, 4, sessionId="gone", sessionName="Session s1", scaleMin=None, scaleMax=None),
    answer("stranger", "x", 1, userMail="x@y.example", classroomSlotId="l2"),
    answer("elsewhere", "bran", 2, sessionId="s2"),
    answer("nowhere", "bran", 2, sessionName="Session s9"),
    answer("too high", "bran", 6, sessionId="s1"),
    answer("staff", "prof", 1, sessionId="s1"),
    answer("later", "bran", 1, sessionId="s1", answeredAt="2026-12-01T08:00:00Z"),
]  # fmt: skip


class Feedback(Obligations, Warehouse):
    accounts: ClassVar = {
        "raw_answered": lambda: answered() | {"feedback": ANSWERS},
        "raw_silent": answered,
        "raw_owing": owing,
        "raw_dated": dated,
    }
    variables: ClassVar = {
        "learning360_recommendation_field": "Recommandation",
        "learning360_validity_months": {"FACTURE électronique": 9, "p2": 24, "Facture": 12},
        "learning360_fiscal_year_month": 9,
        "learning360_organization": "L'Organisme",
        "learning360_organization_number": "53 35 00000 35",
        "learning360_action_nature": None,
        "learning360_trainee_kinds": {"private_employee": "salarié", "other": ["Dirigeant"]},
    }
    log_level = "debug"

    def test_the_raw_tables_are_listed_before_models_run_side_by_side(self) -> None:
        listed = re.findall(r'\[(\w+)[^]]*\]: On "[^"]*": cache miss for schema "[^"]*\.(raw_\w+)"', self.log)
        self.assertEqual(sorted(listed), [("MainThread", schema) for schema in sorted(self.accounts)])

    def test_every_account_equals_the_recomputation(self) -> None:
        self.assert_recomputed()

    def test_an_answer_finds_the_learner_and_the_training(self) -> None:
        found = self.by(
            "facts_feedback", "raw_answered", "answer_id", "user_id", "training_id", "slot_id", "session_id"
        )
        self.assertEqual(
            found,
            {
                "a": ("anna", "e_anna", "l1", "s1"),
                "bb": ("bran", "e_bran", "l1", "s1"),
                "ccc": ("anna", "e_anna", None, "s1"),
                "dddd": ("carl", "e_new", None, "s3"),
                "eeeee": ("anna", "e_anna", None, "s1"),
                "anonymous": (None, None, None, "s1"),
                "stranger": (None, None, "l2", "s1"),
                "elsewhere": ("bran", None, None, "s2"),
                "too high": ("bran", "e_bran", None, "s1"),
            },
        )

    def test_scores_are_brought_to_a_hundred_and_one_off_its_scale_is_unknown(self) -> None:
        found = self.by("facts_feedback", "raw_answered", "answer_id", "score_percent")
        wanted = {"a": 100, "bb": 50, "ccc": 50, "dddd": 75, "anonymous": 80, "stranger": 0, "elsewhere": 25}
        self.assertEqual({key: found[key] for key in wanted}, wanted)
        self.assertIsNone(found["too high"])
        self.assert_warned("raw_answered", "feedback.score", "too high")

    def test_what_is_not_found_is_a_warning_with_file_and_line(self) -> None:
        self.assert_warned("raw_answered", "feedback.avis.csv", "no such slot, session, course or path", "line 7")
        self.assert_warned("raw_answered", "feedback.avis.csv", "no such learner", "line 8")
        self.assert_warned("raw_answered", "feedback.avis.csv", "not in that training", "line 9")

    def test_answers_about_the_slot_come_before_those_about_its_session_and_the_custom_field(self) -> None:
        found = self.by(
            "in_person_training",
            "raw_answered",
            "slot_id",
            "satisfaction",
            "answers",
            "recommendation_rate",
            "satisfaction_source",
        )
        self.assertEqual(found["l1"], (Decimal("3.75"), 2, Decimal("0.5"), "slot"))
        self.assertEqual(found["l2"], (Decimal(0), 1, None, "slot"))
        self.assertEqual(found["l4"], (None, 0, None, None))
        silent = self.by(
            "in_person_training",
            "raw_silent",
            "slot_id",
            "satisfaction",
            "answers",
            "recommendation_rate",
            "satisfaction_source",
        )
        self.assertEqual(silent["l1"], (Decimal(4), None, None, "field"))
        self.assertEqual(silent["l3"], (Decimal(3), None, Decimal("0.8"), "field"))
        # Answers about the session of l3.
        self.assertEqual(found["l3"], (Decimal("1.25"), 1, None, "session"))

    def test_the_report_has_the_opinion_of_each_learner_and_the_latest_recommendation(self) -> None:
        found = self.by(
            "france_num_report", "raw_answered", "training_id", "answers", "satisfaction", "would_recommend", "comments"
        )
        self.assertEqual(found["e_anna"], (3, Decimal("3.75"), False, "Très bien. ; Oui."))
        self.assertEqual(found["e_new"], (1, Decimal("3.75"), True, None))
        self.assertEqual(found["e_old"], (0, None, None, None))
        silent = self.by("france_num_report", "raw_silent", "training_id", "answers")
        self.assertIsNone(silent["e_anna"])

    def test_totals_are_of_answers_and_without_any_of_the_custom_fields(self) -> None:
        columns = ("answers", "satisfaction_percent", "recommendation_rate")
        self.assertEqual(self.one("kpi_overview", "raw_answered", *columns), (9, Decimal("54.29"), Decimal("0.5")))
        self.assertEqual(self.one("kpi_overview", "raw_silent", *columns), (None, Decimal(70), Decimal("0.8")))

    def test_a_name_in_a_variable_that_no_path_has_is_a_warning(self) -> None:
        self.assert_warned("raw_answered", "learning360_validity_months", "no path has the name or id Facture")
