"""Answers of learners in files as people and their programs write them: encodings, lines and values."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from .answer_case import HEAD, LINE, Answers


class Files(Answers):
    def test_every_encoding_and_separator_of_a_spreadsheet_gives_the_same_answers(self) -> None:
        text = HEAD + LINE + LINE.replace("anna", "bran").replace("Très bien", '"«\u00a0Œuvre\u00a0» ;\nà refaire"')
        tabs = text.replace(";\n", "\v").replace(";", "\t").replace("\v", ";\n")
        files = {
            "utf-8": text.encode(),
            "utf-8 with a mark": text.encode("utf-8-sig"),
            "windows-1252": text.encode("cp1252"),
            "utf-16 of Excel": tabs.encode("utf-16"),
            "utf-16 without a mark": tabs.encode("utf-16-le"),
            "big-endian": tabs.encode("utf-16-be"),
            "commas": text.replace(";\n", "\v").replace(";", ",").replace("\v", ";\n").encode(),
            "sep= of Excel": b"sep=;\r\n" + text.replace("\n", "\r\n").encode("cp1252"),
            "sep= and a mark": ("\ufeffsep=;\n" + text).encode(),
            "lines of an old Mac": text.replace("\n", "\r").encode(),
        }
        for kind, content in files.items():
            with self.subTest(kind):
                self.loaded(content, "--raw-schema", "raw_x")
                found = self.answers("userMail", "classroomSlotName", "comment", schema="raw_x")
                comments = [
                    (mail, slot, comment.replace("\r\n", "\n").replace("\r", "\n")) for mail, slot, comment in found
                ]
                wanted = [
                    ("anna@x.example", "Séance L1", "Très bien"),
                    ("bran@x.example", "Séance L1", "«\u00a0Œuvre\u00a0» ;\nà refaire"),
                ]
                self.assertEqual(comments, wanted)

    def test_a_file_in_two_encodings_is_refused_because_its_accents_would_be_wrong(self) -> None:
        content = HEAD.encode() + LINE.encode() + LINE.replace("anna", "bran").encode("cp1252")
        self.assertIn("neither UTF-8 nor Windows-1252", self.refused(content))
        self.loaded(content, "--map", self.yaml({"encoding": "latin-1", "columns": {"classroomSlotName": "SÃ©ance"}}))

    def test_a_workbook_an_empty_file_a_head_twice_and_a_name_twice_are_each_a_sentence(self) -> None:
        self.assertIn("is a workbook of Excel: save it as CSV UTF-8", self.refused(b"PK\x03\x04" + bytes(50)))
        self.assertIn("is empty", self.refused(b""))
        self.assertIn("is empty", self.refused("\n;;\n"))
        twice = HEAD.replace("Commentaire", "Satisfaction")
        self.assertIn("the columns 'Satisfaction', 'Satisfaction' may all be score", self.refused(twice + LINE))
        self.assertIn("2 columns are called 'Satisfaction'", self.refused(twice, "--map", "score=Satisfaction"))
        (self.home / "b").mkdir()
        other = self.file(HEAD + LINE, "b/avis.csv")
        ended = self.load_answers(self.file(HEAD + LINE), other)
        self.assertIn("Two files are called avis.csv", ended.stderr)

    def test_nul_is_left_out_and_counted_and_a_formula_stays_a_text(self) -> None:
        printed = self.loaded(HEAD + LINE.replace("Très bien", "=1+1\0") + LINE.replace("01/03", "02/03"))
        self.assertIn("1 line had NUL (left out)", printed)
        self.assertEqual(self.answers("comment"), ["=1+1", "Très bien"])

    def test_a_quotation_mark_that_never_ends_takes_no_line_in_silence(self) -> None:
        content = HEAD + LINE + LINE.replace("Très bien", '"Très bien') + LINE.replace("anna", "c") + LINE
        printed = self.loaded(content)
        self.assertIn("lines 3 to 5: it has a quotation mark that does not end its text", printed)
        self.assertIn("1 answer of 1 file, 3 lines rejected", printed)

    def test_a_cell_beyond_the_limit_is_rejected_by_that_reason_and_takes_no_other_line(self) -> None:
        content = HEAD + LINE + LINE.replace("anna", "bran").replace("Très bien", "x" * 131_073)
        printed = self.loaded(content + LINE.replace("anna", "cleo"))
        self.assertIn("line 3: it has a cell of more than 131,072 characters", printed)
        self.assertEqual(self.answers("userMail"), ["anna@x.example", "cleo@x.example"])

    def test_a_line_with_too_many_or_too_few_cells_is_rejected_but_for_empty_ones_that_excel_adds_or_leaves_out(
        self,
    ) -> None:
        few, many = LINE.replace(";oui;Très bien", ""), LINE.replace("Très", "Bon;très")
        short = LINE.replace("anna", "b").replace(";Très bien", "")
        printed = self.loaded(HEAD + few + many + short + LINE.replace("\n", ";;\n"))
        self.assertIn("line 2: it has 4 cells, the head has 6", printed)
        self.assertIn("line 3: it has 7 cells, the head has 6", printed)
        self.assertEqual(self.answers("userMail", "comment"), [("b@x.example", None), ("anna@x.example", "Très bien")])


class Values(Answers):
    def of(self, column: str, texts: list[str], *options: str | Path) -> tuple[list[Any], str]:
        """The values of texts in a column of their own, each with another address, and what was printed."""
        head = {"score": "Satisfaction", "wouldRecommend": "Recommande", "answeredAt": "Horodateur"}[column]
        lines = "".join(f'u{place}@x.example;L1;"{text}";x\n' for place, text in enumerate(texts))
        printed = self.loaded(f"E-mail;Séance;{head};Commentaire\n{lines}", *options)
        return self.answers(column), printed

    def test_scores_are_read_as_people_write_them(self) -> None:
        texts = [
            "4",
            "4,5",
            "4.5",
            "4/5",
            "4 sur 5",
            "8,5 / 10",
            "★★★★",
            "★★★☆☆",
            "***",
            "92 %",
            "92\u00a0%",
            "",
            "N/A",
            "-",
        ]
        wanted = [4, 4.5, 4.5, 4, 4, 8.5, 4, 3, 3, 92, 92, None, None, None]
        self.assertEqual(self.of("score", texts)[0], [None if one is None else Decimal(str(one)) for one in wanted])
        scales = [None, None, None, 5, 5, 10, 5, 5, 5, 100, 100, None, None, None]
        self.assertEqual(self.answers("scaleMax"), scales)

    def test_a_score_that_is_none_or_off_its_scale_is_rejected_with_line_column_and_value(self) -> None:
        texts = ["bien", "6/5", "#REF!", "4;5", "1e3", "٤", "=4", "-1", "4 5"]
        found, printed = self.of("score", [*texts, "5"])
        self.assertEqual(found, [5])
        for line, text in enumerate(texts, 2):
            self.assertIn(f"avis.csv, line {line}, 'Satisfaction': {text!r} is not ", printed)
        scale = self.yaml({"scale": [1, 5]})
        printed = self.of("score", ["0", "5,1", "3", "4/5", "8/10"], "--map", scale, "--replace")[1]
        self.assertIn("'0' is not on the scale from 1 to 5", printed)
        self.assertIn("'5,1' is not on the scale from 1 to 5", printed)
        self.assertEqual(self.answers("scaleMin", "scaleMax"), [(1, 5), (1, 5), (None, 10)])

    def test_a_score_above_five_without_a_scale_is_refused_because_three_may_be_of_ten(self) -> None:
        content = "Séance;Satisfaction\nL1;3\nL1;8\n"
        self.assertIn("avis.csv, line 3: a score is 8, and nothing says on which scale", self.refused(content))
        self.loaded(content, "--map", self.yaml({"scale": [0, 10]}))
        self.assertEqual(self.answers("score", "scaleMin", "scaleMax"), [(3, 0, 10), (8, 0, 10)])

    def test_words_are_a_score_only_by_a_map(self) -> None:
        words = ["Tout à fait d’accord", "PLUTÔT  D'ACCORD", "3"]
        _, printed = self.of("score", words)
        self.assertIn("a map can give its value", printed)
        meant = self.yaml({"values": {"score": {"Tout à fait d'accord": 5, "Plutôt d'accord": "4/5"}}})
        self.assertEqual(self.of("score", words, "--map", meant)[0], [5, 4, 3])

    def test_yes_and_no_are_read_in_two_languages_and_notes_from_0_to_10_from_nine(self) -> None:
        texts = ["oui", "NON", "yes", "No", "vrai", "FAUX", "true", "false", "1", "0", "", "N/A"]
        wanted = [True, False] * 5 + [None, None]
        self.assertEqual(self.of("wouldRecommend", texts)[0], wanted)
        found, printed = self.of("wouldRecommend", ["0", "1", "8", "9", "10", "oui", "9/10"], "--replace")
        self.assertEqual(found, [False, False, False, True, True, True, True])
        self.assertIn("recommends from    9 of 10", printed)
        found, printed = self.of(
            "wouldRecommend", ["7", "6", "11", "peut-être"], "--map", self.yaml({"recommends_from": 7})
        )
        self.assertEqual(found, [True, False])
        self.assertIn("'11' is not from 0 to 10", printed)
        self.assertIn("'peut-être' is neither yes nor no", printed)

    def test_dates_are_read_in_french_and_iso_with_and_without_time_and_zone(self) -> None:
        texts = {
            "31/12/2026 14:05:33": "2026-12-31T13:05:33", "31/12/2026 14:05": "2026-12-31T13:05:00",
            "1/7/26 à 14h05": "2026-07-01T12:05:00", "01.07.2026": "2026-06-30T22:00:00",
            "2026-07-01": "2026-06-30T22:00:00", "2026-07-01 14:05": "2026-07-01T12:05:00",
            "2026-07-01T14:05:00.250Z": "2026-07-01T14:05:00.250000",
            "2026-07-01T14:05:00+05:30": "2026-07-01T08:35:00",
            "2026/07/01 2:05:33 PM UTC+2": "2026-07-01T12:05:33", "2026/07/01 12:05:33 AM GMT-4": "2026-07-01T04:05:33",
            "2026-07-01T14:05+02:00[Europe/Paris]": "2026-07-01T12:05:00",
            "2026-07-01 14:05 UTC": "2026-07-01T14:05:00",
            "": None,
        }  # fmt: skip
        found, _ = self.of("answeredAt", list(texts))
        self.assertEqual([one and one.replace(tzinfo=None).isoformat() for one in found], list(texts.values()))
        found, _ = self.of("answeredAt", ["01/07/2026 14:05"], "--time-zone", "Indian/Reunion", "--replace")
        self.assertEqual(found[0].replace(tzinfo=None).isoformat(), "2026-07-01T10:05:00")
        bad = [
            "31/02/2026",
            "46082,5",
            "bientôt",
            "2026-13-01",
            "01/07/2026 25:00",
            "01/07/2026 13:00 PM",
            "01/07/0026",
        ]
        found, printed = self.of("answeredAt", [*bad, "02/07/2026"], "--replace")
        self.assertEqual(len(found), 1)
        self.assertEqual(printed.count("rejected: avis.csv, line"), len(bad))
        self.assertIn("'46082,5' is a number of Excel", printed)

    def test_dates_with_the_month_first_are_never_read_as_days(self) -> None:
        text = (
            "E-mail;Séance;Horodateur;Satisfaction\na@x.example;L1;3/4/2026 1:00;4\nb@x.example;L1;3/14/2026 1:00;4\n"
        )
        self.assertIn("avis.csv, line 3, 'Horodateur': the month comes before the day", self.refused(text))
        self.loaded(text, "--map", self.yaml({"date_order": "mdy"}))
        self.assertEqual([(one.month, one.day) for one in self.answers("answeredAt")], [(3, 4), (3, 14)])

    def test_addresses_and_comments_are_in_no_message(self) -> None:
        lines = LINE.replace("anna@x.example", "anna x.example") + LINE.replace(";4;", ";anna@x.example;")
        printed = self.all_rejected(HEAD + lines + LINE.replace(";4;", f";{'Je suis Anna. ' * 9};"))
        self.assertIn("line 2, 'Adresse e-mail': it is not an e-mail address", printed)
        self.assertIn("line 3, 'Satisfaction': it is not a score", printed)
        self.assertIn("line 4, 'Satisfaction': it is not a score", printed)
        for secret in ("anna", "Anna", "Très bien"):
            self.assertNotIn(secret, printed)
