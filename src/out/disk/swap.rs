//! From the staged files to the new site.

use super::error::{At, Problem};
use super::tree::{Foreign, MANIFEST, Tree};
use super::work::{Known, Work};
use super::{put, settle, step, with_folder};
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
    /// Whether to wait until the disk has it.
    pub fsync: bool,
}

impl Change<'_> {
    /// Makes the new site stand in place of the old one.
    pub fn commit(self, manifest: &str) -> Result<(), Problem> {
        let work = self.work;
        if !self.old.exists {
            return self.first(manifest).inspect_err(|_| work.discard());
        }
        if work.is_inside() || self.old.mounted || self.old.others {
            return self.in_place(manifest).inspect_err(|_| work.discard());
        }
        let ours = self.paths.iter().chain(&self.old.ours).map(Path::new);
        let known = Known::new(ours, self.old.foreign.keys().map(|path| path.as_path()));
        self.complete(manifest, &known).inspect_err(|_| work.discard())?;
        self.settle(&work.new_tree()).inspect_err(|_| work.discard())?;
        match exchange(&work.new_tree(), work.out()) {
            // The new site stands. What goes wrong from here on is tried again, and
            // reported, by the next build.
            Ok(()) => {
                let _ = work.finish(&known);
                self.settle(work.out())
            }
            Err(error) if refused(&error) => {
                self.in_place(manifest).inspect_err(|_| work.discard())?;
                work.discard();
                Ok(())
            }
            Err(error) => {
                work.discard();
                Err(error).at("replace", work.out())
            }
        }
    }

    /// Where no folder is, the staged one becomes it.
    fn first(&self, manifest: &str) -> Result<(), Problem> {
        let (new, out) = (self.work.new_tree(), self.work.out());
        let list = new.join(MANIFEST);
        with_folder(&list, || put(&list, manifest.as_bytes())).at("write", &list)?;
        self.settle(&new)?;
        step();
        fs::rename(&new, out).at("create", out)?;
        self.settle(out)
    }

    fn settle(&self, tree: &Path) -> Result<(), Problem> {
        if self.fsync { settle(tree).at("sync", tree) } else { Ok(()) }
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

    /// While the staged folders stand for the old ones, who may read those may read these.
    fn keep_permissions(&self, new: &Path) -> Result<(), Problem> {
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

    /// Renames each staged file into place by itself.
    fn in_place(&self, manifest: &str) -> Result<(), Problem> {
        let (out, new) = (self.work.out(), self.work.new_tree());
        let both: BTreeSet<&str> = manifest.lines().chain(self.old.manifest.lines()).collect();
        let both: String = both.into_iter().flat_map(|line| [line, "\n"]).collect();
        if new.is_dir() {
            self.settle(&new)?;
        }
        self.replace_manifest(&both)?;
        let staged = self.paths.iter().zip(self.changed).filter(|(_, changed)| **changed);
        let staged: Vec<&str> = staged.map(|(path, _)| path.as_str()).collect();
        replace(out, &staged, self.stale, &|path| place(&new.join(path), &out.join(path)))?;
        self.settle(out)?;
        self.replace_manifest(manifest)?;
        if new.is_dir() {
            fs::remove_dir_all(&new).at("remove", &new)?;
        }
        self.settle(out)
    }

    fn replace_manifest(&self, text: &str) -> Result<(), Problem> {
        let (draft, list) = (self.work.draft(), self.work.out().join(MANIFEST));
        fs::write(&draft, text).at("write", &draft)?;
        place(&draft, &list).at("write", &list)
    }
}

/// Puts files into a tree one by one and takes the stale ones out. A page comes after
/// the style sheets and indexes that it names, and what it named before goes last; but
/// a file makes room for a folder of its name, and the other way round.
pub(super) fn replace(
    tree: &Path,
    paths: &[&str],
    stale: &[&str],
    put: &dyn Fn(&str) -> io::Result<()>,
) -> Result<(), Problem> {
    let mut paths = paths.to_vec();
    paths.sort_by_key(|path| (path.ends_with(".html"), *path));
    let folders: BTreeSet<&str> = paths.iter().flat_map(|path| above(path)).collect();
    let files: BTreeSet<&str> = paths.iter().copied().collect();
    let is_in_the_way =
        |path: &&str| folders.contains(*path) || above(path).any(|folder| files.contains(folder));
    let (first, last): (Vec<&str>, Vec<&str>) = stale.iter().copied().partition(is_in_the_way);
    first.into_iter().try_for_each(|path| remove(tree, path))?;
    for path in paths {
        let to = tree.join(path);
        with_folder(&to, || put(path)).at("write", &to)?;
    }
    last.into_iter().try_for_each(|path| remove(tree, path))
}

/// The folders that a path is in.
fn above(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(end, _)| &path[..end])
}

/// Removes a file, and the folders that are empty without it.
fn remove(tree: &Path, path: &str) -> Result<(), Problem> {
    let file = tree.join(path);
    // After a build that was killed something else may stand there already.
    if fs::symlink_metadata(&file).is_ok_and(|found| !found.is_dir()) {
        step();
        fs::remove_file(&file).at("remove", &file)?;
    }
    let folders = Path::new(path).ancestors().skip(1);
    for folder in folders.filter(|folder| !folder.as_os_str().is_empty()) {
        if fs::remove_dir(tree.join(folder)).is_err() {
            break;
        }
    }
    Ok(())
}

/// Links `to` to the file at `from`, or copies it where that cannot be done.
pub(super) fn link(from: &Path, to: &Path) -> io::Result<()> {
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
    use io::ErrorKind::{CrossesDevices, PermissionDenied, ResourceBusy, Unsupported};
    matches!(error.kind(), CrossesDevices | PermissionDenied | ResourceBusy | Unsupported)
}

/// Two folders change places in one step.
pub(super) fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    step();
    #[cfg(test)]
    if super::tests::asks_for("in-place") {
        return Err(io::ErrorKind::ResourceBusy.into());
    }
    #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        use rustix::io::Errno;
        match renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE) {
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
                Err(io::ErrorKind::Unsupported.into())
            }
            result => result.map_err(io::Error::from),
        }
    }
    #[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
    {
        let _ = (one, other);
        Err(io::ErrorKind::Unsupported.into())
    }
}
