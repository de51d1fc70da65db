//! Standard output as a source needs it: it waits for a slow reader, and a closed one is noticed.

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::os::fd::AsFd as _;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

/// Whether the process was started without standard output (`>&-`). Rust's runtime opens `/dev/null` in its place before
/// `main`, so everything would be printed to nowhere with exit code 0.
static STARTED_CLOSED: AtomicBool = AtomicBool::new(false);

/// The loader calls it before Rust's runtime starts, in the one section that exists for that.
#[expect(unsafe_code, reason = "no safe code runs early enough; the function only duplicates a descriptor")]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".init_array"))]
#[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__mod_init_func"))]
#[used]
static BEFORE_MAIN: extern "C" fn() = {
    extern "C" fn look() {
        STARTED_CLOSED.store(io::stdout().as_fd().try_clone_to_owned().is_err(), Relaxed);
    }
    look
};

/// How long a full pipe waits between two looks, at first and at most.
const WAITS: (Duration, Duration) = (Duration::from_micros(100), Duration::from_millis(20));

/// Standard output, unbuffered. In non-blocking mode (a parent may have set it for its own end) a write waits.
#[derive(Debug)]
pub(crate) struct Stdout(File);

impl Stdout {
    /// Opens it; an error if the process was started without one.
    pub(crate) fn open() -> io::Result<Self> {
        if STARTED_CLOSED.load(Relaxed) {
            return Err(io::Error::new(ErrorKind::NotConnected, "it is closed"));
        }
        Ok(Self(io::stdout().as_fd().try_clone_to_owned()?.into()))
    }
}

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut wait = WAITS.0;
        loop {
            match self.0.write(bytes) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    std::thread::sleep(wait);
                    wait = WAITS.1.min(wait * 2);
                }
                written => return written,
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
