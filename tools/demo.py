"""`make demo`: from the API to the KPIs and the France Num report, on this machine.

Starts the sandbox, runs the connector's four commands against it, the last one into DuckDB or PostgreSQL, builds the
dbt package, writes the workbook and the page; then changes a day's worth of rows and runs everything again,
incrementally. Compares each step with the sandbox's own rows. Writes to one directory only.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from loading.database import quoted
from loading.tables import open_database
from report.labels import UNITS
from report.labels import show as french
from report.marts import Marts
from rich import box
from rich.console import Console
from rich.status import Status
from rich.table import Table

SOURCE = "source-360learning"
TOOLS = Path(__file__).resolve().parent
# Schemas of their own: the database may hold others.
RAW, BUILT = "raw_360learning_demo", "analytics_demo"
# Deleted rows disappear only in a full refresh, which costs no more requests for these lists.
FULL_REFRESH = ("classroom_slots", "classroom_registrations")
# Requests per second that the sandbox admits, so that a demo takes seconds; the real API admits 50.
RATE_LIMIT = 1000

console = Console(highlight=False)


class DemoError(Exception):
    """The reason why the demo stops, in a sentence for the user."""


def print_title(title: str) -> None:
    console.print(f"[bold]== {title}[/bold]")


def print_line(what: str, text: str) -> None:
    console.print(f"   [cyan]{what:<9}[/cyan] {text}", soft_wrap=True)


@contextmanager
def sandbox(binary: Path, scale: str) -> Iterator[str]:
    """The address of a sandbox on a free port, which is stopped when the block ends."""
    command = [str(binary), "--port=0", f"--scale={scale}", f"--rate-limit={RATE_LIMIT}"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        ready = next((line for line in process.stdout if line.startswith("listening on ")), None)
        if ready is None:
            raise DemoError(f"The sandbox did not start (exit code {process.wait()}).")
        yield ready.removeprefix("listening on ").strip()
    finally:
        process.kill()  # The sandbox has nothing to save.
        process.wait()


def control(url: str, path: str = "", method: str = "GET") -> Any:
    """Calls the sandbox's control endpoint."""
    request = urllib.request.Request(f"{url}/__sandbox{path}", method=method)
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.loads(response.read() or "null")


def short_command(binary: Path, *arguments: str | Path) -> Any:
    """Runs a command of the connector that returns one message besides logs and traces."""
    ended = subprocess.run([binary, *arguments], stdout=subprocess.PIPE, text=True, check=False)
    messages = [json.loads(line) for line in ended.stdout.splitlines()]
    errors = [one["trace"]["error"]["message"] for one in messages if "error" in one.get("trace", {})]
    results = [one for one in messages if one["type"] not in ("LOG", "TRACE")]
    if errors or ended.returncode != 0 or len(results) != 1:
        raise DemoError(" ".join(errors) or f"{SOURCE} {arguments[0]} ended with exit code {ended.returncode}.")
    return results[0]


def short_commands(binary: Path, config: Path) -> list[dict[str, Any]]:
    """spec, check and discover; returns the streams on offer."""
    form = short_command(binary, "spec")["spec"]["connectionSpecification"]
    print_line("spec", f"{len(form['properties'])} settings, {len(form['required'])} of them required")
    status = short_command(binary, "check", "--config", config)["connectionStatus"]
    if status["status"] != "SUCCEEDED":
        raise DemoError(status["message"])
    print_line("check", status["message"])
    streams: list[dict[str, Any]] = short_command(binary, "discover", "--config", config)["catalog"]["streams"]
    incremental = sum("incremental" in stream["supported_sync_modes"] for stream in streams)
    fields = sum(len(stream["json_schema"]["properties"]) for stream in streams)
    print_line("discover", f"{len(streams)} streams with {fields} fields, {incremental} of them incremental")
    return streams


@contextmanager
def progress(url: str) -> Iterator[None]:
    """Prints the progress of the read: on a terminal in one changing line, elsewhere in a line every five seconds."""
    done = threading.Event()
    line = Status("starting", console=console) if console.is_terminal else None

    def watch() -> None:
        begun = time.monotonic()
        while not done.wait(1 if line else 5):
            text = f"{time.monotonic() - begun:3.0f} s  {control(url, '/requests')['total']:,} requests"
            if line:
                line.update(text)
            else:
                print_line("", text)

    watcher = threading.Thread(target=watch, daemon=True)
    with line or nullcontext():
        watcher.start()
        try:
            yield
        finally:
            done.set()
            watcher.join()


def run(what: str, *command: str | Path, **options: Any) -> str:
    """Runs a program and returns its output. The error of a program that fails has the end of its output."""
    parts = [str(part) for part in command]
    ended: subprocess.CompletedProcess[str] = subprocess.run(
        parts, capture_output=True, text=True, check=False, **options
    )
    if ended.returncode != 0:
        raise DemoError(f"{what} failed: {(ended.stdout + ended.stderr).strip()[-2_000:]}")
    return ended.stdout


class Place(NamedTuple):
    """The database that the demo loads into."""

    destination: str
    name: str
    environment: dict[str, str]


def place(wanted: str, home: Path) -> Place:
    """The database to load into: a new DuckDB file, a PostgreSQL of our own, or the one of this address."""
    if wanted == "duckdb":
        file = home / "360learning.duckdb"
        # Each sandbox starts at its first day, so tables and states of an earlier demo do not fit.
        for stale in home.glob(f"{file.name}*"):
            stale.unlink()
        return Place(f"duckdb:{file}", str(file), {"DBT_TARGET": "duckdb", "DUCKDB_PATH": str(file)})
    if wanted == "postgres":
        wanted = run("PostgreSQL", TOOLS / "postgres", "start", home / "pg").strip().splitlines()[-1]
    url = urlsplit(wanted)
    if url.scheme not in ("postgresql", "postgres"):
        raise DemoError("DESTINATION is duckdb or postgres, PG_URL an address such as postgresql://user@host/database.")
    environment = {"DBT_TARGET": "postgres", "PGHOST": url.hostname or "127.0.0.1", "PGPORT": str(url.port or 5432)}
    environment |= {"PGUSER": url.username or "postgres", "PGPASSWORD": url.password or "", "PGDATABASE": url.path[1:]}
    shown = url._replace(netloc=url.netloc.replace(f":{url.password}@", ":…@")).geturl()
    return Place(wanted, shown, environment)


def load(binary: Path, config: Path, there: Place, refreshed: tuple[str, ...]) -> str:
    """`read` into the tables; returns the last line of the summary."""
    paths = ("--source", binary, "--config", config, "--destination", there.destination, "--schema", RAW)
    output = run("The load", sys.executable, TOOLS / "load.py", *paths, "--full-refresh", *refreshed)
    return output.strip().splitlines()[-1].strip()


def build(there: Place, clock: str, home: Path) -> str:
    """`dbt build`, tests included; returns its summary."""
    project = TOOLS.parent / "dbt"
    environment = {
        **os.environ,
        **there.environment,
        "DBT_PROFILES_DIR": str(project),
        "DBT_PROJECT_DIR": str(project),
        "DBT_TARGET_PATH": str(home / "dbt"),
        "DBT_LOG_PATH": str(home / "logs"),
        "DBT_SCHEMA": BUILT,
        "DO_NOT_TRACK": "1",
    }
    variables = json.dumps({"raw_schema": RAW, "as_of": clock.replace("T", " ").rstrip("Z")})
    dbt = Path(sys.executable).with_name("dbt")
    # In another directory dbt could find files of another project.
    output = run("dbt build", dbt, "--no-use-colors", "build", "--vars", variables, env=environment, cwd=home)
    done = next(line for line in reversed(output.splitlines()) if "PASS=" in line)
    return done[done.index("PASS=") :]


def report(there: Place, home: Path) -> tuple[Path, Path]:
    """Writes the workbook and the page."""
    book, page = home / "rapport-france-num.xlsx", home / "tableau-de-bord.html"
    address = ("--database", there.destination, "--schema", BUILT)
    run("The report", sys.executable, "-m", "report", *address, "--workbook", book, "--page", page, cwd=TOOLS)
    return book, page


class Comparison(NamedTuple):
    """The number of a stream's rows in the database and in the sandbox."""

    stream: str
    rows: int
    keys: int
    expected: int

    @property
    def ok(self) -> bool:
        return self.rows == self.keys == self.expected


def compare(there: Place, streams: list[dict[str, Any]], truth: dict[str, int]) -> Iterator[Comparison]:
    database = open_database(there.destination)
    for stream in streams:
        name = stream["name"]
        key = ", ".join(quoted(path[0]) for path in stream["source_defined_primary_key"])
        query = f"SELECT count(*), count(DISTINCT ({key})) FROM {quoted(RAW, name)}"
        rows, keys = database.execute(query)[0]
        yield Comparison(name, rows, keys, truth[name])
    database.close()


def show(comparisons: list[Comparison]) -> None:
    table = Table("stream", box=box.SIMPLE_HEAD)
    for title in ("in the database", "distinct keys", "in the sandbox", ""):
        table.add_column(title, justify="right")
    for one in comparisons:
        verdict = "[green]ok[/green]" if one.ok else "[red]DIFFERS[/red]"
        table.add_row(one.stream, *(f"{count:,}" for count in one[1:]), verdict)
    console.print(table)


def differences(url: str, there: Place) -> list[str]:
    """The marts that differ from those that `tests/data/oracle` computes from the sandbox's rows."""
    command = [sys.executable, "-m", "data.oracle.compare", "--sandbox", url, "--destination", there.destination]
    command += ["--schema", f"{BUILT}_marts", "--quiet"]
    project, environment = TOOLS.parent, {**os.environ, "PYTHONPATH": str(TOOLS)}
    ended = subprocess.run(command, cwd=project / "tests", env=environment, capture_output=True, text=True, check=False)
    if ended.returncode and not ended.stdout:
        raise DemoError(f"The comparison of the marts failed: {ended.stderr.strip()[-2_000:]}")
    return ended.stdout.splitlines()


def model(url: str, there: Place, home: Path) -> bool:
    """Builds marts and report. True if every KPI equals the one computed from the sandbox's rows."""
    begun = time.monotonic()
    summary = build(there, control(url)["clock"], home)
    print_line("dbt build", f"{summary} in {time.monotonic() - begun:.0f} s")
    wrong = differences(url, there)
    for line in wrong:
        print_line("", f"[red]{line}[/red]")
    print_line("marts", "[red]differ[/red]" if wrong else "all equal to those computed from the sandbox's rows")
    begun = time.monotonic()
    report(there, home)
    print_line("report", f"workbook and page in {time.monotonic() - begun:.0f} s")
    return not wrong


def kpis(there: Place) -> None:
    table = Table("KPI", box=box.SIMPLE_HEAD)
    table.add_column("", justify="right")
    for total in Marts(there.destination, BUILT).totals():
        table.add_row(total["label"], french(total["value"], UNITS[total["unit"]]))
    console.print(table)


def demo(binaries: Path, home: Path, scale: str, rate: int, wanted: str) -> bool:
    """Runs everything. True if every row arrived, no page was requested twice, and every KPI is right."""
    binary, config = binaries / SOURCE, home / "config.json"
    print_title(f"Starting a 360Learning of scale {scale} on this machine")
    with sandbox(binaries / "sandbox-360learning", scale) as url:
        print_line("address", url)
        config.write_text(json.dumps({"base_url": url, **control(url)["credentials"], "requests_per_second": rate}))
        there = place(wanted, home)
        print_line("database", there.name)

        print_title("Running the connector")
        streams = short_commands(binary, config)
        print_line("read", f"{rate} requests per second: the sandbox admits {RATE_LIMIT} here, the real API grants 50")
        control(url, "/requests", method="DELETE")  # The requests of `check` are not part of the read.
        with progress(url):
            # A PostgreSQL may hold an earlier demo, so everything is read in full.
            loaded = load(binary, config, there, ())
        requests = control(url, "/requests")
        comparisons = list(compare(there, streams, control(url, "/truth")))
        show(comparisons)
        complete = all(one.ok for one in comparisons)
        print_line("rows", f"{loaded}, " + ("none missing, none twice" if complete else "[red]some differ[/red]"))
        repeated, peak = len(requests["repeated"]), requests["peak_per_second"]
        sent = f"{requests['total']:,} in {requests['seconds']:.1f} s"
        print_line("requests", f"{sent}, {repeated} sent twice, at most {peak} in one second")

        print_title("From tables to KPIs")
        right = model(url, there, home)

        print_title("A day later: everything again, incrementally")
        control(url, "/change", method="POST")
        with progress(url):
            print_line("rows", load(binary, config, there, FULL_REFRESH))
        right = model(url, there, home) and right

    print_title("KPIs and report")
    kpis(there)
    print_line("workbook", str(home / "rapport-france-num.xlsx"))
    print_line("page", str(home / "tableau-de-bord.html"))
    hint = " (make postgres-stop removes it)" if wanted == "postgres" else ""
    print_line("database", f"{there.name}, schema {BUILT}_marts{hint}")
    return complete and right and repeated == 0


def main() -> int:
    parser = argparse.ArgumentParser(description="From a sandbox of 360Learning to KPIs and report.")
    parser.add_argument("--binaries", type=Path, required=True, help="the directory of the connector and the sandbox")
    parser.add_argument("--home", type=Path, required=True, help="the directory to write to")
    parser.add_argument("--scale", required=True, choices=("small", "france-num", "x10"))
    parser.add_argument("--rate", required=True, type=int, help="requests per second")
    parser.add_argument("--destination", default="duckdb", help="duckdb, postgres, or postgresql://…")
    args = parser.parse_args()
    stopped: list[int] = []

    def stop(number: int, _: object) -> None:
        stopped.append(128 + number)
        raise KeyboardInterrupt  # Stops the sandbox on the way out.

    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, stop)
    try:
        return 0 if demo(args.binaries.resolve(), args.home.resolve(), args.scale, args.rate, args.destination) else 1
    except (DemoError, KeyboardInterrupt) as error:
        return stopped[0] if stopped else sys.exit(f"demo: {error}")


if __name__ == "__main__":
    sys.exit(main())
