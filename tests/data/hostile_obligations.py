"""What training organizations owe: accounts, and what they give. The accounting year begins in September."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from .accounts import (
    Row,
    Streams,
    base,
    changed,
    completed,
    enrollment,
    filled,
    line,
    of_session,
    path,
    registration,
    session,
    sheet,
    slot,
    user,
)

if TYPE_CHECKING:
    from .hostile import Warehouse
else:
    Warehouse = object


def timed(minutes: int) -> Row:
    return {"timeSpent": minutes * 60_000, "startedAt": "2026-01-06T08:00:00.000Z"}


def owing() -> Streams:
    """Anna learned in two accounting years, in person, in a webinar and online; Bran left; Carl came to a classroom."""
    people, both, in_s1 = ("anna", "bran", "carl"), ["prof", "other"], of_session("s1")
    return changed(
        base(
            users=[*(user(one) for one in people), user("prof", "g_team"), user("other", "g_team")],
            path_stats=[
                completed("e_anna", "anna", score=80, **timed(90)),
                enrollment("e_bran", "bran", **timed(10)),
                enrollment("e_never", "carl"),
            ],
        ),
        user_custom_field_values=[
            filled("anna", "f_kind", "Salarié"),
            filled("bran", "f_kind", "DIRIGEANT"),
            filled("carl", "f_kind", "Martien"),
        ],
        classroom_slots=[
            slot("l1", "2025-08-31T07:00:00.000Z", "2025-08-31T17:00:00.000Z", trainerIds=both, **in_s1),
            slot("l2", "2026-02-10T08:00:00Z", "2026-02-10T10:00:00Z", virtual=True, trainerIds=["prof"], **in_s1),
            slot("l3", "2026-03-10T08:00:00.000Z", "2026-03-10T12:00:00.000Z"),
            # Without learners, and two to come.
            slot("l4", "2026-03-11T08:00:00.000Z", "2026-03-11T12:00:00.000Z", trainerIds=["prof"]),
            slot("l5", "2026-12-11T08:00:00.000Z", "2026-12-11T12:00:00.000Z", maxCapacity=3),
            slot("l6", "2026-12-11T08:00:00.000Z", "2026-12-11T12:00:00.000Z", maxCapacity=1),
        ],
        classroom_registrations=[
            *(registration(f"r_{one}", "l5", one, rsvp={"going": one != "bran"}) for one in ("anna", "bran")),
            *(registration(f"r6_{one}", "l6", one) for one in ("anna", "bran")),
            registration("r3", "l3", "carl", hasAttended=True),
        ],
        attendance_sheets=[
            *(sheet(f"h{number}", "l1") for number in range(3)), sheet("h_web", "l2"), sheet("h_k", "l3"),
        ],
        attendances=[*(line(f"n{number}", f"h{number}", "anna") for number in range(3)), line("n_web", "h_web", "anna"),
            line("n_bran", "h0", "bran", "absent"), line("n_carl", "h_k", "carl")],
    )  # fmt: skip


def dated() -> Streams:
    """Completions that expire around the day of the figures, 2 November 2026."""
    days = {
        "expired": "2026-02-01",
        "today": "2026-02-02",
        "near": "2026-03-02",
        "soon": "2026-03-03",
        "last": "2026-04-30",
        "valid": "2026-05-01",
    }
    return base(
        users=[user(one) for one in (*days, "free")],
        user_custom_field_values=[],
        paths=[path("p1", "Facture électronique"), path("p2", "Vendre"), path("p3", "Sans limite")],
        path_sessions=[
            session("s1"), session("s2", "p2"), session("s3", "p3"), session("s4", end="2027-06-30T20:00:00.000Z"),
        ],
        path_stats=[
            *(completed(f"e_{one}", one, f"{day}T08:00:00.000Z") for one, day in days.items()),
            # An earlier completion does not count, and one on the last day of a month expires on one.
            completed("e_before", "valid", "2025-01-01T08:00:00.000Z"),
            completed("e_leap", "free", "2024-02-29T08:00:00.000Z", sessionId="s2", pathId="p2"),
            completed("e_free", "free", "2024-02-29T08:00:00.000Z", sessionId="s3", pathId="p3"),
            enrollment("e_again", "expired", "s4"),
        ],
    )  # fmt: skip


class Obligations(Warehouse):
    def test_the_bilan_pedagogique_has_trainees_and_hours_by_year_and_kind(self) -> None:
        rows = self.rows("learning360__bpf_trainees", "raw_owing")
        columns = "trainees persons remote_trainees in_person_hours virtual_hours online_hours trainee_hours".split()
        found = {(row["year"], row["trainee_kind"]): tuple(row[name] for name in columns) for row in rows}
        # An employee in two years; a head of a company; a value that no kind has.
        wanted = {
            (2024, "private_employee"): (1, 1, 0, 10, 0, 0, 10),
            (2025, "private_employee"): (1, 1, 1, 0, 2, Decimal("1.5"), Decimal("3.5")),
            (2025, "other"): (1, 1, 1, 0, 0, Decimal("0.17"), Decimal("0.17")),
            (2025, "unknown"): (1, 1, 0, 4, 0, 0, 4),
        }
        self.assertEqual(found, wanted)
        labels = {row["trainee_kind"]: row["trainee_kind_label"] for row in rows}
        self.assertEqual(labels["private_employee"], "Salariés d'employeurs privés hors apprentis")
        self.assert_warned("raw_owing", "learning360_trainee_kinds", "Martien")

    def test_a_trainer_has_the_hours_of_slots_that_learners_attended(self) -> None:
        rows = self.rows("learning360__bpf_trainers", "raw_owing")
        found = {(row["year"], row["trainer"]): (row["slots"], row["hours"], row["in_person_hours"]) for row in rows}
        wanted = {
            (2024, "Prof Le Goff"): (1, 10, 10),
            (2024, "Other Le Goff"): (1, 10, 10),
            (2025, "Prof Le Goff"): (1, 2, 0),
            (2025, "Non renseigné"): (1, 4, 4),
        }
        self.assertEqual(found, wanted)

    def test_who_began_and_did_not_complete_a_session_that_is_over_dropped_out(self) -> None:
        columns = (
            "trainees",
            "begun",
            "completed",
            "completion_rate",
            "dropped",
            "dropout_rate",
            "success_rate",
            "average_score",
            "attendance_rate",
        )
        found = self.by("qualiopi", "raw_owing", "taught_id", *columns)
        self.assertEqual(found["p1"], (3, 2, 1, Decimal("0.3333"), 1, Decimal("0.5"), 1, 80, Decimal("0.8")))
        # Anna and Bran are registered to slots of the classroom that are still to come.
        self.assertEqual(found["k1"][:5], (3, 1, None, None, None))

    def test_a_certificate_states_days_and_hours_of_what_was_done(self) -> None:
        columns = (
            "start_date",
            "end_date",
            "in_person_hours",
            "virtual_hours",
            "online_hours",
            "total_hours",
            "is_over",
        )
        found = self.by("completion_certificates", "raw_owing", "training_id", *columns)
        self.assertEqual(set(found), {"e_anna", "e_bran", "k1|carl"})
        days = ["2025-08-31", "2026-02-10"]
        self.assertEqual(
            [*map(str, found["e_anna"][:2]), *found["e_anna"][2:]],
            [*days, 10, 2, Decimal("1.5"), Decimal("13.5"), True],
        )
        self.assertFalse(found["e_bran"][-1])
        names = self.by(
            "completion_certificates",
            "raw_owing",
            "training_id",
            "organization",
            "organization_number",
            "action_nature",
        )
        self.assertEqual(names["e_anna"], ("L'Organisme", "53 35 00000 35", "Action de formation"))

    def test_seats_are_left_where_there_is_a_limit(self) -> None:
        found = self.by("kpi_slot_fill", "raw_owing", "slot_id", "seats_left", "seats_left_without_declined")
        self.assertEqual((found["l5"], found["l6"], found["l1"]), ((1, 2), (0, 0), (None, None)))

    def test_a_completion_expires_within_30_or_90_days_or_not_at_all(self) -> None:
        rows = self.rows("learning360__renewals", "raw_dated")
        found = {row["training_id"]: (row["validity"], str(row["expiry_date"])) for row in rows}
        self.assertEqual(
            found,
            {
                "e_expired": ("expired", "2026-11-01"),
                "e_today": ("within_30_days", "2026-11-02"),
                "e_near": ("within_30_days", "2026-12-02"),
                "e_soon": ("within_90_days", "2026-12-03"),
                "e_last": ("within_90_days", "2027-01-30"),
                "e_valid": ("valid", "2027-02-01"),
                "e_leap": ("expired", "2026-02-28"),
                "e_free": ("unlimited", "None"),
            },
        )
        again = {row["training_id"] for row in rows if row["is_enrolled_again"]}
        self.assertEqual(again, {"e_expired"})

    def test_figures_of_a_month_and_a_firm_are_sums_over_facts(self) -> None:
        query = """select sum(f.signed_present), sum(f.attended_ms) from {0}.learning360__facts_half_days f
            inner join {0}.learning360__dates d on d.date_day = f.slot_date
            where f.source_relation = 'raw_owing' and d.quarter_name = 'T3 2025' and f.firm = 'Arvor'"""
        self.assertEqual(self.marts.execute(query.format("analytics_learning360_marts")), [(3, 36_000_000)])
        months = self.rows("learning360__kpi_enrolments_by_month", "raw_owing")
        coming = {str(row["month"]): row["registrations"] for row in months if row["timing"] == "coming"}
        self.assertEqual(sum(coming.values()), 4)
        self.assertEqual(set(coming), {"2026-12-01"})

    def test_the_calendar_has_whole_years_and_french_names(self) -> None:
        names = "week_name, month_name, weekday_name, quarter_name, fiscal_year"
        query = f"select {names} from {{}}.learning360__dates where date_day = %s"
        found = self.marts.execute(query.format("analytics_learning360_marts"), ("2024-12-30",))
        self.assertEqual(found, [("2025-S01", "décembre 2024", "lundi", "T4 2024", 2024)])
        days = "select min(date_day), max(date_day), count(*) from {}.learning360__dates"
        first, last, count = self.marts.execute(days.format("analytics_learning360_marts"))[0]
        self.assertEqual((str(first), str(last), count), ("2024-01-01", "2027-12-31", 1461))
