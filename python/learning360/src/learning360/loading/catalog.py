"""Which streams are read, and how."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from . import LoadError
from .layout import Column, column_name, columns

# The streams of a training report: those that metadata.yaml suggests.
SUGGESTED = """users groups custom_fields user_custom_field_values paths path_sessions path_stats path_enrollments
path_session_custom_field_values courses course_stats classrooms classroom_slots classroom_registrations
classroom_slot_waitlist attendance_sheets attendances""".split()
# In these, an incremental sync saves many requests. Any other is read in full, so that deleted rows leave its table.
INCREMENTAL = frozenset(
    """attendance_sheets attendances course_stats webhook_events bulk_operations user_custom_field_values""".split()
)
ALL, NONE = "all", "none"


@dataclass
class Stream:
    """A stream of a sync, and its progress."""

    offered: dict[str, Any]
    sync: int = 0
    # When the first attempt at the sync began, in seconds since 1970.
    begun: float = 0.0
    generation: int = 0
    state: Any = None
    # Rows go to a new table, which replaces the old one at the end.
    truncates: bool = False
    columns: list[Column] = field(init=False)

    def __post_init__(self) -> None:
        self.columns = columns(self.offered["json_schema"]["properties"])

    @property
    def name(self) -> str:
        return str(self.offered["name"])

    @property
    def incremental(self) -> bool:
        return "incremental" in self.offered["supported_sync_modes"]

    @property
    def key(self) -> list[str]:
        return [column_name(path[0]) for path in self.offered.get("source_defined_primary_key") or []]

    @property
    def cursor(self) -> str | None:
        cursor = self.offered.get("default_cursor_field") if self.incremental else None
        return column_name(cursor[0]) if cursor else None

    def configured(self) -> dict[str, Any]:
        """The stream's entry in the configured catalog.

        A table that is filled anew needs every row, also those before `start_date`: an incremental read without a state
        has none of them. It is right for the streams of `INCREMENTAL` only, whose next read continues from its state.
        """
        is_read_in_full = not self.incremental or (self.truncates and self.name not in INCREMENTAL)
        return {
            "stream": self.offered,
            "sync_mode": "full_refresh" if is_read_in_full else "incremental",
            "destination_sync_mode": "append_dedup" if self.incremental else "overwrite",
            "cursor_field": self.offered.get("default_cursor_field") if self.incremental else None,
            "primary_key": self.offered.get("source_defined_primary_key"),
            "generation_id": self.generation,
            "minimum_generation_id": self.generation if self.truncates else 0,
            "sync_id": self.sync,
        }


def selected(offered: list[dict[str, Any]], names: list[str]) -> list[Stream]:
    """The streams of those names, `all` of them, or without names the suggested ones, in the catalog's order."""
    wanted = known(offered, names) if names else set(SUGGESTED)
    return [Stream(stream) for stream in offered if stream["name"] in wanted]


def refreshed(offered: list[dict[str, Any]], names: list[str]) -> set[str]:
    """The streams to read in full although they have a state: these, `all`, `none`, or without names the usual ones."""
    if names == [NONE]:
        return set()
    return known(offered, names or [ALL]) - (set() if names else INCREMENTAL)


def known(offered: list[dict[str, Any]], names: list[str]) -> set[str]:
    every = {str(stream["name"]) for stream in offered}
    if unknown := [name for name in names if name not in {*every, ALL}]:
        near = get_close_matches(unknown[0].lower(), every, 1)
        advice = f"Did you mean {near[0]!r}?" if near else f"It has {', '.join(sorted(every))}."
        raise LoadError(f"The source has no stream {unknown[0]!r}. {advice}")
    return every if ALL in names else set(names)
