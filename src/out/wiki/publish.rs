//! From a book and a target to what is written, compared with what was published before
//! and with what the wiki holds now.
//!
//! Nobody's words are lost: a change that somebody made on the wiki stays there beside the
//! book's own changes, or, where both are at the same lines, the page is held until
//! somebody decides.

use super::document::{Book, Page};
use super::manifest::{Entry, GONE, Manifest, hash};
use super::merge::{distance, merge};
use super::names::Names;
use super::target::{Context, Target};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// What stands under a name on the wiki.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stand {
    /// The text.
    pub text: String,
    /// The last text there that was published, where the wiki's history tells it.
    pub published: Option<String>,
    /// What the wiki knows this text by.
    pub revision: String,
}

impl From<String> for Stand {
    fn from(text: String) -> Stand {
        Stand { text, ..Stand::default() }
    }
}

/// What the wiki holds, by name.
pub type Current = BTreeMap<String, Stand>;

/// Texts of publications, by their hash.
pub type Bases = BTreeMap<String, String>;

/// Whose text is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The book's.
    Book,
    /// The one on the wiki.
    Wiki,
}

/// What somebody decided about pages that were edited on the wiki.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decisions {
    /// Whether the book's text is right everywhere.
    pub overwrite: bool,
    /// The decisions, by name or identity of a page.
    pub pages: BTreeMap<String, Side>,
}

impl Decisions {
    /// What was decided about a page that has these names.
    pub fn on(&self, names: &[&str]) -> Option<Side> {
        let found = names.iter().find_map(|name| self.pages.get(*name));
        found.copied().or(self.overwrite.then_some(Side::Book))
    }

    fn of(&self, sheet: &Sheet<'_>) -> Option<Side> {
        let id = sheet.page.and_then(|page| page.id.as_deref()).unwrap_or(&sheet.identity);
        self.on(&[&sheet.name, &sheet.identity, id])
    }
}

/// What a publication is made from.
#[derive(Debug, Clone, Copy)]
pub struct Order<'o> {
    /// The book.
    pub book: &'o Book,
    /// The names of its pages in the target.
    pub names: &'o Names,
    /// What the publication before wrote.
    pub previous: &'o Manifest,
    /// Its texts, and those before.
    pub bases: &'o Bases,
    /// The time of this publication, as the manifest keeps it: `2026-05-01T12:00:00Z`.
    pub now: &'o str,
    /// What the wiki holds now, where that is known.
    pub current: Option<&'o Current>,
    /// Whether what the manifest tells has reached the wiki for certain. Else a text of ours
    /// there may be an older one, and a page that is missing may never have been there.
    pub arrived: bool,
    /// What was decided.
    pub decisions: &'o Decisions,
}

/// What became of a page in the book since the publication before.
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
    /// When this text was first published.
    pub since: String,
    /// What became of it.
    pub state: State,
    /// The page of the book that it shows.
    pub page: Option<&'p Page>,
    /// The identity of the page that it leads to.
    pub to: Option<String>,
}

impl Sheet<'_> {
    /// The name that it had.
    fn former(&self) -> Option<&String> {
        match &self.state {
            State::Renamed(from) => Some(from),
            _ => None,
        }
    }
}

/// What became of a change that somebody made on the wiki.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Became {
    /// It stays; the book did not change the page.
    Kept,
    /// It stays, and so does the book's change.
    Merged,
    /// The page is held: both changed the same lines.
    Overlaps,
    /// The page is held: nothing tells that we ever wrote it.
    Unknown,
    /// The page is held: somebody deleted it.
    Deleted,
}

impl Became {
    /// Whether nothing is written.
    pub fn is_held(self) -> bool {
        matches!(self, Became::Overlaps | Became::Unknown | Became::Deleted)
    }
}

/// A change that somebody made on the wiki.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The name of the page.
    pub name: String,
    /// What became of it.
    pub became: Became,
    /// The text before it, where that is known.
    pub before: Option<String>,
    /// The text on the wiki.
    pub theirs: String,
    /// The text of the book.
    pub ours: String,
}

/// Everything that a publication writes and tells.
#[derive(Debug, Clone)]
pub struct Publication<'p> {
    /// The book.
    pub book: &'p Book,
    /// The names.
    pub names: &'p Names,
    /// The pages that are to stand there, in the order of the book, then those of the
    /// target, then redirects. What was edited there and stays is left out.
    pub sheets: Vec<Sheet<'p>>,
    /// Changes that were made on the wiki since the last time.
    pub edits: Vec<Edit>,
    /// Pages whose text on the wiki is an edited one, which was told before.
    pub carried: usize,
    /// Names of pages that the book no longer has.
    pub orphans: Vec<String>,
    /// What the next publication compares with.
    pub manifest: Manifest,
    /// The texts that it compares with.
    pub bases: Bases,
}

impl Publication<'_> {
    /// The names of all pages that the manifest knows: what to ask the wiki for.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let manifest = &self.manifest;
        let all = manifest.pages.values().chain(manifest.redirects.values());
        all.chain(manifest.orphans.values()).map(|entry| entry.name.as_str())
    }

    /// How many pages are held.
    pub fn held(&self) -> usize {
        self.edits.iter().filter(|edit| edit.became.is_held()).count()
    }
}

/// What is to be done with a page.
enum Verdict {
    /// This text is to stand there.
    Write(String),
    /// What stands there stays: this text, or nothing.
    Leave(Option<String>),
    /// What stands there stays, and nothing is noted.
    Hold,
}

/// Puts a publication together.
pub fn publish<'p>(target: &dyn Target, order: &Order<'p>) -> Publication<'p> {
    let mut out = Publication {
        book: order.book,
        names: order.names,
        sheets: Vec::new(),
        edits: Vec::new(),
        carried: 0,
        orphans: Vec::new(),
        manifest: Manifest {
            target: target.name().to_string(),
            files: order.previous.files.clone(),
            ..Manifest::default()
        },
        bases: Bases::new(),
    };
    let (sheets, taken) = sheets(target, order);
    let redirects = redirects(target, order, &sheets, taken);
    let mut held: BTreeSet<String> = BTreeSet::new();
    for sheet in sheets {
        let identity = sheet.identity.clone();
        if !settle(order, sheet, &mut out) {
            held.insert(identity);
        }
    }
    for sheet in redirects {
        // The page that is held has not left its old name yet.
        if sheet.to.as_ref().is_none_or(|to| !held.contains(to)) {
            settle(order, sheet, &mut out);
        }
    }
    orphans(order, &mut out);
    remember(order, &mut out);
    out
}

/// The sheets of pages and of what only the target has, and the names that they take.
fn sheets<'p>(target: &dyn Target, order: &Order<'p>) -> (Vec<Sheet<'p>>, BTreeSet<String>) {
    let context = Context { book: order.book, names: order.names };
    let pages = order.book.pages.iter();
    let pages: Vec<(&Page, &String)> =
        pages.filter_map(|page| Some((page, order.names.pages.get(&page.url)?))).collect();
    let texts: Vec<String> =
        pages.par_iter().map(|(page, _)| target.render(page, &context)).collect();
    let mut sheets = Vec::with_capacity(pages.len());
    let mut taken = BTreeSet::new();
    for ((page, name), text) in pages.into_iter().zip(texts) {
        taken.insert(target.fold(name));
        let known = order.previous.pages.get(&page.identity);
        sheets.push(sheet(order, known, page.identity.clone(), name.clone(), text, Some(page)));
    }
    for extra in target.extras(&context) {
        if taken.insert(target.fold(&extra.name)) {
            let known = order.previous.pages.get(&extra.identity);
            sheets.push(sheet(order, known, extra.identity, extra.name, extra.text, None));
        }
    }
    (sheets, taken)
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
        wanted.extend(sheet.former().map(|from| (from.clone(), sheet)));
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

/// Decides about a page and notes it; whether its book text is what now counts.
fn settle<'p>(order: &Order<'p>, mut sheet: Sheet<'p>, out: &mut Publication<'p>) -> bool {
    let previous = order.previous;
    let known = match &sheet.to {
        Some(_) => previous.redirects.get(&sheet.name),
        None => previous.pages.get(&sheet.identity),
    };
    let (verdict, edit) = verdict(order, &sheet, known);
    out.edits.extend(edit);
    let (there, written) = match verdict {
        Verdict::Hold => {
            let kept = known.map(|known| (sheet.identity.clone(), known.clone()));
            out.entries(&sheet).extend(kept);
            return false;
        }
        Verdict::Leave(None) => (Some(GONE.to_string()), false),
        Verdict::Leave(Some(theirs)) => (Some(out.base(theirs)), false),
        Verdict::Write(text) if text == sheet.text => (None, true),
        Verdict::Write(text) => (Some(out.base(text)), true),
    };
    let own = out.base(sheet.text.clone());
    out.carried += usize::from(there.is_some());
    let entry = Entry {
        name: sheet.name.clone(),
        past: known.map(|known| known.remembered(&own)).unwrap_or_default(),
        since: sheet.since.clone(),
        to: sheet.to.clone(),
        more: known.map(|known| known.more.clone()).unwrap_or_default(),
        hash: own,
        there: there.clone(),
        shown: known.and_then(|known| known.shown.clone()),
    };
    out.entries(&sheet).insert(sheet.identity.clone(), entry);
    if written {
        if let Some(text) = there.and_then(|there| out.bases.get(&there).cloned()) {
            sheet.text = text;
        }
        let stood = order.current.and_then(|current| current.get(&sheet.name));
        if stood.is_some_and(|stand| stand.text != sheet.text) {
            // It has to be newer than what stands there.
            sheet.since = order.now.to_string();
        }
        out.sheets.push(sheet);
    }
    true
}

impl Publication<'_> {
    /// Where the manifest keeps such a page.
    fn entries(&mut self, sheet: &Sheet<'_>) -> &mut BTreeMap<String, Entry> {
        match sheet.to {
            Some(_) => &mut self.manifest.redirects,
            None => &mut self.manifest.pages,
        }
    }

    /// Keeps a text; gives its hash.
    fn base(&mut self, text: String) -> String {
        let hash = hash(&text);
        self.bases.insert(hash.clone(), text);
        hash
    }
}

/// What is to be done with a page, and the change on the wiki that it meets.
fn verdict(order: &Order<'_>, sheet: &Sheet<'_>, known: Option<&Entry>) -> (Verdict, Option<Edit>) {
    let write = |text: &str| (Verdict::Write(text.to_string()), None);
    let Some(current) = order.current else { return write(&sheet.text) };
    let left = |to: &String| order.previous.pages.get(to).is_some_and(|e| e.name == sheet.name);
    if sheet.to.as_ref().is_some_and(left) {
        // The page that was here has moved, with what somebody changed in it.
        return write(&sheet.text);
    }
    let former = || sheet.former().and_then(|from| current.get(from));
    let moves = !current.contains_key(&sheet.name);
    let choice = order.decisions.of(sheet);
    let edit = |became, before: Option<String>, theirs: &str| Edit {
        name: sheet.name.clone(),
        became,
        before,
        theirs: theirs.to_string(),
        ours: sheet.text.clone(),
    };
    let there = known.and_then(|known| known.there.as_deref());
    let Some(stand) = current.get(&sheet.name).or_else(former) else {
        let gone = there == Some(GONE);
        return match choice {
            _ if known.is_none() || !order.arrived => write(&sheet.text),
            Some(Side::Book) => write(&sheet.text),
            None if !gone => {
                let before = known.and_then(|known| order.bases.get(&known.hash)).cloned();
                (Verdict::Hold, Some(edit(Became::Deleted, before, "")))
            }
            _ => (Verdict::Leave(None), None),
        };
    };
    let theirs = &stand.text;
    let seen = there == Some(hash(theirs).as_str());
    if *theirs == sheet.text || choice == Some(Side::Book) {
        return write(&sheet.text);
    }
    if !seen && (stand.published.as_ref() == Some(theirs) || is_ours(order, sheet, known, theirs)) {
        return write(&sheet.text);
    }
    if choice == Some(Side::Wiki) {
        return match moves {
            true => write(theirs),
            false => (Verdict::Leave(Some(theirs.clone())), None),
        };
    }
    let Some(base) = base(order, known, stand, seen) else {
        return (Verdict::Hold, Some(edit(Became::Unknown, None, theirs)));
    };
    if !moves && known.is_some_and(|known| known.shown.is_some() && known.hash == hash(&sheet.text))
    {
        // The wiki writes texts in its own way, so lines differ that nobody changed.
        let told = Edit { before: Some(base.clone()), ..edit(Became::Kept, None, theirs) };
        return (Verdict::Leave(Some(theirs.clone())), Some(told).filter(|_| !seen));
    }
    let told = there.and_then(|there| order.bases.get(there)).unwrap_or(base);
    let edit = |became| Some(edit(became, Some(told.clone()), theirs)).filter(|_| !seen);
    match merge(base, &sheet.text, theirs) {
        Some(text) if text == *theirs && !moves => (Verdict::Leave(Some(text)), edit(Became::Kept)),
        Some(text) => (Verdict::Write(text), edit(Became::Merged)),
        None => {
            let held = Edit {
                name: sheet.name.clone(),
                became: Became::Overlaps,
                before: Some(base.clone()),
                theirs: theirs.clone(),
                ours: sheet.text.clone(),
            };
            (Verdict::Hold, Some(held))
        }
    }
}

/// Whether a text on the wiki is one that we wrote there.
fn is_ours(order: &Order<'_>, sheet: &Sheet<'_>, known: Option<&Entry>, theirs: &str) -> bool {
    let previous = order.previous;
    // The name may be one that a page had, or that led to one.
    let of_page = previous.pages.iter().filter(|(identity, entry)| {
        entry.name == sheet.name || sheet.to.as_ref() == Some(*identity)
    });
    let redirect = previous.redirects.get(&sheet.name);
    let all = known.into_iter().chain(of_page.map(|(_, entry)| entry)).chain(redirect);
    let hash = hash(theirs);
    // The wiki may hold an earlier text, where an export was not loaded; where all arrived,
    // an earlier text is what somebody went back to.
    let ours = |entry: &Entry| entry.hash == hash || entry.shown.as_ref() == Some(&hash);
    all.into_iter().any(|entry| ours(entry) || (!order.arrived && entry.wrote(theirs)))
}

/// The text that a page on the wiki was changed from.
fn base<'o>(
    order: &Order<'o>,
    known: Option<&Entry>,
    stand: &'o Stand,
    seen: bool,
) -> Option<&'o String> {
    if let (Some(published), false) = (&stand.published, seen) {
        return Some(published);
    }
    let known = known?;
    // Where an edit stands already, what was shown holds it too.
    let shown = known.shown.as_ref().filter(|_| !seen && known.there.is_none());
    let last = order.bases.get(shown.unwrap_or(&known.hash));
    if seen || order.arrived {
        return last;
    }
    let past = known.past.iter().filter_map(|hash| order.bases.get(hash));
    last.into_iter().chain(past).min_by_key(|text| distance(text, &stand.text))
}

/// Pages of earlier publications that the book no longer has.
fn orphans(order: &Order<'_>, out: &mut Publication<'_>) {
    let previous = order.previous;
    let names: BTreeSet<&String> = out.manifest.pages.values().map(|entry| &entry.name).collect();
    let mut found = BTreeMap::new();
    for (identity, entry) in previous.pages.iter().chain(&previous.orphans) {
        let there = order.current.is_none_or(|current| current.contains_key(&entry.name));
        let lives = out.manifest.pages.contains_key(identity) || names.contains(&entry.name);
        let leads = out.manifest.redirects.contains_key(&entry.name);
        if there && !lives && !leads {
            found.insert(identity.clone(), entry.clone());
        }
    }
    out.orphans = found.values().map(|entry| entry.name.clone()).collect();
    out.manifest.orphans = found;
}

/// Keeps the texts that the manifest names, and no others.
fn remember(order: &Order<'_>, out: &mut Publication<'_>) {
    let manifest = &out.manifest;
    let all = manifest.pages.values().chain(manifest.redirects.values());
    let wanted: BTreeSet<&String> = all.flat_map(Entry::texts).collect();
    for hash in &wanted {
        if let Some(text) = order.bases.get(*hash) {
            out.bases.entry((*hash).clone()).or_insert_with(|| text.clone());
        }
    }
    out.bases.retain(|hash, _| wanted.contains(hash));
}
