//! A fault of the connector itself.

use std::process::Command;

use source_360learning::error::{Error, keep_panics_quiet};

/// Set in the process of its own that this test needs: the panic hook is the whole process's.
const ALONE: &str = "SOURCE_360LEARNING_TEST_ALONE";

#[tokio::test]
async fn a_panic_is_reported_with_its_place_and_without_its_text() {
    if std::env::var_os(ALONE).is_none() {
        let test = "panic::a_panic_is_reported_with_its_place_and_without_its_text";
        let mut command = Command::new(std::env::current_exe().unwrap());
        let output = command.args([test, "--exact", "--nocapture"]).env(ALONE, "1").output().unwrap();
        assert!(output.status.success(), "{output:?}");
        return;
    }
    keep_panics_quiet();
    let ended = tokio::spawn(async { panic!("what was read: {}", "a-secret") }).await;
    let error = Error::from(ended.map(|()| "no end").unwrap_err());
    let text = format!("{error} {error:?}");
    // The hook hides this test's own panics too.
    if !text.contains("tests/it/panic.rs:20") || text.contains("a-secret") {
        std::process::exit(1);
    }
}
