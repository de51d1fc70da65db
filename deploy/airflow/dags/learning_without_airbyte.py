"""Every morning, without Airbyte: the connector reads 360Learning, `tools/load.py` writes the tables, dbt builds the
marts, and `report` writes the France Num report.

The connector is a binary or an image. For an image, set `source` to `deploy/airflow/source-in-docker` and `image` to
its name.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG
from source_360learning import marts_and_report, rules, shell

with DAG("learning_without_airbyte", doc_md=__doc__, **rules()):
    load = shell(
        "load",
        # TMPDIR puts the catalog and the state next to the configuration: a container sees this directory only.
        # Deleted slots and registrations disappear in a full refresh, which costs no more requests for these lists.
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
