//! When files were last changed, as git tells.

use super::repository::{self, Repository};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// So long may git take.
const PATIENCE: Duration = Duration::from_secs(120);

/// So many bytes may it say, of so many files: a tree can name the same tree over and over.
const MAX_BYTES: u64 = 1 << 30;
const MAX_FILES: usize = 1_000_000;

/// The day of the last commit that changed each file, by its path from the book's root.
/// `Err` when there is no full history: why, and what helps.
pub fn read(root: &Path) -> Result<BTreeMap<String, String>, String> {
    let leave_out = "; leave `git` out of book.toml";
    let found = Repository::around(root)
        .ok_or_else(|| format!("the book is in no git repository{leave_out}"))?;
    let desk = tempfile::tempdir().map_err(|error| format!("git has no desk: {error}"))?;
    if let Some(owner) = found.stranger()
        && !is_trusted(&found.worktree, &mut repository::git(desk.path()))
    {
        let path = found.worktree.display();
        return Err(format!(
            "detected dubious ownership in repository at '{path}': it belongs to user {owner}, and \
             git reads none of others; if you trust it: \
             git config --global --add safe.directory '{path}'"
        ));
    }
    if found.is_shallow() {
        return Err("this clone is shallow and does not know when files were changed; fetch the \
                    whole history, or leave `git` out"
            .into());
    }
    let explain = |reason: String| format!("{reason}{leave_out}");
    let head = found.head().map_err(explain)?;
    found.look_at_objects().map_err(explain)?;
    log(&found, root, &head, desk.path()).map_err(explain)
}

/// Whether the user's own settings say that a repository of somebody else may be read.
fn is_trusted(worktree: &Path, git: &mut Command) -> bool {
    let output = git.args(["config", "--get-all", "safe.directory"]).output();
    let said = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    said.unwrap_or_default().lines().any(|line| match line.strip_suffix("/*") {
        Some(folder) => worktree.starts_with(folder),
        None => line == "*" || Path::new(line) == worktree,
    })
}

fn log(
    found: &Repository,
    root: &Path,
    head: &str,
    desk: &Path,
) -> Result<BTreeMap<String, String>, String> {
    let start = |error| format!("git cannot be run: {error}");
    let mut relative = std::ffi::OsString::from("--relative=");
    if let Ok(below) = root.strip_prefix(&found.worktree)
        && !below.as_os_str().is_empty()
    {
        relative.push(below);
        relative.push("/");
    }
    let said = std::fs::File::create(desk.join("said")).map_err(start)?;
    let mut command = found.git(desk, head).map_err(start)?;
    let command = repository::without_settings(&mut command, desk)
        .args(["--no-pager", "log", "--format=%x00%cs", "--name-only", "--no-renames"])
        .args(["--no-ext-diff", "--no-textconv", "--no-show-signature", "--no-mailmap"])
        .arg(relative)
        .args([head, "--"])
        .stdout(Stdio::piped())
        .stderr(said);
    let dates = run(command)?;
    dates.ok_or_else(|| {
        let said = std::fs::read_to_string(desk.join("said")).unwrap_or_default();
        format!("git cannot read the history: {}", said.lines().next().unwrap_or("it said nothing"))
    })
}

/// Runs git and reads what it says, within bounds; `None` when git fails.
fn run(command: &mut Command) -> Result<Option<BTreeMap<String, String>>, String> {
    let mut child = command.spawn().map_err(|error| format!("git cannot be run: {error}"))?;
    limit(&child);
    let Some(out) = child.stdout.take() else { return Ok(None) };
    let (sender, receiver) = mpsc::channel();
    let reading = std::thread::spawn(move || sender.send(listen(out)));
    let dates = receiver.recv_timeout(PATIENCE);
    if !matches!(dates, Ok(Some(_))) {
        let _ = child.kill();
    }
    let status = child.wait();
    let _ = reading.join();
    match dates {
        Ok(Some(dates)) => Ok(status.is_ok_and(|status| status.success()).then_some(dates)),
        Ok(None) => Err("the history is too large".into()),
        Err(_) => Err(format!("git took more than {} s", PATIENCE.as_secs())),
    }
}

/// Bounds the memory of git.
#[cfg(target_os = "linux")]
fn limit(child: &Child) {
    use rustix::process::{Pid, Resource, Rlimit, prlimit};
    let most = Some(1 << 30);
    // Without the bound it is slower to fail, and no less safe.
    let _ = prlimit(
        Pid::from_raw(child.id().cast_signed()),
        Resource::Data,
        Rlimit { current: most, maximum: most },
    );
}

#[cfg(not(target_os = "linux"))]
fn limit(_: &Child) {}

/// The days that git says; `None` when it says too much.
fn listen(out: ChildStdout) -> Option<BTreeMap<String, String>> {
    let mut rest = BufReader::new(out.take(MAX_BYTES));
    let mut dates = Dates::default();
    let mut line = Vec::new();
    while rest.read_until(b'\n', &mut line).ok()? > 0 {
        dates.take(String::from_utf8_lossy(&line).trim_end_matches('\n'));
        line.clear();
        if dates.of.len() > MAX_FILES {
            return None;
        }
    }
    (rest.get_ref().limit() > 0).then_some(dates.of)
}

/// Reads the log, newest first, line by line: a day after a NUL, then paths.
#[derive(Debug, Default)]
struct Dates {
    day: String,
    of: BTreeMap<String, String>,
}

impl Dates {
    fn take(&mut self, line: &str) {
        if let Some(day) = line.strip_prefix('\0') {
            self.day = day.to_string();
        } else if let Some(known) = self.of.get_mut(line) {
            // A branch that was merged late may hold a later day.
            if self.day > *known {
                known.clone_from(&self.day);
            }
        } else if !line.is_empty() {
            self.of.insert(line.to_string(), self.day.clone());
        }
    }
}

#[cfg(test)]
mod tests;
