//! Where a site may go.

use super::error::{At, Problem};
use std::fs;
use std::path::{Path, PathBuf};

/// The folders of a book, which no output may touch; absolute.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// The root: nothing goes there or around it.
    pub root: PathBuf,
    /// Folders with what authors wrote: nothing goes there, around them or into them.
    pub folders: Vec<PathBuf>,
}

impl Sources {
    /// Refuses an output folder (absolute, links followed) that is one of the book, or
    /// around or inside one.
    pub(super) fn keep_off(&self, out: &Path) -> Result<(), Problem> {
        let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
        if !self.root.as_os_str().is_empty() && real(&self.root).starts_with(out) {
            return Err(Problem::OverSources(out.to_path_buf(), self.root.clone()));
        }
        let over = |folder: &&PathBuf| {
            let folder = real(folder);
            folder.starts_with(out) || out.starts_with(folder)
        };
        match self.folders.iter().find(over) {
            Some(folder) => Err(Problem::OverSources(out.to_path_buf(), folder.clone())),
            None => Ok(()),
        }
    }

    /// Refuses a single file in the place of something that an author wrote.
    ///
    /// # Errors
    /// When it is in a folder of the book, or its settings.
    pub fn spare(&self, file: &Path) -> Result<(), Problem> {
        let path = resolve(file)?;
        let root = self.root.canonicalize().unwrap_or_else(|_| self.root.clone());
        if path == root.join("book.toml").canonicalize().unwrap_or_default()
            || path == root.join("book.toml")
        {
            return Err(Problem::OverSources(path.clone(), path));
        }
        let inside =
            |folder: &&PathBuf| folder.canonicalize().is_ok_and(|folder| path.starts_with(folder));
        match self.folders.iter().find(inside) {
            Some(folder) => Err(Problem::OverSources(path.clone(), folder.clone())),
            None => Ok(()),
        }
    }
}

/// A path as an absolute one, links followed; the folder around it is made.
pub(super) fn resolve(path: &Path) -> Result<PathBuf, Problem> {
    if fs::symlink_metadata(path).is_ok() {
        return path.canonicalize().at("find", path);
    }
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let name = path.file_name().ok_or_else(|| Problem::NotAFolder(path.to_path_buf()))?;
    Ok(existing(parent)?.join(name))
}

/// An absolute path whose last parts need not exist.
fn existing(path: &Path) -> Result<PathBuf, Problem> {
    match path.canonicalize() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => resolve(path),
        result => result.at("find", path),
    }
}
