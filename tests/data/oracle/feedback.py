"""Answers of learners, each with the learner and the training that it is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple

from .facts import Facts
from .figures import rate, ratio, rounded
from .paths import NEVER, sums
from .streams import Row
from .values import boolean, instant, nearest, normal, number, text, whole

OF_MODULE = ("attempts", "progress", "best_score", "is_completed")
# The most precise place that the account has counts: where its rows are, and the columns of its id and its name.
PLACES = {
    "slot": ("classroom_slots", "classroomSlotId", "classroomSlotName"),
    "session": ("path_sessions", "sessionId", "sessionName"),
    "course": ("courses", "courseId", "courseName"),
    "path": ("paths", "pathId", "pathName"),
}


class Answers(NamedTuple):
    """What several answers add up to; scores in hundredths of a percent."""

    answers: int
    points: int
    rated: int
    recommended: int
    recommendations: int

    @property
    def percentage(self) -> Decimal | None:
        return ratio(self.points, 100 * self.rated, 2)

    @property
    def recommendation_rate(self) -> Decimal | None:
        return rate(self.recommended, self.recommendations)

    def mark(self, facts: Facts) -> Decimal | None:
        scale = facts.settings.satisfaction_scale
        return rounded(self.points * scale / (10_000 * self.rated), 2) if self.rated else None


def answers_of(found: Iterable[Row]) -> Answers:
    rows = list(found)
    points = [one["points"] for one in rows if one["points"] is not None]
    asked = [one["would_recommend"] for one in rows if one["would_recommend"] is not None]
    return Answers(len(rows), sum(points), len(points), sum(asked), len(asked))


def in_hundredths(value: Fraction | None) -> int | None:
    return nearest(value * 100) if value is not None else None


def training_id(of: Row) -> str:
    """The training of a registration or of a line of a sheet."""
    enrollment = of["enrollment"]
    return str(enrollment["id"]) if enrollment else f"{of['slot']['classroom_id']}|{of['user']['user_id']}"


@cache
def modules(facts: Facts) -> list[Row]:
    """Each enrollment's modules with the sums of their attempts, which are None if attempts are not synced."""
    of_session: dict[tuple[str, str], dict[str | None, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for (user, _, session, course), attempts in facts.attempts.items():
        if session:
            of_session[user, session][course] += attempts
    nothing = dict.fromkeys((*OF_MODULE, "ms", "completed", "last"))
    found = []
    for one in facts.of_clients:
        user, session = one["user"]["user_id"], one["session_id"]
        counts = facts.enrollment(user, session) is one
        own = of_session.get((user, session), {}) if counts else {}
        steps = facts.steps[one["path_id"]]
        for course in dict.fromkeys([*steps, *own]):
            module = {"training": one["id"], "user": user, "course": course, "name": facts.course_name(course)}
            module["position"] = steps.index(course) + 1 if course in steps else None
            found.append(module | (sums(own.get(course, [])) if facts.is_synced("course_stats") else nothing))
    return found


def points(facts: Facts, row: Row) -> int | None:
    """The score between the ends of its scale, in hundredths of a percent."""
    score = number(row.get("score"))
    lowest, highest = number(row.get("scaleMin")), number(row.get("scaleMax"))
    lowest = Fraction(0) if lowest is None else lowest
    highest = facts.settings.satisfaction_scale if highest is None else highest
    if score is None or lowest >= highest or not lowest <= score <= highest or max(-lowest, highest) > 1_000_000:
        return None
    return nearest(10_000 * (score - lowest) / (highest - lowest))


@cache
def trainings_at(facts: Facts) -> dict[tuple[str, str, str], list[tuple[str, Row | None]]]:
    """The trainings of a client, by client, place and id: each with its enrollment, if it is one."""
    found: dict[tuple[str, str, str], list[tuple[str, Row | None]]] = defaultdict(list)
    enrollments = {one["id"]: one for one in facts.of_clients}
    for slot in facts.slots.values():
        lines = [line for sheet in slot["sheets"] for line in sheet["lines"]]
        for one in [*slot["registrations"], *({**line, "slot": slot} for line in lines)]:
            if one["user"]["is_client"]:
                key = one["user"]["user_id"], "slot", slot["slot_id"]
                found[key].append((training_id(one), one["enrollment"]))
    for name, one in enrollments.items():
        user, session = one["user"]["user_id"], one["session_id"]
        found[user, "path", one["path_id"]].append((name, one))
        if facts.enrollment(user, session) is one:
            found[user, "session", session].append((name, one))
    for module in modules(facts):
        key = module["user"], "course", module["course"] or ""
        found[key].append((module["training"], enrollments[module["training"]]))
    return found


def places(facts: Facts, row: Row) -> dict[str, list[str]]:
    """What each given place may be: the row of its id, else those of its name."""
    found = {}
    for place, (stream, id_field, name_field) in PLACES.items():
        rows, wanted = facts.by_id(stream), normal(row.get(name_field))
        ids = [name] if (name := text(row.get(id_field))) in rows else []
        named = [one for one, other in rows.items() if wanted and normal(other.get("name")) == wanted]
        found[place] = [one for one in ids if one] or named
    return found


def learner(facts: Facts, row: Row) -> Row | None:
    """By id, else by e-mail address; of several with one address a user that is not deleted."""
    by_id = facts.learners.get(text(row.get("userId")) or "")
    mail = normal(row.get("userMail"))
    others = [one for one in facts.learners.values() if mail and normal(one["email"]) == mail]
    ordered = sorted(others, key=lambda one: (one["status"] == "deleted", one["user_id"]))
    return by_id or next(iter(ordered), None)


def matched(facts: Facts, row: Row) -> Row:
    user, answered = learner(facts, row), instant(row.get("answeredAt"))
    given = places(facts, row)
    place, candidates = next(((name, ids) for name, ids in given.items() if ids), (None, []))
    path = min(given["path"], default=None)

    def order(option: tuple[str, str, Row | None]) -> tuple[Any, ...]:
        candidate, training, enrollment = option
        one = enrollment or {"path_id": None, "archived": False, "enrolled": None}
        late = bool(answered and one["enrolled"] and one["enrolled"] > answered)
        elsewhere = path is None or one["path_id"] != path
        return (elsewhere, one["archived"], late, NEVER - (one["enrolled"] or NEVER), candidate, training)

    options = [
        (one, training, enrollment)
        for one in candidates
        for training, enrollment in (trainings_at(facts).get((user["user_id"], place or "", one), []) if user else [])
    ]
    training, enrollment = None, None
    if options:
        target, training, enrollment = min(options, key=order)
    elif len(candidates) == 1:
        (target,) = candidates
    else:
        place, target = None, ""
    slot = facts.slots.get(target) if place == "slot" else None
    session = slot["session_id"] if slot else target if place == "session" else None
    session = session or (enrollment["session_id"] if enrollment else None)
    known = facts.sessions.get(session or "")
    known = known if known and facts.in_programme(known["path_id"]) else None
    in_account = {"slot": slot is not None, "session": known is not None, "course": True, None: False}
    paths = [path for path, courses in facts.steps.items() if target in courses]
    in_account["course"] = training is not None or not paths or any(map(facts.in_programme, paths))
    in_account["path"] = facts.in_programme(target)
    is_named = bool(text(row.get("userId")) or text(row.get("userMail")))
    is_client = user is None or user["is_client"]
    problem = "not in training" if user and is_client and not training else None
    problem = "no learner" if is_named and not user else problem
    path_of = target if place == "path" else enrollment["path_id"] if enrollment else None
    region = {name: facts.known(user[name] if user else None) for name in ("firm", "agency", "region")}
    return region | {
        "answer_id": text(row.get("_id")), "training_id": training, "user_id": user["user_id"] if user else None,
        "slot_id": slot["slot_id"] if slot else None, "session_id": known["session_id"] if known else None,
        "path_id": known["path_id"] if known else path_of, "course_id": target if place == "course" else None,
        "answered": answered, "points": points(facts, row), "would_recommend": boolean(row.get("wouldRecommend")),
        "comment": text(row.get("comment")), "source_file": text(row.get("sourceFile")),
        "source_line": whole(row.get("sourceLine")), "problem": "no training" if place is None else problem,
        "is_counted": is_client and in_account[place],
    }  # fmt: skip


@cache
def counted(facts: Facts) -> list[Row]:
    """The answers that count: about something in the account and the program, and not by internal staff."""
    found = [
        matched(facts, row)
        for row in facts.by_id("feedback").values()
        if facts.clock.happened(instant(row.get("answeredAt")))
    ]
    return [one for one in found if one["is_counted"]]


def facts_feedback(facts: Facts) -> list[Row]:
    same = """answer_id training_id user_id firm agency region slot_id session_id path_id course_id would_recommend
    comment source_file source_line""".split()
    return [
        {column: one[column] for column in same}
        | {
            "answered_date": facts.clock.day(one["answered"]),
            "answers": 1,
            "score_percent": ratio(one["points"], 100, 2),
            "scores": int(one["points"] is not None),
            "recommended": int(one["would_recommend"] is True),
            "recommendations": int(one["would_recommend"] is not None),
        }
        for one in counted(facts)
    ]
