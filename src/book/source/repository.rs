//! The git repository around a book, read without obeying it.
//!
//! Settings of a repository can name programs that git starts: to fetch, to sign, to
//! page, to filter, to watch files. A book of a stranger may bring such a repository.
//! So git is never shown it. Git gets an empty repository of our own whose objects are
//! those of the real one ([`Repository::git`]); the commit to begin with is read here.
//! Objects are data: nothing in them starts anything.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Larger files are no references of git.
const MAX_TEXT: u64 = 64 << 20;

/// So many references may follow each other.
const MAX_STEPS: usize = 5;

/// A repository on disk.
#[derive(Debug)]
pub(super) struct Repository {
    /// The folder that holds `.git`.
    pub worktree: PathBuf,
    /// `.git`, or where it points to.
    dir: PathBuf,
    /// What all work trees of the repository share: objects and references.
    common: PathBuf,
}

impl Repository {
    /// The repository around a folder (absolute, without links).
    pub fn around(folder: &Path) -> Option<Repository> {
        folder.ancestors().find_map(Repository::at)
    }

    /// Only a `.git` counts: a folder that looks like a bare repository may be content.
    fn at(worktree: &Path) -> Option<Repository> {
        let named = worktree.join(".git");
        let dir = match text(&named) {
            Some(file) => worktree.join(file.strip_prefix("gitdir: ")?.trim_end()),
            None => named,
        };
        let common = match text(&dir.join("commondir")) {
            Some(path) => dir.join(path.trim_end()),
            None => dir.clone(),
        };
        let is_one = dir.join("HEAD").is_file() && common.join("objects").is_dir();
        is_one.then(|| Repository { worktree: worktree.to_path_buf(), dir, common })
    }

    /// Whose it is, when it is not the user's: git would not read it either.
    #[cfg(unix)]
    pub fn stranger(&self) -> Option<u32> {
        use std::os::unix::fs::MetadataExt;
        let me = rustix::process::geteuid().as_raw();
        // As git does: whoever became root by sudo stays who they were.
        let sudo = || std::env::var("SUDO_UID").ok()?.parse::<u32>().ok();
        let before = (me == 0).then(sudo).flatten();
        let owner = |path: &Path| fs::metadata(path).ok().map(|found| found.uid());
        [&self.worktree, &self.dir, &self.common]
            .into_iter()
            .filter_map(|path| owner(path))
            .find(|owner| *owner != me && Some(*owner) != before)
    }

    #[cfg(not(unix))]
    pub fn stranger(&self) -> Option<u32> {
        None
    }

    /// Whether the clone was cut off somewhere.
    pub fn is_shallow(&self) -> bool {
        fs::metadata(self.common.join("shallow")).is_ok_and(|found| found.len() > 0)
    }

    /// The commit that is checked out, as a hash.
    ///
    /// # Errors
    /// When there is none, or its reference is kept in a form that is not read here.
    pub fn head(&self) -> Result<String, String> {
        let mut name = "HEAD".to_string();
        for _ in 0..MAX_STEPS {
            let Some(found) = self.reference(&name) else { break };
            match found.strip_prefix("ref:") {
                None if is_hash(&found) => return Ok(found),
                None => break,
                Some(next) => name = next.trim().to_string(),
            }
        }
        Err(match self.common.join("reftable").is_dir() {
            true => "the repository keeps its branches as `reftable`, which is not read".into(),
            false => "the book is in a git repository without a commit".into(),
        })
    }

    /// What a reference says: a hash, or `ref: ` and another one.
    fn reference(&self, name: &str) -> Option<String> {
        let plain = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.contains('\\');
        if name != "HEAD" && !(name.starts_with("refs/") && name.split('/').all(plain)) {
            return None;
        }
        let loose = [&self.dir, &self.common].into_iter().find_map(|dir| text(&dir.join(name)));
        if let Some(loose) = loose {
            return Some(loose.trim().to_string());
        }
        let packed = text(&self.common.join("packed-refs"))?;
        let mut lines = packed.lines().filter_map(|line| line.split_once(' '));
        lines.find(|(_, named)| *named == name).map(|(hash, _)| hash.to_string())
    }

    /// Refuses what git would wait for: it opens whatever stands among the objects.
    pub fn look_at_objects(&self) -> Result<(), String> {
        let mut folders = vec![self.objects()];
        let mut seen = 0;
        while let Some(objects) = folders.pop() {
            for entry in walkdir::WalkDir::new(&objects).follow_links(true).max_depth(3) {
                let entry =
                    entry.map_err(|error| format!("its objects cannot be read: {error}"))?;
                if !entry.file_type().is_dir() && !entry.file_type().is_file() {
                    return Err(format!("`{}` is no regular file", entry.path().display()));
                }
            }
            let others = text(&objects.join("info/alternates")).unwrap_or_default();
            folders.extend(others.lines().map(|line| objects.join(line)).filter(|f| f.is_dir()));
            seen += 1;
            if seen > MAX_STEPS {
                return Err("its objects are borrowed from too many other repositories".into());
            }
        }
        Ok(())
    }

    fn objects(&self) -> PathBuf {
        self.common.join("objects")
    }

    /// Git, in an empty repository in `desk` that has the objects of this one. No
    /// settings are read but those written here.
    pub fn git(&self, desk: &Path, head: &str) -> io::Result<Command> {
        let dir = desk.join("git");
        fs::create_dir_all(dir.join("refs"))?;
        fs::write(dir.join("HEAD"), format!("{head}\n"))?;
        fs::write(dir.join("config"), settings(head))?;
        let mut command = git(desk);
        command.env("GIT_DIR", &dir).env("GIT_OBJECT_DIRECTORY", self.objects().canonicalize()?);
        Ok(command)
    }
}

/// Git away from any repository, with the settings of the user alone.
pub(super) fn git(desk: &Path) -> Command {
    let mut command = Command::new("git");
    // Also those that a hook, in which this program may run, has set.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("GIT_") {
            command.env_remove(name);
        }
    }
    let around = desk.parent().unwrap_or(desk);
    command.current_dir(desk).env("GIT_CEILING_DIRECTORIES", around).stdin(Stdio::null());
    command
}

/// Takes the settings of the user and of the system away too.
pub(super) fn without_settings<'c>(command: &'c mut Command, desk: &Path) -> &'c mut Command {
    command
        .envs([("GIT_CONFIG_NOSYSTEM", "1"), ("GIT_NO_LAZY_FETCH", "1"), ("LC_ALL", "C")])
        // Git before 2.32 knows the folders, not the file.
        .env("GIT_CONFIG_GLOBAL", desk.join("none"))
        .env("HOME", desk)
        .env("XDG_CONFIG_HOME", desk)
        // No protocol has this name, so nothing is fetched by any.
        .env("GIT_ALLOW_PROTOCOL", "none")
        .env("GIT_NO_REPLACE_OBJECTS", "1")
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_TERMINAL_PROMPT", "0")
}

/// The settings of the empty repository; the length of a hash tells its kind.
fn settings(head: &str) -> String {
    let version = match head.len() {
        64 => "repositoryformatversion = 1\n[extensions]\nobjectFormat = sha256\n[core]\n",
        _ => "repositoryformatversion = 0\n",
    };
    // Windows of a pack in memory: the process may not take more than it needs.
    format!(
        "[core]\n{version}bare = true\nquotePath = false\npackedGitWindowSize = 32m\n\
         packedGitLimit = 256m\n"
    )
}

fn is_hash(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The text of a regular file of bounded length.
fn text(path: &Path) -> Option<String> {
    let found = fs::metadata(path).ok()?;
    (found.is_file() && found.len() <= MAX_TEXT).then(|| fs::read_to_string(path).ok()).flatten()
}
