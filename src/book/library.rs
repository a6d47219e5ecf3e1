//! What a library says, entry by entry, and what of that is new, changed or gone.

use super::config::Config;
use super::page::{self, Article, Page};
use super::source::{LOCK_FILE, Layer, Lock, Move, Pin, Sources};
use crate::text::diagnostic::{Code, Diagnostic};
use crate::text::span::Place;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// An entry as a comparison sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// Its title.
    pub title: String,
    /// What it says, by field; the sections of its text are fields too.
    pub fields: BTreeMap<String, String>,
    /// Whether it should no longer be used.
    pub retired: bool,
    /// The IDs that stand for it now, where it is retired.
    pub successors: Vec<String>,
    /// Its former IDs.
    pub aliases: Vec<String>,
}

/// What the name of a field begins with that is a section of the text.
const SECTION: &str = "section ";

/// The entries of a library by ID.
pub type Entries = BTreeMap<String, Entry>;

/// What changed in a library.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Entries that are new.
    pub new: Vec<String>,
    /// Entries that say something else now.
    pub changed: Vec<(String, Vec<Field>)>,
    /// Entries that are gone, or should no longer be used.
    pub retired: Vec<Retired>,
}

/// An entry that is gone, or should no longer be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retired {
    /// Its ID.
    pub id: String,
    /// What stands for it: several entries where it was split.
    pub heirs: Vec<String>,
    /// What else is now one with it, where several were merged.
    pub with: Vec<String>,
    /// Whether its page stays and names what stands for it.
    pub stays: bool,
}

impl Retired {
    /// Whether whoever names it names nothing from now on.
    pub fn is_lost(&self) -> bool {
        !self.stays && self.heirs.is_empty()
    }
}

/// A field that says something else now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// What it said, where that is known.
    pub from: Option<String>,
    /// What it says now; nothing where it is gone.
    pub to: Option<String>,
}

/// The entries and models of a library.
pub fn entries(config: &Config, sources: &Sources, layer: &Layer) -> Entries {
    let texts: Vec<(Arc<str>, &str)> = layer.texts().collect();
    let pages = texts.into_par_iter().map(|(file, text)| {
        let (expanded, _) = page::expand(&file, &text.into(), sources);
        let parsed = page::parse(&file, &file, &expanded, config);
        of_page(&parsed, &expanded.text)
    });
    pages.flatten_iter().collect()
}

fn of_page(page: &Page, text: &str) -> Vec<(String, Entry)> {
    let mut out = Vec::new();
    for (number, article) in page.articles.iter().enumerate() {
        let Some(word) = &article.meta.id else { continue };
        let end = page.articles.get(number + 1).map_or(text.len(), |next| next.place.start);
        let own = text.get(article.place.start..end).unwrap_or(text);
        let level = own.bytes().take_while(|byte| *byte == b'#').count();
        let level = if number == 0 { 0 } else { level.max(1) as u8 };
        out.push((word.text.trim().to_string(), entry(article, own, level)));
    }
    out
}

fn entry(article: &Article, text: &str, level: u8) -> Entry {
    let meta = &article.meta;
    let heading = article.title.as_ref().map(|title| title.text.clone());
    let title = meta.title.as_ref().map(|word| word.text.clone()).or(heading).unwrap_or_default();
    let mut fields = BTreeMap::new();
    let mut add = |name: &str, value: String| {
        if !value.trim().is_empty() {
            fields.insert(name.to_string(), value);
        }
    };
    let list = |words: &[String]| words.join(", ");
    let words = |words: &[page::Word]| {
        words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(", ")
    };
    add("title", title.clone());
    add("description", meta.description.clone().unwrap_or_default());
    add("status", meta.status.clone().unwrap_or_default());
    add("severity", meta.severity.clone().unwrap_or_default());
    add("statement", meta.statement.sentence().unwrap_or_default());
    add("stride", list(&meta.stride));
    add("elements", list(&meta.elements));
    add("applies-to", list(&meta.applies_to));
    add("tags", list(&meta.tags));
    add("references", words(&meta.references));
    for (role, named) in &meta.roles {
        add(role, words(named));
    }
    let (lead, sections) = page::outline(text, level);
    let lead: String = lead.into_iter().map(|span| &text[span]).collect();
    add("text", lead.trim().to_string());
    for (heading, span) in sections {
        add(&format!("{SECTION}\u{201c}{heading}\u{201d}"), text[span].trim().to_string());
    }
    Entry {
        title,
        fields,
        retired: meta.is_deprecated(),
        successors: meta.successors().map(|word| word.text.clone()).collect(),
        aliases: meta.aliases.iter().map(|word| word.text.clone()).collect(),
    }
}

/// Facts that are told as one where the old ones are not at hand, so that the file stays short.
const FACTS: [&str; 6] = ["description", "stride", "elements", "applies-to", "tags", "references"];

/// The name under which a field is written down: sections are the text.
fn group(field: &str) -> &str {
    match field {
        field if FACTS.contains(&field) => "facts",
        field if field.starts_with(SECTION) => "text",
        field => field,
    }
}

/// The state of a library, to be written down.
pub fn pin(layer: &Layer, entries: &Entries) -> Pin {
    let fields = |entry: &Entry| {
        let mut groups: BTreeMap<String, blake3::Hasher> = BTreeMap::new();
        for (name, text) in &entry.fields {
            let hasher = groups.entry(group(name).to_string()).or_default();
            hasher.update(format!("{name}\0{text}\0").as_bytes());
        }
        let short = |hasher: blake3::Hasher| hasher.finalize().to_hex()[..6].to_string();
        groups.into_iter().map(|(name, hasher)| (name, short(hasher))).collect()
    };
    Pin {
        version: layer.origin.version.clone(),
        hash: layer.hash.clone(),
        entries: entries.iter().map(|(id, entry)| (id.clone(), fields(entry))).collect(),
        moves: BTreeMap::new(),
        span: 0..0,
    }
}

/// What changed since a state; with the old entries at hand, also from what to what.
pub fn changes(pin: &Pin, now: &Pin, old: Option<&Entries>, new: &Entries) -> Changes {
    let mut out = Changes::default();
    for (id, fields) in &now.entries {
        let Some(before) = pin.entries.get(id) else {
            out.new.push(id.clone());
            continue;
        };
        let mut names: Vec<&String> = before.keys().chain(fields.keys()).collect();
        names.sort();
        names.dedup();
        if let Some(entry) = new.get(id).filter(|entry| entry.retired)
            && before.get("status") != fields.get("status")
        {
            out.retire(id, entry.successors.clone(), true);
            continue;
        }
        let changed = names.into_iter().filter(|name| before.get(*name) != fields.get(*name));
        let changed: Vec<Field> = match (old.and_then(|old| old.get(id)), new.get(id)) {
            (Some(old), Some(new)) => changed.flat_map(|name| fields_of(name, old, new)).collect(),
            _ => changed.map(|name| Field { name: name.clone(), from: None, to: None }).collect(),
        };
        if !changed.is_empty() {
            out.changed.push((id.clone(), changed));
        }
    }
    for id in pin.entries.keys().filter(|id| !now.entries.contains_key(*id)) {
        let stands =
            |entry: &Entry| entry.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(id));
        let heirs = new.iter().filter(|(_, entry)| stands(entry)).map(|(id, _)| id.clone());
        out.retire(id, heirs.collect(), false);
    }
    out.retired.sort_by(|a, b| a.id.cmp(&b.id));
    out.merge();
    out
}

/// The fields of a group that differ.
fn fields_of<'e>(name: &'e str, old: &'e Entry, new: &'e Entry) -> impl Iterator<Item = Field> {
    let mut all: Vec<&String> = old.fields.keys().chain(new.fields.keys()).collect();
    all.sort();
    all.dedup();
    let text = |entry: &Entry, field: &String| entry.fields.get(field).cloned();
    let field = |field: &String| Field {
        name: field.clone(),
        from: text(old, field),
        to: text(new, field),
    };
    let fields = all.into_iter().filter(|field| group(field) == name).map(field);
    fields.filter(|field| field.from != field.to).collect::<Vec<_>>().into_iter()
}

impl Changes {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.new.is_empty() && self.changed.is_empty() && self.retired.is_empty()
    }

    /// As the lock file keeps it.
    pub fn as_move(&self, version: Option<String>) -> Move {
        Move {
            version,
            new: self.new.clone(),
            changed: self.changed.iter().map(|(id, _)| id.clone()).collect(),
            retired: self.retired.iter().map(|retired| retired.id.clone()).collect(),
        }
    }

    /// The IDs of everything that is not as it was.
    pub fn touched(&self) -> impl Iterator<Item = &str> {
        let changed = self.changed.iter().map(|(id, _)| id);
        changed.chain(self.retired.iter().map(|retired| &retired.id)).map(String::as_str)
    }

    fn retire(&mut self, id: &str, heirs: Vec<String>, stays: bool) {
        self.retired.push(Retired { id: id.to_string(), heirs, with: Vec::new(), stays });
    }

    /// Finds what was merged: what one entry stands for.
    fn merge(&mut self) {
        let all = self.retired.clone();
        for retired in &mut self.retired {
            let shares = |other: &&Retired| {
                other.id != retired.id && other.heirs.len() == 1 && other.heirs == retired.heirs
            };
            retired.with = all.iter().filter(shares).map(|other| other.id.clone()).collect();
        }
    }
}

/// What the lock file says; none where there is none. What cannot be read is told.
pub fn lock(sources: &Sources) -> (Option<Lock>, Vec<Diagnostic>) {
    let Some(text) = sources.text(LOCK_FILE) else { return (None, Vec::new()) };
    match Lock::parse(text) {
        Ok(lock) => (Some(lock), Vec::new()),
        Err(error) => {
            let place = Place::new(&LOCK_FILE.into(), error.span);
            let told = Diagnostic::new(Code::LibraryPin, place, "casebook.lock cannot be read");
            let help = "`casebook library update --write` writes it anew";
            (Some(Lock::default()), vec![told.label(error.message).help(help)])
        }
    }
}

/// Whether each library is in the state that the lock file names. A book without the file
/// takes what is there.
pub fn check(sources: &Sources) -> Vec<Diagnostic> {
    let (lock, mut found) = lock(sources);
    let Some(lock) = lock else { return found };
    let file: Arc<str> = LOCK_FILE.into();
    let mut tell = |span, message: String| {
        let help =
            "`casebook library update` tells what changed; with `--write` it notes the new state";
        let told = Diagnostic::new(Code::LibraryPin, Place::new(&file, span), message);
        found.push(told.help(help));
    };
    for layer in sources.layers() {
        let name = &layer.origin.name;
        match lock.pins.get(name) {
            None => tell(0..0, format!("the library `{name}` is not in casebook.lock")),
            Some(pin) if pin.hash != layer.hash => {
                let message = match (&pin.version, &layer.origin.version) {
                    (Some(old), Some(new)) if old != new => {
                        format!("the library `{name}` is {new} now; the book knows {old}")
                    }
                    _ => format!("the library `{name}` has changed"),
                };
                tell(pin.span.clone(), message);
            }
            Some(_) => {}
        }
    }
    for (name, pin) in &lock.pins {
        if !sources.layers().iter().any(|layer| layer.origin.name == *name) {
            tell(pin.span.clone(), format!("the book has no library `{name}`"));
        }
    }
    found
}
