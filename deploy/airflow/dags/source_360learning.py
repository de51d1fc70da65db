"""Settings, rules of a run, and the tasks from raw tables to the report, for both DAGs."""

from __future__ import annotations

import os
from datetime import datetime, timedelta, timezone
from typing import Any

from airflow.providers.apprise.notifications.apprise import AppriseNotifier
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import BaseOperator, Variable, task_group
from airflow.timetables.trigger import CronTriggerTimetable
from apprise import NotifyType

DEFAULTS = {
    "python": "/opt/360learning/bin/python",
    "source": "",
    "image": "",
    "airbyte_connection_id": "",
    "raw_schema": "raw_360learning",
    "schema": "analytics",
    "dbt_vars": {},
    "output": "/opt/360learning/output",
}


def setting(name: str) -> Any:
    """A key of the Variable `source_360learning`. Templates call it, so that parsing a file reads no Variable."""
    return {**DEFAULTS, **Variable.get("source_360learning", default={}, deserialize_json=True)}[name]


def rules() -> dict[str, Any]:
    """The arguments of a DAG. Each DAG needs its own: rendering a message changes the notifier."""
    return {
        # A retry of the load continues from the last STATE, so it costs only the rest.
        "default_args": {
            "retries": 3,
            "retry_delay": timedelta(minutes=2),
            "retry_exponential_backoff": 2,
            "max_retry_delay": timedelta(minutes=30),
            "execution_timeout": timedelta(hours=1),
            # After the last retry. The tasks after a failed one do not run, so there is one alert.
            "on_failure_callback": AppriseNotifier(
                apprise_conn_id="apprise_default",
                notify_type=NotifyType.FAILURE,
                title="{{ dag.dag_id }} failed",
                body="Task {{ ti.task_id }} of run {{ run_id }}: {{ ti.log_url }}",
            ),
        },
        "schedule": CronTriggerTimetable(
            os.environ.get("SOURCE_360LEARNING_CRON", "30 5 * * *"), timezone="Europe/Paris"
        ),
        "start_date": datetime(2026, 1, 1, tzinfo=timezone.utc),
        "catchup": False,
        "max_active_runs": 1,
        "user_defined_macros": {"setting": setting},
        "tags": ["360learning"],
    }


# Programs get secrets by their environment: every user of the machine can read a command line.
WAREHOUSE = {
    "PGHOST": "{{ conn.warehouse_360learning.host }}",
    "PGPORT": "{{ conn.warehouse_360learning.port or 5432 }}",
    "PGUSER": "{{ conn.warehouse_360learning.login or '' }}",
    "PGPASSWORD": "{{ conn.warehouse_360learning.password or '' }}",
    "PGDATABASE": "{{ conn.warehouse_360learning.schema or '' }}",
    # PostgreSQL's client takes the parts that an address lacks from PGHOST and the others.
    "DATABASE": "{{ 'postgresql://' if conn.warehouse_360learning.conn_type == 'postgres'"
    " else 'duckdb:' ~ conn.warehouse_360learning.host }}",
    "PYTHON": "{{ setting('python') }}",
    "RAW_SCHEMA": "{{ setting('raw_schema') }}",
    "SCHEMA": "{{ setting('schema') }}",
    "OUTPUT": "{{ setting('output') }}",
}


def shell(task_id: str, command: str, env: dict[str, str] | None = None, **options: Any) -> BaseOperator:
    """A command with the warehouse in its environment, in a temporary directory of Airflow's user."""
    return BashOperator(
        task_id=task_id, bash_command=command, env={**WAREHOUSE, **(env or {})}, append_env=True, **options
    )


@task_group
def marts_and_report() -> None:
    """`dbt build` with the tests of the data, then the workbook and the page."""
    build = shell(
        "dbt_build",
        '"$PYTHON" -m learning360 dbt --to "$DATABASE" --schema "$SCHEMA" --output "$OUTPUT" --no-use-colors build'
        ' --exclude-resource-type unit_test --vars "$DBT_VARS"',
        env={"DBT_VARS": "{{ dict(setting('dbt_vars'), learning360_raw_schema=setting('raw_schema')) | tojson }}"},
        retries=1,  # A data test that fails will fail again; a lost connection may not.
    )
    report = shell(
        "report",
        '"$PYTHON" -m learning360 report --database "$DATABASE" --schema "$SCHEMA" --output "$OUTPUT"',
        retries=1,
    )
    build >> report
