//! Which files have changed.
//!
//! Editors save in many ways: they write over a file, rename another over it, delete
//! and create it, exchange a link. So only the paths of events matter here: what is
//! at a path is read anew.

use super::edition::Book;
use notify::event::{AccessKind, AccessMode, EventKind, ModifyKind};
use notify::{Config, Event, RecommendedWatcher, RecursiveMode, Watcher};
use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// So long nothing must have happened: one save is many events.
const SETTLE: Duration = Duration::from_millis(10);
/// So long where a file has been written to and not closed yet.
const OPEN: Duration = Duration::from_millis(100);
/// So long where the system lost count of the events.
const LOST: Duration = Duration::from_millis(500);
/// So long at most: somebody may write all the time.
const LIMIT: Duration = Duration::from_secs(1);

/// Watches the folders of a book.
pub(super) struct Watch {
    watcher: RecommendedWatcher,
    events: Receiver<notify::Result<Event>>,
    /// What is watched: folders, and whether with all below them.
    folders: BTreeSet<(PathBuf, bool)>,
}

/// The events since the last edition.
#[derive(Debug, Default)]
struct Batch {
    paths: BTreeSet<PathBuf>,
    /// Files that somebody still writes to, as far as is known.
    open: BTreeSet<PathBuf>,
    lost: bool,
}

impl Watch {
    /// Begins to watch.
    pub fn new(book: &Book) -> io::Result<Watch> {
        let (sender, events) = channel();
        let config = Config::default().with_follow_symlinks(false);
        let send = move |event| {
            // Whoever no longer listens needs no events.
            let _ = sender.send(event);
        };
        let watcher = RecommendedWatcher::new(send, config).map_err(io::Error::other)?;
        let mut watch = Watch { watcher, events, folders: BTreeSet::new() };
        watch.follow(book)?;
        Ok(watch)
    }

    /// Watches what the book is made of now. Tells whether a folder came to it: what
    /// happened there between reading it and now was not seen.
    pub fn follow(&mut self, book: &Book) -> io::Result<bool> {
        let root = book.root();
        // The root itself: `book.toml`, and folders that come and go.
        let mut wanted = BTreeSet::from([(root.to_path_buf(), false)]);
        let sources = book.sources();
        for path in sources.watched().iter().map(|path| root.join(path)) {
            if path.is_dir() {
                wanted.insert((path, true));
            }
        }
        for path in sources.included() {
            if let Some(folder) = root.join(path).parent()
                && folder.is_dir()
            {
                wanted.insert((folder.to_path_buf(), false));
            }
        }
        let inside = |path: &Path| {
            wanted
                .iter()
                .any(|(folder, below)| *below && path != folder && path.starts_with(folder))
        };
        let wanted: BTreeSet<_> =
            wanted.iter().filter(|(path, _)| !inside(path)).cloned().collect();
        for (gone, _) in self.folders.difference(&wanted) {
            // It may be gone from the disk too.
            let _ = self.watcher.unwatch(gone);
        }
        let mut result = Ok(false);
        let mut folders: BTreeSet<_> = self.folders.intersection(&wanted).cloned().collect();
        for (path, below) in wanted.difference(&self.folders) {
            let mode = if *below { RecursiveMode::Recursive } else { RecursiveMode::NonRecursive };
            match self.watcher.watch(path, mode) {
                Ok(()) => {
                    folders.insert((path.clone(), *below));
                    result = result.map(|_| true);
                }
                Err(error) => result = Err(io::Error::other(error)),
            }
        }
        self.folders = folders;
        result
    }

    /// Waits until files of the book have changed and all is quiet again, and tells
    /// which, relative to the root. An empty path stands for everything.
    pub fn next(&mut self, book: &Book) -> BTreeSet<String> {
        loop {
            let mut batch = Batch::default();
            let Ok(event) = self.events.recv() else {
                // The watcher has ended; nothing will ever change.
                std::thread::park();
                continue;
            };
            batch.add(event);
            if batch.is_empty() {
                continue;
            }
            let start = Instant::now();
            while start.elapsed() < LIMIT {
                match self.events.recv_timeout(batch.settles_in()) {
                    Ok(event) => batch.add(event),
                    Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
                }
            }
            // A folder that was made anew under the same name is another folder.
            self.folders.retain(|(path, _)| !batch.paths.contains(path) || path == book.root());
            let changed = batch.changed(book);
            if !changed.is_empty() {
                return changed;
            }
        }
    }
}

impl Batch {
    fn add(&mut self, event: notify::Result<Event>) {
        let Ok(event) = event else {
            self.lost = true;
            return;
        };
        self.lost |= event.need_rescan();
        match event.kind {
            EventKind::Access(AccessKind::Close(AccessMode::Write)) => {
                for path in &event.paths {
                    self.open.remove(path);
                }
            }
            // Reading changes nothing.
            EventKind::Access(_) => return,
            EventKind::Modify(ModifyKind::Data(_)) if cfg!(target_os = "linux") => {
                self.open.extend(event.paths.iter().cloned());
            }
            _ => {}
        }
        self.paths.extend(event.paths);
    }

    fn is_empty(&self) -> bool {
        self.paths.is_empty() && !self.lost
    }

    fn settles_in(&self) -> Duration {
        match (self.lost, self.open.is_empty()) {
            (true, _) => LOST,
            (false, false) => OPEN,
            (false, true) => SETTLE,
        }
    }

    /// What of it matters to the book.
    fn changed(&self, book: &Book) -> BTreeSet<String> {
        if self.lost {
            return BTreeSet::from([String::new()]);
        }
        let sources = book.sources();
        let mut changed = BTreeSet::new();
        for path in &self.paths {
            let Ok(path) = path.strip_prefix(book.root()) else { continue };
            let parts: Option<Vec<&str>> = path.iter().map(|part| part.to_str()).collect();
            let Some(path) = parts.map(|parts| parts.join("/")) else { continue };
            if sources.concerns(&path) {
                changed.insert(path);
                continue;
            }
            // Links to files may lead through a hidden link, which is exchanged to
            // exchange them all.
            let top = sources.watched().iter().find(|top| path.starts_with(&format!("{top}/")));
            if let Some(top) = top
                && book.root().join(&path).is_symlink()
            {
                changed.insert(top.clone());
            }
        }
        changed
    }
}
