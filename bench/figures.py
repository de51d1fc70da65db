"""What the bench measures, and what can be said of it on any machine: ratios."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Situation:
    """What the sandbox is like, and the pace that connector and peer are told to keep."""

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
        """Wall time as a multiple of what the requests take at the limit."""
        return self.wall_s / (self.requests / situation.rate_limit)


def median(runs: list[Run]) -> Run:
    return Run(**{name: statistics.median(asdict(run)[name] for run in runs) for name in asdict(runs[0])})


@dataclass
class Figures:
    """Medians by situation and contestant, one run by size of account, seconds until `spec` is told, megabytes on disk."""

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
        """For whoever waited."""
        yield f"{'':<24}{'':<10}{'wall s':>8}{'/ floor':>9}{'CPU s':>8}{'/ peer':>8}{'MB':>6}{'rows/CPU s':>12}{'GETs':>8}{'429':>5}"
        for name, runs in self.situations.items():
            situation = SITUATIONS[name]
            for one, run in runs.items():
                floor = f"{run.of_the_floor(situation):9.3f}" if situation.rate_limit else f"{'':>9}"
                share = f"{run.cpu_s / runs['peer'].cpu_s:8.3f}" if "peer" in runs else f"{'':>8}"
                rows = f"{run.records / run.cpu_s:12,.0f}" if run.records else f"{'':>12}"
                yield f"{situation.title:<24}{one:<10}{run.wall_s:8.1f}{floor}{run.cpu_s:8.2f}{share}{run.memory_mb:6.0f}{rows}{run.requests:8,.0f}{run.refused:5.0f}"
        for one, seconds in self.spec_s.items():
            yield f"{'spec':<24}{one:<10}{seconds * 1000:8.1f} ms, {self.megabytes[one]:.1f} MB on disk"
        for scale, run in self.growth.items():
            yield f"{scale:<24}{'connector':<10}{run.wall_s:8.1f}{'':>9}{run.cpu_s:8.2f}{'':>8}{run.memory_mb:6.0f}{run.records / run.cpu_s:12,.0f}{run.requests:8,.0f}{run.refused:5.0f}"

    def ratios(self) -> dict[str, float]:
        """What can be compared between machines: each figure beside another one of the same minutes. Less is better."""
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


# How much worse a ratio may be, before it is a regression: what machines differ by, and what one machine differs by from
# minute to minute. Requests are counted, so they may not differ.
TOLERANCE = {"CPU seconds": 1.3, "memory": 1.3, "requests": 1.01, "wall time": 1.01, "seconds": 2.0, "megabytes": 1.2}

# What was promised, whatever the committed figures say.
PROMISED = {
    "free: CPU seconds, of curl's": 3.0,
    "free: requests, of peer's": 1.0,
    "law: wall time, of the floor": 1.02,
    "far: wall time, of the floor": 1.02,
}


def regressions(now: Figures, kept: Figures) -> list[str]:
    """Each ratio that is worse than it was, or than was promised, in a sentence. Only what was measured now is compared."""
    before, found = kept.ratios(), []
    for name, ratio in now.ratios().items():
        kind = name.split(": ")[1].split(",")[0]
        allowed = before.get(name, float("inf")) * TOLERANCE[kind]
        if ratio > min(allowed, PROMISED.get(name, float("inf"))):
            promised = f", promised at most {PROMISED[name]}" if name in PROMISED else ""
            found.append(f"{name}: {ratio:.4f}, was {before.get(name, float('nan')):.4f}, tolerated up to {allowed:.4f}{promised}")
    return found
