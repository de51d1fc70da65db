"""The figures of the bench, and their ratios, which hold on any machine."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Situation:
    """Limit and latency of the sandbox, and the rate configured for connector and peer."""

    title: str
    rate_limit: int
    latency_ms: int
    pace: int


SITUATIONS = {
    "free": Situation("no limit, no latency", 0, 0, 1000),
    "law": Situation("50 requests/s, 80 ms", 50, 80, 50),
    "far": Situation("50 requests/s, 300 ms", 50, 300, 50),
}

# Accounts of other sizes.
GROWTH = ("small", "france-num", "x10", "x100")


@dataclass
class Run:
    """One run of one contestant, or the medians of several."""

    wall_s: float
    cpu_s: float
    memory_mb: float
    records: float = 0
    requests: float = 0
    refused: float = 0

    def of_the_floor(self, situation: Situation) -> float:
        """Wall time divided by the time that the requests take at the limit."""
        return self.wall_s / (self.requests / situation.rate_limit)

    def line(self, title: str, name: str, floor: str, share: str) -> str:
        """The run as a line for a terminal."""
        rows = f"{self.records / self.cpu_s:,.0f}" if self.records else ""
        wall, cpu, memory = f"{self.wall_s:.1f}", f"{self.cpu_s:.2f}", f"{self.memory_mb:.0f}"
        return line(title, name, wall, floor, cpu, share, memory, rows, f"{self.requests:,.0f}", f"{self.refused:.0f}")


def line(title: str, name: str, *cells: str) -> str:
    widths = (8, 9, 8, 8, 6, 12, 8, 5)
    return f"{title:<24}{name:<10}" + "".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))


def median(runs: list[Run]) -> Run:
    return Run(**{name: statistics.median(asdict(run)[name] for run in runs) for name in asdict(runs[0])})


@dataclass
class Figures:
    """Medians by situation and contestant, one run by size of account, seconds of `spec`, megabytes on disk."""

    situations: dict[str, dict[str, Run]] = field(default_factory=dict)
    growth: dict[str, Run] = field(default_factory=dict)
    spec_s: dict[str, float] = field(default_factory=dict)
    megabytes: dict[str, float] = field(default_factory=dict)

    @classmethod
    def read(cls, file: Path) -> Figures:
        kept = json.loads(file.read_text())
        situations = {name: {one: Run(**run) for one, run in runs.items()} for name, runs in kept["situations"].items()}
        growth = {name: Run(**run) for name, run in kept["growth"].items()}
        return cls(situations, growth, kept["spec_s"], kept["megabytes"])

    def write(self, file: Path) -> None:
        file.write_text(json.dumps(asdict(self), indent=1) + "\n")

    def table(self) -> Iterator[str]:
        """The figures as lines for a terminal."""
        yield line("", "", "wall s", "/ floor", "CPU s", "/ peer", "MB", "rows/CPU s", "GETs", "429")
        for name, runs in self.situations.items():
            situation = SITUATIONS[name]
            for one, run in runs.items():
                floor = f"{run.of_the_floor(situation):.3f}" if situation.rate_limit else ""
                share = f"{run.cpu_s / runs['peer'].cpu_s:.3f}" if "peer" in runs else ""
                yield run.line(situation.title, one, floor, share)
        for one, seconds in self.spec_s.items():
            yield f"{'spec':<24}{one:<10}{seconds * 1000:8.1f} ms, {self.megabytes[one]:.1f} MB on disk"
        for scale, run in self.growth.items():
            yield run.line(scale, "connector", "", "")

    def ratios(self) -> dict[str, float]:
        """Figures divided by others of the same minutes, comparable between machines. Less is better."""
        found = {}
        for name, runs in self.situations.items():
            ours, situation = runs["connector"], SITUATIONS[name]
            for other in ("curl", "peer"):
                if other in runs:
                    found[f"{name}: CPU seconds, of {other}'s"] = ours.cpu_s / runs[other].cpu_s
            if "peer" in runs:
                found[f"{name}: memory, of peer's"] = ours.memory_mb / runs["peer"].memory_mb
                found[f"{name}: requests, of peer's"] = ours.requests / runs["peer"].requests
            if situation.rate_limit:
                found[f"{name}: wall time, of the floor"] = ours.of_the_floor(situation)
        if self.spec_s:
            found["spec: seconds, of peer's"] = self.spec_s["connector"] / self.spec_s["peer"]
            found["disk: megabytes, of peer's"] = self.megabytes["connector"] / self.megabytes["peer"]
        return found


# The factor by which a ratio may be worse before it is a regression: the spread between machines and between minutes.
# The number of requests is exact, so it has almost none.
TOLERANCE = {"CPU seconds": 1.3, "memory": 1.3, "requests": 1.01, "wall time": 1.01, "seconds": 2.0, "megabytes": 1.2}

# Upper bounds that hold whatever the committed figures are.
PROMISED = {
    "free: CPU seconds, of curl's": 3.0,
    "free: requests, of peer's": 1.0,
    "law: wall time, of the floor": 1.02,
    "far: wall time, of the floor": 1.02,
}


def regressions(now: Figures, kept: Figures) -> list[str]:
    """The ratios of `now` that are worse than the committed or the promised ones, each in a sentence."""
    before, found = kept.ratios(), []
    for name, ratio in now.ratios().items():
        kind = name.split(": ")[1].split(",")[0]
        allowed = before.get(name, float("inf")) * TOLERANCE[kind]
        if ratio > min(allowed, PROMISED.get(name, float("inf"))):
            was = before.get(name, float("nan"))
            promised = f", promised at most {PROMISED[name]}" if name in PROMISED else ""
            found.append(f"{name}: {ratio:.4f}, was {was:.4f}, tolerated up to {allowed:.4f}{promised}")
    return found
