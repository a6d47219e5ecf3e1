//! From the staged files to the new site.

use super::error::{At, Problem};
use super::tree::{Foreign, MANIFEST, Tree};
use super::work::{Known, Work};
use super::{put, step, with_folder};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::Path;

/// What a build changes. The changed files are staged already.
#[derive(Debug, Clone, Copy)]
pub(super) struct Change<'b> {
    /// The claim on the output folder.
    pub work: &'b Work,
    /// What the output folder holds.
    pub old: &'b Tree,
    /// The files of the new site.
    pub paths: &'b [String],
    /// Which of them are staged.
    pub changed: &'b [bool],
    /// Files of the old site that the new one does not have.
    pub stale: &'b [&'b str],
}

impl Change<'_> {
    /// Makes the new site stand in place of the old one.
    pub fn commit(self, manifest: &str) -> Result<(), Problem> {
        let work = self.work;
        if work.is_inside() || self.old.mounted {
            return self.file_by_file(manifest).inspect_err(|_| work.discard());
        }
        let ours = self.paths.iter().chain(&self.old.ours).map(Path::new);
        let known = Known::new(ours, self.old.foreign.keys().map(|path| path.as_path()));
        self.complete(manifest, &known).inspect_err(|_| work.discard())?;
        match exchange(&work.new_tree(), work.out(), &work.old_tree()) {
            Ok(()) => {
                // The new site stands. What cannot be removed of the old one is
                // tried again, and reported, by the next build.
                let _ = work.dismantle(&work.old_tree(), &known);
                let _ = work.dismantle(&work.new_tree(), &known);
                Ok(())
            }
            Err(error) if refused(&error) => {
                self.file_by_file(manifest).inspect_err(|_| work.discard())?;
                work.discard();
                Ok(())
            }
            Err(error) => {
                work.discard();
                Err(error).at("replace", work.out())
            }
        }
    }

    /// Adds to the staged files what else the output folder will hold.
    fn complete(&self, manifest: &str, known: &Known) -> Result<(), Problem> {
        let (work, new) = (self.work, self.work.new_tree());
        fs::create_dir_all(&new).at("create", &new)?;
        work.note(known)?;
        let unchanged = self.paths.par_iter().zip(self.changed).filter(|(_, changed)| !**changed);
        unchanged.try_for_each(|(path, _)| {
            let (from, to) = (work.out().join(path), new.join(path));
            with_folder(&to, || link(&from, &to)).at("link", &to)
        })?;
        for (path, kind) in &self.old.foreign {
            let (from, to) = (work.out().join(path), new.join(path));
            match kind {
                Foreign::Folder => fs::create_dir_all(&to).at("create", &to)?,
                Foreign::File => with_folder(&to, || link(&from, &to)).at("link", &to)?,
            }
        }
        let list = new.join(MANIFEST);
        put(&list, manifest.as_bytes()).at("write", &list)?;
        self.keep_permissions(&new)
    }

    /// Folders that were there keep their permissions.
    fn keep_permissions(&self, new: &Path) -> Result<(), Problem> {
        if !self.old.exists {
            return Ok(());
        }
        let mut folders: BTreeSet<&Path> = BTreeSet::from([Path::new("")]);
        folders.extend(self.paths.iter().flat_map(|path| Path::new(path).ancestors().skip(1)));
        folders.extend(self.old.foreign.keys().flat_map(|path| path.ancestors()));
        for folder in folders.into_iter().rev() {
            let from = self.work.out().join(folder);
            if let Ok(metadata) = fs::symlink_metadata(&from)
                && metadata.is_dir()
            {
                let to = new.join(folder);
                fs::set_permissions(&to, metadata.permissions()).at("write", &to)?;
            }
        }
        Ok(())
    }

    /// Renames each staged file into place by itself. Pages come last, so that none
    /// names a style sheet or index that is not there yet.
    fn file_by_file(&self, manifest: &str) -> Result<(), Problem> {
        let (out, new) = (self.work.out(), self.work.new_tree());
        let both: BTreeSet<&str> = manifest.lines().chain(self.old.manifest.lines()).collect();
        let both: String = both.into_iter().flat_map(|line| [line, "\n"]).collect();
        self.replace_manifest(&both)?;
        for path in self.stale {
            let file = out.join(path);
            step();
            fs::remove_file(&file).at("remove", &file)?;
            let folders = Path::new(path).ancestors().skip(1);
            for folder in folders.filter(|folder| !folder.as_os_str().is_empty()) {
                if fs::remove_dir(out.join(folder)).is_err() {
                    break;
                }
            }
        }
        let staged = self.paths.iter().zip(self.changed).filter(|(_, changed)| **changed);
        let mut staged: Vec<&String> = staged.map(|(path, _)| path).collect();
        staged.sort_by_key(|path| (path.ends_with(".html"), *path));
        for path in staged {
            let (from, to) = (new.join(path), out.join(path));
            with_folder(&to, || place(&from, &to)).at("write", &to)?;
        }
        self.replace_manifest(manifest)?;
        if new.is_dir() {
            fs::remove_dir_all(&new).at("remove", &new)?;
        }
        Ok(())
    }

    fn replace_manifest(&self, text: &str) -> Result<(), Problem> {
        let (draft, list) = (self.work.draft(), self.work.out().join(MANIFEST));
        fs::write(&draft, text).at("write", &draft)?;
        place(&draft, &list).at("write", &list)
    }
}

/// Links `to` to the file at `from`, or copies it where that cannot be done.
fn link(from: &Path, to: &Path) -> io::Result<()> {
    use io::ErrorKind::{AlreadyExists, NotFound, StorageFull};
    step();
    match fs::hard_link(from, to) {
        Err(error) if !matches!(error.kind(), NotFound | AlreadyExists | StorageFull) => {
            copy(from, to, error)
        }
        result => result,
    }
}

fn copy(from: &Path, to: &Path, refusal: io::Error) -> io::Result<()> {
    let metadata = fs::symlink_metadata(from)?;
    #[cfg(unix)]
    if metadata.is_symlink() {
        return std::os::unix::fs::symlink(fs::read_link(from)?, to);
    }
    if !metadata.is_file() {
        return Err(refusal);
    }
    fs::copy(from, to)?;
    File::options().write(true).open(to)?.set_modified(metadata.modified()?)
}

/// Moves a file to its place, also from one file system to another.
fn place(from: &Path, to: &Path) -> io::Result<()> {
    step();
    match fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
            let mut name = std::ffi::OsString::from(".casebook-part-");
            name.push(to.file_name().unwrap_or_default());
            let draft = to.with_file_name(name);
            fs::copy(from, &draft)?;
            fs::rename(&draft, to)?;
            fs::remove_file(from)
        }
        result => result,
    }
}

/// Whether the folders cannot change places, which is no reason to give up.
fn refused(error: &io::Error) -> bool {
    use io::ErrorKind::{CrossesDevices, PermissionDenied, ResourceBusy};
    matches!(error.kind(), CrossesDevices | PermissionDenied | ResourceBusy)
}

/// Puts the tree `new` at `out`. What stood there is then at `new`, or at `old` where
/// the system cannot do this in one step. Of the two steps a killed build can leave
/// the first alone done; the next build goes back.
fn exchange(new: &Path, out: &Path, old: &Path) -> io::Result<()> {
    step();
    if !out.exists() {
        return fs::rename(new, out);
    }
    #[cfg(test)]
    if super::tests::asks_for("in-place") {
        return Err(io::ErrorKind::ResourceBusy.into());
    } else if super::tests::asks_for("two-steps") {
        return in_two_steps(new, out, old);
    }
    #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        use rustix::io::Errno;
        match renameat_with(CWD, new, CWD, out, RenameFlags::EXCHANGE) {
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {}
            result => return result.map_err(io::Error::from),
        }
    }
    in_two_steps(new, out, old)
}

fn in_two_steps(new: &Path, out: &Path, old: &Path) -> io::Result<()> {
    fs::rename(out, old)?;
    step();
    fs::rename(new, out).inspect_err(|_| {
        let _ = fs::rename(old, out);
    })
}
