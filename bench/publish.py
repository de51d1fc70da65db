"""Writes the figures into docs/performance.md, as tables and as a picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path

from figures import SITUATIONS, Figures, Run

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "performance.md"
PICTURE = ROOT / "docs" / "pictures" / "performance.svg"
NAMES = {"curl": "curl", "connector": "the connector", "peer": "the peer"}
COLORS = {"curl": "#9aa5b1", "connector": "#0f766e", "peer": "#d97706"}


def write(figures: Figures) -> None:
    """Writes the page and the picture."""
    PAGE.write_text(page(PAGE.read_text(), figures))
    PICTURE.write_text(picture(figures))


def page(text: str, figures: Figures) -> str:
    """The page with the tables of the figures."""
    for name, lines in (("contestants", contestants(figures)), ("growth", growth(figures))):
        block = f"<!-- {name}: written by `make bench` -->\n" + "\n".join(lines) + f"\n<!-- /{name} -->"
        start, end = text.index(f"<!-- {name}: "), text.index(f"<!-- /{name} -->")
        text = text[:start] + block + text[end + len(f"<!-- /{name} -->") :]
    return text


def row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def header(*titles: str) -> str:
    return "|" + "".join(f" {title} |" if title else " |" for title in titles) + "\n|" + " --- |" * len(titles)


def contestants(figures: Figures) -> Iterator[str]:
    speed = ("wall time", "of the floor", "CPU", "of the peer's", "records per CPU second")
    yield header("", *speed, "memory", "requests", "refused (429)")
    for name, runs in figures.situations.items():
        situation = SITUATIONS[name]
        yield f"| **{situation.title}** | | | | | | | | |"
        for one in sorted(runs, key=list(NAMES).index):
            run = runs[one]
            floor = f"{run.of_the_floor(situation):.3f}" if situation.rate_limit else ""
            share = "" if one == "peer" else f"1/{runs['peer'].cpu_s / run.cpu_s:.0f}"
            rows = f"{run.records / run.cpu_s:,.0f}" if run.records else ""
            speed = (f"{run.wall_s:.1f} s", floor, f"{run.cpu_s:.2f} s", share, rows)
            yield row(NAMES[one], *speed, f"{run.memory_mb:.0f} MB", f"{run.requests:,.0f}", f"{run.refused:.0f}")
    yield ""
    yield header("", "time of `spec`", "on disk")
    for one, what in (
        ("connector", "the binary"),
        ("peer", "`airbyte-cdk` and the packages that it requires, without Python"),
    ):
        yield row(NAMES[one], f"{figures.spec_s[one] * 1000:,.1f} ms", f"{figures.megabytes[one]:,.1f} MB: {what}")


def growth(figures: Figures) -> Iterator[str]:
    per = "per 1,000 requests"
    yield header("account", "requests", "records", "wall time", per, "CPU", per, "memory")
    for scale, run in figures.growth.items():
        thousands = run.requests / 1000
        wall = (f"{run.wall_s:,.1f} s", f"{run.wall_s / thousands:.2f} s")
        cpu = (f"{run.cpu_s:,.2f} s", f"{run.cpu_s / thousands:.3f} s")
        yield row(f"`{scale}`", f"{run.requests:,.0f}", f"{run.records:,.0f}", *wall, *cpu, f"{run.memory_mb:.0f} MB")


def picture(figures: Figures) -> str:
    """Bars side by side, one panel for CPU, memory and wall time each."""
    free, law = figures.situations["free"], figures.situations["law"]
    floor = law["connector"].requests / SITUATIONS["law"].rate_limit
    records = f"{free['connector'].records:,.0f} records"
    panels: list[tuple[str, dict[str, Run], Callable[[Run], float], str, float | None]] = [
        (f"CPU seconds for {records}", free, lambda run: run.cpu_s, "{:.2f} s", None),
        ("Peak memory", free, lambda run: run.memory_mb, "{:.0f} MB", None),
        ("Wall time at 50 requests/s", law, lambda run: run.wall_s, "{:.1f} s", floor),
    ]
    width, height = 300, 210
    drawn = [
        panel(index * width, title, runs, value, form, floor)
        for index, (title, runs, value, form, floor) in enumerate(panels)
    ]
    total, font = width * len(panels), 'font-family="system-ui, sans-serif" font-size="13"'
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {total} {height}" {font}>'
    background = f'<rect width="{total}" height="{height}" fill="#ffffff"/>'
    return "\n".join([opening, background, *drawn, "</svg>\n"])


def panel(
    left: int, title: str, runs: dict[str, Run], value: Callable[[Run], float], form: str, floor: float | None
) -> str:
    top, bottom, bar = 48, 172, 56
    # Room above the highest bar for its label.
    highest = max(value(run) for run in runs.values()) * 1.15
    parts = [f'<text x="{left + 16}" y="24" font-weight="600" fill="#1f2933">{escape(title)}</text>']
    for index, one in enumerate(one for one in NAMES if one in runs):
        height = max(1.5, (bottom - top) * value(runs[one]) / highest)
        x = left + 28 + index * (bar + 30)
        middle, label = f'x="{x + bar / 2}"', form.format(value(runs[one]))
        parts += [
            f'<rect x="{x}" y="{bottom - height:.1f}" width="{bar}" height="{height:.1f}" fill="{COLORS[one]}"/>',
            f'<text {middle} y="{bottom - height - 6:.1f}" text-anchor="middle" fill="#1f2933">{label}</text>',
            f'<text {middle} y="{bottom + 20}" text-anchor="middle" fill="#52606d">{NAMES[one]}</text>',
        ]
    if floor:
        y, red = bottom - (bottom - top) * floor / highest, 'stroke="#b91c1c" stroke-dasharray="5 4"'
        parts += [
            f'<line x1="{left + 16}" x2="{left + 284}" y1="{y:.1f}" y2="{y:.1f}" {red}/>',
            f'<text x="{left + 284}" y="{y + 14:.1f}" text-anchor="end" fill="#b91c1c">the floor: {floor:.1f} s</text>',
        ]
    return "\n".join(parts)
