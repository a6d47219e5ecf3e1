//! Exports to wikis, as tests make them.

use casebook::out::wiki::{
    self, Bases, Book, Current, Decisions, Edit, Manifest, Order, State, Target,
};
use casebook::site::Site;
use casebook::text::diagnostic::{Diagnostic, Level};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

/// What an export tells, without the book that it borrows.
#[derive(Debug, Clone, Default)]
pub struct Export {
    pub manifest: Manifest,
    pub bases: Bases,
    pub files: BTreeMap<String, Vec<u8>>,
    pub texts: BTreeMap<String, String>,
    pub states: BTreeMap<String, State>,
    pub edits: Vec<Edit>,
    pub carried: usize,
    pub orphans: Vec<String>,
    pub found: Vec<(Level, Diagnostic)>,
}

impl Export {
    /// The names of pages that are held.
    pub fn held(&self) -> Vec<&str> {
        let held = self.edits.iter().filter(|edit| edit.became.is_held());
        held.map(|edit| edit.name.as_str()).collect()
    }

    /// What a wiki holds that loaded it.
    pub fn loaded(&self) -> Current {
        self.texts.iter().map(|(name, text)| (name.clone(), text.clone().into())).collect()
    }

    pub fn text(&self, file: &str) -> &str {
        let bytes = self.files.get(file);
        let bytes = bytes.unwrap_or_else(|| panic!("no {file} in {:?}", self.files.keys()));
        std::str::from_utf8(bytes).unwrap()
    }
}

/// How a test exports.
#[derive(Debug, Clone, Default)]
pub struct How<'h> {
    pub before: Option<&'h Export>,
    pub current: Option<&'h Current>,
    pub decisions: Decisions,
    pub arrived: bool,
    pub now: &'h str,
}

/// The pages of a site as trees; those of our own book are read once for all tests.
pub fn read(site: &Site) -> Arc<Book> {
    static OWN: LazyLock<Arc<Book>> =
        LazyLock::new(|| Arc::new(Book::read(super::own(), None).unwrap()));
    match std::ptr::eq(site, super::own()) {
        true => Arc::clone(&OWN),
        false => Arc::new(Book::read(site, None).unwrap()),
    }
}

pub fn export(target: &dyn Target, site: &Site, how: &How<'_>) -> Export {
    let book = read(site);
    let (names, found) = wiki::name(&book, target, &site.config);
    let first = Export::default();
    let before = how.before.unwrap_or(&first);
    let order = Order {
        book: &book,
        names: &names,
        previous: &before.manifest,
        bases: &before.bases,
        now: if how.now.is_empty() { "2026-01-01T00:00:00Z" } else { how.now },
        current: how.current,
        arrived: how.arrived,
        decisions: &how.decisions,
    };
    let publication = wiki::publish(target, &order);
    let files = target.pack(&publication, &|path| before.files.get(path).cloned()).unwrap();
    let sheets = &publication.sheets;
    Export {
        files,
        texts: sheets.iter().map(|s| (s.name.clone(), s.text.clone())).collect(),
        states: sheets.iter().map(|s| (s.identity.clone(), s.state.clone())).collect(),
        edits: publication.edits.clone(),
        carried: publication.carried,
        orphans: publication.orphans.clone(),
        manifest: publication.manifest.clone(),
        bases: publication.bases.clone(),
        found,
    }
}
