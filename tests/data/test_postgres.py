"""The pipeline into PostgreSQL."""

from __future__ import annotations

import unittest

from learning360.loading.database import open_database

from . import (
    business_tools,
    hostile_configured,
    hostile_feedback,
    hostile_ordinary,
    hostile_past,
    interrupted,
    pipeline,
)
from .accounts_configured import READER
from .hostile import MARTS_SCHEMA
from .oracle.compare import MARTS
from .pipeline import ACCOUNT
from .support import CONNECTOR, MOCK, POSTGRES

# As destination-postgres 3 creates it.
REGISTRATIONS = [
    ("_airbyte_raw_id", "character varying", "NO"),
    ("_airbyte_extracted_at", "timestamp with time zone", "NO"),
    ("_airbyte_meta", "jsonb", "NO"),
    ("_airbyte_generation_id", "bigint", "NO"),
    ("classroomId", "character varying", "YES"),
    ("_id", "character varying", "YES"),
    ("archivedAt", "timestamp with time zone", "YES"),
    ("userId", "character varying", "YES"),
    ("attendanceDuration", "numeric", "YES"),
    ("createdAt", "timestamp with time zone", "YES"),
    ("hasAttended", "boolean", "YES"),
    ("modifiedAt", "timestamp with time zone", "YES"),
    ("pathId", "character varying", "YES"),
    ("rsvp", "jsonb", "YES"),
    ("status", "character varying", "YES"),
    ("classroomSlotId", "character varying", "YES"),
]


@unittest.skipUnless(POSTGRES, "DATA_TESTS_POSTGRES is not set")
class PostgreSQL(pipeline.Pipeline):
    engine = "postgres"

    def test_tables_are_laid_out_as_by_destination_postgres(self) -> None:
        destination = self.database(self.engine)
        config = self.mock_config(streams=ACCOUNT)
        options = ("--streams", "classroom_registrations", "--full-refresh=none")
        self.must_load(MOCK, config, destination, *options)
        database = open_database(destination)
        found = database.execute(
            "SELECT column_name, data_type, is_nullable FROM information_schema.columns "
            "WHERE table_name = 'classroom_registrations' ORDER BY ordinal_position"
        )
        indexes = database.execute(
            "SELECT indexname FROM pg_indexes WHERE tablename = 'classroom_registrations' ORDER BY 1"
        )
        database.close()
        self.assertEqual(found, REGISTRATIONS)
        self.assertEqual(
            [name for (name,) in indexes],
            [
                "classroom_registrations__airbyte_extracted_at_idx",
                "idx_cursor_classroom_registrations",
                "idx_pk_classroom_registrations",
            ],
        )

    def test_grants_and_views_of_a_table_outlive_a_load(self) -> None:
        destination = self.database("postgres")
        config = self.mock_config(streams={"tags": [{"_id": "a", "name": "A"}]})
        options = ("--streams", "tags")
        self.must_load(MOCK, config, destination, *options)
        with open_database(destination) as database:
            database.execute("CREATE VIEW public.names AS SELECT name FROM raw_360learning.tags")
            database.execute("GRANT SELECT ON raw_360learning.tags TO PUBLIC")
        self.must_load(MOCK, self.mock_config(streams={"tags": [{"_id": "b", "name": "B"}]}), destination, *options)
        with open_database(destination) as database:
            self.assertEqual(database.execute("SELECT name FROM public.names"), [("B",)])
            grants = "SELECT table_name FROM information_schema.table_privileges WHERE grantee = 'PUBLIC'"
            self.assertIn(("tags",), database.execute(grants))

    def test_an_interrupted_load_of_one_schema_does_not_stop_another_and_a_long_name_is_refused(self) -> None:
        url, destination = self.start_sandbox(), self.database("postgres")
        options = ("--streams", "attendances,users", "--raw-schema")
        with open_database(destination) as database:
            self.must_load(CONNECTOR, self.config(url), destination, *options, "account_a")
            database.execute("UPDATE airbyte_internal._airbyte_state SET pending = TRUE")
        self.must_load(CONNECTOR, self.config(url), destination, *options, "account_b")
        self.must_load(CONNECTOR, self.config(url), destination, *options, "a" * 63)
        ended = self.load(CONNECTOR, self.config(url), destination, *options, "a" * 64)
        self.assertEqual(ended.returncode, 1)
        self.assertIn("1 to 63 bytes", ended.stderr)


@unittest.skipUnless(POSTGRES, "DATA_TESTS_POSTGRES is not set")
class OrdinaryPostgreSQL(hostile_ordinary.Ordinary):
    engine = "postgres"


@unittest.skipUnless(POSTGRES, "DATA_TESTS_POSTGRES is not set")
class PastPostgreSQL(hostile_past.Past):
    engine = "postgres"


@unittest.skipUnless(POSTGRES, "DATA_TESTS_POSTGRES is not set")
class FeedbackPostgreSQL(hostile_feedback.Feedback):
    engine = "postgres"


@unittest.skipUnless(POSTGRES, "DATA_TESTS_POSTGRES is not set")
class ConfiguredPostgreSQL(hostile_configured.Configured):
    engine = "postgres"

    @classmethod
    def prepare(cls) -> None:
        # A role belongs to the server, not to a database.
        cls.marts = open_database(POSTGRES)
        cls.addClassCleanup(cls.marts.close)
        cls.marts.execute(f'DROP ROLE IF EXISTS "{READER}"')
        cls.marts.execute(f'CREATE ROLE "{READER}"')
        super().prepare()

    def test_readers_may_read_every_mart_after_two_builds(self) -> None:
        self.marts.execute(f'SET ROLE "{READER}"')
        self.addCleanup(self.marts.execute, "RESET ROLE")
        for mart in MARTS:
            self.marts.execute(f"SELECT count(*) FROM {MARTS_SCHEMA}.{mart}")


@unittest.skipUnless(POSTGRES, "DATA_TESTS_POSTGRES is not set")
class BusinessToolsPostgreSQL(business_tools.BusinessTools):
    engine = "postgres"
    days_before = 60


@unittest.skipUnless(POSTGRES, "DATA_TESTS_POSTGRES is not set")
class InterruptedPostgreSQL(interrupted.Interrupted):
    engine = "postgres"
