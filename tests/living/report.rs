//! What was done, and what was found.

use std::collections::BTreeMap;

/// Something that must not be.
pub(crate) struct Violation {
    pub(crate) seed: u64,
    pub(crate) sync: usize,
    pub(crate) stream: String,
    pub(crate) text: String,
    /// The requests of the stream, in the last syncs.
    pub(crate) requests: Vec<String>,
}

impl std::fmt::Display for Violation {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(formatter, "seed {} sync {}, {}: {}", self.seed, self.sync, self.stream, self.text)?;
        self.requests.iter().try_for_each(|request| writeln!(formatter, "    {request}"))
    }
}

/// Counts of one seed, or of many.
#[derive(Default)]
pub(crate) struct Counts {
    pub(crate) seeds: usize,
    pub(crate) syncs: usize,
    pub(crate) rows: usize,
    pub(crate) records: usize,
    pub(crate) requests: usize,
    pub(crate) kills: usize,
    /// Syncs that were not killed and not complete.
    pub(crate) failures: usize,
    pub(crate) errors: Vec<String>,
    pub(crate) violations: Vec<Violation>,
}

impl Counts {
    pub(crate) fn add(&mut self, other: Counts) {
        self.seeds += other.seeds;
        self.syncs += other.syncs;
        self.rows += other.rows;
        self.records += other.records;
        self.requests += other.requests;
        self.kills += other.kills;
        self.failures += other.failures;
        self.errors.extend(other.errors);
        self.violations.extend(other.violations);
    }

    /// The seeds with violations, and the violations by stream.
    pub(crate) fn summary(&self) -> String {
        let mut seeds: Vec<u64> = self.violations.iter().map(|violation| violation.seed).collect();
        seeds.sort_unstable();
        seeds.dedup();
        let mut streams: BTreeMap<&str, usize> = BTreeMap::new();
        for violation in &self.violations {
            *streams.entry(violation.stream.as_str()).or_default() += 1;
        }
        let streams: Vec<String> =
            streams.iter().map(|(stream, count)| format!("{stream} {count}")).collect();
        format!(
            "{} syncs of {} seeds: {} rows at the end, {} records, {} requests, {} kills, {} failed syncs, {} violations{}{}",
            self.syncs,
            self.seeds,
            self.rows,
            self.records,
            self.requests,
            self.kills,
            self.failures,
            self.violations.len(),
            if seeds.is_empty() { String::new() } else { format!(" in {} seeds", seeds.len()) },
            if streams.is_empty() { String::new() } else { format!(" ({})", streams.join(", ")) },
        )
    }
}
