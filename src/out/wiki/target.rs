//! What a target must tell.

use super::document::{Book, Diagram, Link, Page, Role};
use super::names::{Name, Names};
use super::picture::PictureError;
use super::publish::Publication;
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

    /// What it calls a page: what stays the same when the title changes, where there is
    /// such a thing. `beside` are words that tell it apart from another page.
    ///
    /// # Errors
    /// When nothing of its title can stand in a name there.
    fn page_name(&self, book: &Book, page: &Page, beside: Option<&str>) -> Result<Name, String>;

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

    /// The files of the export, by their path. The manifest is added to them. `before` gives
    /// a file of the export before.
    ///
    /// # Errors
    /// When a picture cannot be made.
    fn pack(
        &self,
        publication: &Publication<'_>,
        before: &dyn Fn(&str) -> Option<Vec<u8>>,
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

    /// The pages before and after a page in the order of reading, each with the key of the
    /// word for that. Entries are looked up, not read one after the other.
    pub fn steps(&self, page: &Page) -> Vec<(&'static str, &'c Page)> {
        if page.role == Role::Own && page.id.is_some() {
            return Vec::new();
        }
        let steps = ["previous", "next"].into_iter().zip(self.neighbours(page));
        let known = |page: &&Page| self.names.pages.contains_key(&page.url);
        steps.filter_map(|(key, other)| Some((key, other.filter(known)?))).collect()
    }

    /// The pages before and after a page in its section.
    fn neighbours(&self, page: &Page) -> [Option<&'c Page>; 2] {
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
