//! Writing the site: whole or not at all, and nothing but the site's own files.
//!
//! A build goes into a staging tree beside the output folder. How it gets from there
//! into the output folder depends on what that is. Either way the folder stays the same
//! folder: whoever holds it (a container that mounts it, a server that stands in it) sees
//! the new site, and its owner, mode, attributes and whatever others keep in it stay.
//!
//! 1. *Exchanged.* Files that did not change, and files that Casebook did not write, are
//!    hard-linked into the staging tree. The two folders change places in one step, the
//!    output folder is brought up to date file by file where nobody looks, and the two
//!    change places again. **Killed at any moment, the path has the old site or the new
//!    one, whole.** The next build completes the rest.
//! 2. *In place.* Where folders cannot change places (another system, a mount point, a
//!    folder around it that is read-only), or where a folder stands in for another only
//!    with other rights (another owner or group, an access list, another file system
//!    inside), each changed file is renamed into place by itself: first what pages load,
//!    then pages, then the stale ones go. **Killed while it renders, the old site stands.
//!    Killed while it renames, each file is whole and old or new, and the next build
//!    completes the rest**: the manifest names the files of both sites from the first
//!    rename to the last.
//!
//! These hold for kills. With [`Order::fsync`] they hold for a loss of power too: the disk
//! has the staged files before the first rename, and the new site before the build ends.
//! Without it, a loss of power may leave what the file system makes of it; build again.
#![allow(clippy::disallowed_methods, reason = "the one module that writes the site to disk")]

mod error;
mod place;
mod swap;
mod tree;
mod work;

pub use error::{OutputError, Problem};
pub use place::Sources;
pub use tree::MANIFEST;

use error::At;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use tree::Tree;
use work::Work;

/// What a build did to the output folder, in numbers of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Report {
    /// New, or with other bytes than before.
    pub written: usize,
    /// As they were; not touched.
    pub unchanged: usize,
    /// Written by the previous build and not part of this one.
    pub removed: usize,
}

/// Where a site goes, and what must be kept in mind there.
#[derive(Debug, Clone, Copy)]
pub struct Order<'o> {
    /// The output folder; it need not exist.
    pub out: &'o Path,
    /// The book, whose own folders are no output folder.
    pub book: &'o Sources,
    /// Whether a folder that holds something and was never built into is taken too.
    pub force: bool,
    /// Whether to wait until the disk has the site.
    pub fsync: bool,
}

/// Renders every path (relative, with `/`) and makes `out` hold exactly these files
/// besides those that Casebook did not write. `progress` is called once per path.
///
/// Pages are rendered in parallel and written at once, so that few are in memory.
/// `more` runs beside them and gives further paths, which come after.
///
/// # Errors
/// When a path cannot be a file of the site, a page cannot be rendered, a file that
/// Casebook did not write is in the way, the folder is one of the book or was never built
/// into, or the disk refuses. `out` is then as it was.
pub fn write<B, E>(
    order: &Order<'_>,
    pages: &[String],
    more: impl FnOnce() -> Result<Vec<String>, E> + Send,
    render: impl Fn(&str) -> Result<B, E> + Sync,
    progress: impl Fn() + Sync,
) -> Result<Report, OutputError<E>>
where
    B: AsRef<[u8]>,
    E: Send,
{
    tree::manifest(pages)?;
    let out = place::resolve(order.out)?;
    order.book.keep_off(&out)?;
    let work = Work::open(out.clone())?;
    work.recover()?;
    let old = Tree::read(work.out())?;
    if !order.force && old.manifest.is_empty() && !old.foreign.is_empty() {
        return Err(Problem::NotOurs(out).into());
    }
    old.make_room(work.out(), pages)?;
    let (further, changed) =
        rayon::join(more, || render_changed(&work, &old, pages, &render, &progress));
    let mut changed = changed?;
    let further = further.map_err(|error| {
        work.discard();
        OutputError::Render { path: String::new(), error }
    })?;
    let paths: Vec<String> = pages.iter().chain(&further).cloned().collect();
    let manifest = tree::manifest(&paths).inspect_err(|_| work.discard())?;
    old.make_room(work.out(), &further).inspect_err(|_| work.discard())?;
    changed.extend(render_changed(&work, &old, &further, &render, &progress)?);
    let paths = paths.as_slice();

    let paths_now: BTreeSet<&str> = paths.iter().map(String::as_str).collect();
    let stale: Vec<&str> =
        old.ours.iter().map(String::as_str).filter(|path| !paths_now.contains(path)).collect();
    let report = Report {
        written: changed.iter().filter(|changed| **changed).count(),
        unchanged: changed.iter().filter(|changed| !**changed).count(),
        removed: stale.len(),
    };
    if old.exists && report.written + report.removed == 0 && old.manifest == manifest {
        return Ok(report);
    }
    let change = swap::Change {
        work: &work,
        old: &old,
        paths,
        changed: &changed,
        stale: &stale,
        fsync: order.fsync,
    };
    change.commit(&manifest)?;
    Ok(report)
}

/// Renders all pages, stages those whose bytes differ from what `out` holds, and
/// tells which. Of several failures the first in order is returned, so that the
/// same mistake gives the same message; pages after a failure are not rendered.
fn render_changed<B, E>(
    work: &Work,
    old: &Tree,
    paths: &[String],
    render: &(impl Fn(&str) -> Result<B, E> + Sync),
    progress: &(impl Fn() + Sync),
) -> Result<Vec<bool>, OutputError<E>>
where
    B: AsRef<[u8]>,
    E: Send,
{
    let failed = AtomicUsize::new(usize::MAX);
    let one = |path: &str| {
        let rendered = render(path);
        let bytes = rendered.map_err(|error| OutputError::Render { path: path.into(), error })?;
        let bytes = bytes.as_ref();
        let same = old.ours.contains(path)
            && holds(&work.out().join(path), bytes).at("read", &work.out().join(path))?;
        if !same {
            let target = work.new_tree().join(path);
            with_folder(&target, || put(&target, bytes)).at("write", &target)?;
        }
        progress();
        Ok(!same)
    };
    let results: Vec<Result<bool, OutputError<E>>> = paths
        .par_iter()
        .enumerate()
        .map(|(index, path)| {
            if failed.load(Ordering::Relaxed) < index {
                return Ok(false);
            }
            one(path).inspect_err(|_| {
                failed.fetch_min(index, Ordering::Relaxed);
            })
        })
        .collect();
    let result: Result<Vec<bool>, _> = results.into_iter().collect();
    result.inspect_err(|_| work.discard())
}

/// Whether a file holds exactly these bytes.
fn holds(path: &Path, bytes: &[u8]) -> io::Result<bool> {
    let mut file = File::open(path)?;
    if file.metadata()?.len() != bytes.len() as u64 {
        return Ok(false);
    }
    let mut held = Vec::with_capacity(bytes.len() + 1);
    file.read_to_end(&mut held)?;
    Ok(held == bytes)
}

/// Creates a file that must not exist yet.
fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    step();
    File::create_new(path)?.write_all(bytes)
}

/// Runs `act`, and once more with the folder around `path` created if it was missing.
fn with_folder<T>(path: &Path, act: impl Fn() -> io::Result<T>) -> io::Result<T> {
    match act() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            act()
        }
        result => result,
    }
}

/// Waits until the disk has a tree.
#[cfg(target_os = "linux")]
fn settle(tree: &Path) -> io::Result<()> {
    Ok(rustix::fs::syncfs(File::open(tree)?)?)
}

/// Waits until the disk has a tree.
#[cfg(not(target_os = "linux"))]
fn settle(tree: &Path) -> io::Result<()> {
    for entry in walkdir::WalkDir::new(tree) {
        let entry = entry?;
        if entry.file_type().is_file() || cfg!(unix) && entry.file_type().is_dir() {
            File::open(entry.path())?.sync_all()?;
        }
    }
    Ok(())
}

/// Stands before each change on the disk, so that a test can stop the process there.
#[cfg(not(test))]
fn step() {}
#[cfg(test)]
use tests::step;

#[cfg(test)]
mod tests;
