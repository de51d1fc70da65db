"""Load, build, report: what a night needs, in one command."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from learning360 import CommandError

# The name of a step, and what it does: it returns what the summary says.
Step = tuple[str, Callable[[], str]]


@contextmanager
def alone(config: Path) -> Iterator[None]:
    """Locks the configuration, until the process ends: two runs would share 360Learning's requests per second."""
    with config.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CommandError(f"Another run with {config} is under way. Wait until it ends.") from error
        yield


def run(steps: list[Step], show: Callable[[str], None]) -> None:
    """Runs the steps until one fails, then shows the summary. Raises what failed after it, so that it is said last."""
    summary, failure = [], None
    width = max(7, *(len(name) for name, _ in steps))
    for name, step in steps:
        if failure:
            summary.append(f"{name:<{width}} not run")
            continue
        show(f"== {name}")
        begun = time.monotonic()
        try:
            result = step()
        except CommandError as error:
            result, failure = f"FAILED: {error}", error
        summary.append(f"{name:<{width}} {result} ({time.monotonic() - begun:.0f} s)")
    show("== summary")
    for line in summary:
        show(line)
    if failure:
        raise failure
