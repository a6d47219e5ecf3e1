//! Standard output and standard error.

use super::Failure;
use std::fmt::Arguments;
use std::io::{self, ErrorKind, Write};

/// Writes text to standard output as it is.
///
/// # Errors
/// When it cannot be written. Who has closed the pipe has read enough.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    outcome(out.write_all(text.as_bytes()).and_then(|()| out.flush()))
}

/// As [`print()`], with colours where a terminal shows them.
pub(super) fn paint(text: &str) -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    outcome(out.write_all(text.as_bytes()).and_then(|()| out.flush()))
}

/// As [`print()`], a line for people.
pub(super) fn line(words: Arguments<'_>) -> Result<(), Failure> {
    print(&format!("{words}\n"))
}

/// Writes a line to standard error, which may be closed or full.
pub(super) fn warn(words: Arguments<'_>) {
    let _ = writeln!(io::stderr(), "{words}");
}

fn outcome(written: io::Result<()>) -> Result<(), Failure> {
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(format!("cannot write to standard output: {error}"))
        }
        _ => Ok(()),
    }
}
