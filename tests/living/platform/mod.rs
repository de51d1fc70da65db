//! A platform that is alive: time passes between any two responses, and with it rows are born, edited, archived, restored,
//! deleted and moved.

pub(crate) mod births;
pub(crate) mod events;
pub(crate) mod faults;
pub(crate) mod lists;
pub(crate) mod log;
pub(crate) mod moves;
pub(crate) mod rows;
pub(crate) mod specs;
pub(crate) mod variant;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Duration, TimeZone as _, Utc};
use fastrand::Rng;

use events::Event;
use faults::Faults;
use rows::Row;
use specs::SPECS;
use variant::Variant;

/// Whether and how things happen.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Between two syncs: anything may happen.
    Between,
    /// During a sync.
    Syncing,
    /// Nothing happens any more.
    Quiet,
}

/// The platform's clock, shared with the machine's.
#[derive(Clone)]
pub(crate) struct Clock(Arc<AtomicI64>);

impl Clock {
    pub(crate) fn now(&self) -> DateTime<Utc> {
        Utc.timestamp_millis_opt(self.0.load(Ordering::Relaxed)).unwrap()
    }
}

/// One request and its answer.
pub(crate) struct Logged {
    pub(crate) at: DateTime<Utc>,
    pub(crate) sync: usize,
    pub(crate) stream: Option<usize>,
    pub(crate) target: String,
    pub(crate) answer: String,
}

/// What a stream may still miss, by the design of the connector.
#[derive(Default, Clone)]
pub(crate) struct Sight {
    /// Syncs that have to end before something may be hidden from one again.
    pub(crate) debt: u8,
    /// Something was hidden from the sync that is under way, or interrupted.
    pub(crate) disturbed: bool,
}

/// The platform of one seed.
pub(crate) struct Platform {
    pub(crate) rng: Rng,
    pub(crate) variant: Variant,
    pub(crate) phase: Phase,
    pub(crate) now: DateTime<Utc>,
    clock: Clock,
    pub(crate) rows: Vec<Row>,
    /// Rows of each stream, whether alive or not.
    pub(crate) of_stream: Vec<Vec<usize>>,
    waiting: Vec<(DateTime<Utc>, Event)>,
    /// Streams in which most of the things happen.
    pub(crate) focus: Vec<usize>,
    /// Streams that are synced incrementally.
    pub(crate) hot: Vec<usize>,
    /// Streams that the sync under way emits.
    pub(crate) reading: Vec<usize>,
    pub(crate) sight: Vec<Sight>,
    pub(crate) faults: Faults,
    pub(crate) requests: Vec<Logged>,
    pub(crate) sync: usize,
    /// When this sync began.
    began: DateTime<Utc>,
    seed: u64,
    /// Parents that were archived or deleted during this sync.
    vanished: usize,
    born: u64,
    tokens: u32,
    token: Option<String>,
    pub(crate) secrets: Vec<String>,
    pub(crate) complaints: Vec<String>,
}

impl Platform {
    pub(crate) fn new(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ seed);
        let variant = Variant::new(&mut rng);
        let now = Utc.with_ymd_and_hms(2026, 3, 2, 8, 0, 0).unwrap() + Duration::minutes(rng.i64(0..500_000));
        let mut platform = Self {
            rng,
            variant,
            phase: Phase::Between,
            now,
            clock: Clock(Arc::new(AtomicI64::new(now.timestamp_millis()))),
            rows: Vec::new(),
            of_stream: vec![Vec::new(); SPECS.len()],
            waiting: Vec::new(),
            focus: Vec::new(),
            hot: Vec::new(),
            reading: Vec::new(),
            // What the first sync of a stream misses, no later one emits: it is `previous` of the second.
            sight: vec![Sight { debt: 1, disturbed: false }; SPECS.len()],
            faults: Faults::default(),
            requests: Vec::new(),
            sync: 0,
            began: now,
            seed,
            vanished: 0,
            born: 0,
            tokens: 0,
            token: None,
            secrets: vec![format!("client-secret-of-seed-{seed}-0123456789")],
            complaints: Vec::new(),
        };
        platform.populate();
        platform
    }

    pub(crate) fn clock(&self) -> Clock {
        self.clock.clone()
    }

    /// Lets time pass, and what waits for the replica become visible.
    pub(crate) fn pass(&mut self, time: Duration) {
        let until = self.now + time;
        while let Some(next) = (0..self.waiting.len()).min_by_key(|index| self.waiting[*index].0) {
            if self.waiting[next].0 > until {
                break;
            }
            let (at, event) = self.waiting.remove(next);
            self.now = self.now.max(at);
            self.apply(&event);
        }
        self.now = until;
        self.clock.0.store(until.timestamp_millis(), Ordering::Relaxed);
    }

    /// Time passes between two responses.
    pub(crate) fn tick(&mut self) {
        let step = self.rng.u64(1..=self.variant.step);
        self.pass(Duration::milliseconds(i64::try_from(step).unwrap()));
        if self.phase == Phase::Syncing {
            while self.rng.f64() < self.variant.events {
                self.happen();
            }
        }
    }

    /// Lets a time pass in which some things happen, the last of them in its last minute.
    pub(crate) fn live(&mut self, time: Duration, events: usize) {
        self.phase = Phase::Between;
        self.reseed();
        let end = self.now + time;
        for _ in 0..events {
            let left = (end - self.now).num_milliseconds().max(1);
            let step = self.rng.i64(0..left.max(2)) / 2;
            self.pass(Duration::milliseconds(step));
            self.happen();
        }
        for _ in 0..self.rng.usize(3..10) {
            let before = Duration::milliseconds(self.rng.i64(0..50_000));
            let at = (end - before).max(self.now);
            self.pass(at - self.now);
            self.happen();
        }
        self.pass((end - self.now).max(Duration::zero()));
    }

    /// The rest of what waits becomes visible, and nothing happens from here on.
    pub(crate) fn fall_quiet(&mut self) {
        self.phase = Phase::Quiet;
        let lag = Duration::seconds(self.rng.i64(1..900));
        self.pass(lag);
        while !self.waiting.is_empty() {
            self.pass(Duration::minutes(1));
        }
    }

    /// What was drawn before, maybe by the chance of a kill, does not decide what follows.
    fn reseed(&mut self) {
        let phase = if self.phase == Phase::Between { 1 } else { 2 };
        let seed = self.seed.wrapping_mul(1_000_003).wrapping_add(self.sync as u64 * 2 + phase);
        self.rng = Rng::with_seed(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    }

    /// A sync, or an attempt at one, begins.
    pub(crate) fn begin(&mut self, phase: Phase) {
        self.phase = phase;
        self.sync += 1;
        (self.began, self.vanished) = (self.now, 0);
        self.reseed();
        self.faults.begin();
    }

    /// Rows of a stream by their place in the list.
    pub(crate) fn by_place(&self, stream: usize) -> Vec<usize> {
        let mut rows: Vec<usize> =
            self.of_stream[stream].iter().copied().filter(|id| self.rows[*id].alive).collect();
        rows.sort_by(|a, b| self.rows[*a].id.cmp(&self.rows[*b].id));
        rows
    }
}
