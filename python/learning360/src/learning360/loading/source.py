"""Runs the connector and reads its messages."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sysconfig
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from . import LoadError

NAME = "source-360learning"
NUL = rb"\u0000"
# Every escape of a JSON text; NUL and half a surrogate pair in groups of their own.
ESCAPE = re.compile(rb"\\(?:(u0000)|u[dD][89abAB]..\\u[dD][c-fC-F]..|(u[dD][89a-fA-F]..)|.)", re.S)
# Says how many users are visited, and why: who sets a webhook subscription up sees its effect here.
VISITS = re.compile(r" (are|is) visited\b")

Message = dict[str, Any]


def installed() -> Path:
    """The connector of this Python environment, else the one on the PATH."""
    found = shutil.which(NAME, path=sysconfig.get_path("scripts")) or shutil.which(NAME)
    if not found:
        advice = f"Install it with: pip install airbyte-{NAME}; or name it with --source."
        raise LoadError(f"The connector {NAME} is neither in this Python environment nor on the PATH. {advice}")
    return Path(found)


def storable(line: bytes) -> bytes:
    """The line without NUL, and with U+FFFD for half a surrogate pair: no database can hold these two."""
    return ESCAPE.sub(lambda escape: b"" if escape[1] else rb"\ufffd" if escape[2] else escape[0], line)


class Source:
    """A connector's executable, and what it reported."""

    def __init__(self, binary: Path, config: Path) -> None:
        self.binary, self.config = binary, config
        self.errors: list[dict[str, Any]] = []
        # Texts of the log, and how often each came.
        self.warnings: Counter[str] = Counter()
        self.notes: list[str] = []
        # By stream, the number of records with a character that no database can hold.
        self.unstorable: Counter[str] = Counter()

    def warn(self, text: str) -> None:
        self.warnings[text] += 1

    @property
    def origin(self) -> str:
        """The server of the account: rows of another server are those of another account. "" if it cannot be read."""
        try:
            config = json.loads(self.config.read_text(encoding="utf-8-sig"))
            return str(config.get("base_url") or f"region {config.get('region') or 'eu'}").strip().rstrip("/").lower()
        except (OSError, ValueError, AttributeError):
            return ""  # The connector says what is wrong with the file.

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
            message = self.parsed(line)
        except ValueError as error:
            start = line[:80].decode(errors="replace")
            raise LoadError(f"{self.binary.name} wrote a line that is not JSON: {start!r}.") from error
        if message["type"] == "TRACE" and message["trace"]["type"] == "ERROR":
            self.errors.append(message["trace"]["error"])
        elif message["type"] == "LOG" and message["log"]["level"] == "WARN":
            self.warn(message["log"]["message"])
        elif message["type"] == "LOG" and VISITS.search(message["log"]["message"]):
            self.notes.append(message["log"]["message"])
        yield message

    def parsed(self, line: bytes) -> Message:
        """The message; a record without what no database can hold."""
        try:
            message: Message = orjson.loads(line)
            if NUL not in line or message["type"] != "RECORD":
                return message
        except ValueError:  # Half a surrogate pair, unless it is no JSON at all.
            pass
        stored = storable(line)
        message = orjson.loads(stored)
        if message["type"] == "RECORD":
            self.unstorable[message["record"]["stream"]] += stored != line
        return message

    @property
    def has_config_error(self) -> bool:
        """True if a person has to change something before another attempt makes sense."""
        return any(error.get("failure_type") == "config_error" for error in self.errors)
