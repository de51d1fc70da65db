"""Accounts that are built with the defaults of the package, at the beginning of November 2026."""

from __future__ import annotations

from .accounts import (
    EMPTY,
    FIELDS,
    Streams,
    attempt,
    base,
    changed,
    completed,
    enrollment,
    field,
    filled,
    going,
    group,
    line,
    logged_event,
    marked,
    of_session,
    path,
    plain_enrollment,
    registration,
    session,
    sheet,
    slot,
    user,
)

FIRST_READ, SECOND_READ = {"readAt": "2026-10-01T06:00:00.000Z"}, {"readAt": "2026-10-02T06:00:00.000Z"}
DAY, LATER = (
    ("2026-03-10T08:00:00.000Z", "2026-03-10T11:30:00.000Z"),
    ("2026-12-01T08:00:00.000Z", "2026-12-01T11:30:00.000Z"),
)


def ghosts() -> Streams:
    """The second day: session s2, path p2, slot l2, sheet h1, Bran's line and a custom field are deleted."""
    return base(
        path_enrollments=[plain_enrollment("e_anna", "anna"), plain_enrollment("e_bran", "bran")],
        classroom_slots=[slot("l1", *DAY, **of_session("s1"), maxCapacity=4), slot("l3", *DAY, **of_session("s_gone"))],
        classroom_registrations=[registration("r1", "l1", "anna"), registration("r3", "l3", "anna")],
        attendance_sheets=[sheet("h2", "l1", "Après-midi", **SECOND_READ)],
        attendances=[line("n2", "h2", "anna", **SECOND_READ)],
    )


def before_ghosts() -> Streams:
    """The first day of the same account."""
    account = changed(
        ghosts(),
        custom_fields=[field("f_old", "Ancien")],
        user_custom_field_values=[filled("anna", "f_old", "x")],
        paths=[path("p2", "Cybersécurité", "c1")],
        path_sessions=[session("s2"), session("s3", "p2")],
        path_stats=[enrollment("e2", "anna", "s2"), enrollment("e3", "bran", "s2"),
            enrollment("e4", "anna", "s3", "p2")],
        path_enrollments=[plain_enrollment(*one) for one in (("e2", "anna", "s2"), ("e3", "bran", "s2"),
                ("e4", "anna", "s3", "p2"))],
        classroom_slots=[slot("l2", *DAY, **of_session("s2"), maxCapacity=1)],
        classroom_registrations=[registration("r2", "l2", "anna"), registration("r4", "l1", "bran")],
    )  # fmt: skip
    account["attendance_sheets"] = [
        sheet(key, slot, **FIRST_READ) for key, slot in (("h1", "l1"), ("h2", "l1"), ("h3", "l2"))
    ]
    # The platform replaces a mark of Anna by another one: she is not twice on the sheet.
    lines = (("n1", "h1", "anna"), ("n0", "h2", "anna"), ("n3", "h2", "bran"), ("n4", "h3", "anna"))
    account["attendances"] = [line(*one, **FIRST_READ) for one in lines]
    return account


def logged() -> Streams:
    """The same second day, read incrementally but for registrations: webhook events name what is deleted."""
    return changed(
        ghosts(),
        webhook_events=[
            logged_event("l2", "path.session.classroom.slot.deleted", classroomSlotId="", slotId="l2", sessionId="s1"),
            logged_event("s2", "path.session.removed", sessionId="s2", pathId="p1"),
            logged_event("p2", "path.deleted", pathId="p2"),
            logged_event("old", "group.deleted", groupId="g_old"),
            logged_event("nameless", "path.deleted", name="Sans identifiant"),
            logged_event("other", "path.archived", pathId="p1"),
            # Read since: the path is there.
            logged_event("p1", "path.deleted", pathId="p1") | {"createdAt": "2020-01-01T00:00:00.000Z"},
        ],
    )


def before_logged() -> Streams:
    """The first day of the same account."""
    return changed(
        before_ghosts(),
        groups=[group("g_old", "Ancien groupe")],
        # Only the deletions of its session and of its path are logged.
        classroom_slots=[slot("l_s2", *DAY, **of_session("s2")), slot("l_s3", *DAY, **of_session("s3"))],
    )


def valued() -> Streams:
    """Custom fields as a full refresh reads them."""
    account = base()
    account["user_custom_field_values"] = [row | SECOND_READ for row in account["user_custom_field_values"]]
    return account


def emptied() -> Streams:
    """The second day of the same account, read incrementally: fields without a value have a row, too."""
    account = valued()
    known = {(row["userId"], row["customFieldId"]) for row in account["user_custom_field_values"]}
    empty = [(person["_id"], one) for person in account["users"] for one in FIELDS]
    rows = [filled(*one, None) | SECOND_READ for one in empty if one not in known]
    return changed(account, user_custom_field_values=rows)


def before_emptied() -> Streams:
    """Its first day: a field, three users with a spelling of their own, and Anna's town are deleted since."""
    left = ("left1", "left2", "left3")
    values = [filled("anna", "f_old", "x"), filled("bran", "f_old", None), filled("anna", "f_town", "Brest"),
        *(filled(one, "f_firm", "ARVOR") for one in left)]  # fmt: skip
    return changed(
        valued(),
        users=[user(one) for one in left],
        custom_fields=[field("f_old", "Ancien")],
        user_custom_field_values=[row | FIRST_READ for row in values],
    )


def repeats() -> Streams:
    """Attempts without session, and learners who are several times on a sheet or in a slot."""
    attempts = [
        attempt("x1", "anna", pathId="p1"), attempt("x2", "anna", pathId="p2"), attempt("x3", "anna", pathId="p3"),
        attempt("x4", "anna"), attempt("x5", "anna", None, pathId="p1", timeSpent=60_000),
        attempt("x6", "anna", pathId="p1", pathSessionId="s1", timeSpent=30_000), attempt("x7", "gone", pathId="p1"),
    ]  # fmt: skip
    return changed(
        base(paths=[path(key, key, "c1") for key in ("p1", "p2", "p3")]),
        path_sessions=[session("s2", "p2"), session("s3", "p3"), session("s4", "p3")],
        path_stats=[enrollment("e2", "anna", "s2", "p2", unenrolledAt="2026-02-01T08:00:00.000Z"),
                    enrollment("e3", "anna", "s3", "p3"), enrollment("e4", "anna", "s4", "p3"),
                    enrollment("e5", "bran", "s1", enrolledAt="2026-02-05T08:00:00.000Z", score=80)],
        course_stats=attempts,
        classroom_slots=[slot("l1", *DAY, **of_session("s1"), maxCapacity=4)],
        classroom_registrations=[
            registration("r1", "l1", "anna"), registration("r2", "l1", "anna", hasAttended=True),
            registration("r3", "l1", "anna", hasAttended=False, createdAt="2026-02-10T08:00:00.000Z"),
            registration("r4", "l1", "bran", status="archived"), registration("r5", "l1", "bran"),
            registration("r6", "l1", "gone"),
        ],
        classroom_slot_waitlist=[{"classroomSlotId": "l1", "userId": "prof"}],
        attendance_sheets=[sheet("h1", "l1"), sheet("h2", "l1", "Après-midi")],
        attendances=[line("n1", "h1", "anna", "absent"), line("n2", "h1", "anna"), line("n3", "h1", "anna"),
                     line("n4", "h2", "anna", "absent"), line("n5", "h2", "bran")],
    )  # fmt: skip


def hours() -> Streams:
    """Titles of sheets, slots over several days and in several time zones, and ten hours on three sheets."""
    titles = ["Après midi", "Demi-journée 1", "Demi-journée 2", "APRÈS-MIDI", "Apre\u0300s-midi", "PM", "Matinée",
              "Après\u2011midi", "Matin et après-midi", "Soirée", "Journée", "Demi-journée n° 4"]  # fmt: skip
    slots = [
        slot("twodays", "2026-03-10T08:00:00.000Z", "2026-03-11T11:30:00.000Z", reportedDuration=10.5),
        slot("named", "2026-03-12T08:00:00.000Z", "2026-03-12T16:00:00.000Z", reportedDuration=7),
        slot("reunion", "2026-01-20T09:30:00.000Z", "2026-01-20T13:00:00.000Z", timezone="Indian/Reunion"),
        slot("martinique", "2026-01-20T23:30:00.000Z", "2026-01-21T01:30:00.000Z", timezone="America/Martinique"),
        slot("night", "2026-03-12T17:00:00.000Z", "2026-03-12T23:30:00.000Z"),
        slot("midnight", "2026-03-12T19:00:00.000Z", "2026-03-12T23:00:00.000Z"),
        slot("one", "2026-03-13T08:00:00.000Z", "2026-03-13T12:00:00.000Z"),
        slot("untitled", "2026-03-13T08:00:00.000Z", "2026-03-13T16:00:00.000Z"),
        slot("mars", "2026-03-14T08:00:00.000Z", "2026-03-14T10:00:00.000Z", timezone="Mars/Olympus"),
        slot("ten", "2026-02-10T08:00:00.000Z", "2026-02-10T18:00:00.000Z", reportedDuration=10, **of_session("s1")),
        slot("seven", "2026-02-11T08:00:00.000Z", "2026-02-11T18:00:00.000Z", reportedDuration=7, **of_session("s1")),
    ]
    plain = [(one, f"h_{one}", "Émargement") for one in ("reunion", "martinique", "night", "midnight", "one", "mars")]
    sheets = [
        *[("twodays", f"h_day{number}", f"Jour {number}") for number in (1, 2)],
        *[("named", f"h_named{number:02}", title) for number, title in enumerate(titles)],
        *plain, ("untitled", "h_untitled", ""),
        *[("ten", f"h_ten{number}", title) for number, title in enumerate(("Matin", "Après-midi", "Soirée"))],
        *[("seven", f"h_seven{number}", None) for number in range(3)],
    ]  # fmt: skip
    return base(
        classroom_slots=slots,
        attendance_sheets=[sheet(key, slot, title) for slot, key, title in sheets],
        attendances=[line(f"n_{key}", key, "bran" if slot == "seven" else "anna") for slot, key, _ in sheets],
    )


def fill() -> Streams:
    """Slots without limit, with declined places, without end or start, and in the future."""
    gone = of_session("s1")
    return base(
        classroom_slots=[
            slot("noend", "2024-03-10T08:00:00.000Z", reportedDuration=3.5, maxCapacity=10, **gone),
            slot("zero", "2026-03-10T08:00:00.000Z", "2026-03-10T11:30:00.000Z", maxCapacity=0, **gone),
            slot("negative", "2026-03-10T08:00:00.000Z", "2026-03-10T11:30:00.000Z", maxCapacity=-3, **gone),
            slot("declined", "2026-03-11T08:00:00.000Z", "2026-03-11T11:30:00.000Z", maxCapacity=2, **gone),
            slot("nolimit", "2026-03-12T08:00:00.000Z", "2026-03-12T11:30:00.000Z", **gone),
            slot("half", "2026-03-13T08:00:00.000Z", "2026-03-13T16:00:00.000Z", maxCapacity=4),
            slot("coming", *LATER, maxCapacity=10, **gone),
            slot("nostart", None, "2026-03-20T11:30:00.000Z", maxCapacity=5),
            slot("undated", None, maxCapacity=7),
            slot("edge", "2026-03-31T22:30:00.000Z", "2026-04-01T01:00:00.000Z", maxCapacity=3, virtual=True),
        ],
        classroom_registrations=[
            registration("r1", "noend", "anna", hasAttended=True),
            registration("r2", "noend", "bran", hasAttended=False),
            registration("r3", "zero", "anna", hasAttended=True), registration("r4", "zero", "bran"),
            registration("r5", "declined", "anna", **going(False)),
            registration("r6", "declined", "bran", **going(False)),
            registration("r7", "declined", "prof", archivedAt="2026-02-02T08:00:00.000Z"),
            registration("r8", "nolimit", "anna", **going(True)), registration("r9", "half", "anna", hasAttended=True),
            registration("r10", "half", "bran", hasAttended=True), registration("r11", "half", "prof"),
            registration("r12", "coming", "anna"), registration("r13", "coming", "bran", **going(False)),
            registration("r14", "nostart", "anna"), registration("r15", "edge", "anna"),
        ],
        attendance_sheets=[sheet("h1", "half"), sheet("h2", "half", "Après-midi", "open"),
            sheet("h3", "declined", status="closed")],
        attendances=[line("n1", "h1", "anna"), line("n2", "h1", "bran", "absent"), line("n3", "h2", "anna"),
            line("n4", "h1", "prof")],
    )  # fmt: skip


def renamed() -> Streams:
    """The fields of a default account after someone changed their names in 360Learning."""
    names = FIELDS | {"f_firm": "Cabinet comptable", "f_sector": "SECTEUR\u00a0D’ACTIVITÉ", "f_region": "Re\u0301gion"}
    fields = [field(*one) for one in (names | {"f_satisfaction": "satisfaction"}).items()]
    account = base(custom_fields=fields, path_stats=[completed("e1", "anna")])
    return changed(account, user_custom_field_values=[filled("anna", "f_sector", "Mer")])


def spellings() -> Streams:
    """Values that people type in several ways."""
    firms = {
        "u1": "Cabinet d'Expertise Océan", "u2": "CABINET D’EXPERTISE OCÉAN",
        "u3": "Cabinet  d'Expertise\u00a0Oce\u0301an",
        "u4": "Cabinet d'Expertise Océan", "u5": "Non renseigné", "u6": "\u00a0", "u7": "\n",
        "u8": "100 % \\ 'Le \"Bon\"' {{ x }} %s",
        "u9": "Škoda", "u10": "ŠKODA", "u11": "Arvor\t",
    }  # fmt: skip
    counts = {
        "u1": "1 200",
        "u2": "1\u202f200",
        "u3": "3 à 9",
        "u4": "12345678901",
        "u5": "0",
        "u6": "2,5",
        "u7": " 7 ",
    }
    regions = {"u1": "Bretagne", "u2": "bretagne", "u3": "Non renseigné", "u4": "Provence-Alpes-Côte d’Azur",
               "u8": "Provence\u2011Alpes\u2011Côte d'Azur"}  # fmt: skip
    values = (
        ("f_firm", firms),
        ("f_headcount", counts),
        ("f_region", regions),
        ("f_company", {"u1": "Océan\u00a0", "u2": "a\nb"}),
    )
    account = base(
        users=[user(one) for one in firms] + [user("plain", firstName="O'Brien \\ %s", lastName='"é" {{ 1 }} 🥞')],
        user_custom_field_values=[filled(one, name, value) for name, of in values for one, value in of.items()],
        path_stats=[completed(f"e_{one}", one) for one in firms],
    )
    odd = {
        "f_x1": "De\u0301cret œuvre",
        "f_x2": "Décret  Œuvre",
        "f_x3": '100 % "sûr" d\'e \\ {{ a }}',
        "f_x4": "🥞",
        "f_x5": "a" * 80,
    }
    return changed(account, custom_fields=[field(*one) for one in odd.items()],
                   user_custom_field_values=[filled("u1", key, f"valeur {key}") for key in odd])  # fmt: skip


def odd_values() -> Streams:
    """Values that no form should accept, and that the API returns."""
    marks = ["4,5/5", "92 %", "9/10", "20261102", "4", "très bien", "6", "9/0"]
    dates = {"anna": "1985-05-11T22:00:00.000Z", "bran": "10:00+02:00", "prof": "1985-05-11"}
    begun = "2026-03-10T08:00:00.000Z"
    return changed(
        base(),
        custom_fields=[field("f_birth", "Date de naissance", "date")],
        user_custom_field_values=[filled(one, "f_birth", value) for one, value in dates.items()],
        path_sessions=[session(f"m{number}") for number in range(len(marks))] + [
            session("x1", end="9999-12-31T23:59:59.999Z"), session("x2", start="1890-01-01T00:00:00.000Z", end=""),
            session("x3", start="10:00+02:00", end="soon"),
        ],
        path_session_custom_field_values=[marked(f"m{number}", mark) for number, mark in enumerate(marks)],
        path_stats=[
            enrollment("e1", "anna", "x1", score=10_000_000, progress=1_000_000),
            enrollment("e2", "anna", "x2", score=150),
            enrollment("e3", "anna", "x3", enrolledAt="", status={"type": "brandNew"}, timeSpent=-5),
            enrollment("e4", "bran", "m0", score="many", status="onTime", progress=66, timeSpent=10**17),
        ],
        course_stats=[attempt("a1", "anna", pathId="p1", pathSessionId="x1", score=10_000_000, timeSpent=10**16),
                      attempt("a2", "anna", pathId="p1", pathSessionId="x1", completedAt="0001-01-01T00:00:00Z")],
        classroom_slots=[
            *[slot(f"l{number}", begun, "2026-03-10T10:00:00.000Z",
                    **of_session(f"m{number}")) for number in range(len(marks))],
            slot("far", begun, "3206-03-10T10:00:00.000Z", maxCapacity=2),
            slot("old", "1890-03-10T08:00:00.000Z", begun, maxCapacity=3),
            slot("long", begun, "2026-03-10T10:00:00.000Z", reportedDuration=10_000_000),
            slot("max", begun, "9999-12-31T23:59:59.999Z"),
            slot("turned", begun, "2026-03-09T08:00:00.000Z"), slot("empty", "", "10:00+02:00"),
            slot("bare", begun, context="path"),
            slot("big", begun, maxCapacity=1e14, timezone=""),
            slot("text", begun, maxCapacity="many", trainerIds="anna"),
        ],
        classroom_registrations=[registration("r1", "far", "anna", **going("maybe")),
            registration("r2", "far", "bran", rsvp="no"),
                                 registration("r3", "big", "anna", createdAt="", archivedAt="")],
        attendance_sheets=[sheet("h1", "long", status="lost"), sheet("h2", "empty", None)],
        attendances=[line("n1", "h1", "anna", "unheardOf"), line("n2", "h2", "anna")],
    )  # fmt: skip


def clients() -> Streams:
    """Groups below the trainers', groups that are parents of one another, and a group that is gone."""
    groups = [
        group("g_deep", "Formateurs de l'Ouest", "g_team"), group("g_deeper", "Formateurs de Brest", "g_deep"),
        group("a", "Boucle A", "b"), group("b", "Boucle B", "a"), group("c", "Sous la boucle", "a"),
        group("d", "Soi-même", "d"),
        group("e", None, "g_clients"),
    ]  # fmt: skip
    places = {
        "deep": "g_deep",
        "deeper": "g_deeper",
        "loop": "a",
        "below": "c",
        "own": "d",
        "gone": "g_gone",
        "none": None,
        "e": "e",
    }
    return changed(
        base(),
        groups=groups,
        users=[user(one, place) for one, place in places.items()],
        path_stats=[completed(f"e_{one}", one) for one in places],
        group_memberships=[{"groupId": "g_team", "userId": "loop", "role": "learner"}],
    )


def unsynced() -> Streams:
    """An account that syncs what the marts need and nothing else."""
    account = base(
        classroom_slots=[slot("l1", *DAY, **of_session("s1"))],
        path_stats=[enrollment("e_anna", "anna", timeSpent=120_000)],
    )
    return {stream: rows for stream, rows in account.items() if stream in {"classroom_slots", "classroom_registrations",
            "attendance_sheets", "attendances"} or stream not in {*EMPTY, "courses"}}  # fmt: skip


def twin() -> Streams:
    """The ids of `repeats` and `fill` with other values."""
    return base(
        paths=[path("p1", "Autre parcours", "c2")],
        user_custom_field_values=[filled("anna", "f_firm", "ARVOR"), filled("prof", "f_region", "Guyane")],
        users=[user("anna"), user("bran", "g_team"), user("prof")],
        path_stats=[completed("e_anna", "anna", score=50), enrollment("e_prof", "prof")],
        course_stats=[attempt("x1", "anna", pathId="p1", timeSpent=3_600_000)],
        classroom_slots=[slot("l1", *DAY, **of_session("s1"), maxCapacity=8), slot("half", *LATER, maxCapacity=2)],
        classroom_registrations=[registration("r1", "l1", "anna"), registration("r9", "half", "prof")],
        attendance_sheets=[sheet("h1", "l1", "Après-midi")],
        attendances=[line("n1", "h1", "anna")],
    )


ORDINARY = {
    "raw_ghosts": ghosts, "raw_repeats": repeats, "raw_hours": hours, "raw_fill": fill, "raw_renamed": renamed,
    "raw_spellings": spellings, "raw_odd_values": odd_values, "raw_clients": clients, "raw_unsynced": unsynced,
    "raw_twin": twin, "raw_valued": valued, "raw_emptied": emptied, "raw_logged": logged,
}  # fmt: skip
# The first day of those that are loaded on two days.
BEFORE = {"raw_ghosts": before_ghosts, "raw_emptied": before_emptied, "raw_logged": before_logged}
