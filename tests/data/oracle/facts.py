"""The sandbox's rows, joined: learners, their enrollments, slots, and attendance sheets."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from fractions import Fraction
from functools import cached_property
from typing import Any

from .figures import Clock, parse_time, text

Row = dict[str, Any]
BANDS = [
    (0, 0, "Aucun salarié"), (1, 2, "1 à 2 salariés"), (3, 9, "3 à 9 salariés"), (10, 19, "10 à 19 salariés"),
    (20, 49, "20 à 49 salariés"), (50, 249, "50 à 249 salariés"), (250, 10**9, "250 salariés et plus"),
]  # fmt: skip


def slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.replace("œ", "oe").replace("Œ", "oe"))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter)).lower()
    words = "".join(letter if letter.isascii() and letter.isalnum() else " " for letter in plain)
    # As in the macro `slug`: a run of other characters is one `_`, and the cut to 30 comes before the strip.
    joined = "_".join(words.split())
    padded = ("_" if words[:1] == " " else "") + joined + ("_" if words[-1:] == " " and joined else "")
    return padded[:30].strip("_")


class Facts:
    """The input of every mart. `rows` returns the rows of a stream."""

    def __init__(self, rows: Callable[[str], list[Row]], settings: Row, as_of: datetime) -> None:
        self.rows, self.settings = rows, settings
        self.clock = Clock(settings["time_zone"], as_of)
        self.unknown: str = settings["unknown_label"]

    def known(self, value: str | None) -> str:
        return self.unknown if value is None else value

    def by_id(self, stream: str) -> dict[str, Row]:
        return {row["_id"]: row for row in self.rows(stream)}

    @cached_property
    def fields(self) -> list[Row]:
        """Custom fields of users in the order of their ids, each with its column and its role."""
        found: list[Row] = []
        taken: set[str] = set()
        roles = {field: role for role, field in sorted(self.settings["custom_fields"].items(), reverse=True)}
        for row in sorted(self.rows("custom_fields"), key=lambda row: row["_id"]):
            stem = slug(row["name"])
            column = stem if stem and stem not in taken else f"{stem}_{row['_id']}".lstrip("_")
            taken.add(stem)
            role = roles.get(row["_id"]) or roles.get(row["name"])
            found.append({**row, "column": f"cf_{column}", "role": role, "position": len(found) + 1})
        return found

    @cached_property
    def values(self) -> dict[str, dict[str, str | None]]:
        """The text in each custom field, by user."""
        found: dict[str, dict[str, str | None]] = defaultdict(dict)
        for row in self.rows("user_custom_field_values"):
            found[row["userId"]][row["customFieldId"]] = text(row["value"])
        return found

    @cached_property
    def names(self) -> dict[str, str]:
        users = self.rows("users")
        return {
            one["_id"]: text(f"{one.get('firstName') or ''} {one.get('lastName') or ''}")
            or one.get("mail")
            or one["_id"]
            for one in users
        }

    @cached_property
    def learners(self) -> dict[str, Row]:
        groups = self.by_id("groups")
        managers: dict[str, list[str]] = defaultdict(list)
        for row in self.rows("user_managers"):
            managers[row["userId"]].append(self.names[row["managerId"]])
        internal = set(self.settings["internal_groups"])
        found = {}
        for user in self.rows("users"):
            own = self.values[user["_id"]]
            roles: dict[str, Any] = dict.fromkeys(self.settings["custom_fields"])
            for field in self.fields:
                if field["role"] and roles[field["role"]] is None:
                    roles[field["role"]] = own.get(field["_id"])
            group = user.get("primaryGroupId")
            group_name = text(groups[group]["name"]) if group in groups else None
            count = roles["headcount"]
            roles["headcount"] = (
                int(count) if count and count.isascii() and count.isdigit() and len(count) < 10 else None
            )
            band = [one for one in BANDS if roles["headcount"] is not None and one[0] <= roles["headcount"] <= one[1]]
            found[user["_id"]] = roles | {
                "user_id": user["_id"],
                "display_name": self.names[user["_id"]],
                "first_name": text(user.get("firstName")),
                "last_name": text(user.get("lastName")),
                "email": text(user.get("mail")),
                "phone": text(user.get("phone")),
                "job": text(user.get("job")),
                "status": user["status"],
                "is_client": not internal & {group, group_name},
                "group_id": group,
                "group_name": group_name,
                "company": roles["company"] or text(user.get("organization")),
                "headcount_band": band[0][2] if band else None,
                "platform_managers": ", ".join(sorted(managers[user["_id"]])) or None,
            }
        return found

    @cached_property
    def sessions(self) -> dict[str, Row]:
        paths = self.by_id("paths")
        wanted = self.settings["satisfaction_field"]
        named = {row["_id"] for row in self.rows("custom_fields") if wanted in (row["_id"], row["name"])}
        satisfied = {
            row["sessionId"]: Fraction(row["value"].replace(",", "."))
            for row in self.rows("path_session_custom_field_values")
            if row["customFieldId"] in named and row["value"].replace(",", "", 1).replace(".", "", 1).isdigit()
        }
        return {
            row["_id"]: {
                "session_id": row["_id"],
                "session_name": text(row["name"]),
                "path_id": row["pathId"],
                "path_name": text(paths[row["pathId"]]["name"]),
                "start": parse_time(row.get("startDate")),
                "end": parse_time(row.get("endDate")),
                "satisfaction": satisfied.get(row["_id"]),
            }
            for row in self.rows("path_sessions")
        }

    @cached_property
    def enrollments(self) -> list[Row]:
        found = []
        for row in self.rows("path_stats"):
            session = self.sessions[row["sessionId"]]
            found.append(
                session
                | {
                    "id": row["_id"],
                    "user": self.learners[row["userId"]],
                    "enrolled": parse_time(row.get("enrolledAt")),
                    "archived": "unenrolledAt" in row,
                    "self_enrolled": row.get("selfEnrolled", False),
                    "progress": row.get("progress", 0),
                    "status": row["status"]["type"],
                    "score": row.get("score"),
                    "ms": row.get("timeSpent", 0),
                    "started": parse_time(row.get("startedAt")),
                    "completed": parse_time(row.get("completedAt")),
                    "certificate": "certificateId" in row,
                    "timing": self.clock.timing(session["start"], session["end"]),
                }
            )
        return found

    @cached_property
    def current(self) -> dict[tuple[str, str | None], Row]:
        """The enrollment that counts, by user and session: one that is not archived, else the latest."""
        found: dict[tuple[str, str | None], Row] = {}
        for one in sorted(self.enrollments, key=lambda one: (not one["archived"], one["enrolled"], one["id"])):
            found[one["user"]["user_id"], one["session_id"]] = one
        return found

    @cached_property
    def slots(self) -> dict[str, Row]:
        classrooms, groups = self.by_id("classrooms"), self.by_id("groups")
        no_session: Row = {
            "session_id": None,
            "session_name": None,
            "path_id": None,
            "path_name": None,
            "satisfaction": None,
        }
        found: dict[str, Row] = {}
        for row in self.rows("classroom_slots"):
            context = row["context"]
            session = self.sessions.get(context["_id"], no_session) if context["type"] == "path" else no_session
            classroom = classrooms[row["classroomId"]]
            start, end = parse_time(row["startDate"]), parse_time(row["endDate"])
            assert start and end
            hours = Fraction(str(row["reportedDuration"])) if "reportedDuration" in row else None
            found[row["_id"]] = session | {
                "slot_id": row["_id"],
                "slot_name": text(row["name"]),
                "classroom_id": row["classroomId"],
                "classroom_name": text(classroom["name"]),
                "group_id": classroom["groupId"],
                "group_name": text(groups[classroom["groupId"]]["name"]),
                "start": start,
                "end": end,
                "hours": hours if hours is not None else Fraction(int((end - start).total_seconds()), 3600),
                "timing": self.clock.timing(start, end),
                "is_virtual": row.get("virtual", False),
                "location": text(row.get("location")),
                "trainers": ", ".join(sorted(self.names[one] for one in row["trainerIds"] if one in self.names))
                or None,
                "capacity": row.get("maxCapacity"),
                "registrations": [],
                "sheets": [],
                "waitlisted": 0,
            }
        for row in self.rows("classroom_slot_waitlist"):
            found[row["classroomSlotId"]]["waitlisted"] += 1
        for row in self.rows("classroom_registrations"):
            if row["status"] != "archived":
                slot = found[row["classroomSlotId"]]
                one = self.current.get((row["userId"], slot["session_id"]))
                user = self.learners[row["userId"]]
                slot["registrations"].append({"row": row, "user": user, "enrollment": one, "slot": slot})
        self.add_sheets(found)
        return found

    def add_sheets(self, slots: dict[str, Row]) -> None:
        lines: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows("attendances"):
            lines[row["attendanceSheetId"]].append(row)
        for row in self.rows("attendance_sheets"):
            slot = slots[row["classroomSlotId"]]
            name = row["name"].lower()
            first, last = self.clock.local(slot["start"]).hour, self.clock.local(slot["end"]).hour
            by_hours = "morning" if last < 13 else "afternoon" if first >= 12 else "day"
            titles = {"après-midi": "afternoon", "matin": "morning", "journée": "day"}
            half_day = next((half for title, half in titles.items() if title in name), by_hours)
            sheet = {"id": row["_id"], "name": text(row["name"]), "status": row["status"], "half_day": half_day}
            sheet["lines"] = [
                line
                | {
                    "sheet": sheet,
                    "slot": slot,
                    "user": self.learners[line["userId"]],
                    "enrollment": self.current.get((line["userId"], slot["session_id"])),
                }
                for line in lines[row["_id"]]
            ]
            slot["sheets"].append(sheet)
        order = {"morning": 1, "afternoon": 2, "day": 3}
        for slot in slots.values():
            slot["sheets"].sort(key=lambda sheet: (order[sheet["half_day"]], sheet["id"]))

    @cached_property
    def attempts(self) -> dict[tuple[str, str | None, str | None, str], list[Row]]:
        """The attempts at each course: by user, path, session and course."""
        found: dict[tuple[str, str | None, str | None, str], list[Row]] = defaultdict(list)
        for row in self.rows("course_stats"):
            found[row["userId"], row.get("pathId"), row.get("pathSessionId"), row["courseId"]].append(row)
        return found
