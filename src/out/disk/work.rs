//! The work folder beside the output folder: lock, staging tree, and what a killed
//! build left.

use super::error::{At, Problem};
use super::step;
use super::tree::MANIFEST;
use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Name of the work folder where it must be inside the output folder.
pub(super) const INSIDE: &str = ".casebook-work";

/// How long to wait for another build.
const PATIENCE: Duration = Duration::from_secs(if cfg!(test) { 2 } else { 60 });

/// The claim on an output folder. No other build writes to it meanwhile.
///
/// For `site` the work folder is `.site.casebook`, in the same folder:
/// `new` is the tree that is built, or, once the two have changed places, the old
/// one; `old` is the old tree where they changed places in two steps; `known` lists
/// all files that the two trees had when they changed places; `kept` holds files
/// that appeared in between and found their place taken.
#[derive(Debug)]
pub(super) struct Work {
    out: PathBuf,
    dir: PathBuf,
    _lock: File,
    inside: bool,
}

impl Work {
    /// Finds the output folder and waits until no other build writes to it.
    pub fn open(out: &Path) -> Result<Work, Problem> {
        let out = resolve(out)?;
        let (Some(parent), Some(name)) = (out.parent(), out.file_name()) else {
            return Err(Problem::NotAFolder(out));
        };
        let mut folder = std::ffi::OsString::from(".");
        folder.push(name);
        folder.push(".casebook");
        let beside = parent.join(folder);
        let read_only = |error: &io::Error| {
            use io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
            matches!(error.kind(), PermissionDenied | ReadOnlyFilesystem)
        };
        let (dir, lock) = match lock(&beside, &out) {
            Err(Problem::Io { error, .. }) if read_only(&error) && out.is_dir() => {
                let inside = out.join(INSIDE);
                let lock = lock(&inside, &out)?;
                (inside, lock)
            }
            lock => (beside, lock?),
        };
        let inside = dir.starts_with(&out);
        Ok(Work { out, dir, _lock: lock, inside })
    }

    /// The output folder, absolute.
    pub fn out(&self) -> &Path {
        &self.out
    }

    /// Whether the work folder is inside the output folder, so that the two cannot
    /// change places.
    pub fn is_inside(&self) -> bool {
        self.inside
    }

    /// The tree that is built.
    pub fn new_tree(&self) -> PathBuf {
        self.dir.join("new")
    }

    /// Where the old tree goes when it makes room in two steps.
    pub fn old_tree(&self) -> PathBuf {
        self.dir.join("old")
    }

    /// A file that is written before it gets its name.
    pub fn draft(&self) -> PathBuf {
        self.dir.join("draft")
    }

    fn known(&self) -> PathBuf {
        self.dir.join("known")
    }

    /// Throws the staging tree away, after a failure. What cannot be removed is
    /// removed by the next build.
    pub fn discard(&self) {
        let _ = fs::remove_dir_all(self.new_tree());
        let _ = fs::remove_file(self.known());
    }

    /// Puts right what a killed build left.
    pub fn recover(&self) -> Result<(), Problem> {
        let (new, old) = (self.new_tree(), self.old_tree());
        if old.is_dir() && !self.out.exists() {
            fs::rename(&old, &self.out).at("restore", &self.out)?;
        }
        match fs::read(self.known()) {
            Ok(bytes) => {
                let known = Known::read(&bytes);
                self.dismantle(&old, &known)?;
                self.dismantle(&new, &known)?;
                // It says nothing of the tree that comes next.
                fs::remove_file(self.known()).at("remove", &self.known())
            }
            // Nothing was linked yet: all that is there was rendered for that build.
            Err(_) if new.is_dir() => fs::remove_dir_all(&new).at("remove", &new),
            Err(_) => Ok(()),
        }
    }

    /// Writes down what both trees hold, before they change places.
    pub fn note(&self, known: &Known) -> Result<(), Problem> {
        // First whole, then by its name: half a list would be taken for a list.
        let draft = self.draft();
        step();
        fs::write(&draft, known.text()).at("write", &draft)?;
        step();
        fs::rename(&draft, self.known()).at("write", &self.known())
    }

    /// Removes a tree that is not the site. A file in it that is not known appeared
    /// while the build ran, and moves to the site; so does one of other people's files
    /// that was replaced meanwhile.
    pub fn dismantle(&self, tree: &Path, known: &Known) -> Result<(), Problem> {
        if tree.is_dir() {
            self.dismantle_folder(tree, Path::new(""), known).at("remove", tree)?;
        }
        if tree.is_dir() {
            let kept = (1..).map(|n| self.dir.join(format!("kept-{n}")));
            if let Some(kept) = kept.take(1000).find(|kept| !kept.exists()) {
                fs::rename(tree, &kept).at("move", &kept)?;
            }
        }
        Ok(())
    }

    fn dismantle_folder(&self, tree: &Path, folder: &Path, known: &Known) -> io::Result<()> {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // A read-only folder would keep its files.
            let _ = fs::set_permissions(tree.join(folder), fs::Permissions::from_mode(0o700));
        }
        for entry in fs::read_dir(tree.join(folder))? {
            let entry = entry?;
            let path = folder.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                self.dismantle_folder(tree, &path, known)?;
                continue;
            }
            let (here, there) = (entry.path(), self.out.join(&path));
            step();
            let name = path.as_os_str().as_encoded_bytes();
            if known.ours.contains(name) || known.foreign.contains(name) && !newer(&here, &there) {
                fs::remove_file(here)?;
            } else if known.foreign.contains(name) || fs::symlink_metadata(&there).is_err() {
                super::with_folder(&there, || fs::rename(&here, &there))?;
            }
        }
        step();
        // Not empty when something had to stay.
        match fs::remove_dir(tree.join(folder)) {
            Err(error) if error.kind() != io::ErrorKind::DirectoryNotEmpty => Err(error),
            _ => Ok(()),
        }
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        if !self.new_tree().exists() && !self.old_tree().exists() {
            let _ = fs::remove_file(self.known());
        }
        // Whoever waits for this lock sees that its file is gone, and makes a new one.
        let _ = fs::remove_file(self.draft());
        let _ = fs::remove_file(self.dir.join("lock"));
        let _ = fs::remove_dir(&self.dir);
    }
}

/// The output folder as an absolute path, links followed; the folder around it exists.
fn resolve(out: &Path) -> Result<PathBuf, Problem> {
    if fs::symlink_metadata(out).is_ok() {
        let real = out.canonicalize().at("find", out)?;
        return if real.is_dir() { Ok(real) } else { Err(Problem::NotAFolder(real)) };
    }
    let parent = match out.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let name = out.file_name().ok_or_else(|| Problem::NotAFolder(out.to_path_buf()))?;
    fs::create_dir_all(parent).at("create", parent)?;
    Ok(parent.canonicalize().at("find", parent)?.join(name))
}

fn lock(dir: &Path, out: &Path) -> Result<File, Problem> {
    let path = dir.join("lock");
    let start = Instant::now();
    loop {
        match fs::create_dir(dir) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(error).at("create", dir);
            }
            _ if fs::symlink_metadata(dir).is_ok_and(|found| !found.is_dir()) => {
                return Err(Problem::InTheWay(dir.to_path_buf()));
            }
            _ => {}
        }
        match File::options().create(true).truncate(false).write(true).open(&path) {
            // The build before this one has just cleaned up.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error).at("lock", &path),
            Ok(file) => match file.try_lock() {
                Ok(()) if is_at(&file, &path) => return Ok(file),
                Ok(()) | Err(TryLockError::WouldBlock) => {}
                // Better no lock than no site.
                Err(TryLockError::Error(e)) if e.kind() == io::ErrorKind::Unsupported => {
                    return Ok(file);
                }
                Err(TryLockError::Error(error)) => return Err(error).at("lock", &path),
            },
        }
        if start.elapsed() > PATIENCE {
            return Err(Problem::Busy(out.to_path_buf()));
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// The files that the two trees held when they changed places, by their path.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Written by this build or the one before.
    pub ours: BTreeSet<Vec<u8>>,
    /// Everybody else's, which stand in both trees.
    pub foreign: BTreeSet<Vec<u8>>,
}

impl Known {
    /// The two lists of paths, and the manifest.
    pub fn new<'p>(
        ours: impl Iterator<Item = &'p Path>,
        foreign: impl Iterator<Item = &'p Path>,
    ) -> Known {
        let bytes = |path: &Path| path.as_os_str().as_encoded_bytes().to_vec();
        Known {
            ours: ours.chain([Path::new(MANIFEST)]).map(bytes).collect(),
            foreign: foreign.map(bytes).collect(),
        }
    }

    fn text(&self) -> Vec<u8> {
        let ours = self.ours.iter().map(|path| (b'o', path));
        let foreign = self.foreign.iter().map(|path| (b'f', path));
        let mut text = Vec::new();
        for (mark, path) in ours.chain(foreign) {
            text.push(mark);
            text.extend_from_slice(path);
            text.push(0);
        }
        text
    }

    fn read(text: &[u8]) -> Known {
        let mut known = Known::default();
        for line in text.split(|byte| *byte == 0) {
            match line.split_first() {
                Some((b'o', path)) => known.ours.insert(path.to_vec()),
                Some((b'f', path)) => known.foreign.insert(path.to_vec()),
                _ => false,
            };
        }
        known
    }
}

/// Whether the file at `here` was changed later than the one at `there`.
fn newer(here: &Path, there: &Path) -> bool {
    let time = |path| fs::symlink_metadata(path).and_then(|metadata| metadata.modified());
    matches!((time(here), time(there)), (Ok(one), Ok(other)) if one > other)
}

/// Whether an open file is still the one that stands at a path.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let id = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    match (file.metadata(), fs::symlink_metadata(path)) {
        (Ok(one), Ok(other)) => id(one) == id(other),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}
