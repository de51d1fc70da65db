"""The input of every mart: an account's rows, joined. This module adds classroom slots and attendance sheets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cached_property

from .half_days import ORDER, half_day
from .paths import NEVER, NO_SESSION, Paths
from .streams import Row, name_of
from .values import boolean, instant, items, part, slot_duration, text, whole


def not_older(rows: Iterable[Row], parent: str) -> list[Row]:
    """The rows, without those that an earlier read of their parent returned and its last read did not."""
    found = list(rows)
    newest: dict[str | None, datetime] = {}
    for row in found:
        read = instant(row.get("readAt"))
        if read:
            name = text(row.get(parent))
            newest[name] = max(read, newest.get(name, read))
    return [row for row in found if not (read := instant(row.get("readAt"))) or read >= newest[text(row.get(parent))]]


class Facts(Paths):
    @cached_property
    def slots(self) -> dict[str, Row]:
        """Slots that existed at `as_of`, with the registrations of that time, and with their sheets."""
        classrooms, found = self.by_id("classrooms"), {}
        for slot, row in self.by_id("classroom_slots").items():
            classroom = text(row.get("classroomId"))
            of_path = text(part(row, "context", "type")) == "path"
            session = self.sessions.get(text(part(row, "context", "_id")) or "") if of_path else None
            is_wanted = session is None or self.in_programme(session["path_id"])
            if classroom not in classrooms or not is_wanted or self.clock.after(instant(row.get("createdAt"))):
                continue
            start, end = instant(row.get("startDate")), instant(row.get("endDate"))
            zone, group = self.clock.known_zone(text(row.get("timezone"))), text(classrooms[classroom].get("groupId"))
            local_start, local_end = self.clock.local(start, zone), self.clock.local(end, zone)
            trainers = {one for one in items(row.get("trainerIds")) if isinstance(one, str) and one in self.names}
            found[slot] = NO_SESSION | (session or {}) | {
                "slot_id": slot, "slot_name": text(row.get("name")), "classroom_id": classroom,
                "classroom_name": name_of(classrooms, classroom), "group_id": group,
                "group_name": name_of(self.groups, group), "start": start, "end": end,
                "start_local": local_start, "end_local": local_end, "time_zone": zone,
                "slot_date": local_start.date() if local_start else None,
                "slot_end_date": local_end.date() if local_end else None,
                "ms": slot_duration(row.get("reportedDuration"), start, end),
                "timing": self.clock.slot_timing(start, end), "is_virtual": boolean(row.get("virtual")) or False,
                "location": text(row.get("location")),
                "trainers": ", ".join(sorted(self.names[one] for one in trainers)) or None,
                "capacity": whole(row.get("maxCapacity")), "registrations": [], "sheets": [],
                "waitlisted": 0 if self.is_synced("classroom_slot_waitlist") else None,
            }  # fmt: skip
        self.add_waitlist(found)
        self.add_registrations(found)
        self.add_sheets(found)
        return found

    def add_waitlist(self, slots: dict[str, Row]) -> None:
        requested = {
            (text(row.get("classroomSlotId")), text(row.get("userId"))): instant(row.get("requestedAt"))
            for row in self.rows("classroom_slot_waitlist")
        }
        for (slot, _), moment in requested.items():
            if slot in slots and self.clock.happened(moment):
                slots[slot]["waitlisted"] += 1

    def add_registrations(self, slots: dict[str, Row]) -> None:
        """One registration per slot and user, without archived ones."""

        def preference(one: Row) -> tuple[int, timedelta, str]:
            age = NEVER - (one["created"] or NEVER)
            return ((True, False, None).index(one["attended"]), age, one["id"])

        found: list[Row] = []
        for name, row in self.by_id("classroom_registrations").items():
            slot, user = text(row.get("classroomSlotId")), text(row.get("userId"))
            archived, created = instant(row.get("archivedAt")), instant(row.get("createdAt"))
            is_archived = self.clock.happened(archived) if archived else text(row.get("status")) == "archived"
            if slot in slots and not is_archived and self.clock.happened(created):
                found.append({
                    "id": name, "slot": slots[slot], "user": self.person(user), "created": created,
                    "attended": boolean(row.get("hasAttended")), "going": boolean(part(row, "rsvp", "going")),
                    "enrollment": self.enrollment(user, slots[slot]["session_id"]),
                })  # fmt: skip
        taken = set()
        for one in sorted(found, key=preference):
            place = one["slot"]["slot_id"], one["user"]["user_id"]
            if place not in taken:
                taken.add(place)
                one["slot"]["registrations"].append(one)

    def add_sheets(self, slots: dict[str, Row]) -> None:
        lines: dict[str | None, list[Row]] = defaultdict(list)
        for row in not_older(self.by_id("attendances").values(), "attendanceSheetId"):
            lines[text(row.get("attendanceSheetId"))].append(row)
        for row in not_older(self.by_id("attendance_sheets").values(), "classroomSlotId"):
            slot = slots.get(text(row.get("classroomSlotId")) or "")
            if slot:
                name, title, status = text(row.get("_id")), text(row.get("name")), text(row.get("status"))
                sheet: Row = {
                    "id": name, "name": title, "status": status, "is_signed": status == "signed",
                    "half_day": half_day(title, slot["start_local"], slot["end_local"]),
                }  # fmt: skip
                sheet["lines"] = self.lines(lines[name], sheet, slot)
                slot["sheets"].append(sheet)
        for slot in slots.values():
            slot["sheets"].sort(key=lambda sheet: (ORDER.index(sheet["half_day"]), sheet["id"]))

    def lines(self, rows: list[Row], sheet: Row, slot: Row) -> list[Row]:
        """The lines of a sheet: one per user, a present one if there is one."""
        found: dict[str | None, Row] = {}
        for row in sorted(rows, key=lambda row: (text(row.get("status")) != "present", text(row.get("_id")))):
            user, status = text(row.get("userId")), text(row.get("status"))
            found.setdefault(user, {
                "id": text(row.get("_id")), "status": status, "is_present": status == "present", "sheet": sheet,
                "slot": slot, "user": self.person(user), "enrollment": self.enrollment(user, slot["session_id"]),
            })  # fmt: skip
        return list(found.values())
