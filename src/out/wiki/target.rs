//! What a target must tell, and the names that it gives.

use super::document::{Book, Diagram, Link, Page, diagrams};
use super::picture::PictureError;
use super::publish::Publication;
use crate::book::config::Config;
use crate::text::diagnostic::{Code, Diagnostic, Level};
use crate::text::span::Place;
use std::collections::BTreeMap;

/// A wiki or a host, and how it is written.
pub trait Target: Sync {
    /// Its word on the command line: `mediawiki`.
    fn name(&self) -> &'static str;

    /// Its name for readers: `MediaWiki`.
    fn title(&self) -> &'static str;

    /// Whether it gets a page for this one.
    fn takes(&self, _page: &Page) -> bool {
        true
    }

    /// What it calls a page.
    ///
    /// # Errors
    /// When it cannot hold the name; the reason ends the sentence "`title` ...".
    fn page_name(&self, book: &Book, page: &Page) -> Result<String, String>;

    /// What it calls a file of the sources.
    ///
    /// # Errors
    /// When it cannot hold the name.
    fn file_name(&self, book: &Book, url: &str) -> Result<String, String>;

    /// What it calls the picture of a diagram.
    fn diagram_name(&self, _book: &Book, diagram: &Diagram) -> String {
        format!("{}.svg", diagram.name)
    }

    /// Two names are one there when this is equal.
    fn fold(&self, name: &str) -> String {
        name.to_lowercase()
    }

    /// Other names that lead to a page: its ID, former IDs. Names that are taken are
    /// left out.
    fn other_names(&self, _book: &Book, _page: &Page) -> Vec<String> {
        Vec::new()
    }

    /// The text of a page that leads to another one; `None` where it has none.
    fn redirect(&self, _book: &Book, _to: &str) -> Option<String> {
        None
    }

    /// The text of a page.
    fn render(&self, page: &Page, context: &Context<'_>) -> String;

    /// Pages that only this target has: navigation, categories.
    fn extras(&self, _context: &Context<'_>) -> Vec<Extra> {
        Vec::new()
    }

    /// The files of the export, by their path. The manifest is added to them.
    ///
    /// # Errors
    /// When a picture cannot be made.
    fn pack(
        &self,
        publication: &Publication<'_>,
    ) -> Result<BTreeMap<String, Vec<u8>>, PictureError>;
}

/// A page that only one target has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extra {
    /// What stays the same: `category:Threats`.
    pub identity: String,
    /// Its name.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// What a text is written with.
#[derive(Debug, Clone, Copy)]
pub struct Context<'c> {
    /// The book.
    pub book: &'c Book,
    /// The names.
    pub names: &'c Names,
}

/// Where a link leads in a target.
#[derive(Debug, Clone, PartialEq)]
pub enum To<'c> {
    /// A page.
    Page {
        /// Its name.
        name: &'c str,
        /// The page.
        page: &'c Page,
        /// The place on it.
        anchor: Option<&'c str>,
    },
    /// A file, by its name.
    File(&'c str),
    /// An address on the web.
    Url(String),
    /// Nothing that the target has: only the words stay.
    Nowhere,
}

impl<'c> Context<'c> {
    /// Where a link leads.
    pub fn to(&self, link: &'c Link) -> To<'c> {
        let site = |url: &str| self.book.on_site(url).map_or(To::Nowhere, To::Url);
        match link {
            Link::Page { url, anchor } => match (self.names.pages.get(url), self.book.page(url)) {
                (Some(name), Some(page)) => To::Page { name, page, anchor: anchor.as_deref() },
                _ => site(url),
            },
            Link::File(url) => match self.names.files.get(url) {
                Some(name) => To::File(name),
                None => site(url),
            },
            Link::Site(rest) => self.book.below_site(rest).map_or(To::Nowhere, To::Url),
            Link::External(url) => To::Url(url.clone()),
        }
    }

    /// The way from the home page to a page, without the page itself.
    pub fn way(&self, page: &'c Page) -> Vec<&'c Page> {
        let mut out = Vec::new();
        let mut at = page.parent.as_deref();
        while let Some(above) = at.and_then(|url| self.book.page(url)) {
            // A circle cannot be, and would have no end.
            if out.len() > 20 {
                break;
            }
            out.push(above);
            at = above.parent.as_deref();
        }
        out.reverse();
        out
    }

    /// The pages before and after a page in the order of reading.
    pub fn neighbours(&self, page: &Page) -> [Option<&'c Page>; 2] {
        let book = self.book;
        let found = book.sections.iter().find_map(|section| {
            let at = section.pages.iter().position(|url| *url == page.url)?;
            let before = at.checked_sub(1).and_then(|before| section.pages.get(before));
            Some([before, section.pages.get(at + 1)])
        });
        let page = |url: Option<&'c String>| url.and_then(|url| book.page(url));
        found.map_or([None, None], |urls| urls.map(page))
    }

    /// Where a page is on the searchable site, where that is known.
    pub fn home_of(&self, page: &Page) -> Option<String> {
        self.book.on_site(&page.url)
    }
}

/// The names of a book in a target.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// Of pages, by address.
    pub pages: BTreeMap<String, String>,
    /// Of files, by address.
    pub files: BTreeMap<String, String>,
    /// Of the pictures of diagrams, by [`Diagram::name`].
    pub diagrams: BTreeMap<String, String>,
    /// Names that lead to a page, by the address of the page.
    pub others: BTreeMap<String, Vec<String>>,
}

/// Gives every page, picture and file its name. What the target cannot hold is reported,
/// with the level that the settings give it, and has no name.
pub fn name(
    book: &Book,
    target: &dyn Target,
    config: &Config,
) -> (Names, Vec<(Level, Diagnostic)>) {
    let mut names = Names::default();
    let mut found = Vec::new();
    let mut taken: BTreeMap<String, Owner<'_>> = BTreeMap::new();
    for page in book.pages.iter().filter(|page| target.takes(page)) {
        match target.page_name(book, page) {
            Err(reason) => found.push(unfit(target, &page.title, &reason, page.place.as_ref())),
            Ok(name) => {
                let owner =
                    Owner { what: &page.title, name: &page.url, place: page.place.as_ref() };
                match taken.get(&target.fold(&name)) {
                    Some(first) => found.push(clash(target, &name, &owner, first)),
                    None => {
                        taken.insert(target.fold(&name), owner);
                        names.pages.insert(page.url.clone(), name);
                    }
                }
            }
        }
    }
    let mut files: BTreeMap<String, Owner<'_>> = BTreeMap::new();
    for page in book.pages.iter().filter(|page| names.pages.contains_key(&page.url)) {
        for diagram in diagrams(&page.blocks) {
            let name = target.diagram_name(book, diagram);
            let owner =
                Owner { what: &page.title, name: &diagram.name, place: page.place.as_ref() };
            match files.get(&target.fold(&name)) {
                Some(first) => found.push(clash(target, &name, &owner, first)),
                None => {
                    files.insert(target.fold(&name), owner);
                    names.diagrams.insert(diagram.name.clone(), name);
                }
            }
        }
    }
    for (url, file) in &book.files {
        match target.file_name(book, url) {
            Err(reason) => found.push(unfit(target, url, &reason, Some(&file.place))),
            Ok(name) => {
                let owner = Owner { what: url, name: url, place: Some(&file.place) };
                match files.get(&target.fold(&name)) {
                    Some(first) => found.push(clash(target, &name, &owner, first)),
                    None => {
                        files.insert(target.fold(&name), owner);
                        names.files.insert(url.clone(), name);
                    }
                }
            }
        }
    }
    for page in book.pages.iter().filter(|page| names.pages.contains_key(&page.url)) {
        for name in target.other_names(book, page) {
            if let std::collections::btree_map::Entry::Vacant(free) =
                taken.entry(target.fold(&name))
            {
                free.insert(Owner { what: &page.title, name: &page.url, place: None });
                names.others.entry(page.url.clone()).or_default().push(name);
            }
        }
    }
    let level = |diagnostic: Diagnostic| (config.level(diagnostic.code), diagnostic);
    let found = found.into_iter().map(level).filter(|(level, _)| *level != Level::Allow);
    (names, found.collect())
}

struct Owner<'o> {
    what: &'o str,
    name: &'o str,
    place: Option<&'o Place>,
}

fn at(place: Option<&Place>, code: Code, message: String) -> Diagnostic {
    match place {
        Some(place) => Diagnostic::new(code, place.clone(), message),
        None => Diagnostic::global(code, message),
    }
}

fn unfit(target: &dyn Target, what: &str, reason: &str, place: Option<&Place>) -> Diagnostic {
    let message = format!("{} cannot hold `{what}`: {reason}", target.title());
    at(place, Code::ExportName, message)
}

fn clash(target: &dyn Target, name: &str, second: &Owner<'_>, first: &Owner<'_>) -> Diagnostic {
    let message = match first.name == second.name {
        true => format!("{} would have `{name}` twice", target.title()),
        false => format!(
            "`{}` and `{}` would have one name in {}: `{name}`",
            first.name,
            second.name,
            target.title()
        ),
    };
    let diagnostic = at(second.place, Code::ExportCollision, message)
        .help("give one of them another title or name, or an ID");
    match first.place {
        Some(place) => diagnostic.also(place.clone(), format!("`{}` has it first", first.what)),
        None => diagnostic,
    }
}
