//! One seed: a platform, a connection to it, and sync after sync.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use chrono::Duration;
use fastrand::Rng;
use serde_json::{Value, json};

use crate::compare::{Snapshot, differences, not_requested};
use crate::connector::{self, Ended, Kill};
use crate::destination::{Destination, Mode, Outcome, Selected};
use crate::platform::specs::{SPECS, index};
use crate::platform::{Phase, Platform};
use crate::report::{Counts, Violation};

/// Attempts of one job, as Airbyte's default.
const ATTEMPTS: usize = 5;

/// The syncs of one seed.
pub(crate) struct Trial {
    seed: u64,
    platform: Arc<Mutex<Platform>>,
    rng: Rng,
    offered: BTreeMap<String, Value>,
    /// Everything that the connection ever syncs.
    connection: Vec<Selected>,
    destination: Destination,
    snapshots: BTreeMap<usize, Snapshot>,
    job: u64,
    folder: tempfile::TempDir,
    lines: usize,
    pub(crate) counts: Counts,
}

impl Trial {
    pub(crate) fn new(seed: u64, offered: &[Value]) -> Self {
        let platform = Platform::new(seed);
        let mut rng = Rng::with_seed(seed ^ 0x5EED);
        let named = |offer: &Value| (offer["name"].as_str().unwrap_or_default().to_owned(), offer.clone());
        let offered: BTreeMap<String, Value> = offered.iter().map(named).collect();
        let mut streams: Vec<usize> = (0..SPECS.len()).collect();
        if rng.u8(0..12) != 0 {
            rng.shuffle(&mut streams);
            // Streams in which something can be missed come more often.
            streams.sort_by_cached_key(|stream| {
                rng.u8(0..10) + if SPECS[*stream].is_interesting() { 0 } else { 4 }
            });
            streams.truncate(rng.usize(3..10));
        }
        let connection =
            streams.into_iter().filter_map(|stream| select(stream, &offered, &mut rng)).collect();
        Self {
            seed,
            platform: Arc::new(Mutex::new(platform)),
            rng,
            offered,
            connection,
            destination: Destination::default(),
            snapshots: BTreeMap::new(),
            job: 0,
            folder: tempfile::tempdir().unwrap(),
            lines: 40,
            counts: Counts::default(),
        }
    }

    fn platform(&self) -> MutexGuard<'_, Platform> {
        self.platform.lock().unwrap()
    }

    /// Runs the seed to its end, or to its first violations.
    pub(crate) fn run(&mut self) {
        for _ in 0..self.rng.usize(1..3) {
            for _ in 0..self.rng.usize(2..5) {
                self.pass();
                let all = self.connection.clone();
                let some = |one: &Selected| (self.rng.u8(0..3) > 0).then(|| one.clone());
                let mut selected: Vec<Selected> = all.iter().filter_map(some).collect();
                if self.rng.u8(0..5) > 0 || selected.is_empty() {
                    selected = all;
                }
                self.sync(&selected, Phase::Syncing);
                if !self.counts.violations.is_empty() {
                    return self.end();
                }
            }
            self.platform().fall_quiet();
            for _ in 0..2 {
                let all = self.connection.clone();
                if !self.sync(&all, Phase::Quiet) {
                    self.complain("*", "a sync of a platform that is quiet is not complete".to_owned());
                }
                let minutes = self.rng.i64(1..3_000);
                self.platform().pass(Duration::minutes(minutes));
                if !self.counts.violations.is_empty() {
                    return self.end();
                }
            }
        }
        self.end();
    }

    fn end(&mut self) {
        self.counts.seeds = 1;
        let platform = self.platform.lock().unwrap();
        self.counts.rows = platform.rows.iter().filter(|row| row.alive).count();
        self.counts.requests = platform.requests.len();
    }

    /// Minutes, hours or days between two syncs.
    fn pass(&mut self) {
        let minutes = match self.rng.u8(0..10) {
            0..4 => self.rng.i64(1..9),
            4..6 => self.rng.i64(10..360),
            _ => self.rng.i64(360..4_500),
        };
        let events = self.rng.usize(5..50);
        let focus = self.connection.iter().map(|one| one.stream).collect();
        let hot = self
            .connection
            .iter()
            .filter(|one| one.mode == Mode::Incremental)
            .map(|one| one.stream)
            .collect();
        let mut platform = self.platform();
        (platform.focus, platform.hot) = (focus, hot);
        let mut above = 0;
        while let Some(one) = platform.focus.get(above).copied() {
            let owner = SPECS[one].owner.map(index);
            if let Some(owner) = owner.filter(|owner| !platform.focus.contains(owner)) {
                platform.focus.push(owner);
            }
            above += 1;
        }
        platform.live(Duration::minutes(minutes), events);
    }

    /// One job: attempts until one is complete. True if one was.
    fn sync(&mut self, selected: &[Selected], phase: Phase) -> bool {
        self.job += 1;
        for attempt in 0..ATTEMPTS {
            let may_die = attempt + 1 < ATTEMPTS && self.rng.u8(0..10) < 2;
            if self.attempt(selected, phase, may_die, attempt == 0) {
                return true;
            }
            if !self.counts.violations.is_empty() {
                return false;
            }
            if phase == Phase::Syncing {
                match self.rng.u8(0..10) {
                    0..6 => self.platform().live(Duration::seconds(90), 2),
                    6..8 => self.platform().live(Duration::hours(5), 6),
                    // The job is given up; the next one finds the state.
                    _ => return false,
                }
            }
        }
        false
    }

    /// One run of the connector. True if every stream was complete.
    fn attempt(&mut self, selected: &[Selected], phase: Phase, may_die: bool, is_first: bool) -> bool {
        let kill = may_die.then(|| {
            let line = self.rng.usize(1..=self.lines.max(2));
            if self.rng.u8(0..3) > 0 { Kill::Hard(line) } else { Kill::Stop(line) }
        });
        self.begin(selected, phase, is_first);
        let config = {
            let platform = self.platform();
            let variant = &platform.variant;
            json!({
                "client_id": "client-of-the-tests",
                "client_secret": platform.secrets[0],
                "requests_per_second": 1000,
                "max_concurrent_requests": variant.concurrency,
                "attendance_lookback_days": variant.lookback.num_days(),
                "full_user_refresh_days": variant.refresh_days,
                "include_deleted_users": variant.include_deleted_users,
            })
        };
        let catalog = self.catalog(selected);
        let state = Value::Array(self.destination.states.values().cloned().collect());
        // The jitter of the connector's back-off.
        fastrand::seed(self.seed);
        let ended = connector::read(&self.platform, self.folder.path(), config, &catalog, &state, kill);
        if kill.is_none() {
            self.lines = ended.lines.len();
        }
        let secrets = self.platform().secrets.clone();
        let loses = ended.code != Some(0) && kill.is_some() && self.rng.bool();
        let outcome = self.destination.take(&ended.lines, selected, self.job, loses, &secrets);
        self.counts.syncs += 1;
        self.counts.records += outcome.records;
        self.counts.kills += usize::from(kill.is_some() && ended.code != Some(0));
        self.judge(selected, &ended, &outcome, kill)
    }

    /// What each stream must at least be read as: as it is now, or was when the interrupted read began.
    fn begin(&mut self, selected: &[Selected], phase: Phase, is_first: bool) {
        let mut platform = self.platform.lock().unwrap();
        platform.begin(phase);
        platform.reading = selected.iter().map(|one| one.stream).collect();
        for one in selected {
            let is_new_job = is_first && one.mode == Mode::FullRefresh;
            if is_new_job || !self.snapshots.contains_key(&one.stream) {
                self.snapshots.insert(one.stream, Snapshot::take(&platform, one.stream));
                platform.sight[one.stream].disturbed = false;
            }
        }
        let under: Vec<usize> =
            selected.iter().map(|one| one.stream).filter(|one| !SPECS[*one].is_root()).collect();
        if phase == Phase::Syncing && self.rng.u8(0..8) == 0 && !under.is_empty() {
            platform.break_list(under[self.rng.usize(0..under.len())]);
        }
    }

    fn catalog(&self, selected: &[Selected]) -> Value {
        let entry = |one: &Selected| {
            let mut stream = self.offered[one.name].clone();
            stream["json_schema"] = json!({});
            let key: Vec<Vec<&String>> = one.key.iter().map(|field| vec![field]).collect();
            let (mode, into) = match one.mode {
                Mode::FullRefresh => ("full_refresh", "overwrite"),
                Mode::Incremental => ("incremental", "append_dedup"),
            };
            json!({
                "stream": stream,
                "sync_mode": mode,
                "destination_sync_mode": into,
                "cursor_field": one.cursor.iter().collect::<Vec<_>>(),
                "primary_key": key,
                "generation_id": self.job,
                "minimum_generation_id": 0,
                "sync_id": self.job,
            })
        };
        json!({"streams": selected.iter().map(entry).collect::<Vec<_>>()})
    }

    /// Checks what a run left. True if every stream was complete.
    fn judge(&mut self, selected: &[Selected], ended: &Ended, outcome: &Outcome, kill: Option<Kill>) -> bool {
        let complaints = std::mem::take(&mut self.platform().complaints);
        for complaint in outcome.complaints.iter().cloned().chain(complaints).take(3) {
            self.complain("*", complaint);
        }
        let is_complete = selected.iter().all(|one| outcome.complete.contains(one.name));
        let is_killed = matches!(kill, Some(Kill::Hard(_))) && ended.code.is_none();
        if ended.code.is_none() && !is_killed {
            self.complain("*", "the sync hangs".to_owned());
        }
        if ended.code.is_some_and(|code| (code == 0) != is_complete) {
            let complete = outcome.complete.len();
            let text = format!("exit code {:?} with {complete} complete streams", ended.code);
            self.complain("*", text);
        }
        if kill.is_none() && !is_complete {
            self.counts.failures += 1;
            self.counts.errors.extend(outcome.errors.iter().take(1).cloned());
        }
        for one in selected {
            self.weigh(one, outcome, kill.is_none());
        }
        is_complete
    }

    fn weigh(&mut self, one: &Selected, outcome: &Outcome, ran_to_its_end: bool) {
        let Some(snapshot) = self.snapshots.get(&one.stream) else { return };
        if ran_to_its_end && outcome.incomplete.contains(one.name) {
            let paths = not_requested(&self.platform(), one, snapshot);
            for path in paths {
                let text =
                    format!("the failure of another parent's list kept this one from being read: {path}");
                self.complain(one.name, text);
            }
        }
        if !outcome.complete.contains(one.name) {
            // The next attempt of a full refresh adds to the same generation.
            if one.mode == Mode::Incremental && !self.destination.is_resumable(one.name) {
                self.snapshots.remove(&one.stream);
            }
            return;
        }
        let Some(mut snapshot) = self.snapshots.remove(&one.stream) else { return };
        let mut platform = self.platform.lock().unwrap();
        let sight = &mut platform.sight[one.stream];
        sight.debt = sight.debt.saturating_sub(1);
        if std::mem::take(&mut sight.disturbed) {
            return;
        }
        snapshot.forget_before(&mut platform, one, outcome);
        let found = differences(&platform, &self.destination, one, &snapshot);
        drop(platform);
        for text in found {
            self.complain(one.name, text);
        }
    }

    fn complain(&mut self, stream: &str, text: String) {
        let platform = self.platform.lock().unwrap();
        let place = SPECS.iter().position(|spec| spec.name == stream);
        let mut requests = Vec::new();
        if self.counts.violations.len() < 2 {
            let is_of = |of: Option<usize>| {
                place.is_none() || of.is_none() || of.is_some_and(|of| is_above(place, of))
            };
            let of =
                platform.requests.iter().rev().filter(|it| it.sync + 3 > platform.sync && is_of(it.stream));
            requests = of
                .take(60)
                .map(|it| {
                    format!(
                        "#{} {} {} -> {}",
                        it.sync,
                        it.at.format("%m-%d %H:%M:%S%.3f"),
                        it.target,
                        it.answer
                    )
                })
                .collect();
            requests.reverse();
        }
        let (seed, sync) = (self.seed, platform.sync);
        self.counts.violations.push(Violation { seed, sync, stream: stream.to_owned(), text, requests });
    }
}

/// True if rows of `of` belong to what `stream` is read from.
fn is_above(stream: Option<usize>, of: usize) -> bool {
    let owner = |one: &usize| SPECS[*one].owner.map(index);
    std::iter::successors(stream, owner).any(|one| one == of)
}

fn select(stream: usize, offered: &BTreeMap<String, Value>, rng: &mut Rng) -> Option<Selected> {
    let name = SPECS[stream].name;
    let offer = offered.get(name)?;
    let strings = |value: &Value| -> Vec<String> {
        let parts = value.as_array().into_iter().flatten();
        parts.filter_map(|part| part.as_str().or_else(|| part[0].as_str())).map(str::to_owned).collect()
    };
    let modes = strings(&offer["supported_sync_modes"]);
    let is_incremental = modes.iter().any(|mode| mode == "incremental") && rng.u8(0..4) > 0;
    Some(Selected {
        stream,
        name,
        mode: if is_incremental { Mode::Incremental } else { Mode::FullRefresh },
        key: strings(&offer["source_defined_primary_key"]),
        cursor: strings(&offer["default_cursor_field"]).into_iter().next(),
    })
}
