//! A living platform: rows are born, edited, archived, restored, deleted and moved between any two responses, and after some
//! syncs the destination must hold what the platform holds.
//!
//! `cargo test --test living` runs the short form, 300 syncs; `-- --long` runs 10,000; `-- --seed N` replays one seed, with
//! all that it finds.
#![allow(clippy::unwrap_used)] // A test fails by panicking.
#![allow(clippy::print_stdout)] // It is a program for people.

mod compare;
mod connector;
mod destination;
mod driver;
mod http;
mod platform;
mod report;

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Instant, SystemTime};

use driver::Trial;
use platform::specs::SPECS;
use report::Counts;

/// Seeds that run side by side: each waits half of the time.
const AT_ONCE: usize = 3;

/// How many violations are printed in full.
const PRINTED: usize = 5;

struct Plan {
    syncs: usize,
    first: u64,
    only: Option<u64>,
    verbose: bool,
}

fn main() -> ExitCode {
    let mut plan = Plan { syncs: 300, first: 1, only: None, verbose: false };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || arguments.next().and_then(|number| number.parse::<u64>().ok()).unwrap();
        match argument.as_str() {
            "--long" => {
                plan.syncs = 10_000;
                plan.first = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs() % 1_000_000 * 10_000;
            }
            "--syncs" => plan.syncs = usize::try_from(number()).unwrap(),
            "--first" => plan.first = number(),
            "--seed" => plan.only = Some(number()),
            "--verbose" => plan.verbose = true,
            // What `cargo test` passes on to every harness; a filter names a test of another file.
            "--list" => return ExitCode::SUCCESS,
            flag if flag.starts_with('-') => {}
            filter if "living".contains(filter) => {}
            _ => return ExitCode::SUCCESS,
        }
    }
    run(&plan)
}

fn run(plan: &Plan) -> ExitCode {
    let started = Instant::now();
    let folder = tempfile::tempdir().unwrap();
    let offered = connector::discover(folder.path());
    let names: BTreeSet<&str> = offered.iter().filter_map(|stream| stream["name"].as_str()).collect();
    let served: BTreeSet<&str> = SPECS.iter().map(|spec| spec.name).collect();
    assert_eq!(names, served, "the platform has every stream that the connector offers");
    let (next, done) = (AtomicU64::new(plan.first), AtomicUsize::new(0));
    let counts = Mutex::new(Counts::default());
    let work = || {
        while plan.only.is_none() && done.load(Ordering::Relaxed) < plan.syncs {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            let mut trial = Trial::new(seed, &offered);
            trial.run();
            done.fetch_add(trial.counts.syncs, Ordering::Relaxed);
            counts.lock().unwrap().add(std::mem::take(&mut trial.counts));
        }
    };
    if let Some(seed) = plan.only {
        let mut trial = Trial::new(seed, &offered);
        trial.run();
        counts.lock().unwrap().add(std::mem::take(&mut trial.counts));
    } else {
        println!("living, seeds from {}, {} syncs", plan.first, plan.syncs);
        std::thread::scope(|scope| {
            for _ in 0..AT_ONCE {
                scope.spawn(work);
            }
        });
    }
    let mut counts = counts.into_inner().unwrap();
    let summary = counts.summary();
    counts.violations.sort_by_key(|violation| violation.seed);
    let mut seeds: Vec<u64> = counts.violations.iter().map(|violation| violation.seed).collect();
    seeds.dedup();
    if plan.only.is_none() {
        counts.violations.dedup_by_key(|violation| violation.seed);
    }
    for violation in counts.violations.iter().take(if plan.verbose { usize::MAX } else { PRINTED }) {
        println!("VIOLATION {violation}");
    }
    if plan.verbose {
        for error in &counts.errors {
            println!("error: {error}");
        }
    }
    println!("{summary} in {:.0} s", started.elapsed().as_secs_f64());
    if !seeds.is_empty() {
        println!("Replay a seed with `cargo test --test living -- --seed N`, N of {seeds:?}");
    }
    ExitCode::from(u8::from(!counts.violations.is_empty()))
}
