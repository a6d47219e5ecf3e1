//! `casebook init`: a small book to start from, complete and without a warning.
#![allow(clippy::disallowed_methods, reason = "a command that writes files")]

use super::Failure;
use crate::model::draft::quoted;
use sha2::{Digest, Sha256};
use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Start a new book, ready to be built.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Folder for the book; it may exist, but its files are never overwritten
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// Title of the site
    #[arg(long)]
    title: Option<String>,
}

pub(super) fn command(args: &Args) -> Result<ExitCode, Failure> {
    let written = run(&args.dir, args.title.as_deref()).map_err(|error| error.to_string())?;
    for file in &written {
        say!("{}", file.display());
    }
    say!("\nLook at it: casebook serve --open {}", args.dir.display());
    Ok(ExitCode::SUCCESS)
}

/// Each file of a new book, with its text.
const FILES: [(&str, &str); 10] = [
    ("book.toml", include_str!("skeleton/book.toml")),
    (".gitignore", include_str!("skeleton/gitignore")),
    (".github/workflows/casebook.yml", include_str!("skeleton/github.yml")),
    (".gitlab-ci.yml", include_str!("skeleton/gitlab-ci.yml")),
    ("content/index.md", include_str!("skeleton/content/index.md")),
    (
        "content/guide/01-model-your-first-feature.md",
        include_str!("skeleton/content/guide/01-model-your-first-feature.md"),
    ),
    ("content/threats/T-AUTH-001.md", include_str!("skeleton/content/threats/T-AUTH-001.md")),
    (
        "content/requirements/R-AUTH-001.md",
        include_str!("skeleton/content/requirements/R-AUTH-001.md"),
    ),
    ("content/assumptions/A-ID-001.md", include_str!("skeleton/content/assumptions/A-ID-001.md")),
    ("content/models/sign-in/index.md", include_str!("skeleton/content/models/sign-in/index.md")),
];

/// The title of a book whose author gave none.
const TITLE: &str = "Threat models";

/// Why a book could not be started.
#[derive(Debug)]
pub enum InitError {
    /// A file of the new book is there already.
    Exists(PathBuf),
    /// The disk refused.
    Io(PathBuf, io::Error),
    /// The program cannot be read, so its checksum is not known.
    Program(io::Error),
}

impl fmt::Display for InitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            InitError::Exists(path) => {
                write!(f, "`{}` is there already; nothing was written", path.display())
            }
            InitError::Io(path, error) => write!(f, "cannot write `{}`: {error}", path.display()),
            InitError::Program(error) => {
                write!(f, "cannot read this program to note its checksum: {error}")
            }
        }
    }
}

impl std::error::Error for InitError {}

/// Writes a new book into a folder, and returns its files. The folder may hold other
/// files, but none of those.
///
/// # Errors
/// When one of the files exists, or the disk refuses. What was written by then is
/// removed again.
pub fn run(dir: &Path, title: Option<&str>) -> Result<Vec<PathBuf>, InitError> {
    let taken = FILES.iter().map(|(path, _)| dir.join(path));
    if let Some(path) = taken.into_iter().find(|path| fs::symlink_metadata(path).is_ok()) {
        return Err(InitError::Exists(path));
    }
    let mut written = Vec::new();
    let sum = own_sum().map_err(InitError::Program)?;
    for (path, text) in FILES {
        let file = dir.join(path);
        let text = text.replace("{{title}}", &quoted(title.unwrap_or(TITLE)));
        let text = text.replace("{{version}}", env!("CARGO_PKG_VERSION"));
        let text = text.replace("{{sha256}}", &sum);
        match create(&file, &text) {
            Ok(()) => written.push(file),
            Err(error) => {
                for file in &written {
                    let _ = fs::remove_file(file);
                }
                return Err(match error.kind() {
                    io::ErrorKind::AlreadyExists => InitError::Exists(file),
                    _ => InitError::Io(file, error),
                });
            }
        }
    }
    Ok(written)
}

/// The SHA-256 of this program, which the jobs of a new book compare with what they fetch.
fn own_sum() -> io::Result<String> {
    let hash = Sha256::digest(fs::read(std::env::current_exe()?)?);
    Ok(hash.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Creates a file, and the folders around it; never overwrites.
pub(super) fn create(file: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::File::create_new(file)?.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::{Memo, Site};

    #[test]
    fn a_new_book_has_no_findings() {
        let folder = tempfile::tempdir().unwrap();
        let title = "Wiki of \"C:\\us\": threats # and more";
        for title in [None, Some(title)] {
            let dir = folder.path().join(if title.is_some() { "a" } else { "b/c" });
            let written = run(&dir, title).unwrap();
            assert_eq!(written.len(), FILES.len());
            let (site, found) = Site::open(&dir, &mut Memo::default()).unwrap();
            assert_eq!(found, []);
            assert_eq!(site.config.title, title.unwrap_or(TITLE));
            for address in site.addresses() {
                assert!(site.render(&address).unwrap().is_some(), "{address}");
            }
            let home = site.render("index.html").unwrap().unwrap();
            assert!(!String::from_utf8_lossy(&home).contains("{{title"));
        }
    }

    #[test]
    fn nothing_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        for (path, _) in FILES {
            let dir = folder.path().join(path.replace('/', "-"));
            create(&dir.join(path), "mine").unwrap();
            fs::write(dir.join("other.txt"), "mine").unwrap();
            let error = run(&dir, None).unwrap_err();
            assert!(error.to_string().contains(path), "{error}");
            assert_eq!(fs::read_to_string(dir.join(path)).unwrap(), "mine");
            let files = walkdir::WalkDir::new(&dir).into_iter();
            assert_eq!(files.filter(|e| e.as_ref().unwrap().file_type().is_file()).count(), 2);
        }
    }
}
