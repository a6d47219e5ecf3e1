//! What can go wrong while writing.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why a site could not be written. The output folder is as it was before.
#[derive(Debug)]
pub enum OutputError<E> {
    /// A page could not be rendered.
    Render {
        /// The page.
        path: String,
        /// What the renderer said.
        error: E,
    },
    /// Its files could not be put into the output folder.
    Write(Problem),
}

/// Why files could not be put into the output folder.
#[derive(Debug)]
pub enum Problem {
    /// A path that cannot be a file of a site on every system.
    BadPath {
        /// The path.
        path: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Two paths that some systems cannot hold side by side.
    Clash(String, String),
    /// A file that Casebook did not write stands where one of the site must go.
    InTheWay(PathBuf),
    /// The output folder cannot be one.
    NotAFolder(PathBuf),
    /// The output folder holds a `book.toml`.
    HoldsBook(PathBuf),
    /// The output is, holds or is held by a folder of the book.
    OverSources(PathBuf, PathBuf),
    /// The output folder holds something, and no build has written it.
    NotOurs(PathBuf),
    /// Another build writes to the same folder and does not end.
    Busy(PathBuf),
    /// The disk refused.
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// With which file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

impl<E> From<Problem> for OutputError<E> {
    fn from(problem: Problem) -> OutputError<E> {
        OutputError::Write(problem)
    }
}

impl<E: fmt::Display> fmt::Display for OutputError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OutputError::Render { path, error } => write!(f, "cannot render `{path}`: {error}"),
            OutputError::Write(problem) => problem.fmt(f),
        }
    }
}

impl<E: Error + 'static> Error for OutputError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            OutputError::Render { error, .. } => Some(error),
            OutputError::Write(problem) => Some(problem),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::BadPath { path, reason } => {
                write!(f, "`{}` cannot be a file of the site: {reason}", path.escape_debug())
            }
            Problem::Clash(one, other) => {
                write!(f, "the site cannot hold both `{one}` and `{other}` on every system")
            }
            Problem::InTheWay(path) => write!(
                f,
                "`{}` was not written by Casebook and stands where a file of the site must go; \
                 move it away or choose another output folder. Nothing was changed",
                path.display()
            ),
            Problem::NotAFolder(path) => {
                write!(f, "`{}` cannot be the output folder", path.display())
            }
            Problem::HoldsBook(path) => write!(
                f,
                "`{}` holds a book.toml: it is a book, and cannot be the output folder too",
                path.display()
            ),
            Problem::OverSources(out, folder) => write!(
                f,
                "`{}` cannot be the output: it would go over the book's own `{}`. Nothing was \
                 changed; choose a place of its own, such as `site`",
                out.display(),
                folder.display()
            ),
            Problem::NotOurs(path) => write!(
                f,
                "`{}` is not empty, and Casebook did not write what is in it. Nothing was changed; \
                 choose an empty or new folder, or add --force: then the site goes beside what is \
                 there, and files of others stay as they are",
                path.display()
            ),
            Problem::Busy(path) => {
                write!(f, "another build writes to `{}`; try again when it is done", path.display())
            }
            Problem::Io { action, path, error } => {
                write!(f, "cannot {action} `{}`: {error}", path.display())
            }
        }
    }
}

impl Error for Problem {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Problem::Io { error, .. } => Some(error),
            _ => None,
        }
    }
}

/// Tells where an input or output error happened.
pub(super) trait At<T> {
    /// `action` is a verb.
    fn at(self, action: &'static str, path: &Path) -> Result<T, Problem>;
}

impl<T> At<T> for io::Result<T> {
    fn at(self, action: &'static str, path: &Path) -> Result<T, Problem> {
        self.map_err(|error| Problem::Io { action, path: path.to_path_buf(), error })
    }
}
