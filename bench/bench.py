"""`make bench`: compares the connector with the peer and with the physical floor, on one sandbox.

Three situations: no limit (the cost), 50 requests per second (the API's limit) with 80 ms of latency, and with 300 ms
(a distant client). The thirteen streams of a training report at France Num scale. Runs alternate, so that other load
on the machine affects all alike; the figures are medians. Ratios to the peer and to the floor make figures of two
machines comparable. `--growth` reads accounts of other sizes, with the connector alone.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from figures import GROWTH, SITUATIONS, Figures, Run, Situation, median
from peer import manifest
from publish import write

ROOT = Path(__file__).resolve().parents[1]
# The streams that version 0.1.0 suggested: figures of different versions compare the same work.
STREAMS = """users groups custom_fields user_custom_field_values paths path_sessions path_stats path_enrollments
classrooms classroom_slots classroom_registrations attendance_sheets attendances""".split()
RECORD = b'"type":"RECORD"'


def control(url: str, path: str = "", method: str = "GET") -> Any:
    with urllib.request.urlopen(urllib.request.Request(f"{url}/__sandbox{path}", method=method)) as response:
        return json.loads(response.read() or "null")


@contextmanager
def sandbox(binary: Path, scale: str, situation: Situation) -> Iterator[str]:
    command = [
        str(binary),
        "--port=0",
        f"--scale={scale}",
        f"--rate-limit={situation.rate_limit}",
        f"--latency-ms={situation.latency_ms}",
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        yield next(line.split()[-1] for line in process.stdout if line.startswith("listening on "))
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def measured(command: list[str], counts: bool = True) -> Run:
    """Runs a command, which must succeed, and counts its records."""
    begun = time.monotonic()
    output = subprocess.PIPE if counts else subprocess.DEVNULL
    process = subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    peak = threading.Thread(target=watch, args=(process.pid, memory := [0.0]), daemon=True)
    peak.start()
    records, rest = 0, b""
    if process.stdout:
        while block := process.stdout.read(1 << 20):
            records += (rest[-len(RECORD) + 1 :] + block).count(RECORD)
            rest = block
        process.stdout.close()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"bench: {' '.join(command[:2])} ended with exit code {process.returncode}.")
    return Run(time.monotonic() - begun, usage.ru_utime + usage.ru_stime, memory[0], records)


def watch(pid: int, peak: list[float]) -> None:
    """Keeps the peak memory of a process, in MB. `wait4` includes the memory of this program at the fork."""
    status = Path(f"/proc/{pid}/status")
    with suppress(OSError):
        while lines := [line for line in status.read_text().splitlines() if line.startswith("VmHWM")]:
            peak[0] = int(lines[0].split()[1]) / 1024
            time.sleep(0.02)


class Bench:
    def __init__(self, binaries: Path, home: Path, scale: str) -> None:
        self.connector, self.sandbox = binaries / "source-360learning", binaries / "sandbox-360learning"
        self.peer = Path(sys.executable).with_name("source-declarative-manifest")
        self.home, self.scale = home, scale

    def write(self, name: str, content: Any) -> str:
        file = self.home / name
        file.write_text(json.dumps(content) if not isinstance(content, str) else content)
        return str(file)

    def ours(self, url: str, situation: Situation) -> dict[str, Any]:
        return {"base_url": url, **control(url)["credentials"], "requests_per_second": situation.pace}

    def command(self, name: str, binary: Path, config: dict[str, Any]) -> list[str]:
        """The command with which a contestant reads the thirteen streams."""
        file = self.write(f"{name}.json", config)
        discovered = subprocess.run([binary, "discover", "--config", file], capture_output=True, text=True, check=True)
        offered = next(
            message["catalog"]
            for message in map(json.loads, discovered.stdout.splitlines())
            if message["type"] == "CATALOG"
        )
        streams = [
            {"stream": one, "sync_mode": "full_refresh", "destination_sync_mode": "overwrite"}
            for one in offered["streams"]
            if one["name"] in STREAMS
        ]
        if len(streams) != len(STREAMS):
            sys.exit(f"bench: {name} has {len(streams)} of the {len(STREAMS)} streams.")
        catalog = self.write(f"{name}-catalog.json", {"streams": streams})
        return [str(binary), "read", "--config", file, "--catalog", catalog]

    def commands(self, url: str, situation: Situation) -> dict[str, list[str]]:
        ours = self.ours(url, situation)
        theirs = {**ours, "__injected_declarative_manifest": manifest(situation.pace if situation.rate_limit else 0)}
        return {
            "connector": self.command("connector", self.connector, ours),
            "peer": self.command("peer", self.peer, theirs),
        }

    def run(self, url: str, command: list[str], counts: bool = True) -> Run:
        control(url, "/requests", method="DELETE")
        run = measured(command, counts)
        log = control(url, "/requests")
        run.requests, run.refused = log["total"], log["statuses"].get("429", 0)
        return run

    def curl(self, url: str) -> list[str]:
        """Fetches the pages of the last run with curl and discards them: the lowest possible cost."""
        config = json.dumps({"grant_type": "client_credentials", **control(url)["credentials"]}).encode()
        request = urllib.request.Request(f"{url}/api/v2/oauth2/token", config, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request) as response:
            token = json.load(response)["access_token"]
        headers = ("360-api-version: v2.0", f"Authorization: Bearer {token}")
        lines = [f'header = "{header}"' for header in headers]
        lines += ["parallel", "parallel-max = 20", "globoff", "silent"]
        lines += [f'url = "{url}{page}"\noutput = "/dev/null"' for page in control(url, "/requests/urls")]
        return ["curl", "--disable", "--config", self.write("curl.txt", "\n".join(lines))]

    def situation(self, situation: Situation, runs: int, alone: bool = False) -> dict[str, list[Run]]:
        results: dict[str, list[Run]] = {}
        with sandbox(self.sandbox, self.scale, situation) as url:
            commands = self.commands(url, situation)
            if alone and situation.rate_limit:
                del commands["peer"]
            expected = sum(count for name, count in control(url, "/truth").items() if name in STREAMS)
            for number in range(runs):
                for name, command in commands.items():
                    run = self.run(url, command)
                    if run.records != expected:
                        sys.exit(f"bench: {name} read {run.records} records of {expected}.")
                    results.setdefault(name, []).append(run)
                    print_run(f"{situation.title}, run {number + 1}, {name}", run)
                    if name == "connector" and not situation.rate_limit:
                        statuses = control(url, "/requests")["statuses"]
                        run = self.run(url, self.curl(url), counts=False)
                        if control(url, "/requests")["statuses"] != statuses:
                            sys.exit("bench: curl and the connector got different statuses.")
                        results.setdefault("curl", []).append(run)
                        print_run(f"{situation.title}, run {number + 1}, curl", run)
        return results

    def grown(self, scale: str) -> Run:
        """The connector alone, at its highest rate, on an account of another size."""
        situation = SITUATIONS["free"]
        with sandbox(self.sandbox, scale, situation) as url:
            run = self.run(url, self.command("connector", self.connector, self.ours(url, situation)))
            expected = sum(count for name, count in control(url, "/truth").items() if name in STREAMS)
            if run.records != expected:
                sys.exit(f"bench: {scale} has {expected} records, and {run.records} were read.")
        print_run(f"{scale}, {run.requests:,.0f} requests", run)
        return run

    def start(self, runs: int) -> dict[str, float]:
        """Seconds until `spec` has printed the form."""
        config = self.home / "peer.json"
        commands = {
            "connector": [str(self.connector), "spec"],
            "peer": [str(self.peer), "spec", "--config", str(config)],
        }
        repeats = {"connector": 10 * runs, "peer": runs}
        return {
            name: statistics.median(measured(command, counts=False).wall_s for _ in range(repeats[name]))
            for name, command in commands.items()
        }


def print_run(title: str, run: Run) -> None:
    print(f"   {title}: {run.wall_s:.1f} s, {run.cpu_s:.2f} CPU s, {run.memory_mb:.0f} MB", flush=True)


def megabytes(distributions: set[str]) -> float:
    """The size of the installed packages on disk."""
    files = (file for name in distributions for file in distribution(name).files or [])
    return sum(path.stat().st_size for file in files if (path := Path(str(file.locate()))).is_file()) / 1e6


def required(name: str) -> set[str]:
    """A package and its installed requirements, without extras."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        one = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if one in found:
            continue
        with suppress(ModuleNotFoundError):
            requirements = distribution(one).requires or []
            found.add(one)
            waiting += [re.match(r"[\w.-]+", text)[0] for text in requirements if "extra ==" not in text]  # type: ignore[index]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="Compares the connector with the peer and with curl.")
    parser.add_argument("--binaries", type=Path, required=True)
    parser.add_argument("--scale", default="france-num")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--situations", nargs="*", default=list(SITUATIONS), choices=list(SITUATIONS))
    parser.add_argument("--growth", nargs="*", default=[], choices=GROWTH, help="also read accounts of these sizes")
    parser.add_argument("--alone", action="store_true", help="without the peer where requests are limited")
    parser.add_argument(
        "--json", type=Path, required=True, help="the file of the figures; figures that are not measured again stay"
    )
    parser.add_argument(
        "--docs", action="store_true", help="write the figures into docs/performance.md and its picture"
    )
    args = parser.parse_args()
    figures = Figures.read(args.json) if args.json.exists() else Figures()
    with tempfile.TemporaryDirectory(prefix="bench-") as home:
        bench = Bench(args.binaries.resolve(), Path(home), args.scale)
        for name in args.situations:
            runs = bench.situation(SITUATIONS[name], args.runs, args.alone)
            figures.situations[name] = {one: median(of) for one, of in runs.items()}
        for scale in args.growth:
            figures.growth[scale] = bench.grown(scale)
        if args.situations:
            figures.spec_s = bench.start(args.runs)
            figures.megabytes = {
                "connector": bench.connector.stat().st_size / 1e6,
                "peer": megabytes(required("airbyte-cdk")),
            }
    figures.write(args.json)
    print(*figures.table(), sep="\n")
    if args.docs:
        write(figures)


if __name__ == "__main__":
    main()
