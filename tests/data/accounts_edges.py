"""An account at the edges of what the API may return: hours, calendars, orders without dates, lists that are none."""

from __future__ import annotations

from .accounts import (
    Streams,
    base,
    changed,
    completed,
    enrollment,
    field,
    filled,
    group,
    line,
    of_session,
    path,
    registration,
    session,
    sheet,
    slot,
    user,
)

# What a custom field of type date holds, and the day that it is in Paris.
DAYS = {
    "1905-05-11T23:55:00.000Z": "1905-05-12", "1985-05-11T22:00:00+02:00": "1985-05-11", "2000-02-29": "2000-02-29",
    "1985-05-11T22:00Z": "1985-05-12", "1985-05-11 ": "1985-05-11", "2026-03-29T00:59:59.999Z": "2026-03-29",
    "1985-02-30": None, "1900-02-29": None, "1985-13-01": None, "11/05/1985": None, "1985-05-11T25:00:00Z": None,
    "0001-01-01": None, "1985": None, "1985-05-11T22:00:60Z": None, "12 mai 1985": None,
}  # fmt: skip
# Titles of sheets, and their half-days.
TITLES = {
    "Programme": "day", "J1 matin": "morning", "Lundi après-midi (PM)": "afternoon", "AM/PM": "day", "am": "morning",
    "Demi-journée n°2": "afternoon", "DEMI JOURNÉE 10": "afternoon", "demi‑journée 3 🥐": "morning", "Samedi": "day",
    "Matinée d’accueil": "morning", "L'après–midi": "afternoon", "Toute la journée": "day", "Demi-journée": "day",
}  # fmt: skip
# Hours in Paris in winter, and their half-day.
HOURS = {
    ("07:00", "12:00"): "morning", ("07:00", "12:01"): "day", ("11:00", "12:00"): "morning",
    ("11:00", "13:00"): "afternoon",
    ("10:59", "13:00"): "day", ("18:00", "23:00"): "afternoon", ("08:00", "08:00"): "morning", ("08:00", None): "day",
    ("12:30", None): "afternoon",
}  # fmt: skip
ZONES = ("PST", "europe/paris", "UTC", "Etc/GMT+3", "EST", "Asia/Calcutta", "+02:00", "Europe/Paris ")
SHEETS = 17


def edges() -> Streams:
    learners = [f"b{number:02}" for number in range(len(DAYS))]
    timed = {f"t{number}": hours for number, hours in enumerate(HOURS)}
    sheets = [f"h{number:02}" for number in range(SHEETS)]
    titled = {f"i{number:02}": title for number, title in enumerate(TITLES)}
    zones = [slot(f"z{number}", "2026-01-20T23:30:00.000Z", timezone=zone) for number, zone in enumerate(ZONES)]
    return changed(
        base(
            groups=[group("g_clients", "Clients"), group("g_team", "Équipe de formation"),
                group("g_two", "équipe  de FORMATION")],
            paths=[path("p1", "Facturer", "c1", "c1", "c2"), {"_id": "p2", "name": None, "steps": "none"},
                   {"_id": "p3", "name": " ", "steps": [None, 3, {"type": "course"},
                           {"_id": "c1", "type": "program"}]}],
        ),
        users=[*(user(one) for one in learners), user("second", "g_two"),
            user("blank", firstName=" \u00a0", lastName="", mail=None)],
        custom_fields=[field("f_birth", "Date de naissance", "date"), field("f_birth2", "Date de naissance")],
        user_custom_field_values=[
            *(filled(one, "f_birth", day) for one, day in zip(learners, DAYS, strict=True)),
            filled("blank", "f_firm", "\u200b"), filled("b00", "f_headcount", "1,200"),
            filled("b01", "f_company", "x" * 50_000),
            filled("b02", "f_firm", "y" * 20_000),
        ],
        group_memberships=[{"groupId": "g_clients", "userId": "b00", "role": ""}],
        path_sessions=[session("s2", "p2"), session("s3", "p3", None, "2026-11-02T08:00:00.000Z")],
        path_stats=[
            enrollment("e_dated", "b00", score=40), enrollment("e_undated", "b00", enrolledAt=None, score=90),
            completed("e_archived", "b01", unenrolledAt="2026-03-01T00:00:00.000Z"),
            enrollment("e_undone", "b02", status={"type": "successful"}), enrollment("e_p2", "b03", "s2", "p2"),
            enrollment("e_p3", "b03", "s3", "p3"), enrollment("e_nowhere", "b03", "s9", "p9"),
            completed("e_firm", "b02"),
        ],
        classrooms=[{"_id": "k2", "name": None, "groupId": None}],
        classroom_slots=[
            slot("shared", "2026-01-21T08:00:00.000Z", "2026-01-21T09:00:18.000Z", **of_session("s1"), maxCapacity=1),
            slot("titled", "2026-01-22T07:00:00.000Z", "2026-01-22T15:00:00.000Z", classroomId="k2"),
            *(slot(key, f"2026-01-23T{start}:00.000Z", end and f"2026-01-23T{end}:00.000Z") for key,
                (start, end) in timed.items()),
            *zones, slot("now", "2026-11-02T07:00:00.000Z", "2026-11-02T08:00:00.000Z", reportedDuration=1000),
            slot("then", "2026-11-02T08:00:00.000Z", reportedDuration=-1),
            slot("none", "2026-03-29T00:30:00.000Z", reportedDuration=0),
        ],
        classroom_registrations=[registration("r1", "shared", "b00"), registration("r2", "shared", "b01"),
                                 registration("r3", "now", "b02", hasAttended=True)],
        classroom_slot_waitlist=[{"classroomSlotId": "now", "userId": "b01"}] * 2,
        attendance_sheets=[
            *(sheet(key, "shared") for key in sheets), *(sheet(key, "titled", title) for key, title in titled.items()),
            *(sheet(f"j_{key}", key, "Feuille") for key in timed),
        ],
        attendances=[
            *(line(f"n_{key}", key, "b00") for key in sheets), *(line(f"n_{key}", key, "b01") for key in titled),
            *(line(f"n_{key}", f"j_{key}", "b02") for key in timed),
        ],
    )  # fmt: skip
