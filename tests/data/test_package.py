"""The dbt package as others install it: beside models, macros and tests of the same plain names."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml
from learning360.loading.database import open_database

from .pipeline import ACCOUNT, AS_OF
from .support import MOCK, ROOT, Case

# What a host project may well have already, with other meanings.
MODELS = {
    "stg_groups": "select 1 as group_id",
    "learners": "select 'host' as learner",
    "users": "select 'host' as user_id",
    "labels": "select 'host' as label",
    "warnings": "select 'host' as message",
    # A model of the host on a mart of the package.
    "clients": "select count(*) as clients from {{ ref('learning360', 'learning360__learners') }} where is_client",
}
MACROS = """
{% macro rate(numerator, denominator) %}42{% endmacro %}
{% macro known(expression) %}'host'{% endmacro %}
{% macro stage(stream, key, columns, used=true) %}select 'host' as nothing{% endmacro %}
{% macro mart(key=none) %}{{ exceptions.raise_compiler_error("the host's own macro") }}{% endmacro %}
{% macro as_of() %}cast('1999-01-01' as timestamp){% endmacro %}
{% macro duckdb__whole_part(numerator, denominator) %}0{% endmacro %}
{% test unique_together(model, columns) %}select 1 as one{% endtest %}
"""


class Package(Case):
    def test_a_project_that_installs_the_package_beside_models_of_the_same_names_gets_the_same_marts(self) -> None:
        destination = self.database("duckdb")
        self.must_load(MOCK, self.mock_config(streams=ACCOUNT), destination)
        host = self.host_project()
        self.dbt(host, "deps")
        self.dbt(host, "build", "--exclude", "resource_type:unit_test")
        self.assert_marts_of(ACCOUNT, AS_OF, destination, schema="warehouse_learning360_marts")
        database = open_database(destination)
        self.assertEqual(database.execute("SELECT clients FROM warehouse.clients"), [(4,)])
        self.assertEqual(database.execute("SELECT group_id FROM warehouse.stg_groups"), [(1,)])
        schemas = database.execute("SELECT DISTINCT table_schema FROM information_schema.tables ORDER BY 1")
        columns = database.execute("SELECT table_name, column_name FROM information_schema.columns")
        database.close()
        self.assert_every_column_is_described(columns, host / "target" / "manifest.json")
        layers = [f"warehouse_learning360_{layer}" for layer in ("intermediate", "marts", "seeds", "staging")]
        self.assertEqual([name for (name,) in schemas], ["airbyte_internal", "raw_360learning", "warehouse", *layers])

    def assert_every_column_is_described(self, columns: list[Any], manifest: Path) -> None:
        nodes = json.loads(manifest.read_text())["nodes"].values()
        built = [
            one for one in nodes if one["package_name"] == "learning360" and one["resource_type"] in ("model", "seed")
        ]
        described = {
            (one["name"], name) for one in built for name, column in one["columns"].items() if column["description"]
        }
        names = {one["name"] for one in built}
        found = {(table, name) for table, name in columns if table in names and not name.startswith("cf_")}
        self.assertEqual(found, described)

    def host_project(self) -> Path:
        """A dbt project that installs the package from a repository, as `subdirectory: dbt`."""
        repository, host = self.home / "repository", self.home / "host"
        shutil.copytree(ROOT / "dbt", repository / "dbt")
        author = ("-c", "user.name=x", "-c", "user.email=x@x.example")
        for command in (["init", "-q", "-b", "main"], ["add", "."], [*author, "commit", "-q", "-m", "x"]):
            subprocess.run(["git", *command], cwd=repository, check=True)
        (host / "models").mkdir(parents=True)
        (host / "macros").mkdir()
        for name, query in MODELS.items():
            (host / "models" / f"{name}.sql").write_text(query)
        (host / "macros" / "host.sql").write_text(MACROS)
        source = {"git": repository.as_uri(), "subdirectory": "dbt", "revision": "main", "warn-unpinned": False}
        files = {
            "packages": {"packages": [source]},
            "dbt_project": {
                "name": "host",
                "profile": "host",
                "config-version": 2,
                "flags": {"send_anonymous_usage_stats": False},
                "vars": {"learning360": {"learning360_as_of": AS_OF.replace("T", " ").rstrip("Z")}},
            },
            "profiles": {
                "host": {
                    "target": "dev",
                    "outputs": {"dev": {"type": "duckdb", "path": "360learning.duckdb", "schema": "warehouse"}},
                }
            },
        }
        for name, content in files.items():
            (host / f"{name}.yml").write_text(yaml.safe_dump(content))
        return host

    def dbt(self, host: Path, *arguments: str) -> None:
        environment = {**os.environ, "DBT_PROJECT_DIR": str(host), "DBT_PROFILES_DIR": str(host), "DO_NOT_TRACK": "1"}
        command = [str(Path(sys.executable).with_name("dbt")), "--no-use-colors", "--quiet", *arguments]
        ended = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=self.home, check=False)
        self.assertEqual(ended.returncode, 0, ended.stdout[-6_000:] + ended.stderr[-2_000:])
