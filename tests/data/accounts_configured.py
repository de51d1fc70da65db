"""Accounts for variables that differ from the defaults: names, groups as roles, and the history of roles."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from .accounts import (
    FIELDS,
    Row,
    Streams,
    answer,
    base,
    changed,
    completed,
    enrollment,
    field,
    filled,
    group,
    marked,
    of_session,
    path,
    session,
    slot,
    user,
)

UNKNOWN = 'N/C \\ 100 % "l\'autre"'
READER = "bi-reader"
TOMORROW = (datetime.now(timezone.utc) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
VARIABLES: dict[str, Any] = {
    "learning360_custom_fields": {
        "firm": "cabinet  COMPTABLE",
        "agency": ["Agence 2026", "Agence"],
        "region": "f_zone",
        "headcount": "Efectif",
        "funding": None,
        "kind": [],
    },
    "learning360_group_roles": {
        "firm": {"child_of": "CABINETS"},
        "agency": {"leaf_of": "g_top"},
        "town": {"child_of": "Cabinet"},
    },
    "learning360_internal_groups": ["L’ÉQUIPE\u00a0interne", "Formateurs de Brets"],
    "learning360_programme_paths": ["facture  ÉLECTRONIQUE", "Facture électronic", "p3"],
    "learning360_satisfaction_field": "SATISFACTION à chaud",
    "learning360_satisfaction_scale": 10,
    "learning360_time_zone": "America/Martinique",
    "learning360_unknown_label": UNKNOWN,
    "learning360_role_history": True,
}


def fields() -> list[Row]:
    names = FIELDS | {"f_firm": "Cabinet Comptable", "f_agency26": "Agence 2026", "f_zone": "Zone"}
    return [
        *(field(*one) for one in names.items()),
        field("f_satisfaction", "Satisfaction à chaud", target="contents"),
    ]


def firms() -> Streams:
    """Firms and agencies that are groups below `Cabinets`."""
    groups = [
        group("g_top", "Cabinets"), group("g_arvor", "Arvor", "g_top"), group("g_belier", "Bélier", "g_top"),
        group("g_brest", "Brest", "g_arvor"), group("g_quimper", "Quimper", "g_arvor"),
        group("g_clients", "Clients"), group("g_team", "L'équipe interne"),
        group("g_trainers", "Formateurs de Brest", "g_team"),
    ]  # fmt: skip
    primary = {
        "anna": "g_brest", "bran": "g_clients", "carl": "g_top", "dora": "g_belier", "eve": "g_clients",
        "fred": "g_clients",
        "gina": "g_quimper", "hal": "g_arvor", "prof": "g_trainers",
    }  # fmt: skip
    members = [("bran", "g_quimper", "learner"), ("eve", "g_quimper", "learner"), ("eve", "g_belier", "learner"),
               ("anna", "g_belier", "learner"), ("hal", "g_brest", "learner"), ("hal", "g_brest", "coach"),
               ("dora", "g_gone", "learner")]  # fmt: skip
    return base(
        groups=groups,
        users=[user(*one) for one in primary.items()],
        group_memberships=[{"userId": one, "groupId": place, "role": role} for one, place, role in members],
        custom_fields=fields(),
        user_custom_field_values=[filled(one, "f_firm", "Océan") for one in ("fred", "gina")],
        path_stats=[completed(f"e_{one}", one) for one in primary],
    )


def configured() -> Streams:
    """An account of which variables name some things as they are, and others wrongly."""
    values = {
        "f_firm": "Arvor",
        "f_siret": "01234567800012",
        "f_company": "Océan",
        "f_funding": "OPCO",
        "f_headcount": "12",
        "f_kind": "Conjoint",
    }
    return changed(
        base(
            groups=[group("g_clients", "Clients"), group("g_team", "L'équipe interne")],
            custom_fields=fields(),
            user_custom_field_values=[filled("anna", *one) for one in values.items()],
            paths=[path("p1", "Facture\u00a0électronique", "c1"), path("p2", "Facture électronique 2", "c1"),
                path("p3", "Archives", "c2")],
            path_stats=[completed("e_anna", "anna", "2026-04-01T02:00:00.000Z")],
        ),
        user_custom_field_values=[
            filled("anna", "f_agency26", ""), filled("anna", "f_agency", "Brest"), filled("anna", "f_zone", "Ouest"),
            filled("bran", "f_agency26", "Quimper"), filled("bran", "f_agency", "Brest"),
            filled("bran", "f_region", "Bretagne"),
        ],
        path_sessions=[session("s2", "p2"), session("s3", "p3"), session("s4"), session("s5")],
        path_stats=[enrollment("e2", "anna", "s2", "p2"), enrollment("e3", "anna", "s3", "p3")],
        path_session_custom_field_values=[marked("s1", "4,5/5"), marked("s3", "9,25"), marked("s4", "11"),
            marked("s5", "45 %")],
        classroom_slots=[
            *[slot(f"l{number}", "2026-03-01T02:00:00.000Z", timezone=None,
                    **of_session(f"s{number}")) for number in range(1, 6)],
            slot("free", "2026-03-01T02:00:00.000Z"), slot("lost", "2026-03-01T02:00:00.000Z", **of_session("s_gone")),
        ],
    )  # fmt: skip


def learners_of(firms: dict[str, str | None], *others: Row) -> Streams:
    return base(
        users=[*(user(one) for one in firms), *others],
        custom_fields=fields(),
        user_custom_field_values=[filled(one, "f_firm", firm) for one, firm in firms.items()],
        path_sessions=[session("s1"), session("s2")],
        path_stats=[completed(f"e_{one}", one) for one in firms],
    )


def history() -> Streams:
    """Learners and their firms on the first day."""
    return learners_of(
        {"anna": "Arvor", "bran": "Arvor", "carl": "Bélier", "dora": "OCÉAN", "eve": "OCÉAN", "fred": "Océan"}
    )


def history_after() -> Streams:
    """The day after: Anna has another firm and completes again, Bran is pseudonymized, Océan has another spelling."""
    account = learners_of(
        {
            "anna": "Bélier",
            "bran": None,
            "carl": "Bélier",
            "dora": "Océan",
            "eve": "OCÉAN",
            "fred": "Océan",
            "new": "Océan",
        }
    )
    account["users"] = [one for one in account["users"] if one["_id"] != "bran"] + [
        {"_id": "bran", "status": "deleted"}
    ]
    account["user_custom_field_values"] = [
        one for one in account["user_custom_field_values"] if one["userId"] != "bran"
    ]
    return changed(account, path_stats=[completed("e_again", "anna", TOMORROW, sessionId="s2")])


def courses() -> Streams:
    """Answers about courses of the program, of another path only, of both, and of none."""
    account = learners_of({"anna": "Arvor", "bran": "Arvor"})
    return changed(
        account,
        courses=[{"_id": "c8", "name": "Seul"}, {"_id": "c9", "name": "Négocier"}],
        paths=[path("p2", "Vendre", "c1", "c9")],
        feedback=[
            answer("inside", "anna", 5, courseId="c2"), answer("both", "bran", 4, courseId="c1"),
            answer("alone", "anna", 3, courseId="c8"), answer("other", "bran", 1, courseId="c9"),
            answer("by_name", None, 1, courseName="négocier"),
        ],
    )  # fmt: skip


CONFIGURED = {"raw_courses": courses, "raw_firms": firms, "raw_configured": configured, "raw_history": history}
