"""Moves rows from the source to the tables."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from . import LoadError
from .catalog import Stream, refreshed, selected
from .layout import Encoder, Row
from .source import Source
from .tables import Mark, Tables

# The limits of one transaction.
MAX_ROWS, MAX_SECONDS = 20_000, 5.0
# Seconds after which a sync that died is not continued: the next night reads everything that the last one read.
CONTINUED = 43_200


@dataclass
class Batch:
    """The messages of one stream since the last commit."""

    stream: Stream
    encoder: Encoder
    rows: list[Row] = field(default_factory=list)
    changed: bool = False
    complete: bool = False
    finished: bool = False
    reported: bool = False
    total: int = 0


def planned(
    tables: Tables, streams: list[Stream], full: set[str], now: float, warn: Callable[[str], None]
) -> list[Stream]:
    """The streams to read in this attempt, each with its sync, generation and state; `now` is in seconds since 1970.

    A sync that began less than twelve hours ago and died continues under its number, without the streams that it has
    read to the end as this attempt wants them. A state counts only with the table whose rows it covers, and for the
    account that they came from. A refresh that was not finished begins anew: its state covers the table that was not
    put in place.
    """
    known = tables.states()
    last = max((mark.sync for mark in known.values()), default=0)
    dead = [known[one.name] for one in streams if one.name in known and known[one.name].pending]
    begun = next((mark.begun for mark in dead if mark.sync == last and 0 <= now - mark.begun < CONTINUED), None)
    number = last + 1 if begun is None else last
    wanted = []
    for stream in streams:
        mark = known.get(stream.name, Mark())
        foreign = mark.origin not in (None, tables.origin)
        if foreign:
            warn(f"The table {stream.name} holds rows of {mark.origin}, and is replaced by those of {tables.origin}.")
        refreshes = not stream.incremental or stream.name in full or foreign
        continues = mark.sync == number and not foreign and (mark.truncates or not refreshes)
        if continues and not mark.pending and tables.layout(stream):
            continue
        if continues and mark.pending:
            stream.truncates, stream.generation, stream.state = mark.truncates, mark.generation, mark.state
        else:
            stream.truncates = refreshes or (mark.pending and mark.truncates)
            stream.generation = mark.generation + (stream.truncates or mark.sync == 0)
            stream.state = None if stream.truncates else mark.state
        if stream.state is not None and not tables.holds_rows(stream):
            stream.state = None
        stream.sync, stream.begun = number, now if begun is None else begun
        wanted.append(stream)
    return wanted


def state_message(stream: Stream) -> dict[str, Any]:
    return {"type": "STREAM", "stream": {"stream_descriptor": {"name": stream.name}, "stream_state": stream.state}}


class Sync:
    """One attempt at one sync. `finished` is called with the name and the rows of each stream that was read."""

    def __init__(self, source: Source, tables: Tables, finished: Callable[[str, int], None]) -> None:
        self.source, self.tables, self.finished = source, tables, finished
        self.batches: dict[str, Batch] = {}
        self.waiting, self.committed_at = 0, time.monotonic()

    def run(self, names: list[str], full_refresh: list[str]) -> int:
        """Reads the streams that `catalog.selected` and `catalog.refreshed` choose, and returns the number of rows."""
        offered = self.source.discover()
        chosen = selected(offered, names)
        full = refreshed(offered, full_refresh)
        if full_refresh and (unread := sorted(full - {stream.name for stream in chosen})) and len(full) < len(offered):
            raise LoadError(f"--full-refresh names {unread[0]!r}, which is not among the streams to read.")
        streams = planned(self.tables, chosen, full, time.time(), self.source.warn)
        if done := len(chosen) - len(streams):
            begun = datetime.fromtimestamp(streams[0].begun, timezone.utc).astimezone().strftime("%Y-%m-%d %H:%M")
            self.source.notes.append(
                f"The load of {begun} goes on, without what it has read ({done} of {len(chosen)} streams)."
            )
        for stream in streams:
            self.tables.begin(stream)
            encoder = Encoder(stream.columns, stream.generation, stream.sync)
            self.batches[stream.name] = Batch(stream, encoder)
        states = [state_message(stream) for stream in streams if stream.state is not None]
        try:
            for message in self.source.read([stream.configured() for stream in streams], states):
                self.receive(message)
                if self.waiting >= MAX_ROWS or time.monotonic() - self.committed_at > MAX_SECONDS:
                    self.commit()
        except LoadError:
            self.commit()  # The states cover the rows that arrived before the failure.
            if self.source.has_config_error:
                self.tables.close_sync()
            raise
        self.commit()
        unfinished = [name for name, batch in self.batches.items() if not batch.complete]
        if unfinished:
            raise LoadError(f"The source exited with 0, but without the status COMPLETE of {unfinished[0]}.")
        return sum(batch.total for batch in self.batches.values())

    def receive(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if kind == "RECORD":
            record = message["record"]
            batch = self.batch(record["stream"])
            batch.rows.append(batch.encoder.row(record))
            self.waiting += 1
        elif kind == "STATE":
            state = message["state"]["stream"]
            batch = self.batch(state["stream_descriptor"]["name"])
            batch.stream.state, batch.changed = state.get("stream_state"), True
        elif kind == "TRACE" and message["trace"]["type"] == "STREAM_STATUS":
            status = message["trace"]["stream_status"]
            if status["status"] == "COMPLETE":
                self.batch(status["stream_descriptor"]["name"]).complete = True

    def batch(self, name: str) -> Batch:
        if name not in self.batches:
            raise LoadError(f"The source sent a message of the stream {name!r}, which is not in the catalog.")
        return self.batches[name]

    def commit(self) -> None:
        """Writes the rows and states that have arrived in one transaction."""
        with self.tables.database.transaction():
            for batch in self.batches.values():
                self.tables.write(batch.stream, batch.rows)
                if batch.complete and not batch.finished:
                    self.tables.finish(batch.stream)
                    batch.finished = True
                elif batch.changed:
                    self.tables.remember(batch.stream)
        for batch in self.batches.values():
            batch.total += len(batch.rows)
            batch.rows, batch.changed = [], False
            if batch.finished and not batch.reported:
                self.finished(batch.stream.name, batch.total)
                batch.reported = True
        self.waiting, self.committed_at = 0, time.monotonic()
