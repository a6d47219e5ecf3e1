//! The work folder beside the output folder: lock, staging tree, and what a killed
//! build left.

use super::error::{At, Problem};
use super::tree::MANIFEST;
use super::{step, swap};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Name of the work folder where it must be inside the output folder.
pub(super) const INSIDE: &str = ".casebook-work";

/// How long to wait for another build.
const PATIENCE: Duration = Duration::from_secs(if cfg!(test) { 2 } else { 60 });

/// The claim on an output folder. No other build writes to it meanwhile.
///
/// For `site` the work folder is `.site.casebook`, in the same folder. `new` is the tree
/// that is built; while the two have changed places, the output folder itself. `known`
/// is the journal: all files that the two trees had when they changed places. `kept-1`
/// and so on hold what appeared in between and found no place.
///
/// Anybody can put such a folder beside a book. So a journal counts only when it names
/// itself as the disk does, which no archive and no repository can do; nothing else
/// that is found there is believed, and links are never moved.
#[derive(Debug)]
pub(super) struct Work {
    out: PathBuf,
    dir: PathBuf,
    _lock: File,
    inside: bool,
}

impl Work {
    /// Finds the output folder and waits until no other build writes to it.
    pub fn open(out: PathBuf) -> Result<Work, Problem> {
        if fs::metadata(&out).is_ok_and(|found| !found.is_dir()) {
            return Err(Problem::NotAFolder(out));
        }
        let (Some(parent), Some(name)) = (out.parent(), out.file_name()) else {
            return Err(Problem::NotAFolder(out));
        };
        let mut folder = std::ffi::OsString::from(".");
        folder.push(name);
        folder.push(".casebook");
        fs::create_dir_all(parent).at("create", parent)?;
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
        let _ = remove_tree(&self.new_tree());
        let _ = fs::remove_file(self.known());
    }

    /// Puts right what a killed build left.
    pub fn recover(&self) -> Result<(), Problem> {
        if let Some(known) = Known::read(&self.known()) {
            if identity(&self.new_tree()) == known.out {
                self.finish(&known)?;
            } else if identity(&self.out) == known.out {
                self.dismantle(&known)?;
            }
        }
        self.clear().at("remove", &self.dir)
    }

    /// Removes all that is not believed.
    fn clear(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.dir)? {
            let entry = entry?;
            let name = entry.file_name();
            if name == "lock" || name.as_encoded_bytes().starts_with(b"kept-") {
                continue;
            }
            match entry.file_type()?.is_dir() {
                true => remove_tree(&entry.path())?,
                false => fs::remove_file(entry.path())?,
            }
        }
        Ok(())
    }

    /// Writes down what both trees hold, before they change places.
    pub fn note(&self, known: &Known) -> Result<(), Problem> {
        // First whole, then by its name: half a list would be taken for a list.
        let draft = self.draft();
        step();
        known.write(&draft, identity(&self.out)).at("write", &draft)?;
        step();
        fs::rename(&draft, self.known()).at("write", &self.known())
    }

    /// The new tree stands where the output folder was. Brings the folder itself up to
    /// date file by file, for those who hold it, and puts it back in one step.
    pub fn finish(&self, known: &Known) -> Result<(), Problem> {
        let (fresh, folder) = (&self.out, self.new_tree());
        let ours: Vec<&str> =
            known.ours.iter().filter_map(|p| std::str::from_utf8(p).ok()).collect();
        let is_file = |path: &Path| fs::symlink_metadata(path).is_ok_and(|found| found.is_file());
        let (wanted, stale): (Vec<&str>, Vec<&str>) =
            ours.into_iter().partition(|path| is_file(&fresh.join(path)));
        let differs = |path: &&str| identity(&fresh.join(path)) != identity(&folder.join(path));
        let changed: Vec<&str> = wanted.into_par_iter().filter(differs).collect();
        let draft = self.draft();
        let put = |path: &str| {
            let _ = fs::remove_file(&draft);
            swap::link(&fresh.join(path), &draft)?;
            step();
            fs::rename(&draft, folder.join(path))
        };
        swap::replace(&folder, &changed, &stale, &put)?;
        swap::exchange(&folder, fresh).at("replace", fresh)?;
        self.dismantle(known)
    }

    /// Removes a tree that is not the site. A file in it that is not known appeared
    /// while the build ran, and moves to the site; so does one of other people's files
    /// that was replaced meanwhile.
    fn dismantle(&self, known: &Known) -> Result<(), Problem> {
        let tree = &self.new_tree();
        if tree.is_dir() {
            self.dismantle_folder(tree, Path::new(""), known).at("remove", tree)?;
        }
        if tree.is_dir() {
            let kept = (1..).map(|n| self.dir.join(format!("kept-{n}")));
            if let Some(kept) = kept.take(1000).find(|kept| !kept.exists()) {
                fs::rename(tree, &kept).at("move", &kept)?;
            }
        }
        // It says nothing of the tree that comes next.
        fs::remove_file(self.known()).at("remove", &self.known())
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
            let kind = entry.file_type()?;
            if kind.is_dir() {
                self.dismantle_folder(tree, &path, known)?;
                continue;
            }
            let (here, there) = (entry.path(), self.out.join(&path));
            step();
            let name = path.as_os_str().as_encoded_bytes();
            if known.ours.contains(name) || known.foreign.contains(name) && !newer(&here, &there) {
                fs::remove_file(here)?;
            } else if !kind.is_file() {
                // A link may lead anywhere.
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
        if !self.new_tree().exists() {
            let _ = fs::remove_file(self.known());
        }
        // Whoever waits for this lock sees that its file is gone, and makes a new one.
        let _ = fs::remove_file(self.draft());
        let _ = fs::remove_file(self.dir.join("lock"));
        let _ = fs::remove_dir(&self.dir);
    }
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
        match open_lock(&path) {
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

/// Opens the lock, never what a link leads to, and without waiting for a pipe.
fn open_lock(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, flags.cast_signed());
    }
    options.open(path)
}

/// Removes a folder, also one that nobody may write to. Links are not followed.
fn remove_tree(tree: &Path) -> io::Result<()> {
    match fs::remove_dir_all(tree) {
        #[cfg(unix)]
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            use std::os::unix::fs::PermissionsExt;
            for entry in walkdir::WalkDir::new(tree).into_iter().flatten() {
                if entry.file_type().is_dir() {
                    let _ = fs::set_permissions(entry.path(), fs::Permissions::from_mode(0o700));
                }
            }
            fs::remove_dir_all(tree)
        }
        result => result,
    }
}

/// The first words of a journal.
const HEAD: &[u8] = b"casebook journal";

/// The journal: the files that the two trees held when they changed places, by their path.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Which folder is the output folder itself, whatever its name is now.
    out: Option<String>,
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
            out: None,
            ours: ours.chain([Path::new(MANIFEST)]).map(bytes).collect(),
            foreign: foreign.map(bytes).collect(),
        }
    }

    /// Writes it, with its own identity and that of the output folder.
    fn write(&self, path: &Path, out: Option<String>) -> io::Result<()> {
        let mut file = File::create_new(path)?;
        let names = [identity(path).unwrap_or_default(), out.unwrap_or_default()];
        let mut text = [HEAD, names[0].as_bytes(), names[1].as_bytes(), b""].join(&0);
        let ours = self.ours.iter().map(|path| (b'o', path));
        let foreign = self.foreign.iter().map(|path| (b'f', path));
        for (mark, path) in ours.chain(foreign) {
            text.push(mark);
            text.extend_from_slice(path);
            text.push(0);
        }
        file.write_all(&text)
    }

    /// Reads a journal that is ours.
    pub fn read(path: &Path) -> Option<Known> {
        let itself = identity(path)?;
        let found = fs::symlink_metadata(path).ok()?;
        if !found.is_file() || !is_mine(&found) {
            return None;
        }
        let text = fs::read(path).ok()?;
        let mut lines = text.split(|byte| *byte == 0);
        let (head, name, out) = (lines.next()?, lines.next()?, lines.next()?);
        if head != HEAD || name != itself.as_bytes() {
            return None;
        }
        let out = Some(String::from_utf8(out.to_vec()).ok()?).filter(|out| !out.is_empty())?;
        let mut known = Known { out: Some(out), ..Known::default() };
        for line in lines {
            match line.split_first() {
                Some((b'o', path)) => known.ours.insert(path.to_vec()),
                Some((b'f', path)) => known.foreign.insert(path.to_vec()),
                _ => false,
            };
        }
        Some(known)
    }
}

/// What tells a file or folder from all others of this machine: the disk chooses it, so
/// it cannot be written down beforehand.
#[cfg(unix)]
pub(super) fn identity(path: &Path) -> Option<String> {
    use std::os::unix::fs::MetadataExt;
    let found = fs::symlink_metadata(path).ok()?;
    Some(format!("{}:{}", found.dev(), found.ino()))
}

/// Where folders cannot change places no journal is read.
#[cfg(not(unix))]
pub(super) fn identity(_: &Path) -> Option<String> {
    None
}

#[cfg(unix)]
fn is_mine(found: &fs::Metadata) -> bool {
    std::os::unix::fs::MetadataExt::uid(found) == rustix::process::geteuid().as_raw()
}

#[cfg(not(unix))]
fn is_mine(_: &fs::Metadata) -> bool {
    true
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
