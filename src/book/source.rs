//! The files of a book, read once and kept. This is where the disk is read.
#![allow(clippy::disallowed_methods, reason = "the one module that reads the book from disk")]

mod history;
mod marker;
mod repository;

pub use marker::Marker;

use crate::book::config::Config;
use crate::text::diagnostic::{Code, Diagnostic};
use crate::text::span::Place;
use marker::SourceCode;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex};

/// Name of the settings file, in the book's root.
pub const CONFIG_FILE: &str = "book.toml";

/// Nobody writes longer settings.
const MAX_SETTINGS: u64 = 4 << 20;

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
    files: BTreeMap<Arc<str>, File>,
    problems: BTreeMap<Arc<str>, Diagnostic>,
    /// Where the symbolic links lead that are followed, absolute.
    linked: BTreeMap<Arc<str>, PathBuf>,
    /// Files outside the source folder that an include asked for.
    included: Mutex<BTreeMap<String, Option<Arc<str>>>>,
    /// Source code that names entries.
    code: SourceCode,
    /// The day on which each file was last changed, where that is known.
    changed: BTreeMap<String, String>,
}

impl Clone for Sources {
    fn clone(&self) -> Sources {
        Sources {
            root: self.root.clone(),
            src: self.src.clone(),
            watched: self.watched.clone(),
            files: self.files.clone(),
            problems: self.problems.clone(),
            linked: self.linked.clone(),
            // Asked for again by whoever parses the copy.
            included: Mutex::default(),
            code: self.code.clone(),
            changed: self.changed.clone(),
        }
    }
}

/// Why an included file cannot be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IncludeError {
    /// The path leads out of the book's root.
    Outside,
    /// There is no such text file.
    Missing,
}

/// The text of `book.toml`, empty when there is none, and the source folder to take
/// when it names none: `content`, or `src` where only that exists.
///
/// # Errors
/// When the folder or the file cannot be read.
pub fn read_config(root: &Path) -> io::Result<(String, &'static str)> {
    if !root.is_dir() {
        return Err(io::Error::new(io::ErrorKind::NotFound, "there is no such folder"));
    }
    let text = settings(root)?;
    // mdBook's default is `src`; a folder named `content` says that it is ours.
    let mdbook = !root.join("content").is_dir() && root.join("src").is_dir();
    Ok((text, if mdbook { "src" } else { "content" }))
}

/// The text of `book.toml`. A link does not lead out of the book here either.
fn settings(root: &Path) -> io::Result<String> {
    let file = root.join(CONFIG_FILE);
    let explain = |reason: String| io::Error::other(format!("`{CONFIG_FILE}` {reason}"));
    if file.is_symlink() && !file.canonicalize()?.starts_with(root.canonicalize()?) {
        return Err(explain("is a link that leads out of the book".into()));
    }
    match read_named(&file, MAX_SETTINGS) {
        Ok(bytes) => String::from_utf8(bytes).map_err(|error| {
            let bytes = error.as_bytes();
            let at = error.utf8_error().valid_up_to();
            let line = 1 + bytes[..at].iter().filter(|byte| **byte == b'\n').count();
            explain(format!("is not UTF-8 text (line {line}, byte {}); save it as UTF-8", at + 1))
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(explain(format!("cannot be read: {error}"))),
    }
}

/// Reads a file that somebody named. What is no regular file may never end.
///
/// # Errors
/// When it is a pipe, a device or a folder, has more than `most` bytes, or cannot be read.
pub fn read_named(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let found = std::fs::metadata(path)?;
    if !found.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file"));
    }
    let mut bytes = Vec::new();
    let read = std::fs::File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    if read as u64 > most {
        let message = format!("it has more than {} MB", most >> 20);
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    Ok(bytes)
}

/// As [`read_named`], a text.
///
/// # Errors
/// As there, or when it is not UTF-8.
pub fn read_named_text(path: &Path, most: u64) -> io::Result<String> {
    let bytes = read_named(path, most)?;
    String::from_utf8(bytes)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8 text"))
}

impl Sources {
    /// Reads a book.
    ///
    /// # Errors
    /// When the source folder does not exist.
    pub fn load(root: &Path, config: &Config) -> io::Result<Sources> {
        let root = root.canonicalize()?;
        if !root.join(&config.src).is_dir() {
            return Err(io::Error::new(
                io::ErrorKind::NotFound,
                format!("there is no source folder `{}`", config.src),
            ));
        }
        let mut sources = Sources {
            root,
            src: config.src.clone(),
            watched: vec![config.src.clone(), config.theme.clone(), CONFIG_FILE.to_string()],
            files: BTreeMap::new(),
            problems: BTreeMap::new(),
            linked: BTreeMap::new(),
            included: Mutex::default(),
            code: SourceCode::new(config),
            changed: BTreeMap::new(),
        };
        for path in sources.watched.clone() {
            sources.reload(&path);
        }
        let settings = sources.text(CONFIG_FILE).unwrap_or("").to_string();
        sources.code.read(&sources.root, &settings);
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
        let mut code = SourceCode::new(config);
        code.take(files);
        let files = files
            .iter()
            .map(|(path, text)| {
                let content = Content::Text(text.as_str().into());
                let hash = *blake3::hash(text.as_bytes()).as_bytes();
                (Arc::from(path.as_str()), File { content, hash })
            })
            .collect();
        Sources {
            root: PathBuf::new(),
            src: config.src.clone(),
            watched: Vec::new(),
            files,
            problems: BTreeMap::new(),
            linked: BTreeMap::new(),
            included: Mutex::default(),
            code,
            changed: BTreeMap::new(),
        }
    }

    /// Replaces whatever was known at a path by what is there now: nothing, a file,
    /// or a folder with all below it.
    pub fn reload(&mut self, path: &str) {
        if self.code.concerns(path) {
            self.code.reload(&self.root, path);
            return;
        }
        let below = format!("{path}/");
        let inside = |key: &str| key == path || key.starts_with(&below) || path.is_empty();
        self.files.retain(|key, _| !inside(key));
        self.problems.retain(|key, _| !inside(key));
        self.linked.retain(|key, _| !inside(key));
        if let Ok(included) = self.included.get_mut() {
            included.clear();
        }
        let mut found: Vec<(Arc<str>, PathBuf)> = Vec::new();
        let linked = self.walk(&self.root.join(path), false, &mut found);
        // In a linked folder links to folders are not followed, so there is no circle.
        for folder in linked {
            self.walk(&folder, true, &mut found);
        }
        let read: Vec<_> =
            found.into_par_iter().map(|(key, path)| (key, read_file(&path))).collect();
        for (key, result) in read {
            match result {
                Ok(file) => {
                    self.files.insert(key, file);
                }
                Err(reason) => self.problem(&key, Code::UnreadableFile, &reason),
            }
        }
    }

    /// Lists the files below a path, and the links to other folders of the book.
    fn walk(
        &mut self,
        top: &Path,
        linked: bool,
        found: &mut Vec<(Arc<str>, PathBuf)>,
    ) -> Vec<PathBuf> {
        let mut folders = Vec::new();
        let walk = walkdir::WalkDir::new(top).follow_root_links(linked).sort_by_file_name();
        let walk = walk.into_iter().filter_entry(|entry| {
            entry.depth() == 0 || !ignored(&entry.file_name().to_string_lossy())
        });
        for entry in walk.flatten() {
            let path = entry.path();
            let Some(key) = relative(&self.root, path) else { continue };
            let key: Arc<str> = key.into();
            let kind = entry.file_type();
            let outside = "this symbolic link leads out of the book, to a folder around itself or \
                           to nothing, and is not followed";
            if kind.is_dir() || (linked && entry.depth() == 0) {
                continue;
            } else if !publishable(&key) {
                let message = "not every system can store this file name";
                self.problem(&key, Code::UnsafePath, message);
            } else if kind.is_symlink() {
                match self.target(path) {
                    Some(target) if target.is_file() => {
                        found.push((key.clone(), path.to_path_buf()));
                        self.linked.insert(key, target);
                    }
                    Some(target) if target.is_dir() && !linked => {
                        folders.push(path.to_path_buf());
                        self.linked.insert(key, target);
                    }
                    _ => self.problem(&key, Code::UnsafePath, outside),
                }
            } else if kind.is_file() {
                found.push((key, path.to_path_buf()));
            } else {
                // Reading a pipe or a device may never end.
                self.problem(&key, Code::UnreadableFile, "it is no regular file");
            }
        }
        folders
    }

    fn problem(&mut self, key: &Arc<str>, code: Code, message: &str) {
        let diagnostic =
            Diagnostic::new(code, Place::new(key, 0..0), format!("`{key}`: {message}"));
        self.problems.insert(key.clone(), diagnostic);
    }

    /// Where a symbolic link leads, when that is inside the book and not around the link.
    fn target(&self, link: &Path) -> Option<PathBuf> {
        let target = link.canonicalize().ok()?;
        let folder = link.parent()?.canonicalize().ok()?;
        (target.starts_with(&self.root) && !folder.starts_with(&target)).then_some(target)
    }

    /// The book's root.
    pub fn root(&self) -> &Path {
        &self.root
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

    /// The files below the source folder, with their paths relative to it.
    pub fn published(&self) -> impl Iterator<Item = (&str, &Arc<str>, &File)> {
        let skip = self.src.len() + usize::from(!self.src.is_empty());
        self.files.iter().filter_map(move |(path, file)| {
            let inside = path.starts_with(&self.src) && path.len() > skip;
            let inside = inside && (skip == 0 || path.as_bytes()[skip - 1] == b'/');
            (inside && &**path != CONFIG_FILE).then(|| (&path[skip..], path, file))
        })
    }

    /// The file at a path.
    pub fn get(&self, path: &str) -> Option<&File> {
        self.files.get(path)
    }

    /// The text of a file, for excerpts.
    pub fn text(&self, path: &str) -> Option<&str> {
        match self.files.get(path) {
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
        self.problems.values().chain(self.code.problems())
    }

    /// The text of a file that `from` includes by a relative path.
    ///
    /// # Errors
    /// When the path leaves the book's root, by `..` or by a symbolic link, or when
    /// there is no such text file.
    pub fn include(&self, from: &str, path: &str) -> Result<(Arc<str>, Arc<str>), IncludeError> {
        let target = join(from, path).ok_or(IncludeError::Outside)?;
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
            return known
                .clone()
                .map(|text| (target.as_str().into(), text))
                .ok_or(IncludeError::Missing);
        }
        let full = self.root.join(&target);
        let text = match full.canonicalize() {
            Ok(real) if !real.starts_with(&self.root) => return Err(IncludeError::Outside),
            Ok(real) if !real.is_file() => None,
            Ok(real) => std::fs::read_to_string(real).ok().map(Arc::<str>::from),
            Err(_) => None,
        };
        if let Ok(mut included) = self.included.lock() {
            included.insert(target.clone(), text.clone());
        }
        text.map(|text| (target.as_str().into(), text)).ok_or(IncludeError::Missing)
    }
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

fn read_file(path: &Path) -> Result<File, String> {
    let mut bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    let hash = *blake3::hash(&bytes).as_bytes();
    let markdown = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("md"));
    if !markdown {
        return Ok(File { content: Content::Bytes(bytes.into()), hash });
    }
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        bytes.drain(..3);
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(File { content: Content::Text(text.into()), hash }),
        Err(error) => Err(format!(
            "it is not UTF-8 text (byte {} cannot be read); save it as UTF-8",
            error.utf8_error().valid_up_to() + 1
        )),
    }
}

fn relative(root: &Path, path: &Path) -> Option<String> {
    let mut parts = Vec::new();
    for part in path.strip_prefix(root).ok()?.components() {
        match part {
            Component::Normal(name) => parts.push(name.to_str()?),
            _ => return None,
        }
    }
    Some(parts.join("/"))
}

/// Hidden files and what editors leave lying about.
fn ignored(name: &str) -> bool {
    name.starts_with('.')
        || name.ends_with('~')
        || name.starts_with('#') && name.ends_with('#')
        || name == "4913"
        || name == "node_modules"
}

/// Whether Windows keeps a file name for itself, whatever follows its first dot.
pub fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or("").to_ascii_uppercase();
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL")
        || (stem.len() == 4
            && (stem.starts_with("COM") || stem.starts_with("LPT"))
            && stem.ends_with(|c: char| c.is_ascii_digit() && c != '0'))
}

/// Whether every common system can store a file of this name.
fn publishable(path: &str) -> bool {
    path.len() < 1000
        && path.split('/').all(|name| {
            let odd = |c: char| c.is_control() || matches!(c, '\u{E000}' | '\u{E001}' | '\\');
            !is_reserved(name) && !name.contains(odd) && name.len() < 240
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joining_never_leaves_the_top() {
        assert_eq!(join("a/b.md", "../c.md").as_deref(), Some("c.md"));
        assert_eq!(join("a/b.md", "./c/../d.md").as_deref(), Some("a/d.md"));
        for bad in ["../../x", "/etc/passwd", "..\\..\\x", "a\0b"] {
            assert_eq!(join("a/b.md", bad), None, "{bad}");
        }
    }

    #[test]
    fn names_that_cannot_be_stored() {
        assert!(publishable("a/console.md"));
        for bad in ["con.md", "x/LPT1", "a\u{1}b.md", "NUL"] {
            assert!(!publishable(bad), "{bad}");
        }
    }

    #[test]
    fn links_out_of_the_book_are_not_followed() {
        let outer = tempfile::tempdir().unwrap();
        let root = outer.path().join("book");
        std::fs::create_dir_all(root.join("content")).unwrap();
        std::fs::write(outer.path().join("secret.md"), "secret").unwrap();
        std::fs::write(root.join("content/a.md"), "a").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(outer.path().join("secret.md"), root.join("content/b.md"))
            .unwrap();
        let sources = Sources::load(&root, &Config::default()).unwrap();
        let paths: Vec<&str> = sources.files().map(|(path, _)| &**path).collect();
        assert_eq!(paths, ["content/a.md"]);
        #[cfg(unix)]
        assert_eq!(sources.diagnostics().count(), 1);
        assert_eq!(sources.include("content/a.md", "../../secret.md"), Err(IncludeError::Outside));
    }

    #[test]
    #[cfg(unix)]
    fn links_inside_the_book_are_followed_once() {
        use std::os::unix::fs::symlink;
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        for folder in ["content/x", "text/part"] {
            std::fs::create_dir_all(root.join(folder)).unwrap();
        }
        std::fs::write(root.join("text/part/a.md"), "a").unwrap();
        symlink("../text/part", root.join("content/part")).unwrap();
        symlink("../text/part/a.md", root.join("content/b.md")).unwrap();
        symlink("../../content", root.join("content/x/circle")).unwrap();
        symlink("../../content/x", root.join("text/part/again")).unwrap();
        let sources = Sources::load(root, &Config::default()).unwrap();
        let paths: Vec<&str> = sources.files().map(|(path, _)| &**path).collect();
        assert_eq!(paths, ["content/b.md", "content/part/a.md"]);
        assert_eq!(sources.diagnostics().count(), 2);
    }
}
