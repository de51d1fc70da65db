"""The pipeline into PostgreSQL."""

from __future__ import annotations

import unittest

from loading.tables import open_database

from . import pipeline
from .pipeline import ACCOUNT
from .support import MOCK, POSTGRES

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
        self.must_load(MOCK, config, destination, "--streams", "classroom_registrations")
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
