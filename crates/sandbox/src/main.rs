//! `sandbox-360learning`: serves the API until Ctrl-C or SIGTERM.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use sandbox_360learning::{CLIENT_ID, CLIENT_SECRET, Options, STREAMS, Sandbox, Tls};
use serde_json::json;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match serve(Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // There is no other place to report that this failed too.
            let _ = writeln!(io::stderr(), "sandbox-360learning: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(options: Options) -> io::Result<()> {
    let sandbox = Sandbox::start(options).await?;
    describe(&sandbox, &mut io::stdout().lock())?;
    stopped().await
}

fn describe(sandbox: &Sandbox, out: &mut impl Write) -> io::Result<()> {
    let url = sandbox.url();
    for stream in STREAMS.iter() {
        writeln!(out, "{:>9}  {stream}", sandbox.count(stream))?;
    }
    let config = json!({"base_url": url, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET});
    let body =
        json!({"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET});
    let is_accepted = ["http://127.", "http://[::1]", "https:"].iter().any(|start| url.starts_with(start));
    let note =
        if is_accepted { "" } else { " (the connector takes http on this machine only: add --tls DIR)" };
    let (mut curl, mut trust) = ("curl".to_owned(), String::new());
    // How a client is made to trust the server, and under which names.
    if let Some(Tls { authority, names }) = sandbox.tls() {
        curl = format!("curl --cacert {}", authority.display());
        trust = format!("SSL_CERT_FILE  {}\nnames          {}\n", authority.display(), names.join(" "));
    }
    write!(
        out,
        "
clock          {clock}: a fixed date, the same at each start; a POST to {url}/__sandbox/change moves it one day
base_url       {url}{note}
client_id      {CLIENT_ID}
client_secret  {CLIENT_SECRET}
config         {config}
{trust}
TOKEN=$({curl} -s {url}/api/v2/oauth2/token -H 'content-type: application/json' \\
  -d '{body}' | sed 's/.*access_token\":\"\\([^\"]*\\).*/\\1/')
{curl} -gi '{url}/api/v2/users?status[eq]=invited' -H '360-api-version: v2.0' -H \"authorization: Bearer $TOKEN\"

requests so far: {curl} {url}/__sandbox/requests
one day passes:  {curl} -X POST {url}/__sandbox/change

listening on {url}
",
        clock = sandbox.clock()
    )?;
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
