"""Small accounts of ordinary but hostile data, in one warehouse, built together. Each test looks at the rows of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from learning360.loading.database import Database, open_database

from .accounts import Row, Streams
from .oracle.compare import Account, Comparison, compare
from .oracle.figures import parse_time
from .pipeline import MARTS
from .support import CONNECTOR, MOCK, Case

AS_OF = "2026-11-02T08:00:00.000Z"
MARTS_SCHEMA = "analytics_learning360_marts"


TYPES = {
    "_id": "text", "userId": "text", "userMail": "text", "classroomSlotId": "text", "classroomSlotName": "text",
    "sessionId": "text", "sessionName": "text", "courseId": "text", "courseName": "text", "pathId": "text",
    "pathName": "text", "answeredAt": "timestamp with time zone", "score": "numeric(18, 6)",
    "scaleMin": "numeric(18, 6)", "scaleMax": "numeric(18, 6)", "wouldRecommend": "boolean", "comment": "text",
    "sourceFile": "text", "sourceLine": "bigint", "_airbyte_raw_id": "text",
    "_airbyte_extracted_at": "timestamp with time zone",
}  # fmt: skip


def write_answers(destination: str, schema: str, rows: list[Row]) -> None:
    """The table `feedback`, as `models/staging/_feedback.yml` describes it."""
    database = open_database(destination)
    columns = ", ".join(f'"{name}" {kind}' for name, kind in TYPES.items())
    database.execute(f"CREATE TABLE {schema}.feedback ({columns})")
    for number, row in enumerate(rows):
        values = {"_airbyte_raw_id": str(number), "_airbyte_extracted_at": "2026-11-01T00:00:00Z"} | row
        names, places = ", ".join(f'"{name}"' for name in values), ", ".join(["%s"] * len(values))
        database.execute(f"INSERT INTO {schema}.feedback ({names}) VALUES ({places})", tuple(values.values()))
    database.close()


class Warehouse(Case):
    """The accounts of a class, loaded and built once."""

    engine: str
    accounts: ClassVar[Mapping[str, Callable[[], Streams]]]
    as_of: ClassVar[str] = AS_OF
    variables: ClassVar[dict[str, Any]] = {}
    log_level: ClassVar[str] = "info"
    warehouse: ClassVar[Case]
    destination: ClassVar[str]
    marts: ClassVar[Database]
    log: ClassVar[str]

    @classmethod
    def setUpClass(cls) -> None:
        cls.warehouse = Case()
        cls.addClassCleanup(cls.warehouse.doCleanups)
        cls.warehouse.setUp()
        cls.destination = cls.warehouse.database(cls.engine)
        cls.prepare()
        cls.log = cls.build_marts()
        cls.marts = open_database(cls.destination)
        cls.addClassCleanup(cls.marts.close)

    @classmethod
    def prepare(cls) -> None:
        """Loads every account."""
        for schema, account in cls.accounts.items():
            cls.load_account(schema, account())

    @classmethod
    def build_marts(cls) -> str:
        variables = {"learning360_raw_schema": list(cls.accounts), **cls.variables}
        return cls.warehouse.build(cls.destination, cls.as_of, *MARTS, variables=variables, log_level=cls.log_level)

    @classmethod
    def load_account(cls, schema: str, streams: Streams, day: int = 1, refreshed: tuple[str, ...] = ()) -> None:
        answers = streams.get("feedback")
        streams = {name: rows for name, rows in streams.items() if name != "feedback"}
        config = {"connector": str(CONNECTOR), "client_id": "x", "client_secret": "y", "streams": streams}
        file: Path = cls.warehouse.write(schema, config | {"cursors": {stream: {"day": day} for stream in streams}})
        chosen = ["--streams", ",".join(streams), "--full-refresh", ",".join(refreshed) or "none"]
        cls.warehouse.must_load(MOCK, file, cls.destination, "--raw-schema", schema, *chosen)
        if answers is not None:
            write_answers(cls.destination, schema, answers)

    def rows(self, mart: str, schema: str) -> list[Row]:
        """The rows of an account in a mart."""
        query = "SELECT column_name FROM information_schema.columns WHERE table_schema = %s AND table_name = %s"
        names = [name for (name,) in self.marts.execute(f"{query} ORDER BY ordinal_position", (MARTS_SCHEMA, mart))]
        found = self.marts.execute(f"SELECT * FROM {MARTS_SCHEMA}.{mart} WHERE source_relation = %s", (schema,))
        return [dict(zip(names, row, strict=True)) for row in found]

    def by(self, mart: str, schema: str, key: str, *columns: str) -> dict[Any, Any]:
        """One or several columns of an account in a mart, by another one."""
        rows = self.rows(f"learning360__{mart}", schema)
        found = {
            row[key]: row[columns[0]] if len(columns) == 1 else tuple(row[name] for name in columns) for row in rows
        }
        self.assertEqual(len(found), len(rows), f"{key} repeats in {mart}")
        return found

    def one(self, mart: str, schema: str, *columns: str) -> Any:
        """The same of the only row."""
        return next(iter(self.by(mart, schema, "source_relation", *columns).values()))

    def messages(self, schema: str, level: str = "warning") -> list[str]:
        found = self.rows("learning360__warnings", schema)
        return sorted(row["message"] for row in found if row["level"] == level)

    def assert_warned(self, schema: str, *words: str, level: str = "warning") -> None:
        """One message has all the words, and the log of `dbt build` has the message."""
        found = [one for one in self.messages(schema, level) if all(word in one for word in words)]
        self.assertTrue(found, "\n".join([f"{words} are not in one of:", *self.messages(schema, level)]))
        self.assertIn(found[0], self.log)

    def recomputed(self, **options: Any) -> list[Comparison]:
        """The marts compared with those computed from the rows of the accounts."""
        accounts = [recomputable(schema, account()) for schema, account in self.accounts.items()]
        clock = parse_time(self.as_of)
        assert clock
        return compare(accounts, clock, self.destination, MARTS_SCHEMA, self.variables, **options)

    def assert_recomputed(self, **options: Any) -> None:
        self.assert_equal(self.recomputed(**options))


def recomputable(schema: str, streams: Streams) -> Account:
    """An account that syncs the streams that it has."""
    return Account(schema, lambda stream: streams.get(stream, []), frozenset(streams))
