"""Which streams are read, and how."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from . import LoadError
from .layout import Column, column_name, columns


@dataclass
class Stream:
    """A stream of a sync, and its progress."""

    offered: dict[str, Any]
    sync: int = 0
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
        """The stream's entry in the configured catalog."""
        return {
            "stream": self.offered,
            "sync_mode": "incremental" if self.incremental else "full_refresh",
            "destination_sync_mode": "append_dedup" if self.incremental else "overwrite",
            "cursor_field": self.offered.get("default_cursor_field") if self.incremental else None,
            "primary_key": self.offered.get("source_defined_primary_key"),
            "generation_id": self.generation,
            "minimum_generation_id": self.generation if self.truncates else 0,
            "sync_id": self.sync,
        }


def selected(offered: list[dict[str, Any]], names: list[str]) -> list[Stream]:
    """The streams of those names, all of them without names, in the catalog's order."""
    known = {stream["name"] for stream in offered}
    if unknown := [name for name in names if name not in known]:
        raise LoadError(f"The source has no stream {unknown[0]!r}; it has {', '.join(sorted(known))}.")
    return [Stream(stream) for stream in offered if not names or stream["name"] in names]
