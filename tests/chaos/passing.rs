//! What passes by itself: every row arrives, for little more than the minimum of requests.

use std::collections::BTreeSet;

use clap::ValueEnum as _;
use sandbox_360learning::{Fault, FaultKind, Options};
use source_360learning::streams::STREAMS;

use crate::report::Line;
use crate::support::every_stream;
use crate::support::output::differences;
use crate::trial::{Trial, broken, passing};

/// A complete read of every stream on this sandbox, with every row; `minimum` is what it requests if nothing goes wrong.
pub(crate) async fn complete(name: String, mode: &'static str, minimum: u64, options: Options) -> Line {
    let streams = every_stream();
    let mut trial = Trial::new(&name, options, &streams).await;
    trial.read(mode, 7).is_complete(&streams);
    trial.weigh();
    trial.line.minimum = minimum;
    trial.line
}

/// True if nothing but a `Retry-After` makes the sync longer: each costs a second.
pub(crate) fn only_waits(options: &Options) -> bool {
    let waits = |fault: &Fault| matches!(fault.kind, FaultKind::TooManyRetryAfter | FaultKind::TooManyDate);
    !options.faults.is_empty() && options.faults.iter().all(waits)
}

/// Each fault alone, all of them at once, and tokens that end.
pub(crate) fn all(seed: u64, rate: f64, long: bool) -> Vec<(String, Options)> {
    [faults(seed, rate, long), tokens(seed), vec![expired(seed)]].concat()
}

fn faults(seed: u64, rate: f64, long: bool) -> Vec<(String, Options)> {
    let percent = rate * 100.0;
    let each = |kind| vec![Fault { kind, rate, only: None }];
    let kinds: Vec<FaultKind> =
        FaultKind::value_variants().iter().copied().filter(|kind| kind.passes()).collect();
    let mut all: Vec<(String, Options)> =
        kinds.iter().map(|kind| (format!("`{kind}` at {percent} %"), broken(seed, each(*kind)))).collect();
    let kinds = kinds.len();
    all.push((format!("all {kinds} together at {percent} %"), broken(seed, passing(rate))));
    if long {
        // The rates add up: most requests fail, and the server requests a second of silence hundreds of times.
        #[allow(clippy::cast_precision_loss)]
        let together = passing(0.05 * kinds as f64);
        all.push((format!("all {kinds}, each at 5 %"), broken(seed, together)));
    }
    all
}

/// Tokens that end, in every way.
fn tokens(seed: u64) -> Vec<(String, Options)> {
    let plain = || broken(seed, Vec::new());
    vec![
        ("tokens end after 60 requests".to_owned(), Options { token_ttl_requests: Some(60), ..plain() }),
        (
            "tokens revoked every 150 requests".to_owned(),
            Options { revoke_every_requests: Some(150), ..plain() },
        ),
        (
            "tokens end, and the token endpoint fails 5 times".to_owned(),
            Options { token_ttl_requests: Some(200), token_failures: 5, ..plain() },
        ),
        (
            "all of it, and all faults at 5 %".to_owned(),
            Options { token_ttl_requests: Some(200), token_failures: 2, ..broken(seed, passing(0.05)) },
        ),
    ]
}

/// The `next` tokens of a slow list expire.
fn expired(seed: u64) -> (String, Options) {
    let fault = Fault { kind: FaultKind::ExpiredNext, rate: 0.1, only: None };
    ("`expired-next` at 10 %".to_owned(), broken(seed, vec![fault]))
}

/// Parents that a list still shows while nothing can be read under them.
pub(crate) async fn vanished(seed: u64) -> Line {
    let streams = every_stream();
    let mut trial =
        Trial::new("parents vanish between list and read", broken(seed, Vec::new()), &streams).await;
    let mut gone = BTreeSet::new();
    // Without paths: under one of them is a good part of all sessions, and so many would be a failure.
    for parent in ["users", "path_sessions", "classrooms", "classroom_slots", "courses", "groups"] {
        let rows = trial.account.sandbox.truth(parent);
        for row in rows.iter().skip(1).step_by(rows.len() / 2) {
            let id = row["_id"].as_str().unwrap();
            trial.account.sandbox.vanish(id);
            gone.insert(id.to_owned());
        }
    }
    let output = trial.read("full_refresh", 7);
    output.is_complete(&streams);
    assert!(output.log().contains("were not found when their lists were requested"), "{}", output.log());
    // What was under them is gone, at any depth.
    for stream in STREAMS {
        let above: Vec<&str> =
            stream.path.split('{').skip(1).filter_map(|part| part.split('}').next()).collect();
        let truth = trial.account.sandbox.truth(stream.name);
        let (lost, there): (Vec<_>, Vec<_>) = truth.iter().partition(|row| {
            above.iter().any(|field| row[*field].as_str().is_some_and(|id| gone.contains(id)))
        });
        gone.extend(lost.iter().filter_map(|row| row["_id"].as_str()).map(str::to_owned));
        let rows = trial.destination.rows.get(stream.name).map_or(&[][..], Vec::as_slice);
        trial.line.rows += there.len() as u64;
        trial.line.lose(stream.name, &differences(stream.name, rows, there));
    }
    trial.line.requests = trial.account.sandbox.requests().total;
    trial.line
}

/// A day passes in the middle of a sync; the next one catches up.
pub(crate) async fn day_passes(seed: u64, after: u64) -> Line {
    let streams = every_stream();
    let options = Options { change_after_requests: Some(after), ..broken(seed, passing(0.05)) };
    let name = format!("a day passes after {after} requests, with all faults at 5 %");
    let mut trial = Trial::new(&name, options, &streams).await;
    for job in [7, 8] {
        trial.read("incremental", job).is_complete(&streams);
    }
    for changes in trial.account.sandbox.changes() {
        trial.destination.forget(&changes);
    }
    trial.weigh();
    trial.line
}

/// The API's clock is wrong by so many seconds, or this machine's is.
pub(crate) async fn skewed(name: &'static str, seed: u64, date: i64, machine: i64) -> Line {
    let streams = every_stream();
    let options = Options { date_skew_seconds: date, ..broken(seed, Vec::new()) };
    let mut trial = Trial::new(name, options, &streams).await;
    for job in [7, 8, 9] {
        let clock: chrono::DateTime<chrono::Utc> = trial.account.sandbox.clock().parse().unwrap();
        trial.clock = Some((clock + chrono::TimeDelta::seconds(machine)).to_rfc3339());
        trial.read("incremental", job).is_complete(&streams);
        if job < 9 {
            let changes = trial.account.sandbox.change();
            trial.destination.forget(&changes);
        }
    }
    trial.weigh();
    trial.line
}
