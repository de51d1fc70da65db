//! What a person at a terminal sees while standard output goes to a file or a pipe: nothing else is on standard error.

use std::fs::{File, OpenOptions};
use std::io::Read as _;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use sandbox_360learning::{Options, Scale};
use serde_json::{Value, json};
use source_360learning::streams::STREAMS;
use wiremock::ResponseTemplate;

use crate::support::api::{Api, page};
use crate::support::{Account, Files, connector};

/// The connector with a terminal as standard error, and what appears there.
struct Watched {
    child: Child,
    screen: std::thread::JoinHandle<String>,
}

impl Watched {
    fn start(mut command: Command, stdout: Stdio) -> Self {
        let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&terminal).unwrap();
        unlockpt(&terminal).unwrap();
        let name = ptsname(&terminal, Vec::new()).unwrap();
        let other_end = OpenOptions::new().read(true).write(true).open(name.to_str().unwrap()).unwrap();
        let child = command.env("TERM", "xterm").stdout(stdout).stderr(other_end).spawn().unwrap();
        // This process's copy of the other end goes with the command.
        drop(command);
        let screen = std::thread::spawn(move || {
            let (mut terminal, mut seen, mut part) = (File::from(terminal), Vec::new(), [0; 4096]);
            // Linux reports the end as an error.
            while let Ok(length @ 1..) = terminal.read(&mut part) {
                seen.extend_from_slice(&part[..length]);
            }
            String::from_utf8_lossy(&seen).into_owned()
        });
        Self { child, screen }
    }

    /// The exit code, and everything that the terminal was sent.
    fn end(mut self) -> (i32, String) {
        let status = tokio::task::block_in_place(|| self.child.wait().unwrap());
        (status.code().unwrap(), self.screen.join().unwrap())
    }
}

/// The lines that stay on the screen: without the bar and what moves it.
fn lines(screen: &str) -> Vec<String> {
    let printed = screen.split(['\r', '\n']).map(|line| {
        let mut text = String::new();
        let mut rest = line.chars();
        while let Some(character) = rest.next() {
            if character == '\u{1b}' {
                rest.by_ref().find(char::is_ascii_alphabetic);
            } else {
                text.push(character);
            }
        }
        text
    });
    let starts = [
        "error: ",
        "warning: ",
        "failed: ",
        "succeeded: ",
        "done: ",
        "incomplete: ",
        "stopped: ",
        "The",
        "source-",
    ];
    printed.filter(|line| starts.iter().any(|start| line.starts_with(start))).collect()
}

fn command(files: &Files, config: &Value, arguments: &[&str]) -> Command {
    let mut command = connector();
    command.args(arguments).arg("--config").arg(files.write("config.json", config));
    command
}

/// Runs the connector with its output in a file; the exit code and what stays on the terminal.
fn watch(files: &Files, config: &Value, arguments: &[&str]) -> (i32, Vec<String>) {
    let out = File::create(files.path("out.jsonl")).unwrap();
    let (code, screen) = Watched::start(command(files, config, arguments), out.into()).end();
    (code, lines(&screen))
}

/// Without what differs from run to run.
fn without_time(line: &str) -> String {
    let (before, _) = line.rsplit_once(" in 00:").unwrap();
    before.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_ends_with_what_was_read_and_where_the_state_is() {
    let account = Account::small().await;
    let files = Files::new();
    let (code, lines) = watch(&files, &account.config, &["read", "--streams", "attendances,tags"]);
    let file = files.path("out.jsonl").canonicalize().unwrap();
    let file = file.display();
    let rows = account.truth("attendances").len() + account.truth("tags").len();
    let [.., ended, next] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!(code, 0);
    assert!(without_time(ended).starts_with(&format!("done: 2 of 2 streams, {rows} records, ")), "{ended}");
    if cfg!(target_os = "linux") {
        let wanted = format!(
            "The state is in {file}. To read what changes from now on, add --state {file} and write to another file."
        );
        assert_eq!(*next, wanted);
    }
    let arguments = ["read", "--streams", "attendances"];
    let (_, screen) = Watched::start(command(&files, &account.config, &arguments), Stdio::null()).end();
    assert!(
        screen.contains("The state is in the output. To read what changes from now on, add --state FILE "),
        "{screen}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_is_on_the_terminal_whatever_the_command() {
    let files = Files::new();
    let config = json!({"client_id": "a"});
    for (arguments, code, start) in [
        (&["check"][..], 0, "failed: The config lacks `client_secret`."),
        (&["discover"], 1, "error: The config lacks `client_secret`."),
        (&["read", "--streams", "users"], 1, "error: The config lacks `client_secret`."),
        (&["read", "--streams"], 1, "error: The command line is wrong: "),
        (&["doctor"], 1, "source-360learning: The config lacks `client_secret`."),
    ] {
        let (ended, lines) = watch(&files, &config, arguments);
        assert_eq!((ended, lines.len()), (code, 1), "{arguments:?}: {lines:?}");
        assert!(lines[0].starts_with(start), "{}", lines[0]);
    }
    let account = Account::small().await;
    let (code, lines) = watch(&files, &account.config, &["check"]);
    assert_eq!((code, lines.len()), (0, 1), "{lines:?}");
    let wanted = format!("succeeded: Connected. All {} streams can be read.", STREAMS.len());
    assert!(lines[0].starts_with(&wanted), "{}", lines[0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_like_warnings_the_first_is_shown_and_the_others_are_counted() {
    let api = Api::new().await;
    api.get_first("/tags", 1, ResponseTemplate::new(503)).await;
    api.get_first("/users", 2, ResponseTemplate::new(503)).await;
    for path in ["/tags", "/users"] {
        api.get(path, page(&json!([]))).await;
    }
    let (code, lines) = watch(&Files::new(), &api.config(), &["read", "--streams", "users,tags"]);
    let warnings: Vec<&String> = lines.iter().filter(|line| line.contains("HTTP 503")).collect();
    let [first, others] = warnings[..] else { panic!("{lines:?}") };
    assert_eq!(code, 0);
    assert!(first.starts_with("warning: /api/v2/"), "{first}");
    let text = first.strip_prefix("warning: ").unwrap();
    assert_eq!(*others, format!("warning: 2 more like this one: {text}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incomplete_read_shows_its_errors_and_how_to_go_on() {
    let missing_scopes = vec!["tags:read".to_owned()];
    let account =
        Account::open(Options { scale: Scale::Small, rate_limit: 0, missing_scopes, ..Options::default() });
    let account = account.await;
    let (code, lines) = watch(&Files::new(), &account.config, &["read", "--streams", "tags,users"]);
    let [.., error, ended, next] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!(code, 1);
    assert!(error.starts_with("error: The credentials lack the scope `tags:read`"), "{error}");
    assert!(ended.starts_with("incomplete: 1 of 2 streams, "), "{ended}");
    assert_eq!(next, "There is no state to continue from. The next read begins again.");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_read_shows_how_to_continue() {
    let account = Account::open(Options {
        scale: Scale::Small,
        rate_limit: 0,
        latency: Duration::from_millis(400),
        ..Options::default()
    });
    let account = account.await;
    let files = Files::new();
    let arguments = ["read", "--streams", "classrooms,user_custom_field_values"];
    let path = files.path("out.jsonl");
    let read =
        Watched::start(command(&files, &account.config, &arguments), File::create(&path).unwrap().into());
    let pid = read.child.id().to_string();
    while !std::fs::read_to_string(&path).unwrap().contains("resume") {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let (code, screen) = read.end();
    let lines = lines(&screen);
    let [.., ended, next] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!(code, 143);
    assert!(ended.starts_with("stopped: 1 of 2 streams, "), "{ended}");
    assert!(
        next.ends_with(" and write to another file.") && next.contains(" To continue, add --state "),
        "{next}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_are_not_known_yet_are_a_question_mark() {
    let latency = Duration::from_millis(400);
    let account =
        Account::open(Options { scale: Scale::Small, rate_limit: 0, latency, ..Options::default() }).await;
    let files = Files::new();
    let out = File::create(files.path("out.jsonl")).unwrap();
    let arguments = ["read", "--streams", "user_managers"];
    let (code, screen) = Watched::start(command(&files, &account.config, &arguments), out.into()).end();
    assert_eq!(code, 0);
    // Two lists of users while their number is unknown, then a request for each of the 120.
    let (unknown, known) = (screen.find(" of ? requests").unwrap(), screen.find(" of 122 requests").unwrap());
    assert!(unknown < known, "{screen}");
}
