//! A fault of the connector itself. Alone in its file: the hook is the whole process's.

use source_360learning::error::{Error, keep_panics_quiet};

#[tokio::test]
async fn a_panic_is_reported_with_its_place_and_without_its_text() {
    let before = std::panic::take_hook();
    keep_panics_quiet();
    let ended = tokio::spawn(async { panic!("what was read: {}", "a-secret") }).await;
    std::panic::set_hook(before);
    let error = Error::from(ended.map(|()| "no end").unwrap_err());
    let text = format!("{error} {error:?}");
    assert!(text.contains("tests/panic.rs:10"), "{text}");
    assert!(!text.contains("a-secret"), "{text}");
}
