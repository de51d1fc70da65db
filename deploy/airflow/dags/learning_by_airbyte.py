"""Every morning: Airbyte syncs 360Learning, dbt builds the marts, the France Num report is written.

Set the Airbyte connection's own schedule to *Manual*: Airbyte refuses a second sync while one runs. Airbyte tries a
failing sync several times by itself, so this DAG starts one sync per run; retries of `wait` only ask again how it is.
A sync that failed is started anew by clearing `sync` and what follows it.
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
        asynchronous=True,  # Only starts the job: were waiting part of it, a lost answer would start a second one.
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
