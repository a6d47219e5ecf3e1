//! Which files have changed.
//!
//! Editors save in many ways: they write over a file, rename another over it, delete
//! and create it, exchange a link. So only the paths of events matter here: what is
//! at a path is read anew.
//!
//! A system watches so many files and no more. Where that is reached, the files are
//! looked at every second instead, and the reader is told how to raise the bound.

use super::edition::Book;
use notify::event::{AccessKind, AccessMode, EventKind, ModifyKind};
use notify::{Config, ErrorKind, Event, PollWatcher, RecommendedWatcher, RecursiveMode, Watcher};
use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant, SystemTime};

/// So long nothing must have happened: one save is many events.
const SETTLE: Duration = Duration::from_millis(10);
/// So long where a file has been written to and not closed yet.
const OPEN: Duration = Duration::from_millis(100);
/// So long where the system lost count of the events.
const LOST: Duration = Duration::from_millis(500);
/// So often files are looked at where the system does not tell.
const LOOK: Duration = Duration::from_secs(1);
/// So long at most: somebody may write all the time.
const LIMIT: Duration = Duration::from_secs(1);

/// Watches the folders of a book.
pub(super) struct Watch {
    watcher: Box<dyn Watcher>,
    /// Whether the system tells, or files are looked at.
    told: bool,
    sender: Sender<notify::Result<Event>>,
    events: Receiver<notify::Result<Event>>,
    /// What is watched: folders, and whether with all below them.
    folders: BTreeSet<(PathBuf, bool)>,
    /// Which folder the root was.
    root: Option<Identity>,
}

/// What tells a folder from another one of the same name. Numbers are used again, so
/// the time of birth counts too, where the system knows it.
type Identity = (u64, Option<SystemTime>);

fn identity(path: &Path) -> Option<Identity> {
    let found = std::fs::metadata(path).ok()?;
    #[cfg(unix)]
    let number = std::os::unix::fs::MetadataExt::ino(&found);
    #[cfg(not(unix))]
    let number = u64::from(found.is_dir());
    Some((number, found.created().ok()))
}

/// Why not every change is seen at once.
#[derive(Debug)]
pub(super) enum Blind {
    /// The system watches no more files; they are looked at instead.
    Limit,
    /// A folder cannot be watched.
    Folder(notify::Error),
}

impl fmt::Display for Blind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Blind::Limit => write!(
                f,
                "the system watches no more files, so changes are looked for every second; raise \
                 the bound with `sudo sysctl fs.inotify.max_user_watches=524288 \
                 fs.inotify.max_user_instances=1024`, then start again"
            ),
            Blind::Folder(error) => write!(f, "not every change is seen: {error}"),
        }
    }
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
    /// A watch of nothing yet.
    pub fn new() -> Watch {
        let (sender, events) = channel();
        let told = system(&sender);
        Watch {
            told: told.is_some(),
            watcher: told.unwrap_or_else(|| looking(&sender)),
            sender,
            events,
            folders: BTreeSet::new(),
            root: None,
        }
    }

    /// Watches what the book is made of now. Tells whether a folder came to it: what
    /// happened there between reading it and now was not seen.
    ///
    /// # Errors
    /// When not every change will be seen at once; then what can be watched is.
    pub fn follow(&mut self, book: &Book) -> Result<bool, Blind> {
        let root = book.root();
        let now = identity(root);
        let mut came = std::mem::replace(&mut self.root, now) != now;
        if came {
            self.leave();
        }
        // The root itself: `book.toml`, and folders that come and go.
        let mut wanted = BTreeSet::new();
        if root.is_dir() {
            wanted.insert((root.to_path_buf(), false));
        }
        let sources = book.sources();
        for path in sources.watched().iter().map(|path| root.join(path)) {
            if path.is_dir() {
                wanted.insert((path, true));
            }
        }
        // Also what a link leads to, which its folder does not tell of.
        for path in sources.behind_links() {
            match path.parent() {
                _ if path.is_dir() => drop(wanted.insert((path.clone(), true))),
                Some(folder) if folder.is_dir() => drop(wanted.insert((folder.into(), false))),
                _ => {}
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
        let mut blind = None;
        let mut folders: BTreeSet<_> = self.folders.intersection(&wanted).cloned().collect();
        for (path, below) in wanted.difference(&self.folders) {
            let mode = if *below { RecursiveMode::Recursive } else { RecursiveMode::NonRecursive };
            match self.watcher.watch(path, mode) {
                Ok(()) => {
                    folders.insert((path.clone(), *below));
                    came = true;
                }
                Err(error) if self.told && is_limit(&error) => {
                    self.look_instead();
                    let _ = self.follow(book);
                    return Err(Blind::Limit);
                }
                Err(error) => blind = Some(Blind::Folder(error)),
            }
        }
        self.folders = folders;
        blind.map_or(Ok(came), Err)
    }

    /// Looks at files from now on.
    pub fn look_instead(&mut self) {
        self.told = false;
        self.watcher = looking(&self.sender);
        self.folders.clear();
    }

    /// Whether the book's folder is gone, or is another one.
    fn is_gone(&self, book: &Book) -> bool {
        identity(book.root()) != self.root
    }

    /// What was watched went with the old folder.
    fn leave(&mut self) {
        for (folder, _) in std::mem::take(&mut self.folders) {
            let _ = self.watcher.unwatch(&folder);
        }
        while self.events.try_recv().is_ok() {}
    }

    /// Waits until files of the book have changed and all is quiet again, and tells
    /// which, relative to the root. An empty path stands for everything.
    pub fn next(&mut self, book: &Book) -> BTreeSet<String> {
        loop {
            let mut batch = Batch::default();
            if self.is_gone(book) {
                return BTreeSet::from([String::new()]);
            }
            match self.events.recv_timeout(LOST) {
                Ok(event) => batch.add(event),
                Err(_) => continue,
            }
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

/// The watch that the system offers.
fn system(sender: &Sender<notify::Result<Event>>) -> Option<Box<dyn Watcher>> {
    let config = Config::default().with_follow_symlinks(false);
    let watcher = RecommendedWatcher::new(sending(sender), config).ok()?;
    Some(Box::new(watcher))
}

/// One that looks at each file now and then.
fn looking(sender: &Sender<notify::Result<Event>>) -> Box<dyn Watcher> {
    let config = Config::default().with_follow_symlinks(false).with_poll_interval(LOOK);
    match PollWatcher::new(sending(sender), config) {
        Ok(watcher) => Box::new(watcher),
        Err(_) => Box::new(notify::NullWatcher),
    }
}

fn sending(sender: &Sender<notify::Result<Event>>) -> impl Fn(notify::Result<Event>) + use<> {
    let sender = sender.clone();
    move |event| {
        // Whoever no longer listens needs no events.
        let _ = sender.send(event);
    }
}

/// Whether the system has no room for another watch: errors 28 (watches) and 24 (files).
fn is_limit(error: &notify::Error) -> bool {
    match &error.kind {
        ErrorKind::MaxFilesWatch => true,
        ErrorKind::Io(error) => matches!(error.raw_os_error(), Some(24 | 28)),
        _ => false,
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
            changed.extend(sources.links_to(path));
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
