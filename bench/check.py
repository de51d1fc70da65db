"""`make bench-check`: compares new figures with the committed ones, by ratios, which hold on any machine."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from figures import Figures, regressions


def main() -> None:
    parser = argparse.ArgumentParser(description="Fails if a ratio is worse than the committed one.")
    parser.add_argument("--kept", type=Path, required=True, help="the committed figures")
    parser.add_argument("--now", type=Path, required=True, help="the new figures")
    args = parser.parse_args()
    kept, now = Figures.read(args.kept), Figures.read(args.now)
    before = kept.ratios()
    for name, ratio in now.ratios().items():
        print(f"{name:<36}{ratio:9.4f}, was {before.get(name, float('nan')):.4f}")
    worse = regressions(now, kept)
    if worse:
        sys.exit("\n".join(["bench-check: worse than the committed figures:", *worse]))
    print("No ratio is worse than the committed figures allow.")


if __name__ == "__main__":
    main()
