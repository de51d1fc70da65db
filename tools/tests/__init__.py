"""The way from the connector to the marts, seen from outside; `make test-data` runs it.

`DATA_TESTS_BINARIES` names the directory of the connector and the sandbox, `DATA_TESTS_POSTGRES` a PostgreSQL.
"""
