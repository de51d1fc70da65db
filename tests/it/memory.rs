//! Memory does not grow with the account.

use std::io::{Read as _, Write as _};
use std::time::{Duration, Instant};

use crate::support::api::Api;
use crate::support::{Account, Files, every_stream, peak_megabytes, start};
use flate2::Compression;
use flate2::write::GzEncoder;
use sandbox_360learning::{Options, Scale};
use serde_json::json;
use wiremock::ResponseTemplate;

/// The most memory that a read of these streams held, and how many bytes it wrote.
fn peak(account: &Account, streams: &[&str]) -> (f64, u64) {
    let files = Files::new();
    let mut config = account.config.clone();
    config["requests_per_second"] = 1000.into();
    tokio::task::block_in_place(|| {
        let mut child =
            start("read", &files, &config, &crate::support::catalog(streams, "full_refresh"), None);
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
#[cfg_attr(not(target_os = "linux"), ignore = "reads /proc")]
async fn a_read_stays_under_64_megabytes_whatever_the_scale() {
    let open = |scale| Account::open(Options { scale, rate_limit: 0, ..Options::default() });
    let (france_num, bytes) = peak(&open(Scale::FranceNum).await, &every_stream());
    assert!(bytes > 20_000_000, "{bytes}");
    assert!(france_num < 64.0, "{france_num} MB");

    // The streams with the largest pages and the longest lists of parents; those read user by user
    // and sheet by sheet would only take their time.
    let large = ["users", "path_stats", "path_enrollments", "classroom_slots", "classroom_registrations"];
    let (x10, bytes) = peak(&open(Scale::X10).await, &large);
    assert!(bytes > 100_000_000, "{bytes}");
    assert!(x10 < 64.0, "{x10} MB");
}

/// Pages within every bound, of which each takes much memory: as they are, or as RECORD lines.
#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(not(target_os = "linux"), ignore = "reads /proc")]
async fn large_pages_side_by_side_share_one_budget_of_memory() {
    let value = format!(r#"{{"customFieldId":"f","value":"{}"}}"#, "x".repeat(100_000));
    for body in
        [format!("[{}]", vec![value; 590].join(",")), format!("[{}]", vec![r#"{"a":1}"#; 499_000].join(","))]
    {
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(body.as_bytes()).unwrap();
        let page = ResponseTemplate::new(200).insert_header("content-encoding", "gzip");
        let page = page.set_body_raw(packed.finish().unwrap(), "application/json");
        let api = Api::new().await;
        let users: Vec<_> = (100..160).map(|id| json!({"_id": format!("u{id}")})).collect();
        api.get("/users", crate::support::api::page(&json!(users))).await;
        wiremock::Mock::given(wiremock::matchers::path_regex("/custom-fields/values$"))
            .respond_with(page)
            .mount(&api.0)
            .await;
        let catalog = crate::support::catalog(&["user_custom_field_values"], "full_refresh");
        let files = Files::new();
        let mut child = start("read", &files, &api.config(), &catalog, None);
        // Its output is not read, so its memory rises as far as it can, and stays there.
        let (begun, mut risen, mut peak) = (Instant::now(), Instant::now(), 0.0);
        while peak < 30.0 || risen.elapsed() < Duration::from_secs(5) {
            assert!(begun.elapsed() < Duration::from_mins(5), "it rose to {peak} MB only");
            tokio::time::sleep(Duration::from_millis(50)).await;
            let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
            assert!(status.contains("VmHWM"), "the read ended: {status}");
            let now = peak_megabytes(&status);
            if now > peak {
                (peak, risen) = (now, Instant::now());
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(peak < 200.0, "{peak} MB");
    }
}
