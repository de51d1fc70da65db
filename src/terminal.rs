//! Standard error, for a person at a terminal. Every line here is optional: one that cannot be written is not a failure.

use std::io::{self, IsTerminal as _, Write as _};

/// True if a person watches standard error while standard output goes elsewhere, and so sees no message.
#[must_use]
pub fn is_watched() -> bool {
    io::stderr().is_terminal() && !io::stdout().is_terminal()
}

/// The file that standard output goes to; `None` if it goes elsewhere, or the system does not say where.
#[must_use]
pub fn stdout_file() -> Option<String> {
    let path = std::fs::read_link("/proc/self/fd/1").ok().filter(|path| path.is_file())?;
    Some(path.display().to_string())
}

/// Prints a line.
pub fn print(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Reports that standard output takes no more. A reader that went away, such as `head`, had enough.
pub fn unwritable(error: &io::Error) {
    if error.kind() != io::ErrorKind::BrokenPipe {
        let advice = match error.kind() {
            io::ErrorKind::StorageFull => "Make room on the disk, or redirect it elsewhere.",
            _ => "Redirect it to a file, a pipe or /dev/null.",
        };
        print(&format!("source-360learning: standard output cannot be written: {error}. {advice}"));
    }
}
