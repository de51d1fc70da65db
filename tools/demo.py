"""`make demo`: from the API to the KPIs and the France Num report, on this machine.

Starts the sandbox, runs the connector's four commands against it, the last one into DuckDB or PostgreSQL, builds the
dbt package, writes the workbook and the page; then changes a day's worth of rows and runs everything again,
incrementally. Compares each step with the sandbox's own rows. Writes to one directory only.
"""

from __future__ import annotations

import argparse
import json
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

from learning360 import CommandError, build, report
from learning360.loading.catalog import ALL
from learning360.loading.database import open_database, quoted
from learning360.report.labels import UNITS
from learning360.report.labels import show as french
from learning360.report.marts import Marts
from learning360.report.scope import Scope, quarter
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.status import Status
from rich.table import Table

SOURCE = "source-360learning"
TOOLS = Path(__file__).resolve().parent
# Schemas of their own: the database may hold others.
RAW, BUILT = "raw_360learning_demo", "analytics_demo"
# The sandbox's files of answers, and the map in the documentation that fits each.
MAPS = TOOLS.parent / "docs" / "fr" / "avis"
ANSWER_FILES = {
    "questions.csv": "questions.yml",
    "form.csv": "formulaire.yml",
    "form-excel.csv": "formulaire-excel.yml",
}
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


def place(wanted: str, home: Path) -> str:
    """The database to load into: a new DuckDB file, a PostgreSQL of our own, or the one of this address."""
    if wanted == "duckdb":
        file = home / "360learning.duckdb"
        # Each sandbox starts at its first day, so tables and states of an earlier demo do not fit.
        for stale in home.glob(f"{file.name}*"):
            stale.unlink()
        return f"duckdb:{file}"
    if wanted == "postgres":
        return run("PostgreSQL", TOOLS / "postgres", "start", home / "pg").strip().splitlines()[-1]
    open_database(wanted).close()  # Fails early, with a sentence.
    return wanted


def load(binary: Path, config: Path, there: str, *options: str) -> str:
    """`read` into the tables; returns the last line of the summary."""
    paths = ("--source", binary, "--config", config, "--to", there, "--raw-schema", RAW, "--streams", ALL)
    output = run("The load", sys.executable, "-m", "learning360", "load", *paths, *options)
    return output.strip().splitlines()[-1].strip()


def load_feedback(url: str, there: str, home: Path) -> str:
    """Loads the sandbox's files of answers, each with its map; returns the last lines of the summaries."""
    results = []
    for name, fitting in ANSWER_FILES.items():
        file = home / name
        with urllib.request.urlopen(f"{url}/__sandbox/feedback/{name}", timeout=60) as response:
            file.write_bytes(response.read())
        options = ("--to", there, "--raw-schema", RAW, "--map", MAPS / fitting)
        output = run("The answers", sys.executable, "-m", "learning360", "feedback", file, *options)
        results.append(output.strip().splitlines()[-1].split(" of 1 file")[0] + f" in {name}")
    return ", ".join(results)


class Comparison(NamedTuple):
    """The number of a stream's rows in the database and in the sandbox."""

    stream: str
    rows: int
    keys: int
    expected: int

    @property
    def ok(self) -> bool:
        return self.rows == self.keys == self.expected


def compare(there: str, streams: list[dict[str, Any]], truth: dict[str, int]) -> Iterator[Comparison]:
    database = open_database(there)
    for stream in streams:
        name = stream["name"]
        key = ", ".join(quoted(path[0]) for path in stream["source_defined_primary_key"])
        # An incremental read also reports which custom fields of a user have no value.
        which = f" WHERE {quoted('value')} IS NOT NULL" if name == "user_custom_field_values" else ""
        query = f"SELECT count(*), count(DISTINCT ({key})) FROM {quoted(RAW, name)}{which}"
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


def differences(url: str, there: str) -> list[str]:
    """The marts that differ from those that `tests/data/oracle` computes from the sandbox's rows."""
    command = [sys.executable, "-m", "data.oracle.compare", "--sandbox", url, "--destination", there]
    command += ["--schema", f"{BUILT}_learning360_marts", "--raw-schema", RAW, "--quiet", "--feedback"]
    ended = subprocess.run(command, cwd=TOOLS.parent / "tests", capture_output=True, text=True, check=False)
    if ended.returncode and not ended.stdout:
        raise DemoError(f"The comparison of the marts failed: {ended.stderr.strip()[-2_000:]}")
    return ended.stdout.splitlines()


def model(url: str, there: str, home: Path) -> bool:
    """Builds marts and report. True if every KPI equals the one computed from the sandbox's rows."""
    begun = time.monotonic()
    clock = control(url)["clock"].replace("T", " ").rstrip("Z")
    variables = {"learning360_raw_schema": RAW, "learning360_as_of": clock}

    def show(text: str) -> None:
        if text.startswith("error"):
            print_line("", escape(text))

    summary = build.build(build.environment(there, BUILT, home), variables, show)
    print_line("dbt build", f"{summary} in {time.monotonic() - begun:.0f} s")
    wrong = differences(url, there)
    for line in wrong:
        print_line("", f"[red]{line}[/red]")
    print_line("marts", "[red]differ[/red]" if wrong else "all equal to those computed from the sandbox's rows")
    return not wrong


def reports(there: str, home: Path) -> Iterator[tuple[str, Path]]:
    """Writes the reports that an organization needs: of all firms, of each, of a quarter, and a filled template."""
    with open_database(there, read_only=True) as database:
        end = Marts(database, BUILT).overview()["period_end_date"]
    examples = TOOLS.parent / "python" / "learning360" / "examples"
    # The last quarter that has ended.
    name = f"{end.year}-T{(end.month - 1) // 3}" if end.month > 3 else f"{end.year - 1}-T4"
    options = report.Options(
        per_firm=home / "cabinets", template=examples / "modele.xlsx", mapping=examples / "modele.yml"
    )
    begun = time.monotonic()
    files = report.write(there, BUILT, None, home, options).files
    files += report.write(there, BUILT, None, home / name, report.Options(Scope(*quarter(name)))).files
    print_line("report", f"{len(files)} files in {time.monotonic() - begun:.0f} s")
    for file in files:
        of = "the quarter" if file.parent.name == name else "one firm" if file.parent != home else "all firms"
        kind = "page" if file.suffix == ".html" else "template" if file.stem == "modele" else "workbook"
        yield f"{kind}, {of}", file


def kpis(there: str) -> None:
    table = Table("KPI", box=box.SIMPLE_HEAD)
    table.add_column("", justify="right")
    with open_database(there, read_only=True) as database:
        for total in Marts(database, BUILT).totals():
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
        print_line("database", there)

        print_title("Running the connector")
        streams = short_commands(binary, config)
        print_line("read", f"{rate} requests per second: the sandbox admits {RATE_LIMIT} here, the real API grants 50")
        control(url, "/requests", method="DELETE")  # The requests of `check` are not part of the read.
        with progress(url):
            # A PostgreSQL may hold an earlier demo, so everything is read in full.
            loaded = load(binary, config, there, f"--full-refresh={ALL}")
        requests = control(url, "/requests")
        comparisons = list(compare(there, streams, control(url, "/truth")))
        show(comparisons)
        complete = all(one.ok for one in comparisons)
        print_line("rows", f"{loaded}, " + ("none missing, none twice" if complete else "[red]some differ[/red]"))
        repeated, peak = len(requests["repeated"]), requests["peak_per_second"]
        sent = f"{requests['total']:,} in {requests['seconds']:.1f} s"
        print_line("requests", f"{sent}, {repeated} sent twice, at most {peak} in one second")

        print_line("answers", load_feedback(url, there, home))

        print_title("From tables to KPIs")
        right = model(url, there, home)

        print_title("A day later: everything again, incrementally")
        control(url, "/change", method="POST")
        with progress(url):
            print_line("rows", load(binary, config, there))
        print_line("answers", load_feedback(url, there, home))
        right = model(url, there, home) and right

    print_title("KPIs and report")
    kpis(there)
    for name, file in reports(there, home):
        print_line(name, str(file))
    hint = " (make postgres-stop removes it)" if wanted == "postgres" else ""
    print_line("database", f"{there}, schema {BUILT}_learning360_marts{hint}")
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
    except (DemoError, CommandError, KeyboardInterrupt) as error:
        return stopped[0] if stopped else sys.exit(f"demo: {error}")


if __name__ == "__main__":
    sys.exit(main())
