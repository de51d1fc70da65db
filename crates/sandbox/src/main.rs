//! `sandbox-360learning`: serves the API until it is told to stop.

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use sandbox_360learning::{CLIENT_ID, CLIENT_SECRET, Fault, Options, STREAMS, Sandbox, Scale, Variant};
use serde_json::json;

/// A 360Learning API v2 on localhost, with deterministic data and faults on request.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The port on 127.0.0.1; 0 takes any free one.
    #[arg(long, default_value_t = 3600)]
    port: u16,
    /// How much data there is: small, france-num, x10 or x100.
    #[arg(long, default_value = "france-num")]
    scale: Scale,
    /// The seed of the data, of the changes and of the faults.
    #[arg(long, default_value_t = 360)]
    seed: u64,
    /// How long every GET waits, in milliseconds.
    #[arg(long, default_value_t = 0, value_name = "N")]
    latency_ms: u64,
    /// GETs admitted in any second; 0 admits all.
    #[arg(long, default_value_t = 50, value_name = "N")]
    rate_limit: u32,
    /// Spoils a share of the answers, of all endpoints or of one. A wrong KIND is answered with those there are.
    #[arg(long = "fault", value_name = "KIND=RATE[@ENDPOINT]")]
    faults: Vec<Fault>,
    /// Answers an open question of the API the other way. A wrong NAME is answered with those there are.
    #[arg(long = "variant", value_name = "NAME")]
    variants: Vec<Variant>,
    /// Where the links of the fault foreign-link lead.
    #[arg(long, value_name = "ORIGIN")]
    foreign_origin: Option<String>,
    /// A scope that the credentials lack, such as attendanceSheets:read.
    #[arg(long = "missing-scope", value_name = "SCOPE")]
    missing_scopes: Vec<String>,
    /// Refuses a token after so many requests.
    #[arg(long, value_name = "N")]
    token_ttl_requests: Option<u64>,
    /// Revokes every token after so many requests, again and again.
    #[arg(long, value_name = "N")]
    revoke_every_requests: Option<u64>,
    /// Fails so many calls for a token before each that is issued.
    #[arg(long, default_value_t = 0, value_name = "N")]
    token_failures: u64,
    /// Sets the Date header ahead of the clock that stamps the rows, or behind it.
    #[arg(long, default_value_t = 0, value_name = "N", allow_negative_numbers = true)]
    date_skew_seconds: i64,
    /// Lets a day pass after so many requests.
    #[arg(long, value_name = "N")]
    change_after_requests: Option<u64>,
    /// A part of the platform that the company has not enabled: skills or course-custom-fields.
    #[arg(long = "feature-off", value_name = "NAME", value_parser = ["skills", "course-custom-fields"])]
    features_off: Vec<String>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match serve(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to tell if this fails too.
            let _ = writeln!(io::stderr(), "sandbox-360learning: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(arguments: Arguments) -> io::Result<()> {
    let options = Options {
        scale: arguments.scale,
        seed: arguments.seed,
        port: arguments.port,
        latency: Duration::from_millis(arguments.latency_ms),
        rate_limit: arguments.rate_limit,
        faults: arguments.faults,
        variants: arguments.variants,
        missing_scopes: arguments.missing_scopes,
        foreign_origin: arguments.foreign_origin,
        token_ttl_requests: arguments.token_ttl_requests,
        revoke_every_requests: arguments.revoke_every_requests,
        token_failures: arguments.token_failures,
        date_skew_seconds: arguments.date_skew_seconds,
        change_after_requests: arguments.change_after_requests,
        features_off: arguments.features_off,
    };
    let sandbox = Sandbox::start(options).await.map_err(|error| {
        let port = arguments.port;
        io::Error::new(error.kind(), format!("cannot listen on port {port}: {error}"))
    })?;
    greet(&sandbox, &mut io::stdout().lock())?;
    stopped().await
}

fn greet(sandbox: &Sandbox, out: &mut impl Write) -> io::Result<()> {
    let url = sandbox.url();
    writeln!(out, "360Learning API v2 sandbox; its clock stands at {}\n", sandbox.clock())?;
    for stream in STREAMS {
        writeln!(out, "{:>9}  {stream}", sandbox.count(stream))?;
    }
    let config = json!({"base_url": url, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET});
    let body =
        json!({"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET});
    writeln!(out, "\nbase URL       {url}/api/v2")?;
    writeln!(out, "client_id      {CLIENT_ID}")?;
    writeln!(out, "client_secret  {CLIENT_SECRET}")?;
    writeln!(out, "config         {config}\n")?;
    writeln!(out, "TOKEN=$(curl -s {url}/api/v2/oauth2/token -H 'content-type: application/json' \\")?;
    writeln!(out, "  -d '{body}' | sed 's/.*access_token\":\"\\([^\"]*\\).*/\\1/')")?;
    writeln!(
        out,
        "curl -gi '{url}/api/v2/users?status[eq]=invited' -H '360-api-version: v2.0' -H \"authorization: Bearer $TOKEN\""
    )?;
    writeln!(
        out,
        "\nwhat was asked {url}/__sandbox/requests\nan eventful day: curl -X POST {url}/__sandbox/change\n"
    )?;
    writeln!(out, "listening on {url}")?;
    out.flush()
}

/// Returns at Ctrl-C or SIGTERM.
async fn stopped() -> io::Result<()> {
    #[cfg(unix)]
    {
        let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
