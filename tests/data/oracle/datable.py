"""What `as_of` can date: the columns of marts built in the past that equal those of a build of that day."""

from __future__ import annotations

from collections.abc import Sequence

from .streams import Account, Row, Rows
from .values import text

OF_SLOT = """slot_name classroom_name session_name path_name group_name timing location trainers capacity start_local
end_local slot_date region duration_hours registered fill_rate"""
OF_LEARNER = """display_name first_name last_name email phone job agency region department town postcode company siret
legal_form activity_code activity sector kind company_size headcount company_manager file_number file_status funding"""
# Left out: what the API has of today only, such as declined registrations, attendance, statuses, scores and times.
DATABLE = {
    "kpi_overview": """as_of as_of_local period_start_date period_end_date clients_enrolled clients_trained enrolments
        enrolments_completed completion_rate slots in_person_slots registrations capacity fill_rate capacity_coming
        fill_rate_coming waitlisted""",
    "kpi_clients_trained": "clients_trained clients_trained_to_date completions",
    "kpi_enrolments": "enrolments learners self_enrolled registrations registered_learners",
    "kpi_slot_fill": f"""{OF_SLOT} classroom_id session_id path_id group_id is_virtual time_zone start_at end_at month
        waitlisted""",
    "kpi_fill_by_month": "slots limited_slots capacity registered fill_rate",
    "in_person_training": OF_SLOT,
    "kpi_in_person": "slots registered",
    "kpi_learner_breakdown": "dimension_label position learners trained share",
    "kpi_time_per_learner_module": """user_id display_name firm path_id path_name session_id course_id course_name
        attempts is_completed completed_date""",
    "kpi_module_time": "path_id path_name course_id course_name learners completed",
    "france_num_report": f"""training_kind user_id {OF_LEARNER} firm path_id training_name session_id session_name
        start_date end_date timing enrolled_date is_archived started_date completed_date modules modules_completed""",
    "france_num_modules": "training_id user_id course_id course_name position attempts is_completed completed_date",
}
# The fields that identify a row, of the streams whose rows `as_of` takes away.
DATED = {
    "path_stats": ("_id",),
    "path_enrollments": ("_id",),
    "classroom_registrations": ("_id",),
    "classroom_slot_waitlist": ("classroomSlotId", "userId"),
}


def datable(mart: str) -> frozenset[str]:
    """The columns of a mart that `as_of` dates exactly, besides its key; none if it dates nothing in the mart."""
    return frozenset(DATABLE.get(mart.removeprefix("learning360__"), "").split())


def of_that_day(then: Account, now: Account) -> Account:
    """The account on an earlier day, for marts built today with `as_of` on that day.

    Dated rows are those of then that still exist. A slot is that of today if it existed then. Everything else, such as
    names, groups and custom fields, is that of today: the API has no other. An attempt has no date before it begins, so
    attempts that began in between are left out.
    """

    def keys(rows: Sequence[Row], fields: tuple[str, ...]) -> set[tuple[str | None, ...]]:
        return {tuple(text(row.get(field)) for field in fields) for row in rows}

    def both(rows: Rows, other: Rows, stream: str, fields: tuple[str, ...]) -> list[Row]:
        wanted = keys(other(stream), fields)
        return [row for row in rows(stream) if tuple(text(row.get(field)) for field in fields) in wanted]

    def rows(stream: str) -> list[Row]:
        if stream == "course_stats":
            begun = {row.get("_id") for row in now.rows(stream) if row.get("firstActivityAt")}
            found = both(then.rows, now.rows, stream, ("_id",))
            return [row for row in found if row.get("firstActivityAt") or row.get("_id") not in begun]
        if stream in DATED:
            return both(then.rows, now.rows, stream, DATED[stream])
        if stream == "classroom_slots":
            return both(now.rows, then.rows, stream, ("_id",))
        return now.rows(stream)

    return Account(now.schema, rows, now.synced)
