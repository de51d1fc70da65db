"""The page `docs/fr/besoins.md`: each need of the article has a place and a test, and both exist."""

from __future__ import annotations

import re

from .support import ROOT, Case

PAGE = (ROOT / "docs" / "fr" / "besoins.md").read_text(encoding="utf-8")
ROWS = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if line.startswith("| ")]
CODE = re.compile(r"`([^`]+)`")
MARTS = {file.stem.removeprefix("learning360__") for file in (ROOT / "dbt" / "models" / "marts").glob("*.sql")}


class Needs(Case):
    def test_each_test_mart_and_file_that_the_page_names_exists(self) -> None:
        for named in CODE.findall(PAGE):
            file, _, test = named.partition("::")
            if test:
                text = (ROOT / file).read_text(encoding="utf-8")
                self.assertRegex(text, rf"\b(?:def|fn) {test}\(", named)
            elif "/" in named:
                self.assertTrue((ROOT / named).exists(), named)

    def test_each_need_has_a_place_and_a_test_and_none_is_done_by_hand(self) -> None:
        needs = [row for row in ROWS if row[0] not in ("besoin", "---")]
        self.assertGreater(len(needs), 30)
        for row in needs:
            self.assertEqual(len(row), 3, row)
            _, place, tests = row
            self.assertTrue(place and "à la main" not in place, row)
            self.assertTrue(all("::" in one for one in CODE.findall(tests)) and CODE.findall(tests), row)

    def test_each_other_name_is_a_mart_a_stream_a_column_a_variable_or_an_option(self) -> None:
        variables = (ROOT / "dbt" / "dbt_project.yml").read_text(encoding="utf-8")
        marts = (ROOT / "dbt" / "models" / "marts").glob("_*.yml")
        contracts = "".join(file.read_text(encoding="utf-8") for file in marts)
        streams = {file.stem for file in (ROOT / "schemas").glob("*.json")}
        for named in CODE.findall(PAGE):
            if "/" not in named and not re.fullmatch("learning360(?: [a-z]+|__…)?|--[a-z-]+", named):
                is_known = named in MARTS | streams or f"{{name: {named}," in contracts
                self.assertTrue(is_known or re.search(rf"(?m)^\s+{named}:", variables), named)

    def test_every_mart_that_people_read_is_on_the_page(self) -> None:
        self.assertLessEqual(MARTS, set(CODE.findall(PAGE)))
