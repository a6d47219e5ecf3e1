//! The files of a book, read once and kept. This is where the disk is read.
#![allow(clippy::disallowed_methods, reason = "the one module that reads the book from disk")]

mod history;
mod kinds;
mod layer;
mod lock;
mod marker;
mod name;
mod pack;
mod repository;
mod settings;
mod svg;
mod vendored;
mod walk;

pub use kinds::is_draft;
pub use layer::{Builtin, Layer, Origin, builtin};
pub use lock::{LOCK_FILE, Lock, Move, Pin};
pub use marker::Marker;
pub use name::{fold, is_reserved};
pub use pack::{Packed, pack, unpack};
pub use settings::{read_config, read_named, read_named_text};
pub use vendored::DATA_FILE;

use crate::book::config::{Config, Globs, Mount};
use crate::book::entry::Audience;
use crate::text::diagnostic::{Code, Diagnostic};
use crate::text::span::Place;
use marker::SourceCode;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};
use walk::{content, ignored, source_folder};

/// Name of the settings file, in the book's root.
pub const CONFIG_FILE: &str = "book.toml";

/// Folder of the overlays, in the book's root.
pub const OVERLAY: &str = "overlay";

/// What a file holds.
#[derive(Debug, Clone)]
pub enum Content {
    /// UTF-8 text: every Markdown and template file.
    Text(Arc<str>),
    /// Anything else.
    Bytes(Arc<[u8]>),
}

/// One file.
#[derive(Debug, Clone)]
pub struct File {
    /// What it holds.
    pub content: Content,
    /// BLAKE3 of what it holds.
    pub hash: [u8; 32],
}

impl File {
    /// The content as bytes.
    pub fn bytes(&self) -> &[u8] {
        match &self.content {
            Content::Text(text) => text.as_bytes(),
            Content::Bytes(bytes) => bytes,
        }
    }

    /// The content as text, where it is text.
    pub fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Text(text) => Some(text),
            Content::Bytes(bytes) => std::str::from_utf8(bytes).ok(),
        }
    }
}

/// All files of a book: the source folder, the theme folder and `book.toml`. Paths
/// are relative to the book's root, with `/` between the parts.
#[derive(Debug)]
pub struct Sources {
    root: PathBuf,
    src: String,
    watched: Vec<String>,
    copy: Globs,
    exclude: Globs,
    files: BTreeMap<Arc<str>, File>,
    problems: BTreeMap<Arc<str>, Diagnostic>,
    /// Where the symbolic links lead that are followed, absolute.
    linked: BTreeMap<Arc<str>, PathBuf>,
    /// Files outside the source folder that an include asked for.
    included: Mutex<BTreeMap<String, Result<Arc<str>, IncludeError>>>,
    /// The files by the form in which some systems take two for one.
    folded: OnceLock<BTreeMap<String, Arc<str>>>,
    /// Source code that names entries.
    code: SourceCode,
    /// The day on which each file was last changed, where that is known.
    changed: BTreeMap<String, String>,
    /// The libraries, the first above the next.
    layers: Vec<Arc<Layer>>,
    /// The files of libraries that are in, by their paths in a source folder: the number of
    /// the library and the whole path.
    below: BTreeMap<Arc<str>, (usize, Arc<str>)>,
    /// Pages of libraries that stand in each other's way.
    clashes: Vec<Diagnostic>,
    /// Who reads what is made of them.
    audience: Audience,
}

impl Clone for Sources {
    fn clone(&self) -> Sources {
        Sources {
            root: self.root.clone(),
            src: self.src.clone(),
            watched: self.watched.clone(),
            copy: self.copy.clone(),
            exclude: self.exclude.clone(),
            files: self.files.clone(),
            problems: self.problems.clone(),
            linked: self.linked.clone(),
            // Asked for again by whoever parses the copy.
            included: Mutex::default(),
            folded: OnceLock::new(),
            code: self.code.clone(),
            changed: self.changed.clone(),
            layers: self.layers.clone(),
            below: self.below.clone(),
            clashes: self.clashes.clone(),
            audience: self.audience,
        }
    }
}

/// Why an included file cannot be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IncludeError {
    /// The path leads out of the book's root.
    Outside,
    /// The file is hidden, or `exclude` in book.toml leaves it out.
    Hidden,
    /// There is no such text file.
    Missing,
    /// It may not be read.
    Unreadable,
}

impl IncludeError {
    fn of(error: &io::Error) -> IncludeError {
        match error.kind() {
            io::ErrorKind::PermissionDenied => IncludeError::Unreadable,
            _ => IncludeError::Missing,
        }
    }
}

impl Sources {
    /// Reads a book.
    ///
    /// # Errors
    /// When the source folder does not exist.
    pub fn load(root: &Path, config: &Config) -> io::Result<Sources> {
        let root = root.canonicalize()?;
        source_folder(&root, &config.src)?;
        let mut sources = Sources::empty(root, config);
        let folders = [&config.src, &config.theme, CONFIG_FILE, LOCK_FILE, OVERLAY];
        sources.watched = folders.map(str::to_string).to_vec();
        for library in &config.libraries {
            sources.watched.extend(library.source.folder().map(str::to_string));
        }
        for path in sources.watched.clone() {
            sources.reload(&path);
        }
        let settings = sources.text(CONFIG_FILE).unwrap_or("").to_string();
        sources.code.read(&sources.root, &settings);
        sources.pile_up(config);
        // The root as a whole would hold everything that other tools write.
        let folders = config.test_folders.iter().filter(|folder| !folder.is_empty());
        sources.watched.extend(folders.cloned());
        if let Some(span) = &config.history {
            match history::read(&sources.root) {
                Ok(changed) => sources.changed = changed,
                Err(reason) => {
                    let file: Arc<str> = CONFIG_FILE.into();
                    let diagnostic = Diagnostic::new(
                        Code::NoHistory,
                        Place::new(&file, span.clone()),
                        "pages tell no date of their last change",
                    );
                    sources.problems.insert(".git".into(), diagnostic.help(reason));
                }
            }
        }
        Ok(sources)
    }

    /// The day on which a file was last changed, where that is known.
    pub fn changed(&self, path: &str) -> Option<&str> {
        self.changed.get(path).map(String::as_str)
    }

    /// Sources from memory, for tests and benchmarks; nothing is read from disk.
    pub fn in_memory(config: &Config, files: &[(String, String)]) -> Sources {
        let mut sources = Sources::empty(PathBuf::new(), config);
        sources.code.take(files);
        for (path, text) in files {
            if sources.is_excluded(path) {
                continue;
            }
            let content = Content::Text(text.as_str().into());
            let hash = *blake3::hash(text.as_bytes()).as_bytes();
            sources.keep(path.as_str().into(), File { content, hash });
        }
        sources.pile_up(config);
        sources
    }

    /// As [`Sources::in_memory`], from bytes and with libraries.
    pub fn of_files(config: &Config, files: Vec<Packed>) -> Sources {
        let mut sources = Sources::from_pack(config, files);
        sources.pile_up(config);
        sources
    }

    /// Sources from files that were packed.
    fn from_pack(config: &Config, files: Vec<Packed>) -> Sources {
        let mut sources = Sources::empty(PathBuf::new(), config);
        for (path, bytes) in files {
            let hash = *blake3::hash(&bytes).as_bytes();
            // What is no text has been told where the pack was made.
            let (content, _) = content(&path, bytes);
            sources.keep(path.into(), File { content, hash });
        }
        sources
    }

    fn empty(root: PathBuf, config: &Config) -> Sources {
        Sources {
            root,
            src: config.src.clone(),
            watched: Vec::new(),
            copy: config.copy.clone(),
            exclude: config.exclude.clone(),
            files: BTreeMap::new(),
            problems: BTreeMap::new(),
            linked: BTreeMap::new(),
            included: Mutex::default(),
            folded: OnceLock::new(),
            code: SourceCode::new(config),
            changed: BTreeMap::new(),
            layers: Vec::new(),
            below: BTreeMap::new(),
            clashes: Vec::new(),
            audience: config.audience,
        }
    }

    /// Whether a path, relative to the root, is one that a walk passes by.
    fn is_hidden(&self, inner: &Path) -> bool {
        let text = inner.to_string_lossy().replace('\\', "/");
        // Names such as `..data` lead to the files of a volume, as containers have them.
        let hidden = |name: &str| ignored(name) && !name.starts_with("..");
        text.split('/').any(hidden) || self.is_excluded(&text)
    }

    /// Whether `exclude` names a file, given relative to the root.
    fn is_excluded(&self, path: &str) -> bool {
        self.inside(path).is_some_and(|inner| self.exclude.matches(inner))
    }

    /// The path of a file of the source folder, relative to that.
    fn inside<'p>(&self, path: &'p str) -> Option<&'p str> {
        match self.src.as_str() {
            "" => Some(path),
            src => path.strip_prefix(src)?.strip_prefix('/'),
        }
    }

    /// The book's root.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Who reads what is made of the files.
    pub fn audience(&self) -> Audience {
        self.audience
    }

    /// The source folder, relative to the root.
    pub fn src(&self) -> &str {
        &self.src
    }

    /// The folders that hold what authors wrote, absolute; also those that links lead to.
    pub fn folders(&self) -> Vec<PathBuf> {
        let own = self.watched.iter().filter(|path| !path.is_empty() && *path != CONFIG_FILE);
        let git = std::iter::once(".git");
        let own = own.map(String::as_str).chain(git).map(|path| self.root.join(path));
        own.chain(self.linked.values().filter(|path| path.is_dir()).cloned()).collect()
    }

    /// What to watch for changes, relative to the root.
    pub fn watched(&self) -> &[String] {
        &self.watched
    }

    /// Whether a changed path (relative to the root) can matter.
    pub fn concerns(&self, path: &str) -> bool {
        !path.split('/').any(ignored)
            && (self.watched.iter().any(|w| path == w || path.starts_with(&format!("{w}/")))
                || self.included.lock().is_ok_and(|map| map.contains_key(path)))
    }

    /// The files outside the watched folders that an include asked for.
    pub fn included(&self) -> Vec<String> {
        self.included.lock().map(|map| map.keys().cloned().collect()).unwrap_or_default()
    }

    /// What includes and links lead to, absolute: changes there are changes of the book.
    pub fn behind_links(&self) -> Vec<PathBuf> {
        let included = self.included().into_iter().map(|path| self.root.join(path));
        let real = included.flat_map(|path| path.canonicalize().into_iter().chain([path]));
        real.chain(self.linked.values().cloned()).collect()
    }

    /// The paths of the book that lead, by a link, to an absolute path or a folder around it.
    pub fn links_to(&self, path: &Path) -> Vec<String> {
        let linked = self.linked.iter().filter(|(_, target)| path.starts_with(target));
        let linked = linked.map(|(key, _)| key.to_string());
        let included = self.included().into_iter();
        let leads =
            |key: &String| self.root.join(key).canonicalize().is_ok_and(|real| real == path);
        linked.chain(included.filter(leads)).collect()
    }

    /// Every file, in the order of the paths.
    pub fn files(&self) -> impl Iterator<Item = (&Arc<str>, &File)> {
        self.files.iter()
    }

    /// The files below the source folder, with their paths relative to it, and those of
    /// libraries that the book has no file of its own for.
    pub fn published(&self) -> impl Iterator<Item = (&str, &Arc<str>, &File)> {
        let below = self.below.iter().filter_map(|(path, (number, key))| {
            Some((&**path, key, self.layers.get(*number)?.get(key)?))
        });
        self.own_published().chain(below)
    }

    /// As [`Sources::published`], without those of libraries.
    pub fn own_published(&self) -> impl Iterator<Item = (&str, &Arc<str>, &File)> {
        self.within().filter(|(path, ..)| self.is_published(path))
    }

    /// The file at a path of the source folder, the book's own or a library's: its whole path
    /// and what it holds.
    pub fn source(&self, path: &str) -> Option<(Arc<str>, &File)> {
        let own: Arc<str> = match self.src.as_str() {
            "" => path.into(),
            src => format!("{src}/{path}").into(),
        };
        match self.files.get(&own) {
            Some(file) => Some((own, file)),
            None => {
                let (number, key) = self.below.get(path)?;
                Some((key.clone(), self.layers.get(*number)?.get(key)?))
            }
        }
    }

    /// The files below the source folder that are of no kind that is published, with their
    /// paths relative to it.
    pub fn withheld(&self) -> impl Iterator<Item = (&str, &Arc<str>)> {
        self.within()
            .filter(|(path, ..)| !self.is_published(path))
            .map(|(path, key, _)| (path, key))
    }

    /// The files below the source folder whose names cannot be published, with their paths
    /// relative to it.
    pub fn unnamed(&self) -> impl Iterator<Item = &str> {
        let unnamed = self.problems.iter().filter(|(_, found)| found.code == Code::UnsafePath);
        unnamed.filter_map(|(path, _)| self.inside(path))
    }

    fn within(&self) -> impl Iterator<Item = (&str, &Arc<str>, &File)> {
        self.files.iter().filter_map(move |(path, file)| {
            let inside = self.inside(path).filter(|_| !self.is_apart(path))?;
            Some((inside, path, file))
        })
    }

    /// Whether a file is none of the book's pages, where the sources are the whole folder.
    fn is_apart(&self, path: &str) -> bool {
        [CONFIG_FILE, LOCK_FILE].contains(&path)
            || path.strip_prefix(OVERLAY).is_some_and(|rest| rest.starts_with('/'))
            || self.layer(path).is_some()
    }

    fn is_published(&self, path: &str) -> bool {
        let text = path.ends_with(".md");
        let kind = !kinds::is_draft(path) && kinds::is_copied(path);
        text || kind || self.copy.matches(path)
    }

    /// The file at a path.
    pub fn get(&self, path: &str) -> Option<&File> {
        self.files.get(path).or_else(|| self.layer(path)?.get(path))
    }

    /// The text of a file, for excerpts.
    pub fn text(&self, path: &str) -> Option<&str> {
        match self.get(path) {
            Some(file) => file.text(),
            None => self.code.files.get(path).map(|file| &*file.text),
        }
    }

    /// The places in source code that name an entry, in the order of the files.
    pub fn markers(&self) -> impl Iterator<Item = &Marker> {
        self.code.files.values().flat_map(|file| &file.markers)
    }

    /// What was wrong with files as such.
    pub fn diagnostics(&self) -> impl Iterator<Item = &Diagnostic> {
        self.problems.values().chain(self.code.problems()).chain(self.layer_problems())
    }

    /// The file that a relative path would name if capital letters did not matter.
    pub fn in_other_case(&self, from: &str, path: &str) -> Option<&str> {
        let wanted = fold(&join(from, path)?);
        let folded = self
            .folded
            .get_or_init(|| self.files.keys().map(|file| (fold(file), file.clone())).collect());
        folded.get(&wanted).map(|file| &**file)
    }

    /// The text of a file that `from` includes by a relative path.
    ///
    /// # Errors
    /// When the path leaves the book's root, by `..` or by a symbolic link, or when
    /// there is no such text file.
    pub fn include(&self, from: &str, path: &str) -> Result<(Arc<str>, Arc<str>), IncludeError> {
        if let Some(layer) = self.layer(from) {
            return layer.include(from, path);
        }
        let target = join(from, path).ok_or(IncludeError::Outside)?;
        if self.is_hidden(Path::new(&target)) {
            return Err(IncludeError::Hidden);
        }
        if let Some(file) = self.files.get(target.as_str()) {
            let key: Arc<str> = target.as_str().into();
            return match &file.content {
                Content::Text(text) => Ok((key, text.clone())),
                Content::Bytes(_) => {
                    file.text().map(|text| (key, text.into())).ok_or(IncludeError::Missing)
                }
            };
        }
        if self.root.as_os_str().is_empty() {
            return Err(IncludeError::Missing);
        }
        if let Ok(included) = self.included.lock()
            && let Some(known) = included.get(&target)
        {
            return known.clone().map(|text| (target.as_str().into(), text));
        }
        let full = self.root.join(&target);
        let text = match full.canonicalize() {
            Ok(real) if !real.starts_with(&self.root) => return Err(IncludeError::Outside),
            Ok(real) if real.strip_prefix(&self.root).is_ok_and(|inner| self.is_hidden(inner)) => {
                return Err(IncludeError::Hidden);
            }
            Ok(real) if !real.is_file() => Err(IncludeError::Missing),
            Ok(real) => {
                let read = std::fs::read_to_string(real).map(Arc::<str>::from);
                read.map_err(|error| IncludeError::of(&error))
            }
            Err(error) => Err(IncludeError::of(&error)),
        };
        if let Ok(mut included) = self.included.lock() {
            included.insert(target.clone(), text.clone());
        }
        text.map(|text| (target.as_str().into(), text))
    }
}

/// The book whose overlay a file is, where one site is made of many.
pub fn mount_of_overlay<'c>(config: &'c Config, file: &str) -> Option<&'c Mount> {
    config.mount(file.strip_prefix(OVERLAY)?.strip_prefix('/')?)
}

/// Joins a relative path to the folder of `from`, both with `/`; `None` when it is
/// absolute or climbs above the top.
pub fn join(from: &str, path: &str) -> Option<String> {
    let path = path.replace('\\', "/");
    if path.starts_with('/') || path.contains('\0') || Path::new(&path).is_absolute() {
        return None;
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// The bytes of a file of source code, where it can be read.
fn bytes(path: &Path) -> Option<Vec<u8>> {
    std::fs::read(path).ok()
}

#[cfg(test)]
mod tests;
