"""Answers of learners, from CSV exports of the platform or of a form, into the raw table `feedback`.

* `fields` has the fields of an answer and the heads by which a column is known;
* `mapping` reads a map and finds the column of each field;
* `files` finds the encoding and the separator of a file, and reads its lines;
* `values` reads scores, dates, yes and no as people write them;
* `survey` reads a file once for what decides how all of its lines are read;
* `answers` makes answers of lines, `questions` of files with one line per question;
* `store` writes them: a file that is loaded again replaces its own answers.
"""

from __future__ import annotations

from .command import load
from .mapping import FeedbackError, Mapping, read_mapping

__all__ = ["FeedbackError", "Mapping", "load", "read_mapping"]
