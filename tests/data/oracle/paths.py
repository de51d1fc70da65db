"""Paths, their sessions, enrollments in them, and attempts at courses."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timezone
from fractions import Fraction
from functools import cached_property

from .figures import earliest, latest, total
from .people import People
from .streams import Row, name_of
from .values import boolean, instant, items, milliseconds, normal, part, percent, satisfaction, text

NO_SESSION: Row = dict.fromkeys(
    ("session_id", "session_name", "path_id", "path_name", "satisfaction", "recommendation")
)
# The earliest instant, for rows without a date.
NEVER = datetime(1, 1, 1, tzinfo=timezone.utc)


def sums(attempts: list[Row]) -> Row:
    """The sums of several attempts; None where one of them changed after `as_of`."""
    is_known = not any(one["changed"] for one in attempts)
    completed = earliest(one["completed"] for one in attempts)
    return {
        "attempts": len(attempts),
        "ms": total(one["ms"] for one in attempts),
        "progress": max((one["progress"] for one in attempts), default=0) if is_known else None,
        "best_score": max((one["score"] for one in attempts if one["score"] is not None), default=None)
        if is_known
        else None,
        "is_completed": completed is not None,
        "completed": completed,
        "last": latest(one["last"] for one in attempts) if is_known else None,
    }


class Paths(People):
    @cached_property
    def paths(self) -> dict[str, Row]:
        return self.by_id("paths")

    @cached_property
    def courses(self) -> dict[str, Row]:
        return self.by_id("courses")

    def path_name(self, path: str | None) -> str | None:
        return name_of(self.paths, path)

    def course_name(self, course: str | None) -> str | None:
        return name_of(self.courses, course) or course

    def in_programme(self, path: str | None) -> bool:
        wanted = self.settings.programme_paths
        return not wanted or bool(wanted & {normal(path), normal(self.path_name(path))})

    @cached_property
    def steps(self) -> dict[str, list[str]]:
        """The courses of each path, in order."""
        found = {}
        for path, row in self.paths.items():
            steps = [step for step in items(row.get("steps")) if isinstance(step, dict)]
            courses = [text(step.get("_id")) for step in steps if text(step.get("type")) == "course"]
            found[path] = list(dict.fromkeys(course for course in courses if course))
        return found

    def marks(self, names: set[str], scale: Fraction) -> dict[str, Fraction]:
        """The mark of each session that has one in such a custom field; the lowest of several."""
        fields = self.fields_named(sorted(names))
        found: dict[str, Fraction] = {}
        for row in self.rows("path_session_custom_field_values"):
            session = text(row.get("sessionId")) or ""
            mark = satisfaction(text(row.get("value")), scale)
            if text(row.get("customFieldId")) in fields and mark is not None:
                found[session] = min(mark, found.get(session, mark))
        return found

    @cached_property
    def sessions(self) -> dict[str, Row]:
        """Path sessions of paths that are there."""
        found: dict[str, Row] = {}
        satisfactions = self.marks(self.settings.satisfaction_fields, self.settings.satisfaction_scale)
        recommendations = self.marks(self.settings.recommendation_fields, Fraction(100))
        for session, row in self.by_id("path_sessions").items():
            path = text(row.get("pathId"))
            if path in self.paths:
                start, end = instant(row.get("startDate")), instant(row.get("endDate"))
                found[session] = {
                    "session_id": session, "session_name": text(row.get("name")), "path_id": path,
                    "path_name": self.path_name(path), "satisfaction": satisfactions.get(session),
                    "recommendation": recommendations.get(session),
                    "start": start, "end": end, "timing": self.clock.session_timing(start, end),
                }  # fmt: skip
        return found

    @cached_property
    def dated_enrollments(self) -> list[Row]:
        """Enrollments that existed at `as_of`, with the values of today."""
        plain, found = self.by_id("path_enrollments"), []
        for name, row in self.by_id("path_stats").items():
            other = plain.get(name, {})
            user, path, session = (
                text(row.get(key)) or text(other.get(key)) for key in ("userId", "pathId", "sessionId")
            )
            by_choice = boolean(row.get("selfEnrolled"))
            by_choice = boolean(other.get("isSelfEnrolled")) if by_choice is None else by_choice
            enrolled = instant(row.get("enrolledAt")) or instant(other.get("createdAt"))
            archived = instant(row.get("unenrolledAt")) or instant(other.get("archivedAt"))
            if user not in self.learners or path not in self.paths or not self.in_programme(path):
                continue
            if self.clock.happened(enrolled):
                gone = {"session_name": None, "start": None, "end": None, "timing": "unknown"}
                found.append({
                    **self.sessions.get(session or "", gone),
                    "id": name, "user": self.learners[user], "session_id": session, "path_id": path,
                    "path_name": self.path_name(path), "enrolled": enrolled, "archived_at": archived,
                    "archived": self.clock.happened(archived) if archived else text(other.get("status")) == "archived",
                    "self_enrolled": by_choice or False,
                    "progress": percent(row.get("progress")) or 0, "status": text(part(row, "status", "type")),
                    "score": percent(row.get("score")), "ms": milliseconds(row.get("timeSpent")) or 0,
                    "started": instant(row.get("startedAt")), "completed": instant(row.get("completedAt")),
                    "certificate": text(row.get("certificateId")) is not None, "changed": False,
                })  # fmt: skip
        return found

    @cached_property
    def enrollments(self) -> list[Row]:
        """The same as they were at `as_of`, with None for what has changed since."""
        last: dict[tuple[str, str | None], datetime | None] = defaultdict(lambda: None)
        for one in self.every_attempt:
            key = one["user"]["user_id"], one["session"]
            last[key] = latest([last[key], one["last"]])
        found = []
        for one in self.dated_enrollments:
            key = one["user"]["user_id"], one["session_id"]
            instants = [one["completed"], one["archived_at"], one["started"], last[key] if key[1] else None]
            then: Row = {"completed": self.clock.past(one["completed"]), "started": self.clock.past(one["started"])}
            if self.clock.after(one["started"]):
                then |= {"progress": 0, "ms": 0, "status": None, "score": None, "certificate": False}
            elif any(self.clock.after(moment) for moment in instants):
                then |= dict.fromkeys(("progress", "ms", "status", "score", "certificate")) | {"changed": True}
            found.append(one | then)
        return found

    @cached_property
    def current(self) -> dict[tuple[str, str], Row]:
        """The enrollment that counts, by user and session: one that is not archived, else the latest."""

        def order(one: Row) -> tuple[bool, datetime, str]:
            return (not one["archived"], one["enrolled"] or NEVER, one["id"])

        ordered = sorted(self.enrollments, key=order)
        return {(one["user"]["user_id"], one["session_id"]): one for one in ordered if one["session_id"]}

    def enrollment(self, user: str | None, session: str | None) -> Row | None:
        return self.current.get((user or "", session or ""))

    @cached_property
    def every_attempt(self) -> list[Row]:
        """The attempts of users at courses of the program, those after `as_of` too."""
        of_path: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for one in self.dated_enrollments:
            of_path[one["user"]["user_id"], one["path_id"]].append(one)
        found = []
        for row in self.by_id("course_stats").values():
            user, path, session, course = (
                text(row.get(key)) for key in ("userId", "pathId", "pathSessionId", "courseId")
            )
            if user not in self.learners or (path and (path not in self.paths or not self.in_programme(path))):
                continue
            only = of_path.get((user, path or ""), [])
            if path and not session and len(only) == 1:
                session = only[0]["session_id"]
            last = instant(row.get("lastActivityAt"))
            changed = self.clock.after(last)
            found.append({
                "user": self.learners[user], "path": path, "session": session, "course": course,
                "began": instant(row.get("firstActivityAt")), "last": last, "changed": changed,
                "completed": self.clock.past(instant(row.get("completedAt"))),
                "ms": None if changed else milliseconds(row.get("timeSpent")) or 0,
                "progress": percent(row.get("progress")) or 0, "score": percent(row.get("score")),
            })  # fmt: skip
        return found

    @cached_property
    def attempts(self) -> dict[tuple[str, str | None, str | None, str | None], list[Row]]:
        """The attempts that had begun at `as_of`, by user, path, session and course."""
        found: dict[tuple[str, str | None, str | None, str | None], list[Row]] = defaultdict(list)
        for one in self.every_attempt:
            if self.clock.happened(one["began"]):
                found[one["user"]["user_id"], one["path"], one["session"], one["course"]].append(one)
        return found

    @cached_property
    def of_clients(self) -> list[Row]:
        return [one for one in self.enrollments if one["user"]["is_client"]]

    @cached_property
    def active(self) -> list[Row]:
        """Enrollments of clients that are not archived."""
        return [one for one in self.of_clients if not one["archived"]]
