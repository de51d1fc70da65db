"""Tables and states in a database: the SQL that PostgreSQL and DuckDB share."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any, NamedTuple

from .catalog import Stream
from .database import LONGEST, Database, listed, quoted
from .layout import META, Row

INTERNAL = "airbyte_internal"
STATES = f'{INTERNAL}."_airbyte_state"'


class Mark(NamedTuple):
    """The progress of a stream: the sync that read it last, whether it is unfinished, whether it reads all anew, and
    when its first attempt began, in seconds since 1970."""

    sync: int = 0
    generation: int = 0
    pending: bool = False
    truncates: bool = False
    state: Any = None
    origin: str | None = None
    begun: float = 0.0


class Tables:
    """The tables of one schema, and the states of their streams. `origin` is the account's server."""

    def __init__(self, database: Database, schema: str, origin: str) -> None:
        self.database, self.schema, self.origin = database, schema, origin
        self.execute = database.execute
        database.check_schema(schema)
        self.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(schema)}")
        self.execute(f"CREATE SCHEMA IF NOT EXISTS {INTERNAL}")
        self.execute(
            f"CREATE TABLE IF NOT EXISTS {STATES} (schema_name VARCHAR NOT NULL, stream VARCHAR NOT NULL, "
            "sync_id BIGINT NOT NULL, "
            "generation_id BIGINT NOT NULL, pending BOOLEAN NOT NULL, truncates BOOLEAN NOT NULL, state VARCHAR)"
        )
        self.execute(f"ALTER TABLE {STATES} ADD COLUMN IF NOT EXISTS origin VARCHAR")
        self.execute(f"ALTER TABLE {STATES} ADD COLUMN IF NOT EXISTS begun_at DOUBLE PRECISION")

    def final(self, stream: Stream) -> str:
        return quoted(self.schema, stream.name)

    def fresh_name(self, stream: Stream) -> str:
        """Of one schema only, and never longer than PostgreSQL keeps."""
        name = f"{self.schema}__{stream.name}"
        return (
            name if len(name.encode()) <= LONGEST else f"{sha256(self.schema.encode()).hexdigest()[:16]}__{stream.name}"
        )

    def fresh(self, stream: Stream) -> str:
        """The table whose rows will replace those of the final one."""
        return quoted(INTERNAL, self.fresh_name(stream))

    def target(self, stream: Stream) -> str:
        return self.fresh(stream) if stream.truncates else self.final(stream)

    def states(self) -> dict[str, Mark]:
        """The progress of each stream of the schema."""
        columns = "sync_id, generation_id, pending, truncates, state, origin, coalesce(begun_at, 0)"
        rows = self.execute(f"SELECT stream, {columns} FROM {STATES} WHERE schema_name = %s", (self.schema,))
        return {row[0]: Mark(row[1], row[2], row[3], row[4], json.loads(row[5]), *row[6:]) for row in rows}

    def remember(self, stream: Stream) -> None:
        self._mark(stream, pending=True, truncates=stream.truncates)

    def _mark(self, stream: Stream, *, pending: bool, truncates: bool) -> None:
        where = (self.schema, stream.name)
        self.execute(f"DELETE FROM {STATES} WHERE schema_name = %s AND stream = %s", where)
        state = (json.dumps(stream.state), self.origin, stream.begun)
        values = (*where, stream.sync, stream.generation, pending, truncates, *state)
        columns = "schema_name, stream, sync_id, generation_id, pending, truncates, state, origin, begun_at"
        places = ", ".join(["%s"] * len(values))
        self.execute(f"INSERT INTO {STATES} ({columns}) VALUES ({places})", values)

    def close_sync(self) -> None:
        """No later attempt continues the sync."""
        self.execute(f"UPDATE {STATES} SET begun_at = 0 WHERE schema_name = %s", (self.schema,))

    def begin(self, stream: Stream) -> None:
        """Creates the table that receives the rows. The table of an earlier attempt stays if its state does."""
        with self.database.transaction():
            if stream.truncates and stream.state is None:
                self.execute(f"DROP TABLE IF EXISTS {self.fresh(stream)}")
            self.create(stream)
            self.remember(stream)

    def create(self, stream: Stream) -> None:
        target = self.target(stream)
        types = self.database.types
        columns = [f"{quoted(one.name)} {types.get(one.type, one.type)} NOT NULL" for one in META]
        columns += [f"{quoted(one.name)} {types.get(one.type, one.type)}" for one in stream.columns]
        present = self.layout(stream)
        if not present:
            self.execute(f"CREATE TABLE {target} ({', '.join(columns)})")
            if self.database.indexed and not stream.truncates:
                self.index(stream)
            return
        wanted = [*META, *stream.columns]
        for column, declared in zip(wanted, columns, strict=True):
            if column.name not in present:
                self.execute(f"ALTER TABLE {target} ADD COLUMN {declared}")
        for gone in present.keys() - {column.name for column in wanted}:
            self.execute(f"ALTER TABLE {target} DROP COLUMN {quoted(gone)}")

    def layout(self, stream: Stream) -> dict[str, str]:
        """The columns of the table that receives the rows, with their types; none if there is no table."""
        schema, name = (INTERNAL, self.fresh_name(stream)) if stream.truncates else (self.schema, stream.name)
        query = (
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = %s AND table_name = %s"
        )
        return dict(self.execute(query, (schema, name)))

    def holds_rows(self, stream: Stream) -> bool:
        """False if the table that receives the rows was dropped or emptied."""
        return bool(self.layout(stream)) and bool(self.execute(f"SELECT 1 FROM {self.target(stream)} LIMIT 1"))

    def index(self, stream: Stream) -> None:
        """The indexes of destination-postgres. Only of tables in their own schema, where the names are free."""
        named = {"pk": stream.key, "cursor": [stream.cursor] if stream.cursor else []} if stream.incremental else {}
        for kind, columns in named.items():
            if columns:
                name = quoted(f"idx_{kind}_{stream.name}")
                self.execute(f"CREATE INDEX {name} ON {self.final(stream)} ({listed(columns)})")
        self.execute(f"CREATE INDEX ON {self.final(stream)} ({quoted('_airbyte_extracted_at')})")

    def write(self, stream: Stream, rows: list[Row]) -> None:
        """Adds rows; by key if the stream is incremental."""
        if not rows:
            return
        columns = [*META, *stream.columns]
        if not stream.incremental:
            self.database.insert(self.target(stream), columns, rows)
            return
        with self.scratch(stream, "batch"):
            self.database.insert("batch", columns, rows)
            self.upsert(stream)

    @contextmanager
    def scratch(self, stream: Stream, name: str, rows: str = "") -> Iterator[None]:
        rows = rows or f"SELECT * FROM {self.target(stream)} LIMIT 0"
        self.execute(f"CREATE TEMPORARY TABLE {name} AS {rows}")
        yield
        self.execute(f"DROP TABLE {name}")

    def latest(self, stream: Stream, table: str) -> str:
        """The latest row of each key."""
        columns = listed([column.name for column in (*META, *stream.columns)])
        order = f"{quoted(stream.cursor)} DESC NULLS LAST, " if stream.cursor else ""
        return (
            f"SELECT {columns} FROM (SELECT *, row_number() OVER (PARTITION BY {listed(stream.key)} "
            f"ORDER BY {order}_airbyte_extracted_at DESC) AS place FROM {table}) AS placed WHERE place = 1"
        )

    def upsert(self, stream: Stream) -> None:
        """Merges the batch into the table; of two rows with one key, the one with the later cursor stays."""
        target = self.target(stream)
        same = " AND ".join(f"known.{quoted(key)} = latest.{quoted(key)}" for key in stream.key)
        newer = "known._airbyte_extracted_at < latest._airbyte_extracted_at"
        if stream.cursor:
            old, new = f"known.{quoted(stream.cursor)}", f"latest.{quoted(stream.cursor)}"
            newer = (
                f"{old} < {new} OR ({old} = {new} AND {newer}) OR ({old} IS NULL AND {new} IS NOT NULL) "
                f"OR ({old} IS NULL AND {new} IS NULL AND {newer})"
            )
        with self.scratch(stream, "latest", self.latest(stream, "batch")):
            stale = f"{same} AND NOT coalesce({newer}, FALSE)"
            self.execute(f"DELETE FROM latest USING {target} AS known WHERE {stale}")
            self.execute(f"DELETE FROM {target} AS known USING latest WHERE {same}")
            columns = listed([column.name for column in (*META, *stream.columns)])
            self.execute(f"INSERT INTO {target} ({columns}) SELECT {columns} FROM latest")

    def finish(self, stream: Stream) -> None:
        """Marks the stream as complete; the new table, if there is one, replaces the old one."""
        refreshed = stream.truncates
        if refreshed:
            fresh = self.fresh(stream)
            if not stream.incremental and stream.key:
                # A resumed read may emit rows twice.
                query = f"SELECT count(*), count(DISTINCT ({listed(stream.key)})) FROM {fresh}"
                rows, keys = self.execute(query)[0]
                if rows != keys:
                    columns = listed([column.name for column in (*META, *stream.columns)])
                    with self.scratch(stream, "latest", self.latest(stream, fresh)):
                        self.execute(f"DELETE FROM {fresh}")
                        self.execute(f"INSERT INTO {fresh} ({columns}) SELECT {columns} FROM latest")
            self.replace(stream)
        self._mark(stream, pending=False, truncates=refreshed)

    def replace(self, stream: Stream) -> None:
        """Fills the table anew. It stays the same one, with its grants and views, unless its columns changed."""
        fresh, new = self.fresh(stream), self.layout(stream)
        stream.truncates = False
        final = self.final(stream)
        if self.layout(stream) == new:
            self.execute(f"TRUNCATE {final}")
        else:
            self.execute(f"DROP TABLE IF EXISTS {final}")
            self.create(stream)
        columns = listed(list(new))
        self.execute(f"INSERT INTO {final} ({columns}) SELECT {columns} FROM {fresh}")
        self.execute(f"DROP TABLE {fresh}")
