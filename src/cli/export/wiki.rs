//! What all exports to wikis do.

use super::super::{Book as BookFolder, Failure, report};
use crate::book::source::read_named_text;
use crate::out::disk::{self, OutputError};
use crate::out::wiki::{
    self, Book, Context, MANIFEST_FILE, Manifest, Order, Publication, State, Target,
};
use crate::site::{Site, theme_diagnostic};
use crate::text::diagnostic::{Level, Summary};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What every target takes.
#[derive(Debug, clap::Args)]
pub(super) struct Common {
    /// Folder that holds book.toml or a content folder
    #[arg(long, value_name = "BOOK", default_value = ".")]
    dir: PathBuf,
    /// Folder for the export [default: export/TARGET]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Address of the searchable site; each page tells it [default: `url` under [site] in book.toml]
    #[arg(long, value_name = "URL")]
    site_url: Option<String>,
    /// Time of this export, such as 2026-05-01T12:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    timestamp: Option<String>,
    /// Also write into a folder that holds something and was never exported into; what is
    /// there stays
    #[arg(long)]
    force: bool,
    /// Write pages even if they were edited on the wiki
    #[arg(long)]
    overwrite: bool,
}

/// What came of an export.
pub(super) enum Done {
    /// Nothing was written: the content or the names have errors.
    Stopped,
    /// It was written, and so many pages were held back.
    Written {
        /// Pages held back.
        held: usize,
    },
}

impl Done {
    pub(super) fn exit(&self) -> Result<ExitCode, Failure> {
        match self {
            Done::Stopped | Done::Written { held: 1.. } => Ok(ExitCode::from(1)),
            Done::Written { held: 0 } => Ok(ExitCode::SUCCESS),
        }
    }
}

/// Texts that a wiki holds now, by name.
pub(super) type Current = Option<BTreeMap<String, String>>;

/// Exports a book. `find` looks for what the wiki holds now under some names.
pub(super) fn export<T: Target>(
    common: &Common,
    make: impl FnOnce(&Site) -> T,
    find: impl FnOnce(&dyn Target, &[String]) -> Result<Current, Failure>,
) -> Result<(Done, BTreeMap<String, Vec<u8>>), Failure> {
    let book_folder = BookFolder { dir: common.dir.clone() };
    let (site, found) = report::open(&book_folder)?;
    report::show(&site, &found);
    let stopped = |summary: Summary| {
        warn!("{summary}; nothing was written");
        Ok((Done::Stopped, BTreeMap::new()))
    };
    if report::stops(&found) {
        return stopped(Summary::of(&found));
    }
    let target = make(&site);
    let book = match Book::read(&site, common.site_url.as_deref()) {
        Ok(book) => book,
        Err(error) => {
            let found = vec![(Level::Deny, theme_diagnostic(&site.config, &error))];
            report::show(&site, &found);
            return stopped(Summary::of(&found));
        }
    };
    let (names, found) = wiki::name(&book, &target, &site.config);
    report::show(&site, &found);
    if report::stops(&found) {
        return stopped(Summary::of(&found));
    }
    let out = common.out.clone().unwrap_or_else(|| Path::new("export").join(target.name()));
    let previous = previous(&out, target.name())?;
    let now = timestamp(common.timestamp.as_deref())?;
    let context = Context { book: &book, names: &names };
    let known: Vec<String> = names
        .pages
        .values()
        .chain(names.others.values().flatten())
        .chain(previous.pages.values().map(|entry| &entry.name))
        .chain(previous.redirects.keys())
        .cloned()
        .chain(target.extras(&context).into_iter().map(|extra| extra.name))
        .collect();
    let current = find(&target, &known)?;
    let order = Order {
        book: &book,
        names: &names,
        previous: &previous,
        now: &now,
        current: current.as_ref(),
        overwrite: common.overwrite,
    };
    let publication = wiki::publish(&target, &order);
    let mut files = target.pack(&publication).map_err(|error| error.to_string())?;
    files.insert(MANIFEST_FILE.into(), publication.manifest.json().into_bytes());
    let paths: Vec<String> = files.keys().cloned().collect();
    let render = |path: &str| Ok::<_, Infallible>(files.get(path).map_or(&[][..], Vec::as_slice));
    let sources = report::folders(&site);
    let order = disk::Order { out: &out, book: &sources, force: common.force, fsync: false };
    let written = disk::write(&order, &paths, || Ok(Vec::new()), render, || {});
    written.map_err(|error: OutputError<Infallible>| error.to_string())?;
    tell(&target, &out, &publication, &files)?;
    Ok((Done::Written { held: publication.held.len() }, files))
}

/// The manifest of the export before; an empty one where there is none.
fn previous(out: &Path, target: &str) -> Result<Manifest, Failure> {
    let path = out.join(MANIFEST_FILE);
    match read_named_text(&path, super::MAX_BYTES) {
        Ok(text) => Manifest::parse(&text, target).map_err(|error| {
            format!("cannot use `{}`: {error}\nTake another folder with --out.", path.display())
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Manifest::default()),
        Err(error) => Err(format!("cannot read `{}`: {error}", path.display())),
    }
}

fn timestamp(given: Option<&str>) -> Result<String, Failure> {
    let time = match given {
        Some(text) => text.parse::<jiff::Timestamp>().map_err(|error| {
            format!("`{text}` is no time such as 2026-05-01T12:00:00Z: {error}")
        })?,
        None => jiff::Timestamp::now(),
    };
    Ok(time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}

fn tell(
    target: &dyn Target,
    out: &Path,
    publication: &Publication<'_>,
    files: &BTreeMap<String, Vec<u8>>,
) -> Result<(), Failure> {
    let count = |wanted: fn(&State) -> bool| {
        publication.sheets.iter().filter(|s| s.to.is_none() && wanted(&s.state)).count()
    };
    let pages = count(|_| true);
    let mut parts = Vec::new();
    for (number, words) in [
        (count(|state| *state == State::New), "new"),
        (count(|state| *state == State::Changed), "changed"),
        (count(|state| matches!(state, State::Renamed(_))), "renamed"),
        (count(|state| *state == State::Unchanged), "unchanged"),
    ] {
        if number > 0 {
            parts.push(format!("{number} {words}"));
        }
    }
    say!(
        "exported {pages} pages for {} into {}: {}; {} files",
        target.title(),
        out.display(),
        parts.join(", "),
        files.len()
    );
    for sheet in &publication.sheets {
        if let State::Renamed(from) = &sheet.state {
            say!("  renamed: `{from}` is now `{}`", sheet.name);
        }
    }
    for held in &publication.held {
        let why = match held.known {
            true => "edited on the wiki since the last export",
            false => "the wiki has a page of this name that no export wrote",
        };
        say!("  held back: `{}`: {why}", held.name);
        for line in wiki::difference(&held.ours, &held.theirs, 6) {
            say!("      {line}");
        }
    }
    if !publication.held.is_empty() {
        say!(
            "  Take what is right into the book, then export with --overwrite to put the book's \
             text back."
        );
    }
    for orphan in &publication.orphans {
        say!("  orphan: `{orphan}` is on the wiki and no longer in the book");
    }
    Ok(())
}

/// Reads a text file.
pub(super) fn read(path: &Path) -> Result<String, Failure> {
    read_named_text(path, super::MAX_BYTES)
        .map_err(|error| format!("cannot read `{}`: {error}", path.display()))
}
