//! `docs/doctor`: what the doctor reports about the sandbox, as it is and with some variants.

use sandbox_360learning::{CLIENT_ID, CLIENT_SECRET, Options, Sandbox, Variant};
use serde_json::json;
use source_360learning::api::{Clock, Timing};
use source_360learning::config::Config;
use source_360learning::doctor::{Doctor, Progress};
use source_360learning::streams::STREAMS;
use tokio::task::JoinHandle;

use super::File;

/// Numbers before these depend on the machine.
const TIMES: [&str; 3] = [" ms", " s,", " s."];

/// At most so many requests per second: the pace is that of the configuration, as the forecast's is.
const PER_SECOND: u32 = 900;

/// The variants with a page, after the sandbox as it is.
const VARIANTS: [Variant; 3] =
    [Variant::HiddenArchived, Variant::FiltersIgnored, Variant::RegistrationsUnderClassrooms];

pub(super) fn files() -> Result<Vec<File>, String> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("The sandbox cannot be started: {error}"))?;
    // Each takes three seconds at the pace of the configuration.
    let reports = std::iter::once(None).chain(VARIANTS.map(Some)).map(|variant| {
        let name = variant.map_or("sandbox".to_owned(), |variant| variant.to_string());
        (format!("docs/doctor/{name}.md"), runtime.spawn(report(variant)))
    });
    let file = |(path, report): (String, JoinHandle<Result<String, String>>)| {
        let report = runtime.block_on(report).map_err(|error| error.to_string()).and_then(|report| report);
        let content = without_times(&report.map_err(|error| format!("{path}: {error}"))?);
        Ok(File { path, content })
    };
    reports.collect::<Vec<_>>().into_iter().map(file).collect()
}

async fn report(variant: Option<Variant>) -> Result<String, String> {
    let variants = variant.into_iter().collect();
    let options = Options { variants, rate_limit: 0, ..Options::default() };
    let sandbox = Sandbox::start(options).await.map_err(|error| error.to_string())?;
    let config = json!({"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "base_url": sandbox.url()});
    let settings = Config::parse(&config.to_string()).and_then(Config::validate);
    let settings = settings.map_err(|error| error.to_string())?;
    let now = sandbox.clock().parse().map_err(|_| "the sandbox's clock is not a date".to_owned())?;
    let timing = Timing { now: Clock::new(move || now), ..Timing::default() };
    let doctor = Doctor::admit(&settings, timing, PER_SECOND).await.map_err(|error| error.to_string())?;
    Ok(doctor.examine(STREAMS, &Progress::Silent).await.markdown())
}

/// A page without the times that differ from run to run.
fn without_times(page: &str) -> String {
    TIMES.iter().fold(page.to_owned(), |page, unit| {
        let mut parts = page.split(unit);
        let mut text = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let kept = text.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.').len();
            if kept < text.len() {
                text.truncate(kept);
                text.push('…');
            }
            text = text + unit + part;
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::without_times;

    #[test]
    fn times_are_left_out_and_numbers_are_not() {
        assert_eq!(
            without_times("120 requests in 24.3 s, 12 ms; 3 rows, after 23 s."),
            "120 requests in … s, … ms; 3 rows, after … s."
        );
    }
}
