//! Writing the site: whole or not at all, and nothing but the site's own files.
//!
//! A build goes into a staging tree beside the output folder. Files that did not
//! change, and files that Casebook did not write, are hard-linked into it. Then the
//! two folders change places in one step, and the old one is taken apart. So a build
//! that fails or is killed leaves the old site or the new one. The steps are those
//! of [`write`], in order.
//!
//! Where folders cannot change places (the output is a mount point, or the folder
//! around it is read-only), each changed file is renamed into place by itself: every
//! file is whole at any moment, and the next build puts right what a killed one left.
#![allow(clippy::disallowed_methods, reason = "the one module that writes the site to disk")]

mod error;
mod swap;
mod tree;
mod work;

pub use error::{OutputError, Problem};
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

/// Renders every path (relative, with `/`) and makes `out` hold exactly these files
/// besides those that Casebook did not write. `progress` is called once per path.
///
/// Pages are rendered in parallel and written at once, so that few are in memory.
/// `more` runs beside them and gives further paths, which come after.
///
/// # Errors
/// When a path cannot be a file of the site, a page cannot be rendered, a file that
/// Casebook did not write is in the way, or the disk refuses. `out` is then as it was.
pub fn write<B, E>(
    out: &Path,
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
    let work = Work::open(out)?;
    work.recover()?;
    let old = Tree::read(work.out())?;
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
    let change = swap::Change { work: &work, old: &old, paths, changed: &changed, stale: &stale };
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

/// Stands before each change on the disk, so that a test can stop the process there.
#[cfg(not(test))]
fn step() {}
#[cfg(test)]
use tests::step;

#[cfg(test)]
mod tests;
