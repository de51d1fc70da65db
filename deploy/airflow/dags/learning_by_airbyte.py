"""Every morning, Airbyte syncs 360Learning, dbt builds the marts, and `report` writes the France Num report.

Set the Airbyte connection's own schedule to *Manual*: Airbyte refuses a second sync while one runs. Airbyte retries a
failing sync itself, so this DAG starts one sync per run; retries of `wait` only request its status again. To start a
failed sync again, clear `sync` and the tasks after it.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.providers.airbyte.operators.airbyte import AirbyteTriggerSyncOperator
from airflow.providers.airbyte.sensors.airbyte import AirbyteJobSensor
from airflow.sdk import DAG
from source_360learning import marts_and_report, rules

with DAG("learning_by_airbyte", doc_md=__doc__, **rules()):
    sync = AirbyteTriggerSyncOperator(
        task_id="sync",
        connection_id="{{ setting('airbyte_connection_id') }}",
        asynchronous=True,  # Only starts the job: if the task also waited, a lost response would start a second job.
    )
    # Rescheduled, not deferred: the provider's trigger takes a job that is queued for one that failed, and gives up at
    # the first answer that is lost. Between two looks it holds no worker either.
    wait = AirbyteJobSensor(
        task_id="wait",
        airbyte_job_id=sync.output,
        mode="reschedule",
        poke_interval=60,
        timeout=timedelta(hours=8).total_seconds(),
        execution_timeout=timedelta(minutes=5),  # Of one look.
    )
    wait >> marts_and_report()
