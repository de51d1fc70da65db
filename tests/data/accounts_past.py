"""Accounts that are built as of the beginning of March 2026, of which much happened later."""

from __future__ import annotations

from .accounts import (
    FIELDS,
    Row,
    Streams,
    attempt,
    base,
    changed,
    completed,
    enrollment,
    field,
    filled,
    line,
    of_session,
    plain_enrollment,
    registration,
    sheet,
    slot,
    user,
)

PAST = "2026-03-01T08:00:00.000Z"
BEFORE, AFTER = "2026-02-10T08:00:00.000Z", "2026-03-20T08:00:00.000Z"
STARTED: Row = {"startedAt": "2026-01-06T08:00:00.000Z"}
MANY = 1_700


def past() -> Streams:
    """Enrollments, attempts, slots and places, each with what happened after `PAST`."""
    people = "carl dora eve fred gina hal iris jane".split()
    begun: Row = {"enrolledAt": "2026-01-05T08:00:00.000Z", "timeSpent": 600_000, "score": 80, **STARTED}
    hour: Row = {"firstActivityAt": BEFORE, "pathId": "p1", "pathSessionId": "s1", "score": 70}
    account = base(
        users=[*(user(one) for one in ("anna", "bran", *people)), user("prof", "g_team")],
        path_stats=[
            completed("before", "anna", BEFORE, **begun, certificateId="k"),
            completed("after", "bran", AFTER, **begun, certificateId="k"),
            enrollment("enrolled_later", "carl", enrolledAt=AFTER),
            enrollment("archived_later", "dora", **begun | {"unenrolledAt": AFTER}),
            enrollment("archived_before", "eve", **begun | {"unenrolledAt": BEFORE}),
            completed("started_later", "fred", AFTER, **begun | {"startedAt": AFTER}, certificateId="k"),
            enrollment("attempted_later", "gina", **begun),
            enrollment("continued_later", "hal", **begun),
            enrollment("listed_later", "iris", enrolledAt=None),
            enrollment("quiet", "jane", **begun),
        ],
        path_enrollments=[
            plain_enrollment("listed_later", "iris", createdAt=AFTER),
            plain_enrollment("archived_later", "dora", archivedAt=AFTER, status="archived"),
        ],
        course_stats=[
            attempt("x1", "gina", **hour, lastActivityAt=BEFORE, completedAt=BEFORE),
            attempt("x2", "gina", **hour | {"firstActivityAt": AFTER}, lastActivityAt=AFTER),
            attempt("x3", "hal", **hour, lastActivityAt=BEFORE),
            attempt("x4", "hal", **hour, lastActivityAt=AFTER, completedAt=AFTER),
            attempt("x5", "jane", "c2", **hour, lastActivityAt=BEFORE),
        ],
    )
    return changed(
        account,
        classroom_slots=[
            slot(
                "past",
                "2026-02-20T08:00:00.000Z",
                "2026-02-20T11:00:00.000Z",
                createdAt=BEFORE,
                maxCapacity=4,
                **of_session("s1"),
            ),
            slot("running", "2026-03-01T07:00:00.000Z", "2026-03-01T10:00:00.000Z", createdAt=BEFORE, maxCapacity=6),
            slot("coming", AFTER, createdAt=BEFORE, maxCapacity=5),
            slot("created_later", "2026-02-25T08:00:00.000Z", createdAt=AFTER, maxCapacity=9),
        ],
        classroom_registrations=[
            registration("r1", "past", "anna", createdAt=BEFORE),
            registration("r2", "past", "bran", createdAt=AFTER),
            registration("r3", "past", "dora", createdAt=BEFORE, archivedAt=AFTER, status="archived"),
            registration("r4", "past", "eve", createdAt=BEFORE, archivedAt=BEFORE),
            registration("r5", "created_later", "anna"),
            registration("r6", "coming", "jane"),
        ],
        classroom_slot_waitlist=[
            {"classroomSlotId": "coming", "userId": "eve", "requestedAt": BEFORE},
            {"classroomSlotId": "coming", "userId": "hal", "requestedAt": AFTER},
        ],
        attendance_sheets=[sheet("h1", "past"), sheet("h2", "created_later")],
        attendances=[line("n1", "h1", "anna"), line("n2", "h2", "anna")],
    )


def many_fields() -> Streams:
    """More custom fields than a table of PostgreSQL can have as columns, each with a value."""
    fields = [f"f_a{number:04}" for number in range(MANY - len(FIELDS))]
    return changed(
        base(),
        custom_fields=[field(key, f"Champ {key[3:]}") for key in fields],
        user_custom_field_values=[filled("anna", key, f"{key} " + "é🌸" * 60) for key in fields],
    )


OF_THE_PAST = {"raw_past": past, "raw_many_fields": many_fields}
