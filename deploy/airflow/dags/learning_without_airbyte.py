"""Every morning, without Airbyte: the connector reads 360Learning, `tools/load.py` writes the tables, dbt builds the marts, the France Num report is written.

The connector is a binary, or an image: then `source` is `deploy/airflow/source-in-docker`, and `image` its name.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG
from source_360learning import marts_and_report, rules, shell

with DAG("learning_without_airbyte", doc_md=__doc__, **rules()):
    load = shell(
        "load",
        # TMPDIR: the catalog and the state come to lie beside the configuration, where a container can see them all.
        # The API forgets deleted slots and registrations; their lists, read anew, cost nothing more.
        'printf %s "$CONFIG" >config.json && TMPDIR="$PWD" "$PYTHON" "$PROJECT/tools/load.py" --source "$SOURCE"'
        ' --config "$PWD/config.json" --destination "$DATABASE" --schema "$RAW_SCHEMA"'
        " --full-refresh classroom_slots classroom_registrations",
        env={
            "CONFIG": "{{ conn.api_360learning.extra }}",
            "SOURCE": "{{ setting('source') }}",
            "IMAGE": "{{ setting('image') }}",
        },
        execution_timeout=timedelta(hours=8),
    )
    load >> marts_and_report()
