//! How findings reach people.

use super::junit::Junit;
use super::{Book, Failure};
use crate::out::disk;
use crate::site::{Memo, Site};
use crate::text::diagnostic::{Diagnostic, Format, Level, Summary, render};
use anstyle::{AnsiColor, Style};
use std::io::{IsTerminal, Write};

pub(super) const RED: Style = AnsiColor::Red.on_default().bold();
pub(super) const RESET: anstyle::Reset = anstyle::Reset;

/// `build` and `serve` show so many findings; `check` shows all.
const SHOWN: usize = 40;

/// Findings with the level of each.
pub(super) type Found = Vec<(Level, Diagnostic)>;

/// Reads the book and puts its site together.
pub(super) fn open(book: &Book) -> Result<(Site, Found), Failure> {
    open_tested(book, &Junit::default())
}

/// As [`open`], with the results of tests.
pub(super) fn open_tested(book: &Book, junit: &Junit) -> Result<(Site, Found), Failure> {
    let results = junit.read()?;
    Site::open_with(&book.dir, &results, &mut Memo::default()).map_err(|error| {
        let dir = book.dir.display();
        format!(
            "cannot read the book in `{dir}`: {error}\n\
             A book is a folder with a `content` folder of Markdown files and, if you like, a \
             book.toml.\n`casebook init my-wiki` makes one."
        )
    })
}

/// Where nothing may be written: the book's own folders.
pub(super) fn folders(site: &Site) -> disk::Sources {
    let sources = &site.sources;
    disk::Sources { root: sources.root().to_path_buf(), folders: sources.folders() }
}

/// Turns warnings into errors.
pub(super) fn strict(found: &mut Found) {
    for (level, _) in found {
        *level = Level::Deny;
    }
}

/// Whether colours make sense on standard error.
pub(super) fn colour() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}

/// Shows the worst findings on standard error.
pub(super) fn show(site: &Site, found: &Found) {
    let mut worst: Vec<(Level, Diagnostic)> = found.clone();
    worst.sort_by_key(|(level, _)| std::cmp::Reverse(*level));
    worst.truncate(SHOWN);
    let texts = |file: &str| site.text(file);
    let text = render(&worst, &texts, Format::Text, colour());
    let _ = std::io::stderr().write_all(text.as_bytes());
    if found.len() > SHOWN {
        warn!("... and {} more; `casebook check` shows all\n", found.len() - SHOWN);
    }
}

/// Whether something stops a build.
pub(super) fn stops(found: &Found) -> bool {
    Summary::of(found).errors > 0
}
