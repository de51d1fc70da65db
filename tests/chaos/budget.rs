//! 50 requests per second for the whole company: another client takes 30 of them for a while.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use sandbox_360learning::{CLIENT_ID, CLIENT_SECRET, Options, Sandbox, Scale};
use serde_json::{Value, json};
use tokio::time::{Instant, MissedTickBehavior};

use crate::report::Line;
use crate::support::output::{Output, differences};
use crate::support::{Account, Files, connector, given};

/// What the other client takes of the 50.
const OTHERS: u32 = 30;

/// Another integration of the same company. It never retries.
async fn other_client(url: String, made: Arc<AtomicU64>, over: Arc<AtomicBool>) {
    // An error only means that a connector within this process has done it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::new();
    let body =
        json!({"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET});
    let request = http.post(format!("{url}/api/v2/oauth2/token")).header("content-type", "application/json");
    let answer = request.body(body.to_string()).send().await.unwrap().bytes().await.unwrap();
    let token =
        serde_json::from_slice::<Value>(&answer).unwrap()["access_token"].as_str().unwrap().to_owned();
    let mut beat = tokio::time::interval(Duration::from_secs(1) / OTHERS);
    // After a pause of the machine it goes on at its pace.
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while !over.load(Relaxed) {
        beat.tick().await;
        let request = http
            .get(format!("{url}/api/v2/integrations"))
            .bearer_auth(&token)
            .header("360-api-version", "v2.0");
        made.fetch_add(1, Relaxed);
        tokio::spawn(request.send());
    }
}

/// Requests of ours in each second.
struct Watch<'a> {
    sandbox: &'a Sandbox,
    others: Arc<AtomicU64>,
    before: u64,
}

impl Watch<'_> {
    fn ours(&self) -> u64 {
        self.sandbox.requests().total.saturating_sub(self.others.load(Relaxed))
    }

    /// The rate over the next three seconds, without those in which the machine stood still.
    async fn rate(&mut self) -> f64 {
        let mut ran = Duration::ZERO;
        while ran < Duration::from_secs(3) {
            let begun = Instant::now();
            tokio::time::sleep(Duration::from_millis(50)).await;
            ran += begun.elapsed().min(Duration::from_millis(100));
        }
        let now = self.ours();
        #[allow(clippy::cast_precision_loss)] // A few hundred.
        let rate = now.saturating_sub(std::mem::replace(&mut self.before, now)) as f64 / 3.0;
        rate
    }
}

/// The other client comes, stays for `stay` times three seconds, and goes.
pub(crate) async fn run(seed: u64, stay: u32) -> Line {
    let options = Options {
        scale: Scale::FranceNum,
        seed,
        rate_limit: 50,
        latency: Duration::from_millis(80),
        ..Options::default()
    };
    let account = Account::open(options).await;
    let mut config = account.config.clone();
    config["requests_per_second"] = json!(40);
    let streams = ["classroom_slots", "classroom_slot_waitlist", "attendance_sheets"];
    let minimum =
        1 + (account.sandbox.count("classrooms") + 2 * account.sandbox.count("classroom_slots")) as u64;

    let files = Files::new();
    let catalog = crate::support::catalog(&streams, "full_refresh");
    let mut command = given(connector(), "read", &files, &config, Some(&catalog), None);
    let reading = tokio::task::spawn_blocking(move || Output::new(&command.output().unwrap()));

    let (made, over) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let mut watch = Watch { sandbox: &account.sandbox, others: Arc::clone(&made), before: 0 };
    while watch.ours() < 20 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    watch.before = watch.ours();
    let alone = watch.rate().await;
    let other = tokio::spawn(other_client(account.sandbox.url(), Arc::clone(&made), Arc::clone(&over)));
    let mut shared: Vec<f64> = Vec::new();
    for _ in 0..stay {
        shared.push(watch.rate().await);
    }
    over.store(true, Relaxed);
    other.await.unwrap();
    let mut recovered = 0.0;
    while !reading.is_finished() {
        recovered = f64::max(recovered, watch.rate().await);
    }
    let output = reading.await.unwrap();
    output.is_complete(&streams);

    let refused = account.sandbox.requests().statuses.get(&429).copied().unwrap_or_default();
    let story = format!(
        "{alone:.0}/s alone, {shared:.0?}/s beside another client, {recovered:.0}/s afterwards, {refused} times 429"
    );
    // Once it has found its share, it stays there: what the other leaves is 20.
    let settled = shared[shared.len() / 2..].iter().copied().fold(0.0, f64::max);
    assert!(
        alone > 35.0 && settled < 27.0 && recovered > 1.3 * settled,
        "the pace falls and recovers: {story}"
    );
    let mut line = Line {
        scenario: format!("another client takes {OTHERS} of 50/s for {} s ({story})", stay * 3),
        syncs: 1,
        requests: watch.ours(),
        minimum,
        ..Line::default()
    };
    assert!(line.requests * 100 <= minimum * 103, "{} requests instead of {minimum}: {story}", line.requests);
    for stream in streams {
        line.rows += account.sandbox.count(stream) as u64;
        let truth = account.sandbox.truth(stream);
        line.lose(stream, &differences(stream, output.records(stream), &truth));
    }
    line
}
