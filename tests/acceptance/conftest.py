"""The sandbox of the configurations in this folder, and a `docker` that runs the connector under test.

Airbyte's suite looks for `docker` while it is imported, so PATH is set before it is.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile
from urllib.parse import urlsplit

import pytest

HERE = Path(__file__).resolve().parent

os.environ["PATH"] = os.pathsep.join((str(HERE), os.environ["PATH"]))
pytest_plugins = ["airbyte_cdk.test.standard_tests.pytest_hooks"]


def pytest_configure(config: pytest.Config) -> None:
    for marker in ("image_tests: tests of Airbyte's suite", "requires_creds: tests with secrets"):
        config.addinivalue_line("markers", marker)


@pytest.fixture(autouse=True, scope="session")
def sandbox() -> Iterator[str]:
    """The address of a small sandbox without a rate limit."""
    url = str(json.loads((HERE / "config.json").read_text())["base_url"])
    command = [os.environ["ACCEPTANCE_SANDBOX"], f"--port={urlsplit(url).port}", "--scale=small", "--rate-limit=0"]
    command.append("--subscribe=user.customfield.values.updated")  # So a second read visits only users who changed.
    with (
        TemporaryFile("w+") as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True) as process,
    ):
        assert process.stdout
        try:
            if not any(line.startswith("listening on ") for line in process.stdout):
                errors.seek(0)
                pytest.exit(f"The sandbox did not start on {url}: {errors.read().strip()}", returncode=1)
            yield url
        finally:
            process.kill()
