"""What BI tools compute from the marts, on each engine: the metrics of MetricFlow, the measures of
Power BI and the calculated fields of Tableau."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from learning360.loading.database import open_database

from . import metrics, powerbi, tableau
from .hostile import write_answers
from .oracle.figures import parse_time
from .pipeline import MARTS
from .support import CONNECTOR, Case

RAW = "raw_360learning"


class BusinessTools(Case):
    engine: str
    # Days between the instant of the figures and that of the account: of an earlier day, some results are unknown.
    days_before = 0

    def test_metrics_and_measures_equal_the_marts_in_total_by_month_and_by_firm(self) -> None:
        url, destination = self.start_sandbox(), self.database(self.engine)
        self.must_load(CONNECTOR, self.config(url), destination)
        self.write_feedback(destination)
        clock = parse_time(self.control(url)["clock"])
        assert clock
        as_of = (clock - timedelta(days=self.days_before)).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.build(destination, as_of, "--write-json", *MARTS)
        powerbi.check(self, destination)
        tableau.check(self, destination)
        metrics.check(self, destination, self.dbt_environment(destination), self.home)

    def write_feedback(self, destination: str) -> None:
        """An answer of every third learner of a session; some without score, some without recommendation."""
        with open_database(destination) as database:
            found = database.execute(
                'SELECT "_id", "userId", "sessionId" '
                f'FROM {RAW}.path_stats WHERE "sessionId" IS NOT NULL ORDER BY "_id"'
            )
        answers: list[dict[str, Any]] = [
            {
                "_id": key,
                "userId": user,
                "sessionId": session,
                "score": 1 + number % 5 if number % 4 else None,
                "scaleMin": 1,
                "scaleMax": 5,
                "wouldRecommend": (True, False, None)[number % 3],
                "answeredAt": f"2026-0{1 + number % 8}-10T08:00:00Z",
            }
            for number, (key, user, session) in enumerate(found[::3])
        ]
        write_answers(destination, RAW, answers)
