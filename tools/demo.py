"""`make demo`: a whole sync on this machine, and the proof that no row is missing.

Starts the sandbox, runs the connector's four commands against it, the last one through PyAirbyte into DuckDB, and
compares every table with what the sandbox holds. Everything it writes lies in one directory.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import traceback
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
from rich import box
from rich.console import Console
from rich.status import Status
from rich.table import Table

SOURCE = "source-360learning"
SCHEMA = "raw_360learning"
# What the sandbox admits here, so that a demo takes seconds; the real API grants 50.
RATE_LIMIT = 1000
STARTING = "PyAirbyte is starting"

# Bound to today's standard output: what PyAirbyte prints later is redirected into a file.
console = Console(file=sys.stdout, highlight=False)


class DemoError(Exception):
    """Why the demo cannot go on, in a sentence."""


def say(title: str) -> None:
    console.print(f"[bold]== {title}[/bold]")


def tell(what: str, text: str) -> None:
    console.print(f"   [cyan]{what:<9}[/cyan] {text}", soft_wrap=True)


@contextmanager
def sandbox(binary: Path, scale: str) -> Iterator[str]:
    """The address of a sandbox on a free port, which is stopped however the block ends."""
    command = [str(binary), "--port=0", f"--scale={scale}", f"--rate-limit={RATE_LIMIT}"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        last = next((line for line in process.stdout if line.startswith("listening on ")), None)
        if last is None:
            raise DemoError(f"The sandbox did not start (exit code {process.wait()}).")
        yield last.removeprefix("listening on ").strip()
    finally:
        process.kill()  # It keeps nothing that an orderly end would save.
        process.wait()


def ask(url: str, path: str = "", method: str = "GET") -> Any:
    """Asks the sandbox through its side door."""
    request = urllib.request.Request(f"{url}/__sandbox{path}", method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read() or "null")


def short_command(binary: Path, *arguments: str | Path) -> Any:
    """Runs a short command of the connector; its answer is the one message that is neither log nor trace."""
    ended = subprocess.run([binary, *arguments], stdout=subprocess.PIPE, text=True, check=False)
    messages = [json.loads(line) for line in ended.stdout.splitlines()]
    errors = [one["trace"]["error"]["message"] for one in messages if "error" in one.get("trace", {})]
    answers = [one for one in messages if one["type"] not in ("LOG", "TRACE")]
    if errors or ended.returncode != 0 or len(answers) != 1:
        raise DemoError(" ".join(errors) or f"{SOURCE} {arguments[0]} ended with exit code {ended.returncode}.")
    return answers[0]


def short_commands(binary: Path, config: Path) -> list[dict[str, Any]]:
    """spec, check and discover; returns the streams on offer."""
    form = short_command(binary, "spec")["spec"]["connectionSpecification"]
    tell("spec", f"{len(form['properties'])} settings, {len(form['required'])} of them required")
    status = short_command(binary, "check", "--config", config)["connectionStatus"]
    if status["status"] != "SUCCEEDED":
        raise DemoError(status["message"])
    tell("check", status["message"])
    streams: list[dict[str, Any]] = short_command(binary, "discover", "--config", config)["catalog"]["streams"]
    incremental = sum("incremental" in stream["supported_sync_modes"] for stream in streams)
    fields = sum(len(stream["json_schema"]["properties"]) for stream in streams)
    tell("discover", f"{len(streams)} streams with {fields} fields, {incremental} of them incremental")
    return streams


@contextmanager
def progress(url: str) -> Iterator[None]:
    """Tells how far the read is: on a terminal in one living line, elsewhere in a line every five seconds."""
    done = threading.Event()
    line = Status(STARTING, console=console) if console.is_terminal else None

    def watch() -> None:
        before, begun = 0, time.monotonic()
        while not done.wait(1 if line else 5):
            total = ask(url, "/requests")["total"]
            # Nothing but its end makes the connector pause here; what remains is PyAirbyte's.
            stage = "reading" if total != before else "PyAirbyte is filling the tables"
            before = total
            text = f"{time.monotonic() - begun:3.0f} s  " + (f"{total:,} requests, {stage}" if total else STARTING)
            line.update(text) if line else tell("", text)

    watcher = threading.Thread(target=watch, daemon=True)
    with line or nullcontext():
        watcher.start()
        try:
            yield
        finally:
            done.set()
            watcher.join()


def load(binary: Path, config: dict[str, Any], home: Path) -> Path:
    """`read` through PyAirbyte into a new DuckDB file."""
    # PyAirbyte reads these when it is imported: no registry, no telemetry, no file elsewhere, no second display.
    os.environ.update(
        AIRBYTE_OFFLINE_MODE="1",
        DO_NOT_TRACK="1",
        AIRBYTE_LOGGING_ROOT=str(home / "logs"),
        AIRBYTE_PROJECT_DIR=str(home),
        AIRBYTE_TEMP_DIR=str(home / "tmp"),
        NO_LIVE_PROGRESS="1",
    )
    # The sandbox begins its first day anew, so tables and states of an earlier one would not fit.
    file, log, temporary = home / "360learning.duckdb", home / "pyairbyte.log", home / "tmp"
    for stale in home.glob(f"{file.name}*"):
        stale.unlink()
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir()
    with log.open("w") as said, redirect_stdout(said), redirect_stderr(said):
        import airbyte as ab
        from airbyte.caches import DuckDBCache

        cache = DuckDBCache(db_path=file, cache_dir=temporary, schema_name=SCHEMA)
        try:
            source = ab.get_source(SOURCE, config, streams="*", local_executable=binary, install_if_missing=False)
            source.read(cache=cache)
        except ab.exceptions.PyAirbyteError as error:
            traceback.print_exc()
            raise DemoError(f"PyAirbyte: {error.get_message()} {log} tells more.") from error
        cache.close()
    return file


class Comparison(NamedTuple):
    """A stream's rows in DuckDB beside those of the sandbox."""

    stream: str
    rows: int
    keys: int
    held: int

    @property
    def ok(self) -> bool:
        return self.rows == self.keys == self.held


def compare(file: Path, streams: list[dict[str, Any]], truth: dict[str, int]) -> Iterator[Comparison]:
    with duckdb.connect(str(file), read_only=True) as database:
        for stream in streams:
            name = stream["name"]
            key = ", ".join(f'"{path[0]}"' for path in stream["source_defined_primary_key"])
            query = f'SELECT count(*), count(DISTINCT ({key})) FROM {SCHEMA}."{name}"'
            rows, keys = database.execute(query).fetchone() or (0, 0)
            yield Comparison(name, rows, keys, truth[name])


def show(comparisons: list[Comparison]) -> None:
    table = Table("stream", box=box.SIMPLE_HEAD)
    for title in ("in DuckDB", "distinct keys", "in the sandbox", ""):
        table.add_column(title, justify="right")
    for one in comparisons:
        verdict = "[green]ok[/green]" if one.ok else "[red]DIFFERS[/red]"
        table.add_row(one.stream, *(f"{count:,}" for count in one[1:]), verdict)
    console.print(table)


def demo(binaries: Path, home: Path, scale: str, rate: int) -> bool:
    """Whether every row arrived, and no page was asked for twice."""
    say(f"Starting a 360Learning of scale {scale} on this machine")
    with sandbox(binaries / "sandbox-360learning", scale) as url:
        tell("address", url)
        config = {"base_url": url, **ask(url)["credentials"], "requests_per_second": rate}
        (home / "config.json").write_text(json.dumps(config))

        say("Running the connector")
        streams = short_commands(binaries / SOURCE, home / "config.json")
        tell("read", f"{rate} requests per second: the sandbox admits {RATE_LIMIT} here, the real API grants 50")
        ask(url, "/requests", method="DELETE")  # What `check` asked is not part of the read.
        begun = time.monotonic()
        with progress(url):
            database = load(binaries / SOURCE, config, home)
        took = time.monotonic() - begun
        requests, truth = ask(url, "/requests"), ask(url, "/truth")

    say("Comparing the tables with the sandbox")
    comparisons = list(compare(database, streams, truth))
    show(comparisons)
    complete = all(one.ok for one in comparisons)
    verdict = "none missing, none twice" if complete else "[red]some missing or twice[/red]"
    tell("rows", f"{sum(one.rows for one in comparisons):,}, {verdict}")
    repeated, peak = len(requests["repeated"]), requests["peak_per_second"]
    tell("requests", f"{requests['total']:,}, {repeated} asked again, at most {peak} in one second")
    tell("time", f"{requests['seconds']:.1f} s of requests, {took:.1f} s with PyAirbyte's start and DuckDB")
    tell("file", f"{database}; a query:")
    query = f'print(db.sql("select status, count(*) from {SCHEMA}.attendances group by all"))'
    example = f"""{os.path.relpath(sys.executable)} -c 'import duckdb; db = duckdb.connect("{database}"); {query}'"""
    console.print(example, soft_wrap=True, markup=False)
    return complete and repeated == 0


def main() -> int:
    parser = argparse.ArgumentParser(description="Reads a sandbox of 360Learning into DuckDB and compares.")
    parser.add_argument("--binaries", type=Path, required=True, help="where cargo put the connector and the sandbox")
    parser.add_argument("--home", type=Path, required=True, help="where everything is written")
    parser.add_argument("--scale", required=True, choices=("small", "france-num", "x10"))
    parser.add_argument("--rate", required=True, type=int, help="requests per second")
    args = parser.parse_args()
    stopped: list[int] = []

    def stop(number: int, _: object) -> None:
        stopped.append(128 + number)
        raise KeyboardInterrupt  # Stops the sandbox on the way out, even where PyAirbyte puts an error in its place.

    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, stop)
    try:
        return 0 if demo(args.binaries.resolve(), args.home, args.scale, args.rate) else 1
    except (DemoError, KeyboardInterrupt) as error:
        return stopped[0] if stopped else sys.exit(f"demo: {error}")


if __name__ == "__main__":
    sys.exit(main())
