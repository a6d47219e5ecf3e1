//! How findings reach people.

use super::junit::Junit;
use super::{Book, Failure};
use crate::out::disk;
use crate::site::{Memo, Readers, Site};
use crate::text::diagnostic::{Code, Diagnostic, Format, Level, Summary, render};
use anstyle::{AnsiColor, Style};
use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::path::Path;

pub(super) const RED: Style = AnsiColor::Red.on_default().bold();
pub(super) const RESET: anstyle::Reset = anstyle::Reset;

/// `build` and `serve` show so many findings; `check` shows all.
const SHOWN: usize = 40;

/// Findings with the level of each.
pub(super) type Found = Vec<(Level, Diagnostic)>;

/// Reads the book and puts its site together.
pub(super) fn open(book: &Book) -> Result<(Site, Found), Failure> {
    open_tested(book, &Junit::default(), Readers::default())
}

/// As [`open`], with the results of tests, and for certain readers.
pub(super) fn open_tested(
    book: &Book,
    junit: &Junit,
    readers: Readers,
) -> Result<(Site, Found), Failure> {
    let results = junit.read()?;
    Site::open_with(&book.dir, &results, readers, &mut Memo::default()).map_err(|error| {
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
    let before = prefix(site.sources.root(), None, true).unwrap_or_default();
    below(&before, &mut worst);
    let texts = |file: &str| site.text(file.strip_prefix(before.as_str()).unwrap_or(file));
    let text = render(&worst, &texts, Format::Text, colour());
    let _ = std::io::stderr().write_all(text.as_bytes());
    if found.len() > SHOWN {
        warn!("... and {} more; `casebook check` shows all\n", found.len() - SHOWN);
    }
}

/// So many findings of one code are shown in full.
const OF_EACH: usize = 10;

/// Keeps the first findings of each code; says how many of which others there are.
pub(super) fn first(found: &mut Found) -> BTreeMap<Code, usize> {
    let mut counts: BTreeMap<Code, usize> = BTreeMap::new();
    found.retain(|(_, d)| {
        let count = counts.entry(d.code).or_default();
        *count += 1;
        *count <= OF_EACH
    });
    counts.into_iter().filter(|(_, n)| *n > OF_EACH).map(|(code, n)| (code, n - OF_EACH)).collect()
}

/// How many findings of each code there are, the commonest first; nothing where one look
/// at them says it.
pub(super) fn by_code(shown: &Found, hidden: &BTreeMap<Code, usize>) -> String {
    let mut counts: BTreeMap<Code, usize> = hidden.clone();
    for (_, d) in shown {
        *counts.entry(d.code).or_default() += 1;
    }
    if hidden.is_empty() && (counts.len() < 2 || shown.len() <= OF_EACH) {
        return String::new();
    }
    let mut counts: Vec<(Code, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(code, count)| (std::cmp::Reverse(*count), *code));
    let width = counts.first().map_or(1, |(_, count)| count.to_string().len());
    let mut out = String::new();
    for (code, count) in counts {
        let rest = match hidden.get(&code) {
            Some(rest) => format!(" ({rest} not shown; `--all` shows them)"),
            None => String::new(),
        };
        out.push_str(&format!("{count:width$} {code}{rest}\n"));
    }
    out + "\n"
}

/// What stands before a path of the book in a report, with a `/` at its end. Machines
/// want it from the root of the repository where there is one, a reader's terminal from
/// where it is.
///
/// # Errors
/// When the book is not below the folder that is named.
pub(super) fn prefix(book: &Path, root: Option<&Path>, here: bool) -> Result<String, Failure> {
    let whole = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let full = whole(book);
    let below = |root: &Path| full.strip_prefix(root).ok().map(slashes);
    if let Some(root) = root {
        return below(&whole(root)).ok_or_else(|| {
            format!("the book `{}` is not below `{}`", book.display(), root.display())
        });
    }
    let repository = full.ancestors().find(|folder| folder.join(".git").exists());
    let start = std::env::current_dir().ok().map(|path| whole(&path));
    Ok(match repository.filter(|_| !here) {
        Some(root) => below(root).unwrap_or_default(),
        None => start.and_then(|at| below(&at)).unwrap_or_else(|| slashes(book)),
    })
}

fn slashes(path: &Path) -> String {
    let path = path.to_string_lossy().replace('\\', "/");
    match path.trim_start_matches("./") {
        "" | "." => String::new(),
        path => format!("{}/", path.trim_end_matches('/')),
    }
}

/// Puts a prefix before every path of a report.
pub(super) fn below(prefix: &str, found: &mut Found) {
    let places = found
        .iter_mut()
        .flat_map(|(_, d)| d.place.iter_mut().chain(d.also.iter_mut().map(|(place, _)| place)));
    for place in places.filter(|_| !prefix.is_empty()) {
        place.file = format!("{prefix}{}", place.file).into();
    }
}

/// Puts findings in the order of the files.
pub(super) fn sort(found: &mut Found) {
    found.sort_by(|(_, a), (_, b)| {
        let key = |d: &Diagnostic| (d.place.clone(), d.code);
        key(a).cmp(&key(b)).then_with(|| a.message.cmp(&b.message))
    });
}

/// Whether something stops a build.
pub(super) fn stops(found: &Found) -> bool {
    Summary::of(found).errors > 0
}
