"""Maps of answers, files that are loaded again, files with one line per question, and the pages about them."""

from __future__ import annotations

import csv
import re
import shlex
import subprocess
import sys

from learning360.cli import load_feedback
from learning360.feedback.fields import FIELDS
from learning360.feedback.mapping import MEMBERS
from learning360.loading.database import open_database

from .answer_case import HEAD, LINE, MAPS, Answers, chdir
from .support import MOCK, POSTGRES, ROOT, Case


class Maps(Answers):
    def test_known_heads_are_recognized_and_shown_and_the_others_named(self) -> None:
        printed = self.loaded(
            "ID;Start time;Completion time;Email;Name;Session;Rating\n1;x;2026-03-01;anonymous;anonymous;S;4\n"
        )
        for words in (
            "answeredAt         Completion time",
            "score              Rating",
            "not used           ID, Start time, Name",
        ):
            self.assertIn(words, printed)
        self.assertEqual(self.answers("userMail", "sessionName", "score"), [(None, "S", 4)])

    def test_an_unknown_column_field_member_or_question_is_a_sentence_with_the_nearest(self) -> None:
        content = (
            HEAD.replace("Satisfaction", "Note globale").replace("Recommande", "X").replace("Commentaire", "Y") + LINE
        )
        printed = self.refused(content)
        self.assertIn("no column is known as the score, the recommendation or the comment", printed)
        self.assertIn("'Note globale', 'X', 'Y'", printed)
        self.assertIn("The nearest: 'Note globale'", self.refused(content, "--map", "score=note global"))
        self.assertIn("Did you mean score?", self.refused(content, "--map", "scores=X"))
        self.assertIn("neither FIELD=COLUMN nor a file", self.refused(content, "--map", "missing.yml"))
        self.assertIn("Did you mean 'columns'?", self.refused(content, "--map", self.yaml({"column": {}})))
        self.assertIn("There is no time zone 'Paris'", self.refused(content, "--time-zone", "Paris"))
        self.assertIn("no column says which training", self.refused("Satisfaction;E-mail\n4;a@x.example\n"))
        for wrong in (
            {"scale": [5, 1]},
            {"scale": 5},
            {"columns": [1]},
            {"date_order": "ymd"},
            {"recommends_from": "x"},
        ):
            self.assertIn("The map", self.refused(content, "--map", self.yaml(wrong)))

    def test_what_a_file_does_not_say_a_map_sets_for_all_its_answers(self) -> None:
        self.loaded("Satisfaction\n4\n3\n", "--map", self.yaml({"set": {"sessionName": "Session A"}}))
        self.assertEqual(self.answers("sessionName", "score"), [("Session A", 4), ("Session A", 3)])

    def test_the_reaction_score_of_a_course_counts_as_an_answer_only_by_a_map(self) -> None:
        content = "Course;Reaction score\nFacture;60\nVendre;-20\nSite;-\n"
        self.assertIn("is one figure for each course, of all its learners", self.refused(content))
        self.loaded(content, "--map", "score=Reaction score")
        self.assertEqual(
            self.answers("courseName", "score", "scaleMin", "scaleMax"),
            [("Facture", 60, -100, 100), ("Vendre", -20, -100, 100)],
        )

    def test_the_examples_of_the_documentation_load(self) -> None:
        ended = self.load_answers(MAPS / "formulaire.csv", "--map", MAPS / "formulaire.yml")
        self.assertEqual(ended.returncode, 0, ended.stderr)
        self.assertIn("rejected: formulaire.csv, line 6, 'Horodateur': '31/09/2026 18:02' is not a day", ended.stderr)
        ended = self.load_answers(MAPS / "questions.csv", "--map", MAPS / "questions.yml")
        self.assertEqual(ended.returncode, 0, ended.stderr)
        self.assertEqual(
            self.answers("score", "wouldRecommend", "comment"),
            [
                (4, True, "Très clair, merci !"), (4, True, None), (3, False, "Salle froide\net bruyante"),
                (4, True, "Exemples concrets, adaptés à mon métier"),
            ],
        )  # fmt: skip


class Again(Answers):
    def test_a_file_that_is_loaded_again_replaces_its_answers_and_says_how(self) -> None:
        lines = [LINE.replace("anna", name) for name in ("a", "b", "c")]
        self.assertIn("3 answers: 3 new, 0 changed, 0 gone", self.loaded(HEAD + "".join(lines)))
        before = self.answers("_id")
        self.assertIn("3 answers: 0 new, 0 changed, 0 gone", self.loaded(HEAD + "".join(lines)))
        self.assertEqual(self.answers("_id"), before)
        edited = [lines[1].replace(";4;", ";2;"), lines[2], LINE.replace("anna", "d")]
        self.assertIn("3 answers: 1 new, 1 changed, 1 gone", self.loaded(HEAD + "".join(edited)))
        self.assertEqual(self.answers("_id")[:2], before[1:])
        self.assertEqual(self.answers("score"), [2, 4, 4])

    def test_another_file_of_the_same_name_does_not_take_the_answers_away(self) -> None:
        self.loaded(HEAD + LINE)
        message = self.refused(HEAD + LINE.replace("anna", "b"))
        self.assertIn("was loaded before with 1 answer, and this file has none of them", message)
        self.assertEqual(self.answers("userMail"), ["anna@x.example"])
        self.assertIn("has none of them", self.refused(HEAD))
        self.loaded(HEAD + LINE.replace("anna", "b"), "--replace")
        self.assertEqual(self.answers("userMail"), ["b@x.example"])

    def test_the_same_answer_twice_is_one_in_a_file_and_has_one_id_in_two_files(self) -> None:
        self.assertIn("1 line with an answer of another line: not loaded", self.loaded(HEAD + LINE + LINE))
        other = LINE.replace("anna@", "ANNA@").replace("Séance L1", "séance  L1").replace(";", ",")
        printed = self.loaded(HEAD.replace(";", ",") + other, name="export.csv")
        self.assertIn("1 answer in another file too: counted once", printed)
        self.assertEqual(len(set(self.answers("_id"))), 1)

    def test_two_answers_of_one_learner_at_one_time_are_the_last_and_the_other_is_listed(self) -> None:
        printed = self.loaded(HEAD + LINE + LINE.replace(";4;", ";2;"))
        self.assertIn("line 2: it is replaced by a later line with another answer", printed)
        self.assertEqual(self.answers("score", "sourceLine"), [(2, 3)])

    def test_equal_answers_without_a_name_and_a_time_are_of_several_people(self) -> None:
        content = "Séance;Satisfaction\nL1;4\nL1;4\nL1;3\n"
        self.loaded(content)
        ids = self.answers("_id")
        self.assertEqual(len(set(ids)), 3)
        self.loaded(content)
        self.assertEqual(self.answers("_id"), ids)
        self.loaded(content, name="fevrier.csv")
        self.assertEqual(len(set(self.answers("_id"))), 6)

    def test_equal_answers_of_one_minute_without_a_name_are_of_several_people_and_one_in_two_exports(self) -> None:
        content = "Séance;Horodateur;Satisfaction\n" + "L1;05/03/2026 14:05;5\n" * 3
        self.loaded(content)
        self.assertEqual(len(set(self.answers("_id"))), 3)
        printed = self.loaded(content + "L1;05/03/2026 14:05;5\n", name="export.csv")
        self.assertIn("3 answers in another file too: counted once", printed)
        self.assertEqual(len(set(self.answers("_id"))), 4)

    def test_the_numbers_of_two_forms_are_not_taken_for_one_answer_and_a_long_id_is(self) -> None:
        form = "Response ID;Séance;Satisfaction\n1;L1;4\n2;L1;5\n"
        self.loaded(form, name="a.csv")
        self.loaded(form, name="b.csv")
        self.assertEqual(len(set(self.answers("_id"))), 4)
        long = form.replace("1;L1", "66538f4ff437f3d775a5a4a9;L1").replace("2;L1", "76538f4ff437f3d775a5a4a9;L1")
        self.loaded(long, name="c.csv")
        self.loaded(long.replace("L1;4", "L1;1"), name="d.csv")
        self.assertEqual(len(set(self.answers("_id"))), 6)

    def test_strict_loads_nothing_and_a_failure_leaves_the_old_answers(self) -> None:
        self.loaded(HEAD + LINE)
        bad = HEAD + LINE.replace(";4;", ";bof;") + LINE.replace("anna", "b")
        rejected = self.home / "rejets.csv"
        message = self.refused(bad, "--strict", "--rejected", rejected)
        self.assertIn("1 line rejected, so nothing was loaded (--strict)", message)
        good = self.file(HEAD + LINE.replace("anna", "b"), "second.csv")
        self.assertEqual(self.load_answers(good, self.file("Cours\nx\n", "wrong.csv")).returncode, 1)
        self.assertEqual(self.answers("userMail"), ["anna@x.example"])
        with rejected.open(encoding="utf-8-sig", newline="") as file:
            (row,) = csv.DictReader(file, delimiter=";")
        self.assertEqual(row["original"], bad.splitlines()[1])
        self.assertEqual((row["file"], row["line"], row["column"]), ("avis.csv", "2", "Satisfaction"))
        self.assertEqual(rejected.stat().st_mode & 0o077, 0)
        self.assertIn("would be overwritten", self.refused(bad, "--rejected", self.home / "avis.csv"))

    def test_a_load_in_full_leaves_the_answers_and_each_account_has_its_own(self) -> None:
        config = self.mock_config(streams={"tags": [{"_id": "a", "name": "A"}]})
        self.must_load(MOCK, config, self.destination, "--streams", "tags")
        self.loaded(HEAD + LINE)
        self.loaded(HEAD + LINE.replace("anna", "b"), "--raw-schema", "raw_other")
        self.must_load(MOCK, config, self.destination, "--streams", "tags", "--full-refresh")
        self.assertEqual(self.answers("userMail"), ["anna@x.example"])
        self.assertEqual(self.answers("userMail", schema="raw_other"), ["b@x.example"])

    def test_a_table_of_another_program_is_left_as_it_is(self) -> None:
        with open_database(self.destination) as database:
            database.execute("CREATE SCHEMA raw_360learning")
            database.execute('CREATE TABLE raw_360learning.feedback ("_id" VARCHAR, mine VARCHAR)')
        self.assertIn("was not written by this command (see the column mine)", self.refused(HEAD + LINE))


class Questions(Answers):
    HEAD = "Date;User ID;Course;Question;Answer\n"
    MAP = {"questions": {"score": "Note ?", "wouldRecommend": ["Recommander ?"], "comment": "Autre ?"}}  # noqa: RUF012

    def test_the_questions_of_one_learner_about_one_course_are_one_answer(self) -> None:
        lines = [
            "2026-03-01T08:00:00Z;anna;C;Note ?;4/5", "2026-03-01T08:00:09Z;anna;C;Recommander ?;oui",
            "2026-03-01T08:00:20Z;anna;C;Autre ?;=1+1", "2026-03-01T08:00:30Z;anna;C;Quiz ?;42",
            "2026-03-01T08:00:00Z;bran;C;Note ?;2/5", "2026-03-01T08:00:00Z;anna;D;Note ?;1/5",
        ]  # fmt: skip
        printed = self.loaded(self.HEAD + "\n".join(reversed(lines)), "--map", self.yaml(self.MAP))
        self.assertIn("3 answers: 3 new", printed)
        self.assertIn("1 line of other questions: not loaded", printed)
        found = self.answers("userId", "courseName", "score", "wouldRecommend", "comment", "sourceLine")
        wanted = [("anna", "D", 1, None, None, 2), ("bran", "C", 2, None, None, 3), ("anna", "C", 4, True, "=1+1", 5)]
        self.assertEqual(found, wanted)
        self.assertEqual(str(self.answers("answeredAt")[2].replace(tzinfo=None)), "2026-03-01 08:00:20")

    def test_a_second_attempt_is_another_answer(self) -> None:
        lines = [
            f"2026-03-0{day};anna;C;{one}" for day in (1, 2) for one in ("Autre ?;x", "Note ?;4", "Recommander ?;oui")
        ]
        self.loaded(self.HEAD + "\n".join(lines), "--map", self.yaml(self.MAP))
        self.assertEqual(self.answers("score", "wouldRecommend", "comment"), [(4, True, "x"), (4, True, "x")])

    def test_lines_that_cannot_be_joined_are_rejected_and_each_is_an_answer_if_one_question_counts(self) -> None:
        content = self.HEAD + "2026-03-01;;C;Note ?;4\n2026-03-01;;C;Recommander ?;oui\n"
        printed = self.all_rejected(content, "--map", self.yaml(self.MAP))
        self.assertIn("line 2: it has neither a learner nor the id of an answer", printed)
        self.loaded(content, "--map", self.yaml({"questions": {"score": "Note ?"}}))
        self.assertEqual(self.answers("score"), [4])

    def test_without_a_map_the_questions_of_the_file_are_named(self) -> None:
        content = self.HEAD + "2026-03-01;anna;C;Note ?;4\n2026-03-01;anna;C;Recommander ?;oui\n"
        self.assertIn("the file asks 'Note ?', 'Recommander ?'", self.refused(content))
        wrong = self.yaml({"questions": {"score": "Notes ?"}})
        self.assertIn(
            "no question is 'Notes ?' (questions: score). The nearest: 'Note ?'", self.refused(content, "--map", wrong)
        )
        twice = self.yaml({"questions": {"score": "Note ?", "comment": "note  ?"}})
        self.assertIn("'Note ?' is the question of two fields", self.refused(content, "--map", twice))


class AgainPostgreSQL(Again):
    engine = "postgres"

    def setUp(self) -> None:
        if not POSTGRES:
            self.skipTest("DATA_TESTS_POSTGRES is not set")
        super().setUp()


class Pages(Answers):
    def test_the_commands_of_the_french_page_load_its_examples_and_print_what_it_shows(self) -> None:
        page = (ROOT / "docs" / "fr" / "avis.md").read_text(encoding="utf-8")
        commands = re.findall(r"^\.venv/bin/learning360 feedback (.+)$", page, re.M)
        self.assertEqual(len(commands), 2)
        with chdir(ROOT):
            for command in commands:
                ended = self.load_answers(*shlex.split(command.replace("--to postgresql:///", "")))
                self.assertEqual(ended.returncode, 0, ended.stderr)
                if "formulaire.csv" in command:
                    (shown,) = re.findall(r"^```\n(formulaire\.csv: .*?)^```$", page, re.M | re.S)
                    printed = {re.sub(r"in \S+ s$", "", line) for line in (ended.stdout + ended.stderr).splitlines()}
                    self.assertEqual(printed, {re.sub(r"in \S+ s$", "", line) for line in shown.splitlines()})

    def test_the_page_has_every_field_member_and_option(self) -> None:
        page = (ROOT / "docs" / "fr" / "avis.md").read_text(encoding="utf-8")
        named = set(re.findall(r"`([\w-]+)", page))
        options = {option for one in load_feedback.params for option in one.opts if option.startswith("--")}
        self.assertLessEqual({*FIELDS, *MEMBERS, *options} - {"--to"}, named)


class Night(Case):
    def test_a_run_loads_the_answers_before_the_marts_and_a_wrong_map_stops_it_before_an_hour_of_loading(self) -> None:
        destination, config = self.database("duckdb"), self.mock_config(streams={"users": []})
        file = self.home / "avis.csv"
        file.write_text(HEAD + LINE, encoding="utf-8")
        command = [sys.executable, "-m", "learning360", "run", "--source", str(MOCK), "--config", str(config)]
        command += ["--to", destination, "--output", str(self.home), "--feedback", str(file)]
        ended = subprocess.run([*command, "--map", "scores=X"], capture_output=True, text=True, check=False)
        self.assertEqual(ended.returncode, 1)
        self.assertEqual(ended.stdout, "")
        self.assertIn("Did you mean score?", ended.stderr)
        ended = subprocess.run([*command, "--map", "score=X"], capture_output=True, text=True, check=False)
        self.assertEqual(ended.returncode, 1)
        load, answers, dbt, report = ended.stdout.splitlines()[-4:]
        self.assertTrue(load.startswith("load     0 rows of"), load)
        self.assertTrue(answers.startswith("feedback FAILED: avis.csv: no column is called 'X'"), answers)
        self.assertEqual((dbt, report), ("dbt      not run", "report   not run"))

    def test_a_day_of_an_answer_is_one_of_the_time_zone_of_the_variables(self) -> None:
        destination, config = self.database("duckdb"), self.mock_config(streams={"users": []})
        file, variables = self.home / "avis.csv", self.home / "vars.yml"
        file.write_text(HEAD + LINE.replace("01/03/2026 10:05:00", "01/04/2026"), encoding="utf-8")
        variables.write_text("learning360_time_zone: America/Martinique\n")
        command = [sys.executable, "-m", "learning360", "run", "--source", str(MOCK), "--config", str(config)]
        command += ["--to", destination, "--output", str(self.home), "--feedback", str(file), "--vars", str(variables)]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
        self.assertEqual(ended.returncode, 0, ended.stdout + ended.stderr)
        with open_database(destination) as database:
            query = 'SELECT "answeredAt" FROM raw_360learning.feedback'
            self.assertEqual(str(database.execute(query)[0][0])[:16], "2026-04-01 04:00")
