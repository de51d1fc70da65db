"""Names of sheets, as Excel allows them."""

from __future__ import annotations

import io
import unittest

import xlsxwriter
from report.workbook import Sheets, cut


class Names(unittest.TestCase):
    def test_every_title_becomes_a_sheet_of_its_own(self) -> None:
        sheets = Sheets(xlsxwriter.Workbook(io.BytesIO()))
        long = "Cabinet d'expertise comptable de la Côte d'Émeraude"
        for title in (long, long, "A/B", "a:b", "'Quote'", "History", "", "🥞" * 40, "Synthèse", "synthèse"):
            sheets.add(title)
        self.assertEqual(sheets.names[:2], [long[:30] + "…", long[:26] + "… (2)"])
        self.assertEqual(sheets.names[2:6], ["A-B", "a-b (2)", "Quote", "History_"])
        self.assertEqual(len({name.lower() for name in sheets.names}), 10)
        self.assertTrue(all(len(name.encode("utf-16-le")) // 2 <= 31 for name in sheets.names))

    def test_a_text_is_cut_as_excel_counts_it(self) -> None:
        self.assertEqual(cut("abc", 3), "abc")
        self.assertEqual(cut("🥞🥞🥞", 5), "🥞🥞…")
