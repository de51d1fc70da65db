"""The rows of one account, stream by stream."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any, NamedTuple

from .figures import Clock
from .settings import Settings
from .values import text

Row = dict[str, Any]
Rows = Callable[[str], list[Row]]


class Account(NamedTuple):
    """The rows of an account, by stream, and the raw schema that holds them."""

    schema: str
    rows: Rows
    # The streams that are synced; None if all are.
    synced: Collection[str] | None = None


class Streams:
    """Rows by their ids, and what all marts share: the calendar and the label of unknown values."""

    def __init__(self, account: Account, settings: Settings, as_of: datetime) -> None:
        self.account, self.settings = account, settings
        self.clock = Clock(settings.time_zone, as_of)
        self.unknown = settings.unknown_label
        # Columns of custom fields that hold a date in this account, and a text in another one.
        self.text_columns: frozenset[str] = frozenset()

    def is_synced(self, stream: str) -> bool:
        """Answers of learners are no stream of the API: they are there only if they are named."""
        return stream != "feedback" if self.account.synced is None else stream in self.account.synced

    def rows(self, stream: str) -> list[Row]:
        return self.account.rows(stream) if self.is_synced(stream) else []

    def known(self, value: str | None) -> str:
        return self.unknown if value is None else value

    def by_id(self, stream: str) -> dict[str, Row]:
        return {name: row for row in self.rows(stream) if (name := text(row.get("_id")))}


def name_of(rows: dict[str, Row], key: str | None) -> str | None:
    """The name of a row that has one."""
    return text(rows[key].get("name")) if key in rows else None
