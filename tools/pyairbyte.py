"""`read` through PyAirbyte into a new DuckDB file: the independent client that the tests compare with.

pyairbyte.py CONNECTOR CONFIG DIRECTORY

CONNECTOR is an executable, or a wheel to install, or a registry whose entry names the package to install.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path


def load(connector: Path, config: Path, home: Path) -> None:
    how: dict[str, object] = {"install_root": home}
    # PyAirbyte reads these when it is imported: no registry, no telemetry, no file outside of `home`, no progress bar.
    if connector.suffix == ".json":
        os.environ["AIRBYTE_LOCAL_REGISTRY"] = str(connector)
    else:
        os.environ["AIRBYTE_OFFLINE_MODE"] = "1"
        how |= {"pip_url": str(connector)} if connector.suffix == ".whl" else {"local_executable": connector}
    os.environ.update(
        DO_NOT_TRACK="1",
        AIRBYTE_LOGGING_ROOT=str(home / "logs"),
        AIRBYTE_PROJECT_DIR=str(home),
        AIRBYTE_TEMP_DIR=str(home / "tmp"),
        NO_LIVE_PROGRESS="1",
    )
    shutil.rmtree(home / "tmp", ignore_errors=True)
    (home / "tmp").mkdir()
    import airbyte as ab  # noqa: PLC0415 - after its settings
    from airbyte.caches import DuckDBCache  # noqa: PLC0415 - after its settings

    cache = DuckDBCache(db_path=home / "360learning.duckdb", cache_dir=home / "tmp", schema_name="raw_360learning")
    settings = json.loads(config.read_text())
    source = ab.get_source("source-360learning", settings, streams="*", **how)
    source.read(cache=cache)
    cache.close()


if __name__ == "__main__":
    load(*map(Path, sys.argv[1:]))
