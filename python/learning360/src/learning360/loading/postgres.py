"""PostgreSQL: rows arrive by COPY."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from typing import Any

import psycopg

from . import LoadError
from .database import BATCH, LONGEST, Database, listed
from .layout import Column, Row

# One sync at a time: a number of our own. The server may need a moment to see that a client was killed.
LOCK, LOCK_TIMEOUT = 360_360, "10s"
# A build and the report of a large account take minutes each, and a nightly run had better wait for another.
MARTS_TIMEOUT = "10min"
# The layers that a report reads, without what dbt creates and drops while it builds.
READ = """SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) FROM pg_class c
    JOIN pg_namespace n ON c.relnamespace = n.oid WHERE c.relkind IN ('r', 'p', 'v') AND n.nspname = ANY(%s)
    AND c.relname !~ '__dbt_(tmp|backup)' AND has_table_privilege(c.oid, 'SELECT')
    AND has_schema_privilege(n.oid, 'USAGE') ORDER BY 1"""
# `user:password@`, and the parameters of an address that hold a password.
PASSWORD = re.compile(r"^\w+://.*:.*@|[?&](ssl)?password=", re.S)


def without_password(address: str) -> str:
    """The address. Raises `LoadError` if it has a password, which every user of the machine could see."""
    if PASSWORD.search(address):
        raise LoadError(
            "The address of the database holds a password, and every user of this machine can see command lines. "
            "Leave it out, and set PGPASSWORD or write it into ~/.pgpass."
        )
    return address


ADVICE: dict[type[psycopg.Error], str] = {
    psycopg.errors.InsufficientPrivilege: "Make the user of the connection the owner of the database, or grant it "
    "CREATE on the database and on its schemas.",
    psycopg.errors.ReadOnlySqlTransaction: "It is read-only: load the primary server, not a copy.",
    psycopg.errors.DependentObjectsStillExist: "The columns of the table changed, and a view of yours uses it: drop "
    "the view, load again, and create it anew.",
    psycopg.errors.DiskFull: "Make room, and run the load again: it continues where it was.",
    psycopg.OperationalError: "Run the load again: it continues where it was.",
}


class Postgres(Database):
    indexed = True
    failure = psycopg.Error

    def __init__(self, address: str) -> None:
        address = without_password(address)
        self.numbers = count(1)
        try:
            self.connection = psycopg.connect(
                address, autocommit=True, application_name="learning360", client_encoding="UTF8"
            )
        except psycopg.Error as error:
            raise LoadError(f"Cannot connect to PostgreSQL: {' '.join(str(error).split())}") from error
        encoding = self.execute("SHOW server_encoding")[0][0]
        if encoding != "UTF8":
            raise LoadError(
                f"The database has the encoding {encoding}, which cannot hold every text. Create one with: "
                "CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0."
            )
        self.execute("SET TIME ZONE 'UTC'")
        self.execute("SET client_min_messages TO warning")

    def check_schema(self, schema: str) -> None:
        if not 0 < len(schema.encode()) <= LONGEST:
            raise LoadError(f"The name of the raw schema must have 1 to {LONGEST} bytes.")

    def advice(self, error: Exception) -> str:
        return next((text for kind, text in ADVICE.items() if isinstance(error, kind)), "")

    def lock(self) -> None:
        sentence = "Another sync is writing to this database. Wait until it ends."
        self._wait("SELECT pg_advisory_lock(%s)", (LOCK,), sentence)

    def _wait(self, sql: str, values: Sequence[Any], sentence: str, limit: str = "") -> None:
        """Takes a lock. Raises `LoadError` with the sentence if another connection keeps it longer than the limit."""
        self.execute(f"SET lock_timeout TO '{limit or LOCK_TIMEOUT}'")
        try:
            self.execute(sql, values)
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected) as error:
            raise LoadError(sentence) from error
        self.execute("SET lock_timeout TO 0")

    def run(self, sql: str, values: Sequence[Any]) -> Any:
        return self.connection.execute(sql, values or None)

    def stream(self, sql: str) -> Iterator[tuple[Any, ...]]:
        with self.connection.transaction(), self.connection.cursor(f"rows_{next(self.numbers)}") as cursor:
            cursor.itersize = BATCH
            # Without values a percent sign is no placeholder.
            yield from cursor.execute(sql)

    @contextmanager
    def building(self, schema: str) -> Iterator[None]:
        sentence = f"A report or another build uses the marts of {schema}. Wait until it ends, and build them again."
        # The lock ends with the connection.
        self._wait("SELECT pg_advisory_lock(%s, hashtext(%s))", (LOCK, schema), sentence, MARTS_TIMEOUT)
        yield

    @contextmanager
    def snapshot(self, schema: str) -> Iterator[None]:
        sentence = f"The marts of {schema} are being built. Wait until that ends, and write the report again."
        self._wait("SELECT pg_advisory_lock_shared(%s, hashtext(%s))", (LOCK, schema), sentence, MARTS_TIMEOUT)
        layers = [f"{schema}_learning360_{layer}" for layer in ("marts", "seeds")]
        tables = ", ".join(name for (name,) in self.execute(READ, (layers,)))
        with self.connection.transaction():
            self.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            # Before the first query: a table that replaces another after it would be an empty one.
            if tables:
                try:
                    self._wait(f"LOCK TABLE {tables} IN ACCESS SHARE MODE", (), sentence)
                except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName) as error:
                    raise LoadError(f"A table disappeared. {sentence}") from error
            yield

    def insert(self, table: str, columns: Sequence[Column], rows: list[Row]) -> None:
        names = listed([column.name for column in columns])
        with self.connection.cursor().copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def transaction(self) -> AbstractContextManager[Any]:
        return self.connection.transaction()

    def environment(self) -> dict[str, str]:
        """What the connection uses, also where it comes from a service file or a default of libpq."""
        given = {one.envvar: one.val for one in self.connection.pgconn.info if one.envvar and one.val}
        used = self.connection.info
        return {
            **{name.decode(): value.decode() for name, value in given.items()},
            "DBT_TARGET": "postgres",
            "PGHOST": used.host,
            "PGPORT": str(used.port),
            "PGUSER": used.user,
            "PGPASSWORD": used.password,
            "PGDATABASE": used.dbname,
        }

    def close(self) -> None:
        self.connection.close()
