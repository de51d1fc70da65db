"""`python -m bi` writes `deploy/bi` after a change of a contract; with `--check` it names the files that differ."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from . import powerbi, recipe, tableau
from .model import ROOT, TABLES, columns, contracts, labels, metrics, titles

PLACE = ROOT / "deploy" / "bi"


def generated() -> dict[str, str]:
    of_marts, shown = contracts(), titles()
    found = {table.name: columns(table, of_marts, shown) for table in TABLES}
    return (
        powerbi.files(TABLES, found, metrics(), labels())
        | tableau.files(TABLES, found, metrics(), labels())
        | recipe.files(TABLES, metrics(), shown)
    )


def main() -> None:
    wanted = generated()
    present = {
        str(file.relative_to(PLACE)): file.read_text(encoding="utf-8") for file in PLACE.rglob("*") if file.is_file()
    }
    if "--check" in sys.argv[1:]:
        wrong = sorted(path for path in wanted.keys() | present.keys() if wanted.get(path) != present.get(path))
        if wrong:
            raise SystemExit(f"These files of deploy/bi differ from what `make generate` writes: {', '.join(wrong)}.")
        return
    for folder in filter(Path.is_dir, PLACE.glob("*")):
        shutil.rmtree(folder)
    for path, text in wanted.items():
        file = PLACE / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")


main()
