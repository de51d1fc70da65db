//! A process that is killed at any line, again and again, while the data changes.

use crate::report::Line;
use crate::support::Files;
use crate::support::destination::killed_after;
use crate::support::output::{differences, key, key_text};
use crate::trial::{Trial, broken, passing, undisturbed};

/// Kills syncs in this mode at about `points` lines spread over their whole length, two attempts each, then lets them end.
pub(crate) async fn run(mode: &'static str, streams: Vec<&'static str>, points: u64, seed: u64) -> Line {
    let (minimum, lines) = undisturbed(&streams, mode, seed).await;
    let runs = points.div_ceil(2);
    let one = |run: u64| -> crate::Scenario {
        let mut random = fastrand::Rng::with_seed(seed ^ run);
        // The first kill walks through the whole length, the second falls anywhere.
        let first = 1 + usize::try_from(run).unwrap() * lines / usize::try_from(runs).unwrap();
        let kills = [first, random.usize(1..lines)];
        let streams = streams.clone();
        Box::pin(async move {
            let trial = Trial::new("", broken(seed + run, passing(0.05)), &streams).await;
            let mut line = tokio::task::block_in_place(|| attempt(trial, mode, kills));
            line.minimum = minimum;
            for complaint in &mut line.complaints {
                *complaint = format!("seed {}, killed after {kills:?} lines: {complaint}", seed + run);
            }
            line
        })
    };
    let scenario = format!("killed twice and resumed, while data changes and faults strike at 5 %: {mode}");
    let mut sum = Line { scenario, ..Line::default() };
    for line in crate::side_by_side((0..runs).map(one)).await {
        sum.add(line);
    }
    sum
}

fn attempt(mut trial: Trial, mode: &str, kills: [usize; 2]) -> Line {
    let mut changes = Vec::new();
    for lines in kills {
        let files = Files::new();
        let output = killed_after(lines, trial.command(&files, &trial.catalog(mode, 7)));
        trial.take(&output);
        trial.line.kills += 1;
        changes.push(trial.account.sandbox.change());
    }
    let streams = trial.streams.clone();
    trial.read(mode, 7).is_complete(&streams);
    let requests = trial.account.sandbox.requests().total;
    if mode == "full_refresh" {
        // A full refresh that goes on over several attempts is not a snapshot: what changed meanwhile may be in either form.
        // All else is there, though.
        for stream in &streams {
            let touched: Vec<String> = changes
                .iter()
                .filter_map(|changes| changes.streams.get(*stream))
                .flat_map(|touched| touched.created.iter().chain(&touched.updated).chain(&touched.deleted))
                .map(key_text)
                .collect();
            let is_untouched = |row: &&serde_json::Value| !touched.contains(&key(stream, row));
            let truth = trial.account.sandbox.truth(stream);
            let rows = trial.destination.rows.get(*stream).map_or(&[][..], Vec::as_slice);
            let found =
                differences(stream, rows.iter().filter(is_untouched), truth.iter().filter(is_untouched));
            trial.line.lose(stream, &found);
        }
        trial.overwrite();
    }
    // The next job catches up with what changed.
    trial.read(mode, 8).is_complete(&streams);
    for changes in changes {
        trial.destination.forget(&changes);
    }
    trial.weigh();
    // Only the interrupted job is compared with its minimum.
    trial.line.requests = requests;
    trial.line
}
