//! Libraries: books whose content lies below the book's own.
//!
//! A library is read like a book of its own. Where the files of all lie above each other is
//! answered here, once: an own file covers one of the same path, and a library one of those
//! after it.

use super::vendored::{self, DATA_FILE};
use super::{File, IncludeError, LOCK_FILE, Packed, Sources, pack, read_config};
use crate::book::config::{Config, Library, LibrarySource};
use crate::book::source::Content;
use crate::text::diagnostic::{Code, Diagnostic};
use crate::text::span::Place;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

/// The content that comes with the program.
#[derive(Debug, Clone, Copy)]
#[allow(dead_code, reason = "a program has one of the two")]
pub enum Builtin {
    /// In the program itself.
    Packed(&'static [u8]),
    /// In the folder of the project, while the program is developed.
    Folder(&'static str),
}

static BUILTIN: Builtin = include!(concat!(env!("OUT_DIR"), "/builtin.rs"));

/// Names of files at the top of a library that speak of a site as a whole.
const OF_A_SITE: [&str; 7] =
    ["LICENSE", "NOTICE", "CNAME", "_headers", "robots.txt", "SUMMARY.md", "404.md"];

/// Where content comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The name of the library.
    pub name: String,
    /// Its version, where it says one.
    pub version: Option<String>,
    /// The short name of its licence, where it says one.
    pub license: Option<String>,
}

/// A library, read.
#[derive(Debug)]
pub struct Layer {
    /// What `book.toml` says of it.
    pub library: Library,
    /// Where its content comes from.
    pub origin: Arc<Origin>,
    /// Its settings.
    pub config: Config,
    /// BLAKE3 over all of its files.
    pub hash: String,
    /// What stands before its paths in those of the book.
    prefix: String,
    /// The files that were made from the data of a site.
    made: BTreeSet<Arc<str>>,
    sources: Sources,
    /// Its files by their paths in the book.
    keys: BTreeMap<Arc<str>, Arc<str>>,
    /// What is wrong with its settings and files, with places in the book.
    found: Vec<Diagnostic>,
}

/// The files of the content that comes with the program.
///
/// # Errors
/// When the program is being developed, and its folder is gone.
pub fn builtin() -> Result<Vec<Packed>, String> {
    match BUILTIN {
        Builtin::Packed(bytes) => {
            pack::unpack(bytes).ok_or_else(|| "the program's own content is damaged".to_string())
        }
        Builtin::Folder(root) => {
            let root = Path::new(root);
            let (text, src) = read_config(root).map_err(|error| error.to_string())?;
            let config = Config { libraries: Vec::new(), ..Config::parse(&text, src).0 };
            let sources = Sources::load(root, &config).map_err(|error| error.to_string())?;
            let content = |path: &str| path == "book.toml" || path.starts_with("content/");
            let files = sources.files().filter(|(path, _)| content(path));
            Ok(files.map(|(path, file)| (path.to_string(), file.bytes().to_vec())).collect())
        }
    }
}

impl Layer {
    /// Reads a library. `root` is empty, and its files are among `files`, where nothing is
    /// read from disk.
    fn open(
        root: &Path,
        library: &Library,
        files: &BTreeMap<Arc<str>, File>,
    ) -> Result<Layer, String> {
        let mut made = BTreeSet::new();
        let (prefix, config, sources, mut found) = match &library.source {
            LibrarySource::Builtin => {
                let files = builtin()?;
                let (config, _) = settings(&files);
                let sources = Sources::from_pack(&config, files);
                (format!("{}:/", library.name), config, sources, Vec::new())
            }
            LibrarySource::Data(file) => {
                let prefix = prefix(library);
                let data = files.get(file.as_str()).ok_or(format!("there is no file `{file}`"))?;
                let beside = below(files, &prefix);
                let read = vendored::read(data.bytes(), beside);
                let read =
                    read.map_err(|error| format!("`{file}` is no data of a site: {error}"))?;
                made = read.made.into_iter().map(Into::into).collect();
                let (mut config, found) = Config::parse(&read.settings, &read.src);
                config.libraries.clear();
                let sources = Sources::from_pack(&config, read.files);
                (prefix, config, sources, found)
            }
            LibrarySource::Folder(_) if root.as_os_str().is_empty() => {
                let prefix = prefix(library);
                let files = below(files, &prefix);
                let (config, found) = settings(&files);
                (prefix, config.clone(), Sources::from_pack(&config, files), found)
            }
            LibrarySource::Folder(folder) => {
                let top = root.join(folder);
                if !top.is_dir() {
                    return Err(format!("there is no folder `{folder}`"));
                }
                let real = top.canonicalize().map_err(|error| error.to_string())?;
                if !real.starts_with(root) {
                    return Err("it is a link that leads out of the book".into());
                }
                let (text, src) = read_config(&real).map_err(|error| error.to_string())?;
                let (mut config, found) = Config::parse(&text, src);
                config.libraries.clear();
                if !real.join(&config.src).is_dir() {
                    config.src = String::new();
                }
                let sources = Sources::load(&real, &config).map_err(|error| error.to_string())?;
                (prefix(library), config, sources, found)
            }
        };
        let version = match library.source {
            LibrarySource::Builtin => Some(env!("CARGO_PKG_VERSION").to_string()),
            LibrarySource::Folder(_) | LibrarySource::Data(_) => config.version.clone(),
        };
        let origin =
            Origin { name: library.name.clone(), version, license: config.license.clone() };
        found.extend(sources.diagnostics().cloned());
        let mut layer = Layer {
            library: library.clone(),
            origin: Arc::new(origin),
            config,
            hash: hash(&sources),
            prefix,
            made,
            sources,
            keys: BTreeMap::new(),
            found: Vec::new(),
        };
        layer.keys =
            layer.sources.files().map(|(path, _)| (layer.key(path), path.clone())).collect();
        for diagnostic in &mut found {
            for place in
                diagnostic.place.iter_mut().chain(diagnostic.also.iter_mut().map(|(p, _)| p))
            {
                place.file = layer.key(&place.file);
            }
        }
        layer.found = found;
        Ok(layer)
    }

    fn key(&self, path: &str) -> Arc<str> {
        match self.made.contains(path) {
            true => format!("{}{DATA_FILE}:{path}", self.prefix).into(),
            false => format!("{}{path}", self.prefix).into(),
        }
    }

    /// The file at a path of the book.
    pub fn get(&self, key: &str) -> Option<&File> {
        self.sources.get(self.keys.get(key)?)
    }

    /// As [`Sources::include`], for a file of the library.
    pub(super) fn include(
        &self,
        from: &str,
        path: &str,
    ) -> Result<(Arc<str>, Arc<str>), IncludeError> {
        let from = from.strip_prefix(&self.prefix).unwrap_or(from);
        let (path, text) = self.sources.include(from, path)?;
        Ok((self.key(&path), text))
    }

    /// Its pages as texts, with their paths in the book.
    pub fn texts(&self) -> impl Iterator<Item = (Arc<str>, &str)> {
        self.sources.published().filter_map(|(_, key, file)| match &file.content {
            Content::Text(text) => Some((self.key(key), &**text)),
            Content::Bytes(_) => None,
        })
    }

    /// Its files, as they can be written to a folder.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.sources.files().map(|(path, file)| (&**path, file.bytes()))
    }

    fn owns(&self, path: &str) -> bool {
        path.starts_with(&self.prefix)
    }
}

/// What stands before the paths of a library in a folder.
fn prefix(library: &Library) -> String {
    match library.source.folder() {
        None | Some("") => String::new(),
        Some(folder) => format!("{folder}/"),
    }
}

/// The files below a folder, with their paths there.
fn below(files: &BTreeMap<Arc<str>, File>, prefix: &str) -> Vec<Packed> {
    let inner = |(path, file): (&Arc<str>, &File)| {
        Some((path.strip_prefix(prefix)?.to_string(), file.bytes().to_vec()))
    };
    files.iter().filter_map(inner).collect()
}

/// The settings among the files of a library.
fn settings(files: &[Packed]) -> (Config, Vec<Diagnostic>) {
    let text = files.iter().find(|(path, _)| path == super::CONFIG_FILE);
    let text = text.map_or_else(String::new, |(_, bytes)| String::from_utf8_lossy(bytes).into());
    let content = files.iter().any(|(path, _)| path.starts_with("content/"));
    let (mut config, found) = Config::parse(&text, if content { "content" } else { "" });
    config.libraries.clear();
    (config, found)
}

/// A hash over paths and contents; a library may move without being another one.
fn hash(sources: &Sources) -> String {
    let mut hasher = blake3::Hasher::new();
    for (path, file) in sources.files().filter(|(path, _)| ***path != *LOCK_FILE) {
        hasher.update(&path.len().to_le_bytes());
        hasher.update(path.as_bytes());
        hasher.update(&file.hash);
    }
    hasher.finalize().to_hex().to_string()
}

impl Sources {
    /// Reads the libraries that the settings name.
    pub(super) fn pile_up(&mut self, config: &Config) {
        for library in &config.libraries {
            match Layer::open(&self.root, library, &self.files) {
                Ok(layer) => self.layers.push(Arc::new(layer)),
                Err(reason) => {
                    let place = Place::new(&super::CONFIG_FILE.into(), library.span.clone());
                    let message =
                        format!("the library `{}` cannot be read: {reason}", library.name);
                    let key = format!("{} {}", super::CONFIG_FILE, library.name);
                    let help = "`source` is `builtin`, a folder with the content of a book, or the \
                                `casebook.json` of a site";
                    let told = Diagnostic::new(Code::BadConfig, place, message).help(help);
                    self.problems.insert(key.into(), told);
                }
            }
        }
        self.cover();
    }

    /// Reads the libraries anew in which a path lies; whether there is one.
    pub(super) fn reload_layers(&mut self, path: &str) -> bool {
        self.reopen(path, |source| matches!(source, LibrarySource::Folder(_)))
    }

    /// As [`Sources::reload_layers`], for those that are made of files that were read already.
    pub(super) fn reload_data(&mut self, path: &str) {
        self.reopen(path, |source| matches!(source, LibrarySource::Data(_)));
    }

    fn reopen(&mut self, path: &str, is: impl Fn(&LibrarySource) -> bool) -> bool {
        let mut layers = self.layers.clone();
        let mut any = false;
        for layer in layers.iter_mut().filter(|layer| is(&layer.library.source)) {
            let Some(folder) = layer.library.source.folder() else { continue };
            let inside = path == folder || path.starts_with(&layer.prefix);
            if inside && let Ok(new) = Layer::open(&self.root, &layer.library, &self.files) {
                (*layer, any) = (Arc::new(new), true);
            }
        }
        self.layers = layers;
        self.cover();
        any
    }

    /// Finds out which files of libraries are in, and tells which stand in each other's way.
    pub(super) fn cover(&mut self) {
        if self.layers.is_empty() {
            return;
        }
        let mut below: BTreeMap<Arc<str>, (usize, Arc<str>)> = BTreeMap::new();
        let own: std::collections::BTreeSet<&str> =
            self.own_published().map(|(path, ..)| path).collect();
        let mut clashes = Vec::new();
        for (number, layer) in self.layers.iter().enumerate() {
            for (path, key, _) in layer.sources.published() {
                if OF_A_SITE.contains(&path) || own.contains(path) {
                    continue;
                }
                let key = layer.key(key);
                match below.get(path) {
                    None => drop(below.insert(path.into(), (number, key))),
                    Some((_, first)) => clashes.extend(clash(path, &key, first)),
                }
            }
        }
        (self.below, self.clashes) = (below, clashes);
    }

    /// The libraries, the first above the next.
    pub fn layers(&self) -> &[Arc<Layer>] {
        &self.layers
    }

    /// The library of a file.
    pub fn layer(&self, path: &str) -> Option<&Arc<Layer>> {
        self.layers.iter().find(|layer| layer.owns(path))
    }

    /// What is wrong with libraries.
    pub(super) fn layer_problems(&self) -> impl Iterator<Item = &Diagnostic> {
        self.layers.iter().flat_map(|layer| &layer.found).chain(&self.clashes)
    }
}

/// Two libraries have a page of one path. What only introduces a folder may be in each.
fn clash(path: &str, second: &Arc<str>, first: &Arc<str>) -> Option<Diagnostic> {
    let name = path.rsplit('/').next().unwrap_or(path);
    if !name.ends_with(".md") || ["index.md", "README.md"].contains(&name) {
        return None;
    }
    let message = format!("two libraries have a page `{path}`; the first one is taken");
    let told = Diagnostic::new(Code::LibraryClash, Place::new(second, 0..0), message);
    Some(
        told.label("left out")
            .also(Place::new(first, 0..0), "taken")
            .help("hide one of the two, or put a page of your own at this path"),
    )
}
