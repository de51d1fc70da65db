//! The reader of standard output stalls for more than a minute: longer than any timeout of a connection.

use std::io::Read as _;
use std::process::Stdio;
use std::time::Duration;

use sandbox_360learning::{Options, Scale};

use crate::report::Line;
use crate::support::output::{Output, differences};
use crate::support::{Account, Files, connector, every_stream, given, peak_megabytes};

/// Longer than a silent connection is waited for.
const STALL: Duration = Duration::from_secs(70);

pub(crate) async fn run(seed: u64) -> Line {
    // Tokens end during the stall too: none is good for more than a part of this sync.
    let options = Options {
        scale: Scale::FranceNum,
        seed,
        rate_limit: 0,
        token_ttl_requests: Some(3000),
        ..Options::default()
    };
    let account = Account::open(options).await;
    let streams = every_stream();
    let files = Files::new();
    let catalog = crate::support::catalog(&streams, "full_refresh");
    let mut command = given(connector(), "read", &files, &account.config, Some(&catalog), None);
    let (output, stalled, peak) = tokio::task::block_in_place(|| {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        std::thread::sleep(STALL);
        let stalled = account.sandbox.requests().total;
        let peak = peak_megabytes(&std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap());
        let mut stdout = Vec::new();
        child.stdout.take().unwrap().read_to_end(&mut stdout).unwrap();
        (
            Output::new(&std::process::Output { status: child.wait().unwrap(), stdout, stderr: Vec::new() }),
            stalled,
            peak,
        )
    });
    output.is_complete(&streams);
    let total = account.sandbox.requests().total;
    assert!(stalled < total / 4, "{stalled} of {total} requests while the reader stalled");
    assert!(peak < 64.0, "{peak} MB");
    let scenario =
        format!("the reader stalls for {} s ({peak:.0} MB, {stalled} requests meanwhile)", STALL.as_secs());
    let mut line = Line { scenario, syncs: 1, requests: total, ..Line::default() };
    for stream in streams {
        line.rows += account.sandbox.count(stream) as u64;
        let truth = account.sandbox.truth(stream);
        line.lose(stream, &differences(stream, output.records(stream), &truth));
    }
    line
}
