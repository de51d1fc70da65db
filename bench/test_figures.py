"""Regressions of the figures are found, and the page equals the committed figures."""

from __future__ import annotations

import copy
import unittest
from pathlib import Path

import publish
from figures import Figures, Run, regressions

KEPT = Path(__file__).with_name("figures.json")


def measured() -> Figures:
    runs = {
        "connector": Run(100.0, 0.4, 11, 1000, 4950),
        "curl": Run(0.2, 0.2, 13, 0, 4950),
        "peer": Run(107.0, 24.0, 160, 1000, 5000),
    }
    law = {"connector": Run(100.0, 1.0, 11, 1000, 4950), "peer": Run(107.0, 30.0, 160, 1000, 5000)}
    return Figures({"free": runs, "law": law}, {}, {"connector": 0.002, "peer": 2.0}, {"connector": 5, "peer": 100})


class Regressions(unittest.TestCase):
    def test_the_same_figures_are_none(self) -> None:
        self.assertEqual(regressions(measured(), measured()), [])

    def test_a_machine_that_is_half_as_fast_has_none(self) -> None:
        slower = measured()
        for runs in slower.situations.values():
            for run in runs.values():
                run.cpu_s *= 2
        slower.spec_s = {name: seconds * 2 for name, seconds in slower.spec_s.items()}
        self.assertEqual(regressions(slower, measured()), [])

    def test_each_kind_of_loss_is_named(self) -> None:
        for change, named in (
            ({"cpu_s": 0.6}, "free: CPU seconds, of curl's"),
            ({"cpu_s": 0.6}, "free: CPU seconds, of peer's"),
            ({"memory_mb": 15}, "free: memory, of peer's"),
            ({"requests": 5001}, "free: requests, of peer's"),
        ):
            worse = measured()
            for name, value in change.items():
                setattr(worse.situations["free"]["connector"], name, value)
            self.assertTrue(any(line.startswith(named) for line in regressions(worse, measured())), named)

    def test_what_was_promised_holds_whatever_the_committed_figures_say(self) -> None:
        worse = measured()
        worse.situations["law"]["connector"].wall_s = 102
        found = regressions(worse, copy.deepcopy(worse))
        self.assertEqual([line.split(":")[1].strip() for line in found], ["wall time, of the floor"])

    def test_what_was_not_measured_is_not_compared(self) -> None:
        part = Figures({"free": measured().situations["free"]})
        self.assertEqual(regressions(part, measured()), [])


class Committed(unittest.TestCase):
    def test_the_committed_figures_keep_what_was_promised(self) -> None:
        kept = Figures.read(KEPT)
        self.assertEqual(regressions(kept, kept), [])
        for run in kept.growth.values():
            self.assertLess(run.memory_mb, 64)
        self.assertLess(kept.spec_s["connector"], 0.010)

    def test_the_page_and_the_picture_are_true_to_the_committed_figures(self) -> None:
        kept = Figures.read(KEPT)
        text = publish.PAGE.read_text()
        self.assertEqual(publish.page(text, kept), text)
        self.assertEqual(publish.PICTURE.read_text(), publish.picture(kept))
        self.assertIn("<!-- growth: written by", text)
        self.assertIn("<!-- contestants: written by", text)


if __name__ == "__main__":
    unittest.main()
