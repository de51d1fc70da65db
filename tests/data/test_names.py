"""Names of sheets and files, and texts, as Excel and file systems allow them."""

from __future__ import annotations

import tempfile
import unittest

from learning360.report.files import names_of_firms
from learning360.report.labels import cut, printable
from learning360.report.workbook_book import Book


class Names(unittest.TestCase):
    def test_every_title_becomes_a_sheet_of_its_own(self) -> None:
        with tempfile.TemporaryDirectory() as home:
            book = Book(f"{home}/x.xlsx", home, {"Synthèse", "Formations"})
            long = "Cabinet d'expertise comptable de la Côte d'Émeraude"
            for title in (
                long,
                long,
                "A/B",
                "a:b",
                "'Quote'",
                "History",
                "",
                "🥞" * 40,
                "Synthèse",
                "synthèse",
                "\ufffe\ud800",
            ):
                book.add(title)
            book.add("Synthèse", is_fixed=True)
            book.close()
        self.assertEqual(book.names[:2], [long[:30] + "…", long[:26] + "… (2)"])
        self.assertEqual(book.names[2:6], ["A-B", "a-b (2)", "Quote", "History_"])
        self.assertEqual(book.names[8:], ["Synthèse (2)", "synthèse (3)", "\ufffd\ufffd", "Synthèse"])
        self.assertEqual(len({name.lower() for name in book.names}), 12)
        self.assertTrue(all(len(name.encode("utf-16-le")) // 2 <= 31 for name in book.names))

    def test_a_text_is_cut_as_excel_counts_it(self) -> None:
        self.assertEqual(cut("abc", 3), "abc")
        self.assertEqual(cut("🥞🥞🥞", 5), "🥞🥞…")

    def test_what_xml_forbids_is_replaced(self) -> None:
        self.assertEqual(printable("a\0b\x1f\ufffe\uffff\udc00\r\nc\td"), "a\ufffdb\ufffd\ufffd\ufffd\ufffd\nc\td")

    def test_each_firm_has_a_file_name_of_its_own_that_every_system_allows(self) -> None:
        firms = ["Œuvre & Fils", "A B", "a-b", "é" * 300, "è" * 300, "日本", "CON", "../..", ""]
        names = names_of_firms(firms)
        self.assertEqual(len({name.lower() for name in names.values()}), len(firms))
        self.assertEqual(names["Œuvre & Fils"], "oeuvre-fils")
        for name in names.values():
            self.assertRegex(name, r"^[a-z0-9][a-z0-9-]{0,80}$")
        # A firm more does not change the names of the others.
        self.assertEqual({**names, "Autre": "autre"}, names_of_firms([*firms, "Autre"]))
