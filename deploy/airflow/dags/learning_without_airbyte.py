"""Every morning, without Airbyte: `learning360` loads the tables, builds the marts and writes the France Num report.

The connector is the one that is installed with `learning360`, or an image. For an image, set `source` to the path of
`source-in-docker` and `image` to its name.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG
from source_360learning import marts_and_report, rules, shell

with DAG("learning_without_airbyte", doc_md=__doc__, **rules()):
    load = shell(
        "load",
        # TMPDIR puts the catalog and the state next to the configuration: a container sees this directory only.
        'printf %s "$CONFIG" >config.json && TMPDIR="$PWD" "$PYTHON" -m learning360 load ${SOURCE:+--source "$SOURCE"}'
        ' --config "$PWD/config.json" --to "$DATABASE" --raw-schema "$RAW_SCHEMA"',
        env={
            "CONFIG": "{{ conn.api_360learning.extra }}",
            "SOURCE": "{{ setting('source') }}",
            "IMAGE": "{{ setting('image') }}",
        },
        execution_timeout=timedelta(hours=8),
    )
    load >> marts_and_report()
