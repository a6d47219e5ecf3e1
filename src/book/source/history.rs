//! When files were last changed, as git tells.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// The day of the last commit that changed each file, by its path from the book's root.
/// `Err` when there is no full history, and why.
pub fn read(root: &Path) -> Result<BTreeMap<String, String>, String> {
    let git = |words: &[&str]| {
        let fixed = ["--no-pager", "-c", "core.quotePath=false", "-c", "log.showSignature=false"];
        let output = Command::new("git").arg("-C").arg(root).args(fixed).args(words).output();
        let output = output.map_err(|error| format!("git cannot be run: {error}"))?;
        match output.status.success() {
            true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
            false => Err("the book is in no git repository, or has no commit".to_string()),
        }
    };
    if git(&["rev-parse", "--is-shallow-repository"])?.trim() == "true" {
        return Err("this clone is shallow and does not know when files were changed".into());
    }
    let log = git(&["log", "--format=%x00%cs", "--name-only", "--relative", "--no-renames"])?;
    Ok(dates(&log))
}

/// Reads the log, newest first: a day after each NUL, then paths.
fn dates(log: &str) -> BTreeMap<String, String> {
    let mut out: BTreeMap<String, String> = BTreeMap::new();
    for commit in log.split('\0') {
        let mut lines = commit.lines();
        let Some(day) = lines.next() else { continue };
        for path in lines.filter(|line| !line.is_empty()) {
            let known = out.entry(path.to_string()).or_insert_with(|| day.to_string());
            // A branch that was merged late may hold a later day.
            if day > known.as_str() {
                *known = day.to_string();
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_day_counts() {
        let log =
            "\u{0}2026-05-02\n\ncontent/a.md\n\u{0}2026-05-03\n\ncontent/a.md\ncontent/b c.md\n";
        let dates = dates(log);
        assert_eq!(dates["content/a.md"], "2026-05-03");
        assert_eq!(dates["content/b c.md"], "2026-05-03");
    }
}
