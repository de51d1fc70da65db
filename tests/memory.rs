//! Memory does not grow with the account.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)] // A test fails by panicking.

mod support;

use std::io::Read as _;

use sandbox_360learning::{Options, Scale};
use support::{Account, Files, every_stream, peak_megabytes, start};

/// The most memory that a read of these streams held, and how many bytes it wrote.
fn peak(account: &Account, streams: &[&str]) -> (f64, u64) {
    let files = Files::new();
    let mut config = account.config.clone();
    config["requests_per_second"] = 1000.into();
    tokio::task::block_in_place(|| {
        let mut child = start("read", &files, &config, &support::catalog(streams, "full_refresh"), None);
        let mut stdout = child.stdout.take().unwrap();
        let (mut peak, mut bytes, mut buffer) = (0.0, 0, vec![0; 1 << 20]);
        let path = format!("/proc/{}/status", child.id());
        loop {
            // The mark only rises, and the process is there as long as it may write.
            if let Some(now) = std::fs::read_to_string(&path).ok().filter(|status| status.contains("VmHWM")) {
                peak = f64::max(peak, peak_megabytes(&now));
            }
            match stdout.read(&mut buffer).unwrap() {
                0 => break,
                count => bytes += count as u64,
            }
        }
        assert!(child.wait().unwrap().success());
        (peak, bytes)
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_stays_under_64_megabytes_whatever_the_scale() {
    let open = |scale| Account::open(Options { scale, rate_limit: 0, ..Options::default() });
    let (france_num, bytes) = peak(&open(Scale::FranceNum).await, &every_stream());
    assert!(bytes > 20_000_000, "{bytes}");
    assert!(france_num < 64.0, "{france_num} MB");

    // The streams with the largest pages and the longest lists of parents; those read user by user and sheet by sheet would
    // only take their time.
    let large = ["users", "path_stats", "path_enrollments", "classroom_slots", "classroom_registrations"];
    let (x10, bytes) = peak(&open(Scale::X10).await, &large);
    assert!(bytes > 100_000_000, "{bytes}");
    assert!(x10 < 64.0, "{x10} MB");
}
