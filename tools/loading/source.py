"""Runs the connector and reads its messages."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from . import LoadError

Message = dict[str, Any]


class Source:
    """A connector's executable, and the errors that it reported."""

    def __init__(self, binary: Path, config: Path) -> None:
        self.binary, self.config = binary, config
        self.errors: list[dict[str, Any]] = []

    def discover(self) -> list[dict[str, Any]]:
        """The streams on offer."""
        catalogs = [message["catalog"] for message in self.run("discover") if message["type"] == "CATALOG"]
        if not catalogs:
            raise LoadError(f"{self.binary.name} discover returned no catalog.")
        streams: list[dict[str, Any]] = catalogs[0]["streams"]
        return streams

    def read(self, catalog: list[dict[str, Any]], states: list[dict[str, Any]]) -> Iterator[Message]:
        """The messages of a read, until its end or the `LoadError` that `run` raises."""
        with tempfile.TemporaryDirectory(prefix="load-") as place:
            files = {"catalog": {"streams": catalog}, "state": states}
            for name, content in files.items():
                (Path(place) / f"{name}.json").write_text(json.dumps(content))
            yield from self.run("read", "--catalog", f"{place}/catalog.json", "--state", f"{place}/state.json")

    def run(self, *command: str) -> Iterator[Message]:
        self.errors = []
        arguments = [str(self.binary), *command, "--config", str(self.config)]
        try:
            process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, bufsize=1 << 20)
        except OSError as error:
            raise LoadError(f"Cannot run {self.binary}: {error.strerror}.") from error
        assert process.stdout
        try:
            for line in process.stdout:
                yield from self.message(line)
            code = process.wait()
        finally:
            process.kill()
            process.stdout.close()
            process.wait()
        if code != 0:
            reasons = " ".join(dict.fromkeys(error["message"] for error in self.errors))
            raise LoadError(f"{self.binary.name} {command[0]} ended with exit code {code}. {reasons}".strip())

    def message(self, line: bytes) -> Iterator[Message]:
        try:
            message = orjson.loads(line)
        except ValueError as error:
            start = line[:80].decode(errors="replace")
            raise LoadError(f"{self.binary.name} wrote a line that is not JSON: {start!r}.") from error
        if message["type"] == "TRACE" and message["trace"]["type"] == "ERROR":
            self.errors.append(message["trace"]["error"])
        yield message

    @property
    def has_config_error(self) -> bool:
        """True if a person has to change something before another attempt makes sense."""
        return any(error.get("failure_type") == "config_error" for error in self.errors)
