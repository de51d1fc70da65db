"""Tables and states in a database: the SQL that PostgreSQL and DuckDB share."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from . import LoadError
from .catalog import Stream
from .database import Database, listed, quoted
from .layout import META, Row

INTERNAL = "airbyte_internal"
STATES = f'{INTERNAL}."_airbyte_state"'


class Mark(NamedTuple):
    """The progress of a stream: the sync that read it last, and whether that sync is unfinished."""

    sync: int = 0
    generation: int = 0
    pending: bool = False
    truncates: bool = False
    state: Any = None


class Tables:
    """The tables of one schema, and the states of their streams."""

    def __init__(self, database: Database, schema: str) -> None:
        self.database, self.schema = database, schema
        self.execute = database.execute
        self.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(schema)}")
        self.execute(f"CREATE SCHEMA IF NOT EXISTS {INTERNAL}")
        self.execute(
            f"CREATE TABLE IF NOT EXISTS {STATES} (schema_name VARCHAR NOT NULL, stream VARCHAR NOT NULL, "
            "sync_id BIGINT NOT NULL, "
            "generation_id BIGINT NOT NULL, pending BOOLEAN NOT NULL, truncates BOOLEAN NOT NULL, state VARCHAR)"
        )

    def final(self, stream: Stream) -> str:
        return quoted(self.schema, stream.name)

    def fresh(self, stream: Stream) -> str:
        """The table that will replace the final one."""
        return quoted(INTERNAL, f"{self.schema}__{stream.name}")

    def target(self, stream: Stream) -> str:
        return self.fresh(stream) if stream.truncates else self.final(stream)

    def states(self) -> dict[str, Mark]:
        """The progress of each stream of the schema."""
        columns = "sync_id, generation_id, pending, truncates, state"
        rows = self.execute(f"SELECT stream, {columns} FROM {STATES} WHERE schema_name = %s", (self.schema,))
        return {row[0]: Mark(row[1], row[2], row[3], row[4], json.loads(row[5])) for row in rows}

    def remember(self, stream: Stream, pending: bool = True) -> None:
        where = (self.schema, stream.name)
        self.execute(f"DELETE FROM {STATES} WHERE schema_name = %s AND stream = %s", where)
        values = (*where, stream.sync, stream.generation, pending, stream.truncates, json.dumps(stream.state))
        self.execute(f"INSERT INTO {STATES} VALUES (%s, %s, %s, %s, %s, %s, %s)", values)

    def close_sync(self) -> None:
        self.execute(f"UPDATE {STATES} SET pending = FALSE WHERE schema_name = %s", (self.schema,))

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
        schema, name = (INTERNAL, f"{self.schema}__{stream.name}") if stream.truncates else (self.schema, stream.name)
        query = "SELECT column_name FROM information_schema.columns WHERE table_schema = %s AND table_name = %s"
        present = {row[0] for row in self.execute(query, (schema, name))}
        if not present:
            self.execute(f"CREATE TABLE {target} ({', '.join(columns)})")
            if self.database.indexed:
                self.index(stream)
            return
        wanted = [*META, *stream.columns]
        for column, declared in zip(wanted, columns, strict=True):
            if column.name not in present:
                self.execute(f"ALTER TABLE {target} ADD COLUMN {declared}")
        for gone in present - {column.name for column in wanted}:
            self.execute(f"ALTER TABLE {target} DROP COLUMN {quoted(gone)}")

    def index(self, stream: Stream) -> None:
        target = self.target(stream)
        if stream.incremental:
            self.execute(f"CREATE INDEX {quoted(f'idx_pk_{stream.name}')} ON {target} ({listed(stream.key)})")
            if stream.cursor:
                self.execute(
                    f"CREATE INDEX {quoted(f'idx_cursor_{stream.name}')} ON {target} ({quoted(stream.cursor)})"
                )
        self.execute(f"CREATE INDEX ON {target} ({quoted('_airbyte_extracted_at')})")

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
        if stream.truncates:
            fresh, final = self.fresh(stream), self.final(stream)
            if not stream.incremental and stream.key:
                # A resumed read may emit rows twice.
                query = f"SELECT count(*), count(DISTINCT ({listed(stream.key)})) FROM {fresh}"
                rows, keys = self.execute(query)[0]
                if rows != keys:
                    with self.scratch(stream, "latest", self.latest(stream, fresh)):
                        self.execute(f"DELETE FROM {fresh}")
                        self.execute(f"INSERT INTO {fresh} SELECT * FROM latest")
            self.execute(f"DROP TABLE IF EXISTS {final}")
            self.replace(stream)
        self.remember(stream, pending=False)

    def replace(self, stream: Stream) -> None:
        fresh, final = self.fresh(stream), self.final(stream)
        stream.truncates = False
        if self.database.indexed:
            self.execute(f"ALTER TABLE {fresh} SET SCHEMA {quoted(self.schema)}")
            moved = quoted(self.schema, f"{self.schema}__{stream.name}")
            self.execute(f"ALTER TABLE {moved} RENAME TO {quoted(stream.name)}")
        else:  # DuckDB cannot move a table to another schema.
            self.create(stream)
            self.execute(f"INSERT INTO {final} SELECT * FROM {fresh}")
            self.execute(f"DROP TABLE {fresh}")


def open_database(url: str) -> Database:
    """`duckdb:PATH` or `postgresql://…`."""
    if url.startswith("duckdb:"):
        from .duck import Duck  # noqa: PLC0415 - imports the driver only if it is used

        return Duck(url.removeprefix("duckdb:"))
    if url.startswith(("postgresql://", "postgres://")):
        from .postgres import Postgres  # noqa: PLC0415 - as above

        return Postgres(url)
    raise LoadError(f"The destination {url.rsplit('@', 1)[-1]!r} is neither duckdb:PATH nor postgresql://….")
