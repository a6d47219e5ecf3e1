//! `casebook build --timings`: where the time and the memory of a build went, to be sent along with a
//! report of a slow build.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How many of the slowest files are named.
const SLOWEST: usize = 10;

/// What was measured so far. Stages may run side by side, so they may add up to more than the whole.
#[derive(Debug)]
pub(super) struct Timings {
    start: Instant,
    stages: Mutex<Vec<(&'static str, Duration)>>,
    files: Mutex<Vec<(Duration, String)>>,
}

impl Timings {
    pub(super) fn new() -> Timings {
        Timings { start: Instant::now(), stages: Mutex::default(), files: Mutex::default() }
    }

    /// Since the start.
    pub(super) fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    /// Does the work of a stage.
    pub(super) fn stage<T>(&self, name: &'static str, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let out = work();
        let mut stages = self.stages.lock().unwrap_or_else(PoisonError::into_inner);
        stages.push((name, start.elapsed()));
        out
    }

    /// Makes one file of the site.
    pub(super) fn file<T>(&self, path: &str, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let out = work();
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.push((start.elapsed(), path.to_string()));
        out
    }
}

impl fmt::Display for Timings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |time: &Duration| time.as_secs_f64() * 1000.0;
        for (name, time) in self.stages.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            writeln!(f, "{:>9.1} ms  {name}", ms(time))?;
        }
        writeln!(
            f,
            "{:>9.1} ms  in all, on {} threads",
            ms(&self.elapsed()),
            rayon::current_num_threads()
        )?;
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        writeln!(f, "the slowest of {} files:", files.len())?;
        for (time, path) in files.iter().take(SLOWEST) {
            writeln!(f, "{:>9.1} ms  {path}", ms(time))?;
        }
        match peak() {
            Some(megabytes) => writeln!(f, "{megabytes:>9} MB  of memory at most"),
            None => Ok(()),
        }
    }
}

/// The most memory that the process held, in megabytes, where the system tells it
/// (`VmHWM` of proc(5), in kB).
#[allow(clippy::disallowed_methods, reason = "a file of the system, not of the book")]
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? / 1024)
}
