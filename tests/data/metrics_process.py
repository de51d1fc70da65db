"""Runs MetricFlow in a process of its own, because dbt keeps a connection: `metrics_process.py PROJECT ANSWERS`.

Validates the semantic models as `mf validate-configs` does, then answers the queries of stdin: a JSON list of
`{"metrics": […], "by": […]}`. Writes to the file a JSON list of `{"columns": […], "rows": […]}` or `{"refused": "…"}`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from dbt_metricflow.cli.cli_configuration import CLIConfiguration
from dbt_metricflow.cli.main import cli
from metricflow.engine.metricflow_engine import MetricFlowQueryRequest
from metricflow_semantics.errors.error_classes import InvalidQueryException


def answer(configuration: CLIConfiguration, query: dict[str, Any]) -> dict[str, Any]:
    request = MetricFlowQueryRequest.create(metric_names=query["metrics"], group_by_names=query["by"])
    try:
        table = configuration.mf.query(request).result_df
    except InvalidQueryException as error:
        return {"refused": str(error)}
    return {
        "columns": list(table.column_names),
        "rows": [[plain(value) for value in row] for row in table.rows],
    }


def plain(value: Any) -> Any:
    """Dates as text, numbers as floats: MetricFlow divides in floating point."""
    if value is None or isinstance(value, str):
        return value
    return str(value)[:10] if hasattr(value, "isoformat") else float(value)


def main() -> None:
    project, answers = map(Path, sys.argv[1:])
    configuration = CLIConfiguration()
    configuration.setup(dbt_project_path=project, configure_file_logging=False)
    cli.commands["validate-configs"].main(["--show-all"], obj=configuration, standalone_mode=False)
    answers.write_text(json.dumps([answer(configuration, query) for query in json.load(sys.stdin)]))


main()
