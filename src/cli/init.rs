//! `casebook init`: a small book to start from, complete and without a warning.
#![allow(clippy::disallowed_methods, reason = "a command that writes files")]

use super::Failure;
use crate::book::source::LOCK_FILE;
use crate::model::draft::quoted;
use crate::text::markup::markdown;
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
    /// Without the lists, guides, training and examples that come with the program
    #[arg(long)]
    empty: bool,
}

pub(super) fn command(args: &Args) -> Result<ExitCode, Failure> {
    let new = New { title: args.title.as_deref(), empty: args.empty };
    let written = run(&args.dir, &new).map_err(|error| error.to_string())?;
    for file in &written {
        say!("{}", file.display());
    }
    say!("\nLook at it: casebook serve --open {}", args.dir.display());
    Ok(ExitCode::SUCCESS)
}

/// What a new book is to be.
#[derive(Debug, Clone, Copy, Default)]
pub struct New<'t> {
    /// The title of the site.
    pub title: Option<&'t str>,
    /// Whether nothing lies below it.
    pub empty: bool,
}

/// The files of every new book, with their texts.
const FILES: [(&str, &str); 4] = [
    (".gitignore", include_str!("skeleton/gitignore")),
    (".github/workflows/casebook.yml", include_str!("skeleton/github.yml")),
    (".gitlab-ci.yml", include_str!("skeleton/gitlab-ci.yml")),
    ("README.md", include_str!("skeleton/README.md")),
];

/// The settings of every new book, and what a library adds to them.
const SETTINGS: [&str; 2] =
    [include_str!("skeleton/book.toml"), include_str!("skeleton/library.toml")];

/// The pages of a book over a library.
const OVER_A_LIBRARY: [(&str, &str); 3] = [
    ("content/index.md", include_str!("skeleton/content/index.md")),
    ("content/models/index.md", include_str!("skeleton/content/models/index.md")),
    (
        "content/models/pay-with-a-gift-card/index.md",
        include_str!("skeleton/content/models/pay-with-a-gift-card/index.md"),
    ),
];

/// The page of an empty book.
const EMPTY: [(&str, &str); 1] = [("content/index.md", include_str!("skeleton/empty/index.md"))];

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
pub fn run(dir: &Path, new: &New<'_>) -> Result<Vec<PathBuf>, InitError> {
    let files = files(new)?;
    let taken = files.iter().map(|(path, _)| dir.join(path));
    if let Some(path) = taken.into_iter().find(|path| fs::symlink_metadata(path).is_ok()) {
        return Err(InitError::Exists(path));
    }
    let mut written = Vec::new();
    for (path, text) in files {
        let file = dir.join(path);
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

/// The files of a new book, filled in.
fn files(new: &New<'_>) -> Result<Vec<(&'static str, String)>, InitError> {
    let sum = own_sum().map_err(InitError::Program)?;
    let title = new.title.unwrap_or(TITLE);
    let fill = |text: &str| {
        text.replace("{{version}}", env!("CARGO_PKG_VERSION"))
            .replace("{{sha256}}", &sum)
            .replace("{{name}}", &markdown(title))
            .replace("{{title}}", &quoted(title))
    };
    let (settings, pages) = match new.empty {
        true => (SETTINGS[0].to_string(), &EMPTY[..]),
        false => (SETTINGS.concat(), &OVER_A_LIBRARY[..]),
    };
    let mut out = vec![("book.toml", fill(&settings))];
    out.extend(FILES.iter().chain(pages).map(|(path, text)| (*path, fill(text))));
    if !new.empty {
        out.push((LOCK_FILE, super::library::lock(&out[0].1).text()));
    }
    Ok(out)
}

/// The SHA-256 of this program, which the jobs of a new book compare with what they fetch.
fn own_sum() -> io::Result<String> {
    let hash = Sha256::digest(fs::read(std::env::current_exe()?)?);
    Ok(hash.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Creates a file, and the folders around it; never overwrites.
pub(super) fn create(file: &Path, bytes: impl AsRef<[u8]>) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::File::create_new(file)?.write_all(bytes.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::{Memo, Site};

    /// One book has everything, so that the whole library is read once here.
    #[test]
    fn a_new_book_has_no_findings() {
        let folder = tempfile::tempdir().unwrap();
        let title = "Wiki of \"C:\\us\": threats # and more";
        for (name, new) in [
            ("a", New { title: Some(title), empty: true }),
            ("b/c", New { title: None, empty: false }),
        ] {
            let dir = folder.path().join(name);
            let written = run(&dir, &new).unwrap();
            let (site, found) = Site::open(&dir, &mut Memo::default()).unwrap();
            assert_eq!(found, []);
            assert_eq!(site.config.title, new.title.unwrap_or(TITLE));
            let home = site.render("index.html").unwrap().unwrap();
            assert!(!String::from_utf8_lossy(&home).contains("{{"));
            if new.empty {
                assert_eq!(written.len(), 1 + FILES.len() + EMPTY.len());
                continue;
            }
            // The lists are there, and the examples count for nothing.
            assert!(site.graph.find("T-AUTH-001").is_some());
            assert!(site.models.by_node.len() > 10);
            let latest = site.models.latest();
            let ids: Vec<_> = latest.iter().map(|n| site.graph.nodes[*n].id.as_deref()).collect();
            assert_eq!(ids, [Some("M-GIFT-001")]);
        }
    }

    #[test]
    fn nothing_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let new = New { empty: true, ..New::default() };
        for (path, _) in files(&new).unwrap() {
            let dir = folder.path().join(path.replace('/', "-"));
            create(&dir.join(path), "mine").unwrap();
            fs::write(dir.join("other.txt"), "mine").unwrap();
            let error = run(&dir, &new).unwrap_err();
            assert!(error.to_string().contains(path), "{error}");
            assert_eq!(fs::read_to_string(dir.join(path)).unwrap(), "mine");
            let files = walkdir::WalkDir::new(&dir).into_iter();
            assert_eq!(files.filter(|e| e.as_ref().unwrap().file_type().is_file()).count(), 2);
        }
    }
}
