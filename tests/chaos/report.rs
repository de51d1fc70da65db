//! The table that a run ends in.

use std::fmt::Write as _;

use crate::support::output::Differences;

/// Between these marks of a page is the table of the last run.
pub(crate) const BEGIN: &str = "<!-- chaos -->";
pub(crate) const END: &str = "<!-- /chaos -->";

/// One row of the table.
#[derive(Debug, Default, Clone)]
pub(crate) struct Line {
    pub(crate) scenario: String,
    pub(crate) syncs: u64,
    pub(crate) kills: u64,
    /// Rows that the destination should hold in the end.
    pub(crate) rows: u64,
    /// Rows that it lacks, or holds in another form, or holds too much.
    pub(crate) lost: u64,
    /// Records that came again.
    pub(crate) repeated: u64,
    pub(crate) requests: u64,
    /// Requests of the same syncs when nothing goes wrong; 0 where that is not a fair comparison.
    pub(crate) minimum: u64,
    /// What went wrong, for the reader of a red run.
    pub(crate) complaints: Vec<String>,
}

impl Line {
    pub(crate) fn lose(&mut self, stream: &str, found: &Differences) {
        let count = found.lost.0 + found.surplus.0 + found.different.0;
        self.lost += count as u64;
        if count > 0 {
            self.complaints.push(format!("{stream}: {found:?}"));
        }
    }

    pub(crate) fn add(&mut self, other: Line) {
        self.syncs += other.syncs;
        self.kills += other.kills;
        self.rows += other.rows;
        self.lost += other.lost;
        self.repeated += other.repeated;
        self.requests += other.requests;
        self.minimum += other.minimum;
        self.complaints.extend(other.complaints);
    }

    pub(crate) fn is_good(&self) -> bool {
        self.lost == 0 && self.complaints.is_empty()
    }

    fn cells(&self) -> [String; 7] {
        #[allow(clippy::cast_precision_loss)] // Some hundred thousand at most.
        let against = if self.minimum == 0 {
            "–".to_owned()
        } else {
            format!("{:.2}", self.requests as f64 / self.minimum as f64)
        };
        [
            grouped(self.syncs),
            grouped(self.kills),
            grouped(self.rows),
            if self.complaints.is_empty() {
                grouped(self.lost)
            } else {
                format!("**{}!**", self.lost.max(1))
            },
            grouped(self.repeated),
            grouped(self.requests),
            against,
        ]
    }
}

/// The table as Markdown, ending in the totals.
pub(crate) fn table(lines: &[Line]) -> String {
    let mut total = Line { scenario: "**all**".to_owned(), ..Line::default() };
    for line in lines {
        total.add(Line { minimum: 0, ..line.clone() });
    }
    let rows: Vec<(String, [String; 7])> =
        lines.iter().chain([&total]).map(|line| (line.scenario.clone(), line.cells())).collect();
    let heads =
        ["syncs", "kills", "rows", "rows lost", "repeated", "requests", "× minimum"].map(str::to_owned);
    let first = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let widths: [usize; 7] = std::array::from_fn(|column| {
        rows.iter()
            .map(|(_, cells)| &cells[column])
            .chain([&heads[column]])
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or(0)
    });
    let mut text = String::new();
    let mut row = |name: &str, cells: &[String; 7]| {
        let _ = write!(text, "| {name:first$} |");
        for (cell, width) in cells.iter().zip(widths) {
            let _ = write!(text, " {cell:>width$} |");
        }
        text.push('\n');
    };
    row("what goes wrong", &heads);
    row(&"-".repeat(first), &widths.map(|width| format!("{}:", "-".repeat(width - 1))));
    for (name, cells) in &rows {
        row(name, cells);
    }
    text
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
