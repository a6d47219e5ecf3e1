//! What a target calls pages, pictures and files: one rule for all targets.
//!
//! A page is called what its target makes of its ID or title. Where two pages would have
//! one name, those without an ID get more words: their section, then their path. Nothing
//! is refused for its title; what a wiki calls a page is said where it is not the title.

use super::document::{Book, Page, Role, diagrams};
use super::target::Target;
use crate::book::config::Config;
use crate::text::diagnostic::{Code, Diagnostic, Level};
use crate::text::span::Place;
use std::collections::{BTreeMap, BTreeSet};

/// What a target calls something.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Name {
    /// The name.
    pub text: String,
    /// Why it is not what the book says: "a title there has no `#`".
    pub because: Option<String>,
}

impl From<String> for Name {
    fn from(text: String) -> Name {
        Name { text, because: None }
    }
}

/// The names of a book in a target.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// Of pages, by address.
    pub pages: BTreeMap<String, String>,
    /// Of files, by address.
    pub files: BTreeMap<String, String>,
    /// Of the pictures of diagrams, by [`super::Diagram::name`].
    pub diagrams: BTreeMap<String, String>,
    /// Names that lead to a page, by the address of the page.
    pub others: BTreeMap<String, Vec<String>>,
}

/// Gives every page, picture and file its name, and tells which are not what one would
/// expect, with the level that the settings give that.
pub fn name(
    book: &Book,
    target: &dyn Target,
    config: &Config,
) -> (Names, Vec<(Level, Diagnostic)>) {
    let mut naming = Naming { book, target, names: Names::default(), found: Vec::new() };
    let taken = naming.pages();
    naming.pictures();
    naming.others(taken);
    let level = |diagnostic: Diagnostic| (config.level(diagnostic.code), diagnostic);
    let found = naming.found.into_iter().map(level).filter(|(level, _)| *level != Level::Allow);
    (naming.names, found.collect())
}

struct Naming<'n> {
    book: &'n Book,
    target: &'n dyn Target,
    names: Names,
    found: Vec<Diagnostic>,
}

/// A page on its way to a name.
struct Candidate<'n> {
    page: &'n Page,
    /// How many times it was told apart.
    level: usize,
    name: Result<Name, String>,
    /// The page that has the plain name, or also wants it.
    rival: Option<&'n Page>,
}

/// So often is a page told apart; the last words are its own for certain.
const LEVELS: usize = 3;

/// Words that tell a page apart: its section, its path, a number made of its path.
fn words(book: &Book, page: &Page, level: usize) -> Option<String> {
    let path = page.url.trim_end_matches(".html");
    match level {
        0 => None,
        1 => Some(section(book, page).unwrap_or_else(|| path.to_string())),
        2 => Some(path.to_string()),
        _ => Some(blake3::hash(page.url.as_bytes()).to_hex()[..6].to_string()),
    }
}

/// A page as somebody wants it called on the wiki, where they said so.
fn wanted(book: &Book, page: &Page) -> Option<Page> {
    let name = book.called.get(&page.identity)?;
    let words = crate::book::page::slug(&deunicode::deunicode(name));
    Some(Page {
        title: name.clone(),
        url: format!("{words}.html"),
        id: None,
        role: Role::Own,
        blocks: Vec::new(),
        ..page.clone()
    })
}

/// The name of the section or folder that a page is in.
fn section(book: &Book, page: &Page) -> Option<String> {
    let listed = book.sections.iter().find(|section| section.pages.contains(&page.url));
    let folder = || page.url.rsplit_once('/').map(|(folder, _)| folder.to_string());
    listed.map(|section| section.title.clone()).or_else(folder)
}

impl<'n> Naming<'n> {
    /// Names the pages; gives the names that are taken.
    fn pages(&mut self) -> BTreeSet<String> {
        let (book, target) = (self.book, self.target);
        let pages = book.pages.iter().filter(|page| target.takes(page));
        let mut all: Vec<Candidate<'n>> = pages
            .map(|page| {
                let name = wanted(book, page).map_or_else(
                    || target.page_name(book, page, None),
                    |page| target.page_name(book, &page, None),
                );
                Candidate { page, level: 0, name, rival: None }
            })
            .collect();
        while self.tell_apart(&mut all) {}
        let mut taken = BTreeSet::new();
        for one in all {
            self.say(&one);
            if let Ok(name) = one.name {
                taken.insert(target.fold(&name.text));
                self.names.pages.insert(one.page.url.clone(), name.text);
            }
        }
        taken
    }

    /// Gives more words to pages that share a name, or have none; whether there were any.
    fn tell_apart(&self, all: &mut [Candidate<'n>]) -> bool {
        let mut groups: BTreeMap<Option<String>, Vec<usize>> = BTreeMap::new();
        for (at, one) in all.iter().enumerate().filter(|(_, one)| one.level < LEVELS) {
            let key = one.name.as_ref().ok().map(|name| self.target.fold(&name.text));
            groups.entry(key).or_default().push(at);
        }
        let settled: BTreeSet<String> = all
            .iter()
            .filter(|one| one.level >= LEVELS)
            .filter_map(|one| Some(self.target.fold(&one.name.as_ref().ok()?.text)))
            .collect();
        let mut again = false;
        for (key, group) in groups {
            let free = key.as_ref().is_some_and(|key| !settled.contains(key));
            if free && group.len() < 2 {
                continue;
            }
            let fixed = |at: &&usize| {
                let one = &all[**at];
                let called = self.book.called.contains_key(&one.page.identity);
                one.level == 0 && (called || one.page.role != Role::Own || one.page.id.is_some())
            };
            let keeper = group.iter().find(fixed).copied().filter(|_| free);
            let other = |at: usize| group.iter().find(|other| **other != at).map(|o| all[*o].page);
            let rivals: Vec<Option<&Page>> =
                group.iter().map(|at| keeper.map(|k| all[k].page).or_else(|| other(*at))).collect();
            for (at, rival) in group.into_iter().zip(rivals) {
                if Some(at) == keeper {
                    continue;
                }
                again = true;
                let one = &mut all[at];
                one.level += 1;
                one.rival = one.rival.or(rival);
                let words = words(self.book, one.page, one.level);
                one.name = self.target.page_name(self.book, one.page, words.as_deref());
            }
        }
        again
    }

    /// Says what a page is called where it is not called as one would expect.
    fn say(&mut self, one: &Candidate<'_>) {
        let (page, wiki) = (one.page, self.target.title());
        let said = match (&one.name, one.rival) {
            (Err(reason), _) => {
                let message = format!("{wiki} cannot hold `{}`: {reason}", page.title);
                at(page.place.as_ref(), Code::ExportName, message)
                    .help("give it another title or an ID")
            }
            (Ok(name), Some(rival)) => clash(wiki, page, rival, &name.text),
            (Ok(Name { text, because: Some(reason) }), None) => {
                let message = format!("{wiki} calls `{}` `{text}`: {reason}", page.title);
                at(page.place.as_ref(), Code::ExportName, message)
            }
            (Ok(_), None) => return,
        };
        self.found.push(said);
    }

    /// Names the pictures of diagrams, then the files of the sources.
    fn pictures(&mut self) {
        let (book, target) = (self.book, self.target);
        let mut taken = BTreeSet::new();
        let pages = book.pages.iter().filter(|page| self.names.pages.contains_key(&page.url));
        for diagram in pages.flat_map(|page| diagrams(&page.blocks)) {
            let name = free(target, &mut taken, target.diagram_name(book, diagram));
            self.names.diagrams.insert(diagram.name.clone(), name);
        }
        for (url, file) in &book.files {
            match target.file_name(book, url) {
                Err(reason) => {
                    let message = format!("{} cannot hold `{url}`: {reason}", target.title());
                    self.found.push(at(Some(&file.place), Code::ExportName, message));
                }
                Ok(name) => {
                    let name = free(target, &mut taken, name);
                    self.names.files.insert(url.clone(), name);
                }
            }
        }
    }

    /// Names that lead to pages, as far as no page has them.
    fn others(&mut self, mut taken: BTreeSet<String>) {
        let names = &mut self.names;
        for page in self.book.pages.iter().filter(|page| names.pages.contains_key(&page.url)) {
            for name in self.target.other_names(self.book, page) {
                if taken.insert(self.target.fold(&name)) {
                    names.others.entry(page.url.clone()).or_default().push(name);
                }
            }
        }
    }
}

/// A path with words that tell its last part apart.
pub(super) fn beside_path(path: &str, beside: Option<&str>) -> String {
    match beside {
        Some(words) => format!("{path}-{}", words.replace('/', "-")),
        None => path.to_string(),
    }
}

/// A name of a file that none has yet: with a number before its ending, where one has it.
fn free(target: &dyn Target, taken: &mut BTreeSet<String>, name: String) -> String {
    let (stem, ending) = name.rsplit_once('.').unwrap_or((&name, ""));
    let numbered = |number: usize| match number {
        1 => name.clone(),
        _ => format!("{stem}-{number}.{ending}"),
    };
    (1..).map(numbered).find(|name| taken.insert(target.fold(name))).unwrap_or_default()
}

fn at(place: Option<&Place>, code: Code, message: String) -> Diagnostic {
    match place {
        Some(place) => Diagnostic::new(code, place.clone(), message),
        None => Diagnostic::global(code, message),
    }
}

fn clash(wiki: &str, page: &Page, rival: &Page, name: &str) -> Diagnostic {
    let message = format!(
        "`{}` and `{}` would have one name in {wiki}; this one is called `{name}`",
        rival.url, page.url
    );
    let said = at(page.place.as_ref(), Code::ExportCollision, message)
        .help("an ID, another title or `--call PATH=NAME` decides it");
    match &rival.place {
        Some(place) => said.also(place.clone(), format!("`{}` is the other one", rival.title)),
        None => said,
    }
}
