"""`make bench`: the connector beside the peer and beside the physical floor, on one sandbox, in one go.

Three situations: nothing holds back (what does it cost?), 50 requests per second with 80 ms of latency (the law), and with
300 ms (far away). The thirteen streams of a training report at France Num scale. Runs alternate, so that whatever else the
machine does meets all alike; the figures are medians. Everything is told as a ratio to the peer or to the floor as well,
since a second on this machine is none on yours.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml
from peer import manifest

ROOT = Path(__file__).resolve().parents[1]
STREAMS = yaml.safe_load((ROOT / "metadata.yaml").read_text())["data"]["suggestedStreams"]["streams"]
RECORD = b'"type":"RECORD"'


@dataclass(frozen=True)
class Situation:
    """What the sandbox is like, and the pace that connector and peer are told to keep."""

    name: str
    title: str
    rate_limit: int
    latency_ms: int
    pace: int


SITUATIONS = (
    Situation("free", "no limit, no latency", 0, 0, 1000),
    Situation("law", "50 requests/s, 80 ms", 50, 80, 50),
    Situation("far", "50 requests/s, 300 ms", 50, 300, 50),
)


@dataclass
class Run:
    """One run of one contestant."""

    wall_s: float
    cpu_s: float
    memory_mb: float
    records: int = 0
    requests: int = 0
    refused: int = 0


def ask(url: str, path: str = "", method: str = "GET") -> Any:
    with urllib.request.urlopen(urllib.request.Request(f"{url}/__sandbox{path}", method=method)) as answer:
        return json.loads(answer.read() or "null")


@contextmanager
def sandbox(binary: Path, scale: str, situation: Situation) -> Iterator[str]:
    command = [str(binary), "--port=0", f"--scale={scale}", f"--rate-limit={situation.rate_limit}", f"--latency-ms={situation.latency_ms}"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        yield next(line.split()[-1] for line in process.stdout if line.startswith("listening on "))
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def measured(command: list[str], counts: bool = True) -> Run:
    """Runs a command to its end. Its output is counted and thrown away; it must succeed."""
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
    """Keeps the most memory that a process had, in MB. What `wait4` tells of it begins with the memory of this program."""
    with suppress(OSError):
        while lines := [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM")]:
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

    def commands(self, url: str, situation: Situation) -> dict[str, list[str]]:
        """How each contestant reads the thirteen streams."""
        config = {"base_url": url, **ask(url)["credentials"]}
        ours = self.write("ours.json", {**config, "requests_per_second": situation.pace})
        injected = {**config, "__injected_declarative_manifest": manifest(situation.pace if situation.rate_limit else 0)}
        theirs = self.write("theirs.json", injected)
        commands = {}
        for name, binary, file in (("connector", self.connector, ours), ("peer", self.peer, theirs)):
            told = subprocess.run([binary, "discover", "--config", file], capture_output=True, text=True, check=True).stdout
            offered = next(message["catalog"] for message in map(json.loads, told.splitlines()) if message["type"] == "CATALOG")
            streams = [
                {"stream": one, "sync_mode": "full_refresh", "destination_sync_mode": "overwrite"}
                for one in offered["streams"]
                if one["name"] in STREAMS
            ]
            if len(streams) != len(STREAMS):
                sys.exit(f"bench: {name} has {len(streams)} of the {len(STREAMS)} streams.")
            catalog = self.write(f"{name}-catalog.json", {"streams": streams})
            commands[name] = [str(binary), "read", "--config", file, "--catalog", catalog]
        return commands

    def run(self, url: str, command: list[str], counts: bool = True) -> Run:
        ask(url, "/requests", method="DELETE")
        run = measured(command, counts)
        told = ask(url, "/requests")
        run.requests, run.refused = told["total"], told["statuses"].get("429", 0)
        return run

    def curl(self, url: str) -> list[str]:
        """The pages that were asked for last, fetched by curl to nowhere: what they cost whoever does nothing with them."""
        config = json.dumps({"grant_type": "client_credentials", **ask(url)["credentials"]}).encode()
        request = urllib.request.Request(f"{url}/api/v2/oauth2/token", config, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request) as answer:
            token = json.load(answer)["access_token"]
        lines = [f'header = "Authorization: Bearer {token}"\nheader = "360-api-version: v2.0"\nparallel\nparallel-max = 20\ngloboff\nsilent\nfail']
        lines += [f'url = "{url}{page}"\noutput = "/dev/null"' for page in ask(url, "/requests/urls")]
        return ["curl", "--disable", "--config", self.write("curl.txt", "\n".join(lines))]

    def situation(self, situation: Situation, runs: int) -> dict[str, list[Run]]:
        results: dict[str, list[Run]] = {}
        with sandbox(self.sandbox, self.scale, situation) as url:
            commands = self.commands(url, situation)
            expected = sum(count for name, count in ask(url, "/truth").items() if name in STREAMS)
            for number in range(runs):
                for name, command in commands.items():
                    run = self.run(url, command)
                    if run.records != expected:
                        sys.exit(f"bench: {name} read {run.records} records of {expected}.")
                    results.setdefault(name, []).append(run)
                    tell(situation, number, name, run)
                    if name == "connector" and not situation.rate_limit:
                        run = self.run(url, self.curl(url), counts=False)
                        results.setdefault("curl", []).append(run)
                        tell(situation, number, "curl", run)
        return results

    def start(self, runs: int) -> dict[str, float]:
        """Seconds until the form is told."""
        config = self.home / "theirs.json"
        commands = {"connector": [str(self.connector), "spec"], "peer": [str(self.peer), "spec", "--config", str(config)]}
        return {
            name: statistics.median(measured(command, counts=False).wall_s for _ in range(runs if name == "peer" else 10 * runs))
            for name, command in commands.items()
        }


def tell(situation: Situation, number: int, name: str, run: Run) -> None:
    print(f"   {situation.title}, run {number + 1}: {name:<9} {run.wall_s:7.1f} s, {run.cpu_s:6.2f} CPU s, {run.memory_mb:4.0f} MB", flush=True)


def median(runs: list[Run]) -> Run:
    return Run(**{name: statistics.median(asdict(run)[name] for run in runs) for name in asdict(runs[0])})


def table(results: dict[str, dict[str, Run]], start: dict[str, float]) -> Iterator[str]:
    yield f"{'':<24}{'':<10}{'wall s':>8}{'/ floor':>9}{'CPU s':>8}{'/ peer':>8}{'MB':>6}{'rows/CPU s':>12}{'GETs':>8}{'429':>5}"
    for situation in SITUATIONS:
        if situation.name not in results:
            continue
        runs = results[situation.name]
        for name, run in runs.items():
            floor = f"{run.wall_s / (run.requests / situation.rate_limit):9.3f}" if situation.rate_limit else f"{'':>9}"
            share = f"{run.cpu_s / runs['peer'].cpu_s:8.3f}"
            rows = f"{run.records / run.cpu_s:12,.0f}" if run.records else f"{'':>12}"
            yield f"{situation.title:<24}{name:<10}{run.wall_s:8.1f}{floor}{run.cpu_s:8.2f}{share}{run.memory_mb:6.0f}{rows}{run.requests:8,.0f}{run.refused:5.0f}"
    for name, seconds in start.items():
        yield f"{'spec':<24}{name:<10}{seconds * 1000:8.1f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(description="The connector beside the peer and beside curl.")
    parser.add_argument("--binaries", type=Path, required=True)
    parser.add_argument("--scale", default="france-num")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--situations", nargs="+", default=[one.name for one in SITUATIONS], choices=[one.name for one in SITUATIONS])
    parser.add_argument("--json", type=Path, help="where the figures are written")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as home:
        bench = Bench(args.binaries.resolve(), Path(home), args.scale)
        results = {}
        for situation in SITUATIONS:
            if situation.name in args.situations:
                runs = bench.situation(situation, args.runs)
                results[situation.name] = {name: median(of) for name, of in runs.items()}
        start = bench.start(args.runs)
    print(*table(results, start), sep="\n")
    if args.json:
        figures = {name: {one: asdict(run) for one, run in runs.items()} for name, runs in results.items()}
        args.json.write_text(json.dumps({"scale": args.scale, "situations": figures, "spec_s": start}, indent=1) + "\n")


if __name__ == "__main__":
    main()
