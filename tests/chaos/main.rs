//! Breaks syncs on purpose, in every way that the sandbox knows, and counts what is lost.
//!
//! `cargo test --test chaos` runs the short forms. `make chaos` runs the long ones (`--long`) with a seed that is printed
//! (`--seed N` repeats it) and puts the table between two marks of a page (`--table FILE`).
#![allow(clippy::unwrap_used)] // A test fails by panicking.
#![allow(clippy::print_stdout)] // It is a program for people.

mod budget;
mod fatal;
mod kills;
mod passing;
mod report;
mod stall;
#[path = "../it/support/mod.rs"]
mod support;
mod trial;

use std::future::Future;
use std::pin::Pin;
use std::process::ExitCode;
use std::time::{Instant, SystemTime};

use report::Line;
use tokio::sync::Semaphore;
use trial::undisturbed;

/// Scenarios at a time, those inside a scenario included: most of the time they wait for a `Retry-After`.
static PLACES: Semaphore = Semaphore::const_new(12);

/// Flat, child and grandchild streams, with and without a cursor: quick to read.
const FEW: [&str; 9] = [
    "users",
    "user_custom_field_values",
    "path_sessions",
    "path_enrollments",
    "classroom_slots",
    "classroom_registrations",
    "classroom_slot_waitlist",
    "attendance_sheets",
    "attendances",
];

const FULL: &str = "full_refresh";
const INCREMENTAL: &str = "incremental";

/// Something that goes wrong, and the count of what it cost.
type Scenario = Pin<Box<dyn Future<Output = Line> + Send>>;

/// Runs scenarios side by side, a few at a time, and gives their lines in order. One that panics is a line too.
pub(crate) async fn side_by_side(scenarios: impl IntoIterator<Item = Scenario>) -> Vec<Line> {
    let one = |scenario: Scenario| {
        tokio::spawn(async {
            let _place = PLACES.acquire().await;
            scenario.await
        })
    };
    let tasks: Vec<_> = scenarios.into_iter().map(one).collect();
    let mut lines = Vec::new();
    for task in tasks {
        lines.push(task.await.unwrap_or_else(panicked));
    }
    lines
}

fn panicked(error: tokio::task::JoinError) -> Line {
    let panic = error.into_panic();
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic");
    Line { scenario: "(panicked)".to_owned(), complaints: vec![text.to_owned()], ..Line::default() }
}

struct Plan {
    long: bool,
    seed: u64,
    table: Option<String>,
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).peekable();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(8).enable_all().build().unwrap();
    if arguments.next_if(|first| first == trial::CONNECTOR).is_some() {
        return ExitCode::from(runtime.block_on(trial::connector(arguments)));
    }
    let mut plan = Plan { long: false, seed: 360, table: None };
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--long" => {
                plan.long = true;
                plan.seed = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs() % 1_000_000;
            }
            "--seed" => plan.seed = arguments.next().and_then(|seed| seed.parse().ok()).unwrap(),
            "--table" => plan.table = arguments.next(),
            // What `cargo test` passes on to every harness; a filter names a test of another file.
            "--list" => return ExitCode::SUCCESS,
            flag if flag.starts_with('-') => {}
            filter if "chaos".contains(filter) => {}
            _ => return ExitCode::SUCCESS,
        }
    }
    runtime.block_on(run(&plan))
}

async fn run(plan: &Plan) -> ExitCode {
    let (seed, started) = (plan.seed, Instant::now());
    println!("chaos with --seed {seed}, {} form", if plan.long { "long" } else { "short" });
    let (points, rate) = if plan.long { (200, 0.2) } else { (100, 0.05) };
    let streams = || if plan.long { support::every_stream() } else { FEW.to_vec() };
    let mut lines = Vec::new();

    // The pace of `budget` needs a quiet machine; beside it is what waits for a `Retry-After` and computes nothing.
    let (waiting, passing): (Vec<_>, Vec<_>) = passing::all(seed, rate, plan.long)
        .into_iter()
        .partition(|(_, options)| passing::only_waits(options));
    let every_stream = support::every_stream();
    let (full, incremental) =
        (undisturbed(&every_stream, FULL, seed).await, undisturbed(&every_stream, INCREMENTAL, seed).await);
    let modes = [(FULL, full.0), (INCREMENTAL, incremental.0)].into_iter().cycle();
    let complete =
        |((name, options), (mode, minimum))| reported(passing::complete(name, mode, minimum, options));
    let mut scenarios: Vec<Scenario> = waiting.into_iter().zip(modes.clone()).map(complete).collect();
    scenarios.push(reported(budget::run(seed, if plan.long { 10 } else { 5 })));
    lines.extend(side_by_side(scenarios).await);

    let mut scenarios: Vec<Scenario> =
        [INCREMENTAL, FULL].map(|mode| reported(kills::run(mode, streams(), points, seed))).into();
    scenarios.extend(passing.into_iter().zip(modes).map(complete));
    scenarios.extend([200, 900].map(|after| reported(passing::day_passes(seed, after))));
    scenarios.push(reported(passing::vanished(seed)));
    scenarios.extend([
        reported(passing::skewed("the API's clock is an hour ahead", seed, 3600, 0)),
        reported(passing::skewed("the API's clock is an hour behind", seed, -3600, 0)),
        reported(passing::skewed("this machine's clock is an hour ahead", seed, 0, 3600)),
        reported(passing::skewed("this machine's clock is an hour behind", seed, 0, -3600)),
    ]);
    scenarios.extend(fatal::all(seed).into_iter().map(|fatal| reported(fatal::run(fatal))));
    scenarios.push(reported(fatal::unreachable(seed)));
    lines.extend(side_by_side(scenarios).await);

    if plan.long && !cfg!(target_os = "linux") {
        println!("== Skipped: the reader that stalls, because there is no /proc");
    } else if plan.long {
        lines.extend(side_by_side([reported(stall::run(seed))]).await);
    }

    let table = report::table(&lines);
    println!("\n{table}\nseed {seed}, {} s", started.elapsed().as_secs());
    if let Some(file) = &plan.table {
        let text = std::fs::read_to_string(file).unwrap();
        let (before, rest) = text.split_once(report::BEGIN).unwrap();
        let (_, after) = rest.split_once(report::END).unwrap();
        let form = if plan.long { "long" } else { "short" };
        let caption = format!("The {form} form, seed {seed}:");
        let (begin, end) = (report::BEGIN, report::END);
        std::fs::write(file, format!("{before}{begin}\n{caption}\n\n{table}{end}{after}")).unwrap();
    }
    for line in lines.iter().filter(|line| !line.is_good()) {
        for complaint in line.complaints.iter().take(3) {
            println!("FAILED {}: {}", line.scenario, complaint.chars().take(1500).collect::<String>());
        }
    }
    ExitCode::from(u8::from(!lines.iter().all(Line::is_good)))
}

/// Prints that a scenario ended, and how.
fn reported(scenario: impl Future<Output = Line> + Send + 'static) -> Scenario {
    Box::pin(async {
        let started = Instant::now();
        let line = scenario.await;
        let verdict = if line.is_good() { "ok" } else { "FAILED" };
        println!(
            "{verdict:6} {} ({} kills, {} rows, {} lost, {} s)",
            line.scenario,
            line.kills,
            line.rows,
            line.lost,
            started.elapsed().as_secs()
        );
        line
    })
}
