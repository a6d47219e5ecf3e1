//! The paths of a site, and what an output folder holds: files that the previous
//! build wrote, and others.

use super::error::{At, Problem};
use super::work::INSIDE;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

/// The list of what a build wrote, in the output folder.
pub const MANIFEST: &str = ".casebook-manifest";

const MANIFEST_HEAD: &str =
    "# What Casebook wrote here. The next build removes from this list what it does not write.\n";

/// What stands in an output folder.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// Whether there is a folder.
    pub exists: bool,
    /// The text of its manifest.
    pub manifest: String,
    /// Regular files that the previous build wrote.
    pub ours: BTreeSet<String>,
    /// Everything else; of the folders those that hold none of our files.
    pub foreign: BTreeMap<PathBuf, Foreign>,
    /// Whether a folder inside is another file system.
    pub mounted: bool,
    /// Whether a folder is of another owner or group, or has an access list.
    pub others: bool,
}

/// Something that Casebook did not write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Foreign {
    /// A folder.
    Folder,
    /// A file, or a link.
    File,
}

/// Checks the paths of a site and lists them.
pub(super) fn manifest(paths: &[String]) -> Result<String, Problem> {
    let mut by_lower: BTreeMap<String, &String> = BTreeMap::new();
    for path in paths {
        if let Some(reason) = flaw(path) {
            return Err(Problem::BadPath { path: path.clone(), reason });
        }
        if let Some(other) = by_lower.insert(path.to_lowercase(), path) {
            return Err(Problem::Clash(other.clone(), path.clone()));
        }
    }
    for (lower, path) in &by_lower {
        let folders = lower.match_indices('/').map(|(end, _)| &lower[..end]);
        if let Some(file) = folders.filter_map(|folder| by_lower.get(folder)).next() {
            return Err(Problem::Clash((*file).clone(), (*path).clone()));
        }
    }
    let sorted: BTreeSet<&String> = paths.iter().collect();
    let mut text = String::from(MANIFEST_HEAD);
    for path in sorted {
        text.push_str(path);
        text.push('\n');
    }
    Ok(text)
}

/// What keeps a path from being a file below the output folder.
fn flaw(path: &str) -> Option<&'static str> {
    let first = path.split('/').next().unwrap_or("");
    if path.is_empty() || path.split('/').any(str::is_empty) {
        Some("a part of it is empty, or it is absolute")
    } else if path.split('/').any(|part| part == "." || part == "..") {
        Some("it must not hold `.` or `..`")
    } else if path.contains(|c: char| c.is_control() || c == '\\') {
        Some("it must not hold control characters or backslashes")
    } else if Path::new(path).components().any(|part| !matches!(part, Component::Normal(_))) {
        Some("it leads out of the output folder")
    } else if first.eq_ignore_ascii_case(MANIFEST) || first.eq_ignore_ascii_case(INSIDE) {
        Some("the name is reserved")
    } else {
        None
    }
}

impl Tree {
    /// Reads an output folder, which need not exist.
    pub fn read(out: &Path) -> Result<Tree, Problem> {
        let mut tree = Tree::default();
        if fs::symlink_metadata(out).is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
            return Ok(tree);
        }
        tree.exists = true;
        if out.join("book.toml").exists() {
            return Err(Problem::HoldsBook(out.to_path_buf()));
        }
        let file = out.join(MANIFEST);
        tree.manifest = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error).at("read", &file),
        };
        let listed = tree.manifest.lines().filter(|line| flaw(line).is_none());
        let listed: BTreeSet<String> = listed.map(str::to_string).collect();
        let metadata = fs::metadata(out).at("read", out)?;
        tree.others = has_own_rights(&metadata, out);
        tree.walk(out, Path::new(""), device(&metadata), &listed)?;
        Ok(tree)
    }

    /// Returns whether a folder holds, at any depth, a file of ours.
    fn walk(
        &mut self,
        out: &Path,
        folder: &Path,
        disk: u64,
        listed: &BTreeSet<String>,
    ) -> Result<bool, Problem> {
        let here = out.join(folder);
        let mut holds_ours = false;
        for entry in fs::read_dir(&here).at("read", &here)? {
            let entry = entry.at("read", &here)?;
            let path = folder.join(entry.file_name());
            let kind = entry.file_type().at("read", &entry.path())?;
            if folder.as_os_str().is_empty()
                && (entry.file_name() == MANIFEST || entry.file_name() == INSIDE)
            {
                continue;
            }
            if kind.is_dir() {
                let metadata = entry.metadata().at("read", &entry.path())?;
                self.mounted |= device(&metadata) != disk;
                self.others |= has_own_rights(&metadata, &entry.path());
                if self.walk(out, &path, disk, listed)? {
                    holds_ours = true;
                } else {
                    self.foreign.insert(path, Foreign::Folder);
                }
                continue;
            }
            match slashed(&path).filter(|name| kind.is_file() && listed.contains(name)) {
                Some(name) => {
                    holds_ours = true;
                    self.ours.insert(name);
                }
                None => {
                    self.foreign.insert(path, Foreign::File);
                }
            }
        }
        Ok(holds_ours)
    }

    /// Refuses when something that is not ours stands where a path must go.
    pub fn make_room(&self, out: &Path, paths: &[String]) -> Result<(), Problem> {
        let blocked = |path: &Path| Err(Problem::InTheWay(out.join(path)));
        for path in paths.iter().map(Path::new) {
            // Paths are ordered by their parts: what lies in a folder follows it.
            if let Some((found, _)) = self.foreign.range(path.to_path_buf()..).next()
                && found.starts_with(path)
            {
                return blocked(found);
            }
            let folders = path.ancestors().skip(1);
            if let Some(file) =
                folders.filter(|f| self.foreign.get(*f) == Some(&Foreign::File)).last()
            {
                return blocked(file);
            }
        }
        Ok(())
    }
}

/// A relative path with `/` between its parts; none when it is not text.
fn slashed(path: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> = path.iter().map(|part| part.to_str()).collect();
    Some(parts?.join("/"))
}

#[cfg(unix)]
fn device(metadata: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::dev(metadata)
}

#[cfg(not(unix))]
fn device(_: &fs::Metadata) -> u64 {
    0
}

/// Whether a folder made by us would be open to others than this one is.
#[cfg(unix)]
fn has_own_rights(metadata: &fs::Metadata, folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let me = (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
    (metadata.uid(), metadata.gid()) != me || has_access_list(folder)
}

#[cfg(not(unix))]
fn has_own_rights(_: &fs::Metadata, _: &Path) -> bool {
    false
}

#[cfg(target_os = "linux")]
fn has_access_list(folder: &Path) -> bool {
    let mut names = [0; 4096];
    let length = rustix::fs::listxattr(folder, &mut names[..]).unwrap_or(0);
    names[..length].split(|byte| *byte == 0).any(|name| name.starts_with(b"system.posix_acl"))
}

#[cfg(all(unix, not(target_os = "linux")))]
fn has_access_list(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(paths: &[&str]) -> Result<String, Problem> {
        manifest(&paths.iter().map(|p| p.to_string()).collect::<Vec<_>>())
    }

    #[test]
    fn bad_paths_are_refused() {
        for bad in [
            "",
            "/a",
            "a//b",
            "a/",
            "../a",
            "a/../b",
            "./a",
            "a\0b",
            "a\nb",
            "a\\b",
            ".casebook-manifest",
            ".Casebook-Manifest",
            ".casebook-work/a",
        ] {
            assert!(matches!(list(&[bad]), Err(Problem::BadPath { .. })), "{bad:?}");
        }
        assert!(list(&["a/b.html", "a/c.html", "ä/.well-known/x", "a..b"]).is_ok());
    }

    #[test]
    fn paths_that_cannot_live_together_are_refused() {
        for pair in [["a.html", "A.html"], ["a", "a/b"], ["A/b", "a"], ["a", "a"], ["É", "é"]] {
            assert!(matches!(list(&pair), Err(Problem::Clash(..))), "{pair:?}");
        }
    }

    #[test]
    fn the_manifest_is_sorted() {
        let text = list(&["b", "a"]).unwrap();
        assert_eq!(text.lines().skip(1).collect::<Vec<_>>(), ["a", "b"]);
    }
}
