//! From a book and a target to what is written, compared with what was exported before
//! and with what the wiki holds now.

use super::document::{Book, Page};
use super::manifest::{Entry, Manifest, hash};
use super::target::{Context, Names, Target};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// What a publication is made from.
#[derive(Debug, Clone, Copy)]
pub struct Order<'o> {
    /// The book.
    pub book: &'o Book,
    /// The names of its pages in the target.
    pub names: &'o Names,
    /// What the export before wrote.
    pub previous: &'o Manifest,
    /// The time of this export, as the manifest keeps it: `2026-05-01T12:00:00Z`.
    pub now: &'o str,
    /// The texts that the wiki holds now, by name, where they are known.
    pub current: Option<&'o BTreeMap<String, String>>,
    /// Whether pages that were edited on the wiki are written nevertheless.
    pub overwrite: bool,
}

/// What became of a page since the export before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It is new.
    New,
    /// Its text changed.
    Changed,
    /// It is as it was.
    Unchanged,
    /// It had this name.
    Renamed(String),
}

/// A page of the target.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet<'p> {
    /// What stays the same; of a page that only leads on its name.
    pub identity: String,
    /// Its name.
    pub name: String,
    /// Its text.
    pub text: String,
    /// When this text was first exported.
    pub since: String,
    /// What became of it.
    pub state: State,
    /// The page of the book that it shows.
    pub page: Option<&'p Page>,
    /// The identity of the page that it leads to.
    pub to: Option<String>,
}

/// A page that is not written, since the wiki holds something else under its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Its name.
    pub name: String,
    /// Whether an export wrote it before; else it is a page of somebody else.
    pub known: bool,
    /// The text on the wiki.
    pub theirs: String,
    /// The text of this export.
    pub ours: String,
}

/// Everything that an export writes and tells.
#[derive(Debug, Clone)]
pub struct Publication<'p> {
    /// The book.
    pub book: &'p Book,
    /// The names.
    pub names: &'p Names,
    /// The pages in the order of the book, then those of the target, then redirects.
    pub sheets: Vec<Sheet<'p>>,
    /// Pages that are held back.
    pub held: Vec<Held>,
    /// Names of pages that the book no longer has.
    pub orphans: Vec<String>,
    /// What the next export compares with.
    pub manifest: Manifest,
}

/// Puts a publication together.
pub fn publish<'p>(target: &dyn Target, order: &Order<'p>) -> Publication<'p> {
    let context = Context { book: order.book, names: order.names };
    let previous = order.previous;
    let pages: Vec<(&Page, &String)> = order
        .book
        .pages
        .iter()
        .filter_map(|page| Some((page, order.names.pages.get(&page.url)?)))
        .collect();
    let texts: Vec<String> =
        pages.par_iter().map(|(page, _)| target.render(page, &context)).collect();
    let mut sheets: Vec<Sheet<'p>> = Vec::with_capacity(pages.len());
    let mut taken = BTreeSet::new();
    for ((page, name), text) in pages.into_iter().zip(texts) {
        taken.insert(target.fold(name));
        let known = previous.pages.get(&page.identity);
        sheets.push(sheet(order, known, page.identity.clone(), name.clone(), text, Some(page)));
    }
    for extra in target.extras(&context) {
        if taken.insert(target.fold(&extra.name)) {
            let known = previous.pages.get(&extra.identity);
            sheets.push(sheet(order, known, extra.identity, extra.name, extra.text, None));
        }
    }
    sheets.extend(redirects(target, order, &sheets, taken));

    let mut manifest = Manifest { target: target.name().to_string(), ..Manifest::default() };
    let mut held = Vec::new();
    sheets.retain(|sheet| {
        let known = match &sheet.to {
            Some(_) => previous.redirects.get(&sheet.name),
            None => previous.pages.get(&sheet.identity),
        };
        let kept = match in_the_way(order, sheet, known) {
            Some(other) => {
                held.push(other);
                known.cloned()
            }
            None => Some(Entry {
                name: sheet.name.clone(),
                hash: hash(&sheet.text),
                past: known.map(|known| known.remembered(&hash(&sheet.text))).unwrap_or_default(),
                since: sheet.since.clone(),
                to: sheet.to.clone(),
                more: known.map(|known| known.more.clone()).unwrap_or_default(),
            }),
        };
        let written = held.last().is_none_or(|held| held.name != sheet.name);
        if let Some(entry) = kept {
            let map = match sheet.to {
                Some(_) => &mut manifest.redirects,
                None => &mut manifest.pages,
            };
            map.insert(sheet.identity.clone(), entry);
        }
        written
    });
    let gone = previous.pages.iter().chain(&previous.orphans);
    for (identity, entry) in gone.filter(|(identity, _)| !manifest.pages.contains_key(*identity)) {
        let there = order.current.is_none_or(|current| current.contains_key(&entry.name));
        let reused = sheets.iter().any(|sheet| sheet.name == entry.name);
        if there && !reused {
            manifest.orphans.insert(identity.clone(), entry.clone());
        }
    }
    let orphans = manifest.orphans.values().map(|entry| entry.name.clone()).collect();
    Publication { book: order.book, names: order.names, sheets, held, orphans, manifest }
}

fn sheet<'p>(
    order: &Order<'p>,
    known: Option<&Entry>,
    identity: String,
    name: String,
    text: String,
    page: Option<&'p Page>,
) -> Sheet<'p> {
    let state = match known {
        None => State::New,
        Some(known) if known.name != name => State::Renamed(known.name.clone()),
        Some(known) if known.hash != hash(&text) => State::Changed,
        Some(_) => State::Unchanged,
    };
    let since = match (&state, known) {
        (State::Unchanged, Some(known)) => known.since.clone(),
        _ => order.now.to_string(),
    };
    Sheet { identity, name, text, since, state, page, to: None }
}

/// The pages that only lead on: other names, and names that pages had once.
fn redirects<'p>(
    target: &dyn Target,
    order: &Order<'p>,
    sheets: &[Sheet<'p>],
    mut taken: BTreeSet<String>,
) -> Vec<Sheet<'p>> {
    let previous = order.previous;
    let by_identity: BTreeMap<&str, &Sheet<'p>> =
        sheets.iter().map(|sheet| (sheet.identity.as_str(), sheet)).collect();
    let mut wanted: Vec<(String, &Sheet<'p>)> = Vec::new();
    for sheet in sheets {
        let others = sheet.page.and_then(|page| order.names.others.get(&page.url));
        wanted.extend(others.into_iter().flatten().map(|name| (name.clone(), sheet)));
        if let State::Renamed(from) = &sheet.state {
            wanted.push((from.clone(), sheet));
        }
    }
    for (name, entry) in &previous.redirects {
        let to = entry.to.as_deref().and_then(|to| by_identity.get(to));
        wanted.extend(to.map(|sheet| (name.clone(), *sheet)));
    }
    let mut out = Vec::new();
    for (name, to) in wanted {
        let Some(text) = target.redirect(order.book, &to.name) else { continue };
        if !taken.insert(target.fold(&name)) {
            continue;
        }
        // A page that becomes a redirect changes its text, and is no new page.
        let renamed = previous.pages.get(&to.identity).filter(|known| known.name == name);
        let known = previous.redirects.get(&name).or(renamed);
        let mut made = sheet(order, known, name.clone(), name, text, None);
        made.to = Some(to.identity.clone());
        out.push(made);
    }
    out
}

/// What the wiki holds in place of what was exported.
fn in_the_way(order: &Order<'_>, sheet: &Sheet<'_>, known: Option<&Entry>) -> Option<Held> {
    let theirs = order.current?.get(&sheet.name)?;
    // The name may be one that a page had, or that led to one; and the wiki may hold an
    // earlier text, where an export was not loaded.
    let previous = order.previous;
    let of_page = previous.pages.iter().filter(|(identity, entry)| {
        entry.name == sheet.name || sheet.to.as_ref() == Some(*identity)
    });
    let ours: Vec<&Entry> = known
        .into_iter()
        .chain(of_page.map(|(_, entry)| entry))
        .chain(previous.redirects.get(&sheet.name))
        .collect();
    let known = !ours.is_empty();
    let ours = ours.iter().any(|entry| entry.wrote(theirs));
    if ours || *theirs == sheet.text || order.overwrite {
        return None;
    }
    Some(Held { name: sheet.name.clone(), known, theirs: theirs.clone(), ours: sheet.text.clone() })
}

/// The lines that only one of two texts has, at most `limit` of them: ours after `-`,
/// theirs after `+`.
pub fn difference(ours: &str, theirs: &str, limit: usize) -> Vec<String> {
    let only = |mark: char, here: &str, there: &str| -> Vec<String> {
        let there: BTreeSet<&str> = there.lines().map(str::trim).collect();
        here.lines()
            .filter(|line| !there.contains(line.trim()))
            .map(|line| format!("{mark} {}", short(line)))
            .collect()
    };
    let (ours, theirs) = (only('-', ours, theirs), only('+', theirs, ours));
    let (shown_ours, shown_theirs) = (ours.len().min(limit / 2), theirs.len().min(limit / 2));
    let more = ours.len() + theirs.len() - shown_ours - shown_theirs;
    let shown = ours.into_iter().take(shown_ours).chain(theirs.into_iter().take(shown_theirs));
    let mut out: Vec<String> = shown.collect();
    if more > 0 {
        out.push(format!("and {more} more lines"));
    }
    out
}

/// A line cut to what a terminal shows.
fn short(line: &str) -> String {
    let mut out: String = line.chars().take(100).collect();
    if out.len() < line.len() {
        out.push('\u{2026}');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lines_that_differ_are_shown() {
        assert_eq!(difference("a\nb\nc", "a\nx\nc", 6), ["- b", "+ x"]);
        assert_eq!(difference("a", "a\nb", 6), ["+ b"]);
        assert_eq!(difference("a\nb\nc\nd", "", 2), ["- a", "and 3 more lines"]);
    }
}
