"""The figures in docs/performance.md, as tables and as a picture."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path

from figures import SITUATIONS, Figures, Run

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "performance.md"
PICTURE = ROOT / "docs" / "pictures" / "performance.svg"
NAMES = {"curl": "curl", "connector": "the connector", "peer": "the peer"}
COLOURS = {"curl": "#9aa5b1", "connector": "#0f766e", "peer": "#d97706"}


def write(figures: Figures) -> None:
    """Writes both again."""
    PAGE.write_text(page(PAGE.read_text(), figures))
    PICTURE.write_text(picture(figures))


def page(text: str, figures: Figures) -> str:
    """The page with its tables as the figures are."""
    for name, lines in (("contestants", contestants(figures)), ("growth", growth(figures))):
        block = f"<!-- {name}: written by `make bench` -->\n" + "\n".join(lines) + f"\n<!-- /{name} -->"
        text = re.sub(rf"<!-- {name}: .*?<!-- /{name} -->", lambda _: block, text, flags=re.DOTALL)  # noqa: B023
    return text


def contestants(figures: Figures) -> Iterator[str]:
    yield "| | wall time | of the floor | CPU | of the peer's | records per CPU second | memory | requests | refused (429) |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    for name, runs in figures.situations.items():
        situation = SITUATIONS[name]
        yield f"| **{situation.title}** | | | | | | | | |"
        for one in sorted(runs, key=list(NAMES).index):
            run = runs[one]
            floor = f"{run.of_the_floor(situation):.3f}" if situation.rate_limit else ""
            share = "" if one == "peer" else f"1/{runs['peer'].cpu_s / run.cpu_s:.0f}"
            rows = f"{run.records / run.cpu_s:,.0f}" if run.records else ""
            yield f"| {NAMES[one]} | {run.wall_s:.1f} s | {floor} | {run.cpu_s:.2f} s | {share} | {rows} | {run.memory_mb:.0f} MB | {run.requests:,.0f} | {run.refused:.0f} |"
    yield ""
    yield "| | until `spec` is told | on disk |"
    yield "| --- | --- | --- |"
    for one, what in (("connector", "the binary"), ("peer", "`airbyte-cdk` and the packages that it requires, Python left out")):
        yield f"| {NAMES[one]} | {figures.spec_s[one] * 1000:,.1f} ms | {figures.megabytes[one]:,.1f} MB: {what} |"


def growth(figures: Figures) -> Iterator[str]:
    yield "| account | requests | records | wall time | per 1,000 requests | CPU | per 1,000 requests | memory |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
    for scale, run in figures.growth.items():
        thousands = run.requests / 1000
        yield f"| `{scale}` | {run.requests:,.0f} | {run.records:,.0f} | {run.wall_s:,.1f} s | {run.wall_s / thousands:.2f} s | {run.cpu_s:,.2f} s | {run.cpu_s / thousands:.3f} s | {run.memory_mb:.0f} MB |"


def picture(figures: Figures) -> str:
    """Bars side by side, one panel for each thing that is paid for."""
    free, law = figures.situations["free"], figures.situations["law"]
    floor = law["connector"].requests / SITUATIONS["law"].rate_limit
    records = f"{free['connector'].records:,.0f} records"
    panels = [
        (f"CPU seconds for {records}", free, lambda run: run.cpu_s, "{:.2f} s", None),
        ("Peak memory", free, lambda run: run.memory_mb, "{:.0f} MB", None),
        ("Wall time at 50 requests/s", law, lambda run: run.wall_s, "{:.1f} s", floor),
    ]
    width, height = 300, 210
    drawn = [panel(index * width, title, runs, value, form, floor) for index, (title, runs, value, form, floor) in enumerate(panels)]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width * len(panels)} {height}" font-family="system-ui, sans-serif" font-size="13">',
            f'<rect width="{width * len(panels)}" height="{height}" fill="#ffffff"/>',
            *drawn,
            "</svg>\n",
        ]
    )


def panel(left: int, title: str, runs: dict[str, Run], value, form: str, floor: float | None) -> str:  # noqa: ANN001
    top, bottom, bar = 48, 172, 56
    # Room above the highest bar for what it says.
    highest = max(value(run) for run in runs.values()) * 1.15
    parts = [f'<text x="{left + 16}" y="24" font-weight="600" fill="#1f2933">{escape(title)}</text>']
    for index, one in enumerate(one for one in NAMES if one in runs):
        height = max(1.5, (bottom - top) * value(runs[one]) / highest)
        x = left + 28 + index * (bar + 30)
        parts += [
            f'<rect x="{x}" y="{bottom - height:.1f}" width="{bar}" height="{height:.1f}" fill="{COLOURS[one]}"/>',
            f'<text x="{x + bar / 2}" y="{bottom - height - 6:.1f}" text-anchor="middle" fill="#1f2933">{form.format(value(runs[one]))}</text>',
            f'<text x="{x + bar / 2}" y="{bottom + 20}" text-anchor="middle" fill="#52606d">{NAMES[one]}</text>',
        ]
    if floor:
        y = bottom - (bottom - top) * floor / highest
        parts += [
            f'<line x1="{left + 16}" x2="{left + 284}" y1="{y:.1f}" y2="{y:.1f}" stroke="#b91c1c" stroke-dasharray="5 4"/>',
            f'<text x="{left + 284}" y="{y + 14:.1f}" text-anchor="end" fill="#b91c1c">the floor: {floor:.1f} s</text>',
        ]
    return "\n".join(parts)
