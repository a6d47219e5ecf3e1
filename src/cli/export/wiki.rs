//! What all exports to wikis do.

use super::super::{Book as BookFolder, Failure, junit::Junit, leak, report};
use super::tell::{self, Tell};
use crate::book::entry::Audience;
use crate::book::source::read_named;
use crate::out::disk::{self, OutputError};
use crate::out::wiki::{
    self, Bases, Book, Context, Current, Decisions, MANIFEST_FILE, Manifest, Names, Order,
    Publication, Side, State, Target,
};
use crate::site::{Readers, Site, theme_diagnostic};
use crate::text::diagnostic::{Level, Summary};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What every target takes.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Common {
    /// Folder that holds book.toml or a content folder
    #[arg(long, value_name = "BOOK", default_value = ".")]
    dir: PathBuf,
    /// Folder for the export, and for what the next one needs [default: export/TARGET]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Address of the searchable site; each page tells it [default: `url` under [site] in book.toml]
    #[arg(long, value_name = "URL")]
    site_url: Option<String>,
    /// Only this section, by its title, folder or kind; may be given again. The home page stays
    #[arg(long, value_name = "SECTION")]
    section: Vec<String>,
    /// Leave out pages: a pattern of paths such as `content/training/**`, or an ID such as
    /// `T-CLD-*`; may be given again
    #[arg(long, value_name = "PATTERN")]
    exclude: Vec<String>,
    /// What to call a page on the wiki, by its path or ID, such as
    /// `content/server/install.md=Install the server`; may be given again
    #[arg(long, value_name = "PAGE=NAME", value_parser = called)]
    call: Vec<(String, String)>,
    /// Export drafts too, with a mark
    #[arg(long)]
    drafts: bool,
    /// Who reads the wiki: public, internal or restricted [default: `audience` under [build] in
    /// book.toml, or restricted]. What only a smaller circle may read is left out
    #[arg(long, value_name = "WHO")]
    audience: Option<Audience>,
    /// Time of this export, such as 2026-05-01T12:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    timestamp: Option<String>,
    /// Also write into a folder that holds something and was never exported into; what is
    /// there stays
    #[arg(long)]
    pub force: bool,
    #[command(flatten)]
    pub decide: Decide,
    /// How to tell what was done
    #[arg(long, value_enum, default_value = "text")]
    pub format: Tell,
}

/// A page and its name.
fn called(text: &str) -> Result<(String, String), String> {
    let parts = text.split_once('=').map(|(page, name)| (page.trim(), name.trim()));
    let parts = parts.filter(|(page, name)| !page.is_empty() && !name.is_empty());
    let (page, name) = parts.ok_or("it is no PAGE=NAME")?;
    Ok((page.to_string(), name.to_string()))
}

/// What is decided about pages that were edited on the wiki.
#[derive(Debug, Clone, clap::Args)]
pub(in crate::cli) struct Decide {
    /// Put the book's text back on this page, by its name on the wiki or its ID; may be given again
    #[arg(long, value_name = "NAME")]
    take_book: Vec<String>,
    /// Keep what the wiki has on this page; may be given again
    #[arg(long, value_name = "NAME")]
    keep_wiki: Vec<String>,
    /// Put the book's text back on all pages that were edited on the wiki
    #[arg(long)]
    pub overwrite: bool,
}

impl Decide {
    /// The decisions.
    pub(in crate::cli) fn decisions(&self) -> Result<Decisions, Failure> {
        let side = |names: &[String], side| {
            names.iter().map(move |name| (name.clone(), side)).collect::<Vec<_>>()
        };
        if let Some(both) = self.take_book.iter().find(|name| self.keep_wiki.contains(name)) {
            return Err(format!("`{both}` is in --take-book and in --keep-wiki; only one holds"));
        }
        let pages = side(&self.take_book, Side::Book).into_iter();
        let pages = pages.chain(side(&self.keep_wiki, Side::Wiki)).collect();
        Ok(Decisions { overwrite: self.overwrite, pages })
    }
}

/// What came of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Done {
    /// Nothing was written: the content has errors.
    Stopped,
    /// It was written, and so many pages were held back.
    Written {
        /// Pages held back.
        held: usize,
    },
}

/// The exit code where pages were held back.
pub(in crate::cli) const HELD: u8 = 3;

impl Done {
    pub(in crate::cli) fn exit(self) -> ExitCode {
        match self {
            Done::Stopped => ExitCode::from(1),
            Done::Written { held: 1.. } => ExitCode::from(HELD),
            Done::Written { held: 0 } => ExitCode::SUCCESS,
        }
    }
}

/// What is known of the wiki as it is now.
pub(in crate::cli) enum Look {
    /// The texts that it holds.
    At(Current),
    /// Nobody looked; this is how to.
    Blind(&'static str),
    /// Whoever publishes the export will look.
    Later,
}

/// A book that is ready to be published.
pub(in crate::cli) struct Ready<T> {
    pub site: Site,
    pub target: T,
    pub book: Book,
    pub names: Names,
    pub out: PathBuf,
    pub previous: Manifest,
    pub bases: Bases,
    pub now: String,
}

/// Reads a book and names its pages; `None` when it has errors, which have been shown.
/// What is needed for the next time stands in a folder below `export`: `folder`, or one
/// that is called like the target.
pub(in crate::cli) fn ready<T: Target>(
    common: &Common,
    folder: Option<&str>,
    make: impl FnOnce(&Site) -> T,
) -> Result<Option<Ready<T>>, Failure> {
    let read = BookFolder { dir: common.dir.clone() };
    let readers = Readers { drafts: common.drafts, audience: common.audience };
    let (site, found) = report::open_tested(&read, &Junit::default(), readers)?;
    report::show(&site, &found);
    let stopped = |summary: Summary| {
        warn!("{summary}; nothing was written");
        Ok(None)
    };
    if report::stops(&found) {
        return stopped(Summary::of(&found));
    }
    let target = make(&site);
    let mut book = match Book::read(&site, common.site_url.as_deref()) {
        Ok(book) => book,
        Err(error) => {
            let found = vec![(Level::Deny, theme_diagnostic(&site.config, &error))];
            report::show(&site, &found);
            return stopped(Summary::of(&found));
        }
    };
    book.choose(&common.section, &common.exclude)?;
    book.call(&common.call)?;
    if book.site_url.is_none() {
        warn!(
            "note: no page tells where the searchable site is; say it with --site-url or with `url` \
             under [site] in book.toml"
        );
    }
    let (names, found) = wiki::name(&book, &target, &site.config);
    report::show(&site, &found);
    if report::stops(&found) {
        return stopped(Summary::of(&found));
    }
    let out = common
        .out
        .clone()
        .unwrap_or_else(|| Path::new("export").join(folder.unwrap_or_else(|| target.name())));
    let previous = previous(&out, target.name())?;
    let bases = bases(&out, &previous);
    let now = timestamp(common.timestamp.as_deref())?;
    Ok(Some(Ready { site, target, book, names, out, previous, bases, now }))
}

impl<T: Target> Ready<T> {
    /// All names that the publication may touch.
    pub fn wanted(&self) -> Vec<String> {
        let context = Context { book: &self.book, names: &self.names };
        let known = self.previous.pages.values().chain(self.previous.orphans.values());
        let mut all: Vec<String> = (self.names.pages.values())
            .chain(self.names.others.values().flatten())
            .chain(known.map(|entry| &entry.name))
            .chain(self.previous.redirects.keys())
            .cloned()
            .chain(self.target.extras(&context).into_iter().map(|extra| extra.name))
            .collect();
        all.sort();
        all.dedup();
        all
    }

    /// Puts the publication together. `arrived` tells whether what the manifest says has
    /// reached the wiki.
    pub fn publish<'a>(
        &'a self,
        current: Option<&'a Current>,
        arrived: bool,
        decisions: &'a Decisions,
    ) -> Publication<'a> {
        wiki::publish(
            &self.target,
            &Order {
                book: &self.book,
                names: &self.names,
                previous: &self.previous,
                bases: &self.bases,
                now: &self.now,
                current,
                arrived,
                decisions,
            },
        )
    }

    /// Refuses decisions about pages that are not there.
    pub fn known(&self, decisions: &Decisions) -> Result<(), Failure> {
        let wanted = self.wanted();
        let identities: Vec<&String> = (self.book.pages.iter().map(|page| &page.identity))
            .chain(self.book.pages.iter().filter_map(|page| page.id.as_ref()))
            .collect();
        let unknown = decisions
            .pages
            .keys()
            .find(|name| !wanted.contains(name) && !identities.contains(name));
        match unknown {
            Some(name) => Err(format!(
                "there is no page `{name}`; name it as the wiki does, or by its ID or its path"
            )),
            None => Ok(()),
        }
    }

    /// What the next publication needs: the manifest, and the texts that it compares with.
    pub fn state(publication: &Publication<'_>) -> BTreeMap<String, Vec<u8>> {
        let texts = publication.bases.iter();
        let mut files: BTreeMap<String, Vec<u8>> =
            texts.map(|(hash, text)| (base_file(hash), text.clone().into_bytes())).collect();
        files.insert(MANIFEST_FILE.into(), publication.manifest.json().into_bytes());
        files.extend(tell::conflicts(publication));
        files
    }
}

/// Where a text is kept for the next publication.
pub(in crate::cli) fn base_file(hash: &str) -> String {
    format!("base/{hash}.txt")
}

/// Exports a book. `look` finds what the wiki holds now under some names.
pub(super) fn export<T: Target>(
    common: &Common,
    make: impl FnOnce(&Site) -> T,
    look: impl FnOnce(&[String]) -> Result<Look, Failure>,
) -> Result<(Done, BTreeMap<String, Vec<u8>>), Failure> {
    let decisions = common.decide.decisions()?;
    let Some(ready) = ready(common, None, make)? else {
        return Ok((Done::Stopped, BTreeMap::new()));
    };
    ready.known(&decisions)?;
    let look = look(&ready.wanted())?;
    let current = match &look {
        Look::At(current) => Some(current),
        Look::Blind(_) | Look::Later => None,
    };
    let publication = ready.publish(current, false, &decisions);
    if let (Look::Blind(how), false) = (&look, common.decide.overwrite) {
        not_blind(&publication, &ready.previous, how)?;
    }
    let before = |path: &str| read_named(&ready.out.join(path), super::MAX_BYTES).ok();
    let made = ready.target.pack(&publication, &before).map_err(|error| error.to_string())?;
    // What is kept for the next time may be of a smaller circle, and stays where it is.
    let leaving = made.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()));
    if leak::found(&ready.site, leaving) {
        return Ok((Done::Stopped, BTreeMap::new()));
    }
    let mut files = made.clone();
    files.extend(Ready::<T>::state(&publication));
    let paths: Vec<String> = files.keys().cloned().collect();
    let render = |path: &str| Ok::<_, Infallible>(files.get(path).map_or(&[][..], Vec::as_slice));
    let sources = report::folders(&ready.site);
    let order = disk::Order { out: &ready.out, book: &sources, force: common.force, fsync: false };
    let written = disk::write(&order, &paths, || Ok(Vec::new()), render, || {});
    written.map_err(|error: OutputError<Infallible>| error.to_string())?;
    tell::exported(common.format, &ready.target, &ready.out, &publication, made.len())?;
    Ok((Done::Written { held: publication.held() }, made))
}

/// Refuses to write over pages that nobody looked at.
fn not_blind(publication: &Publication<'_>, previous: &Manifest, how: &str) -> Result<(), Failure> {
    let over = |state: &State| matches!(state, State::Changed | State::Renamed(_));
    let changed = publication.sheets.iter().filter(|sheet| over(&sheet.state)).count();
    match previous.pages.is_empty() || changed == 0 {
        true => Ok(()),
        false => Err(format!(
            "{changed} pages that were exported before have changed, and what was edited on the wiki \
             since then is not known: it would be written over.\n{how}\nOr write over it with \
             --overwrite."
        )),
    }
}

/// The manifest of the export before; an empty one where there is none.
fn previous(out: &Path, target: &str) -> Result<Manifest, Failure> {
    let path = out.join(MANIFEST_FILE);
    match read(&path) {
        Ok(Some(text)) => Manifest::parse(&text, target).map_err(|error| {
            format!("cannot use `{}`: {error}\nTake another folder with --out.", path.display())
        }),
        Ok(None) => Ok(Manifest::default()),
        Err(error) => Err(error),
    }
}

/// The texts that a manifest names, as far as they are kept.
fn bases(out: &Path, manifest: &Manifest) -> Bases {
    let entries = manifest.pages.values().chain(manifest.redirects.values());
    let hashes = entries.flat_map(wiki::Entry::texts);
    let text = |hash: &String| {
        let text = read(&out.join(base_file(hash))).ok()??;
        // Somebody may have changed the file.
        (wiki::hash(&text) == *hash).then(|| (hash.clone(), text))
    };
    hashes.filter(|hash| hash.bytes().all(|b| b.is_ascii_hexdigit())).filter_map(text).collect()
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

/// Reads a text file; `None` where there is none.
pub(super) fn read(path: &Path) -> Result<Option<String>, Failure> {
    let wrong =
        |error: &dyn std::fmt::Display| format!("cannot read `{}`: {error}", path.display());
    match read_named(path, super::MAX_BYTES) {
        Ok(bytes) => String::from_utf8(bytes).map(Some).map_err(|_| wrong(&"it is not UTF-8")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(wrong(&error)),
    }
}

/// The texts of pages that are files in a folder of the wiki.
pub(super) fn files(
    folder: &Path,
    names: &[String],
    path: impl Fn(&str) -> String,
) -> Result<Look, Failure> {
    let mut current = Current::new();
    for name in names {
        if let Some(text) = read(&folder.join(path(name)))? {
            // Git may have written the line ends of another system.
            current.insert(name.clone(), text.replace("\r\n", "\n").into());
        }
    }
    Ok(Look::At(current))
}

/// Writes what changed into a folder of the wiki; gives the number of files.
pub(super) fn into(
    folder: &Path,
    files: &BTreeMap<String, Vec<u8>>,
    below: &str,
) -> Result<usize, Failure> {
    let mut written = 0;
    for (path, bytes) in files {
        let path = folder.join(path.strip_prefix(below).unwrap_or(path));
        if read_named(&path, super::MAX_BYTES).is_ok_and(|there| there == *bytes) {
            continue;
        }
        super::write(&path, bytes)?;
        written += 1;
    }
    Ok(written)
}
