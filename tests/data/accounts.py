"""Rows of small accounts, and the account that the others change a little."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]
Streams = dict[str, list[Row]]

# The custom fields of users, by the ids that `filled` uses.
FIELDS = {
    "f_firm": "Cabinet", "f_agency": "Agence", "f_region": "Région", "f_department": "Département", "f_town": "Commune",
    "f_postcode": "Code postal", "f_company": "Raison sociale", "f_siret": "SIRET", "f_legal": "Forme juridique",
    "f_naf": "Code NAF", "f_activity": "Activité", "f_sector": "Secteur d'activité", "f_kind": "Statut de l'apprenant",
    "f_size": "Taille de l'entreprise", "f_headcount": "Effectif", "f_manager": "Dirigeant",
    "f_file": "Numéro de dossier France Num", "f_status": "Statut du dossier", "f_funding": "Financement",
}  # fmt: skip
EMPTY = """user_managers group_memberships path_enrollments course_stats path_session_custom_field_values
classroom_slots classroom_registrations classroom_slot_waitlist attendance_sheets attendances""".split()


def group(key: str, name: str | None, parent: str | None = None) -> Row:
    return {"_id": key, "name": name, "parentId": parent}


def user(key: str, group: str | None = "g_clients", **more: Any) -> Row:
    names = {"firstName": key.capitalize(), "lastName": "Le Goff", "mail": f"{key}@x.example"}
    return {"_id": key, "status": "active", "primaryGroupId": group, **names, **more}


def field(key: str, name: str, kind: str = "string", target: str = "users") -> Row:
    return {"_id": key, "name": name, "type": kind, "targetType": target}


def filled(user: str, field: str, value: str | None) -> Row:
    return {"userId": user, "customFieldId": field, "type": "string", "value": value}


def marked(session: str, value: str) -> Row:
    """The satisfaction of a session."""
    return {"sessionId": session, "customFieldId": "f_satisfaction", "type": "string", "value": value}


def path(key: str, name: str, *courses: str) -> Row:
    return {"_id": key, "name": name, "steps": [{"_id": one, "type": "course"} for one in courses]}


def session(
    key: str,
    path: str = "p1",
    start: str | None = "2026-01-05T08:00:00.000Z",
    end: str | None = "2026-06-30T20:00:00.000Z",
) -> Row:
    return {"_id": key, "name": f"Session {key}", "pathId": path, "startDate": start, "endDate": end}


def enrollment(key: str, user: str, session: str = "s1", path: str = "p1", **more: Any) -> Row:
    known: Row = {
        "progress": 10,
        "status": {"type": "onTime"},
        "timeSpent": 0,
        "enrolledAt": "2026-01-05T08:00:00.000Z",
    }
    return {"_id": key, "userId": user, "pathId": path, "sessionId": session, "selfEnrolled": False} | known | more


def completed(key: str, user: str, at: str = "2026-02-10T08:00:00.000Z", **more: Any) -> Row:
    done: Row = {"progress": 100, "status": {"type": "successful"}, "completedAt": at}
    return enrollment(key, user, **done | more)


def plain_enrollment(key: str, user: str, session: str = "s1", path: str = "p1", **more: Any) -> Row:
    """The same enrollment in the list `path_enrollments`."""
    known = {"createdAt": "2026-01-05T08:00:00.000Z", "isSelfEnrolled": False, "status": "published"}
    return {"_id": key, "userId": user, "pathId": path, "sessionId": session} | known | more


def attempt(key: str, user: str, course: str | None = "c1", **more: Any) -> Row:
    return {"_id": key, "userId": user, "courseId": course, "timeSpent": 90_000, "progress": 100, **more}


def slot(key: str, start: str | None, end: str | None = None, **more: Any) -> Row:
    where = {"classroomId": "k1", "timezone": "Europe/Paris", "virtual": False, "location": "Rennes"}
    return {"_id": key, "name": f"Séance {key}", "startDate": start, "endDate": end} | where | more


def of_session(session: str) -> Row:
    return {"context": {"type": "path", "_id": session}}


def registration(key: str, slot: str, user: str, **more: Any) -> Row:
    known = {"status": "published", "createdAt": "2026-01-10T08:00:00.000Z"}
    return {"_id": key, "classroomId": "k1", "classroomSlotId": slot, "userId": user} | known | more


def going(answer: Any) -> Row:
    return {"rsvp": {"going": answer}}


def sheet(key: str, slot: str, name: str | None = "Matin", status: str = "signed", **more: Any) -> Row:
    return {"_id": key, "classroomSlotId": slot, "classroomId": "k1", "name": name, "status": status, **more}


def line(key: str, sheet: str, user: str, status: str = "present", **more: Any) -> Row:
    return {"_id": key, "attendanceSheetId": sheet, "classroomId": "k1", "userId": user, "status": status, **more}


def answer(key: str, user: str | None = None, score: float | None = None, **more: Any) -> Row:
    known = {"userId": user, "score": score, "scaleMin": 1, "scaleMax": 5, "answeredAt": "2026-03-01T08:00:00Z"}
    return {"_id": key, "sourceFile": "avis.csv", "sourceLine": len(key)} | known | more


def logged_event(key: str, kind: str, **data: str) -> Row:
    """An event in the log of webhooks, after every read of a test."""
    payload = {"type": kind, "timestamp": 4_102_444_800_000, "data": data}
    known = {"subscriptionId": "w1", "createdAt": "2100-01-01T00:00:00.000Z", "status": "delivered"}
    return {"_id": f"msg_{key}", "payload": payload, **known}


def base(**changed: list[Row]) -> Streams:
    """Anna and Bran, clients of the firm Arvor, in session s1 of path p1, and a trainer; with some streams replaced."""
    people = ("anna", "bran")
    firms = [
        filled(one, name, value) for one in people for name, value in (("f_firm", "Arvor"), ("f_region", "Bretagne"))
    ]
    return {
        "groups": [group("g_clients", "Clients"), group("g_team", "Équipe de formation")],
        "users": [*(user(one) for one in people), user("prof", "g_team")],
        "custom_fields": [*(field(*one) for one in FIELDS.items()),
            field("f_satisfaction", "Satisfaction", target="contents")],
        "user_custom_field_values": firms,
        "paths": [path("p1", "Facture électronique", "c1", "c2")],
        "path_sessions": [session("s1")],
        "courses": [{"_id": "c1", "name": "Émettre"}, {"_id": "c2", "name": "Archiver"}],
        "path_stats": [enrollment("e_anna", "anna"), enrollment("e_bran", "bran")],
        "classrooms": [{"_id": "k1", "name": "Atelier", "groupId": "g_clients"}],
        **{stream: [] for stream in EMPTY},
        **changed,
    }  # fmt: skip


def changed(account: Streams, **streams: list[Row]) -> Streams:
    """The account with rows added to streams."""
    return account | {name: account.get(name, []) + rows for name, rows in streams.items()}
