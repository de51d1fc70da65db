"""Tests of the loader, the dbt package and the report, from the connector to the marts: `make test-data`.

`DATA_TESTS_BINARIES` names the directory of the connector and the sandbox, `DATA_TESTS_POSTGRES` a PostgreSQL.
"""
