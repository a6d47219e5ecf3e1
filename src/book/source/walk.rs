//! Reading a book's folder: which files there are, and what each holds.

use super::name::unsafe_name;
use super::{Content, File, Sources, svg};
use crate::text::diagnostic::{Code, Diagnostic};
use crate::text::span::Place;
use rayon::prelude::*;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// A link that would be followed for ever.
const CIRCLE: &str = "this symbolic link leads to a folder around itself, or to one that is \
                      linked to already, and is not followed";

impl Sources {
    /// Replaces whatever was known at a path by what is there now: nothing, a file,
    /// or a folder with all below it.
    pub fn reload(&mut self, path: &str) {
        if self.code.concerns(path) {
            self.code.reload(&self.root, path);
            return;
        }
        if self.reload_layers(path) {
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
        self.folded = OnceLock::new();
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
                Ok((file, fault)) => {
                    if let Some(fault) = fault {
                        self.problem(&key, Code::UnreadableFile, &fault);
                    }
                    self.keep(key, file);
                }
                Err(reason) => self.problem(&key, Code::UnreadableFile, &reason),
            }
        }
        self.reload_data(path);
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
        for entry in walk {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    self.unreadable(top, &error);
                    continue;
                }
            };
            let path = entry.path();
            let Some(key) = relative(&self.root, path) else {
                let key: Arc<str> =
                    path.strip_prefix(&self.root).unwrap_or(path).to_string_lossy().into();
                let message = "its name is no UTF-8, and has no address";
                self.problem(&key, Code::UnreadableFile, message);
                continue;
            };
            let key: Arc<str> = key.into();
            let kind = entry.file_type();
            if kind.is_dir() || (linked && entry.depth() == 0) || self.is_excluded(&key) {
                continue;
            } else if let Some(fault) = unsafe_name(&key) {
                self.problem(&key, Code::UnsafePath, &fault);
            } else if kind.is_symlink() {
                match self.target(path) {
                    Ok(target) if target.is_file() => {
                        found.push((key.clone(), path.to_path_buf()));
                        self.linked.insert(key, target);
                    }
                    Ok(target) if target.is_dir() && !linked => {
                        folders.push(path.to_path_buf());
                        self.linked.insert(key, target);
                    }
                    Ok(_) => self.problem(&key, Code::UnreadableFile, CIRCLE),
                    Err((code, reason)) => self.problem(&key, code, reason),
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

    pub(super) fn problem(&mut self, key: &Arc<str>, code: Code, message: &str) {
        let diagnostic =
            Diagnostic::new(code, Place::new(key, 0..0), format!("`{key}`: {message}"));
        self.problems.insert(key.clone(), diagnostic);
    }

    /// What a walk could not read. Nothing at its top is no mistake: a book needs no theme.
    fn unreadable(&mut self, top: &Path, error: &walkdir::Error) {
        let path = error.path().unwrap_or(top);
        let missing = error.io_error().is_some_and(|e| e.kind() == io::ErrorKind::NotFound);
        if missing && path == top {
            return;
        }
        let inner = path.strip_prefix(&self.root).unwrap_or(path);
        let key: Arc<str> = inner.to_string_lossy().replace('\\', "/").into();
        let reason = error.io_error().map_or_else(|| CIRCLE.to_string(), ToString::to_string);
        self.problem(&key, Code::UnreadableFile, &reason);
    }

    /// Where a symbolic link leads, when that is inside the book, not around the link, and
    /// nothing that a walk would pass by.
    fn target(&self, link: &Path) -> Result<PathBuf, (Code, &'static str)> {
        let broken = |_| (Code::UnreadableFile, "this symbolic link leads to nothing");
        let target = link.canonicalize().map_err(broken)?;
        let folder = link.parent().unwrap_or(link).canonicalize().map_err(broken)?;
        match target.strip_prefix(&self.root) {
            Err(_) => Err((Code::UnreadableFile, "this symbolic link leads out of the book")),
            Ok(inner) if self.is_hidden(inner) => {
                Err((Code::HiddenFile, "this symbolic link leads to a hidden file or folder"))
            }
            Ok(_) if folder.starts_with(&target) => Err((Code::UnreadableFile, CIRCLE)),
            Ok(_) => Ok(target),
        }
    }

    /// Keeps a file that was read; pictures of the source folder after cleaning.
    pub(super) fn keep(&mut self, key: Arc<str>, file: File) {
        let inner = self.inside(&key).filter(|inner| !self.copy.matches(inner));
        let picture = inner.is_some_and(|inner| inner.to_ascii_lowercase().ends_with(".svg"));
        if !picture {
            self.files.insert(key, file);
            return;
        }
        match file.text().ok_or_else(|| "it is no UTF-8 text".to_string()).and_then(svg::clean) {
            Ok(cleaned) => {
                if !cleaned.removed.is_empty() {
                    let message = format!(
                        "left out, as it could run or load: {}",
                        cleaned.removed.join(", ")
                    );
                    self.problem(&key, Code::CleanedSvg, &message);
                }
                let content = Content::Bytes(cleaned.text.into_bytes().into());
                self.files.insert(key, File { content, ..file });
            }
            Err(reason) => {
                let message = format!("no picture that can be published: {reason}");
                self.problem(&key, Code::CleanedSvg, &message);
            }
        }
    }
}

/// Checks that the source folder is there, and in the book.
pub(super) fn source_folder(root: &Path, src: &str) -> io::Result<()> {
    let folder = root.join(src);
    if !folder.is_dir() {
        let message = format!("there is no source folder `{src}`");
        return Err(io::Error::new(io::ErrorKind::NotFound, message));
    }
    std::fs::read_dir(&folder).map_err(|error| {
        io::Error::new(error.kind(), format!("the source folder `{src}` cannot be read: {error}"))
    })?;
    match folder.canonicalize()?.starts_with(root) {
        true => Ok(()),
        false => {
            let message = format!("the source folder `{src}` is a link that leads out of the book");
            Err(io::Error::new(io::ErrorKind::InvalidInput, message))
        }
    }
}

/// A file; where its text cannot be read as such, also why.
fn read_file(path: &Path) -> Result<(File, Option<String>), String> {
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    let hash = *blake3::hash(&bytes).as_bytes();
    let (content, fault) = content(&path.to_string_lossy(), bytes);
    Ok((File { content, hash }, fault))
}

/// What a file of this name holds. Where its text cannot be read as such, also why: then the
/// page is there, with signs in the place of what cannot be read, so that links to it lead to
/// the error.
pub(super) fn content(path: &str, mut bytes: Vec<u8>) -> (Content, Option<String>) {
    if !path.to_ascii_lowercase().ends_with(".md") {
        return (Content::Bytes(bytes.into()), None);
    }
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        bytes.drain(..3);
    }
    let (text, fault) = match String::from_utf8(bytes) {
        Ok(text) => (text, None),
        Err(error) => {
            let at = error.utf8_error().valid_up_to() + 1;
            let fault =
                format!("it is not UTF-8 text (byte {at} cannot be read); save it as UTF-8");
            (String::from_utf8_lossy(error.as_bytes()).into_owned(), Some(fault))
        }
    };
    (Content::Text(text.into()), fault)
}

pub(super) fn relative(root: &Path, path: &Path) -> Option<String> {
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
pub(super) fn ignored(name: &str) -> bool {
    name.starts_with('.')
        || name.ends_with('~')
        || name.starts_with('#') && name.ends_with('#')
        || name == "4913"
        || name == "node_modules"
}
