//! What the pages of an entry, of a selection and of a comparison show.

use super::{Chip, EntryLink};
use serde::Serialize;

/// The pages that name an entry in one role, such as the models that use it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct UsageGroup {
    /// The name of the role; usable as an ID in the page.
    pub name: String,
    /// The words for readers: `Used by models`.
    pub label: String,
    /// The pages; never empty.
    pub usages: Vec<UsageView>,
}

/// A page that names an entry, and where it does so.
#[derive(Debug, Clone, Default, Serialize)]
pub struct UsageView {
    /// The page. The note tells what came of its tests, or that only an earlier revision
    /// of the model has the entry.
    pub link: EntryLink,
    /// The date of a model; may be empty.
    pub date: String,
    /// The places; empty where only front matter names the entry.
    pub citations: Vec<CitationView>,
    /// How many more places there are.
    pub more: usize,
    /// The earlier revisions of the model that use the entry, newest first.
    pub earlier: Vec<UsageView>,
}

/// A row or a paragraph that names an entry.
#[derive(Debug, Clone, Default, Serialize)]
pub struct CitationView {
    /// The row, or the heading over the paragraph.
    pub href: String,
    /// The words for readers: `Threats`, or the heading.
    pub label: String,
    /// What the model decided: open, mitigated, accepted, not applicable.
    pub verdict: Option<Chip>,
    /// The severity in that model.
    pub severity: Option<Chip>,
    /// Why, as the model says it; may be empty.
    pub why: String,
    /// The paragraph before the link; may be empty.
    pub before: String,
    /// The link's words; empty for a row.
    pub text: String,
    /// The paragraph after the link; may be empty.
    pub after: String,
}

/// What can be done with the entries that a starter set names.
#[derive(Debug, Clone, Default, Serialize)]
pub struct StarterView {
    /// How many they are.
    pub entries: usize,
    /// The page that shows them as a selection.
    pub selection: String,
    /// The page that compares them with a model.
    pub compare: Option<String>,
    /// The page with the cards of its threats.
    pub cards: Option<String>,
}

/// The page that shows a selection of entries.
#[derive(Debug, Clone, Default, Serialize)]
pub struct PickedView {
    /// How many entries the book has.
    pub entries: usize,
}

/// The page that compares two pages.
#[derive(Debug, Clone, Default, Serialize)]
pub struct CompareView {
    /// The pages that can be compared: models, starter sets and others, by kind.
    pub groups: Vec<CompareGroup>,
    /// The table of all threats and models, where there is one.
    pub coverage: Option<String>,
}

/// Pages of one kind that can be compared.
#[derive(Debug, Clone, Default, Serialize)]
pub struct CompareGroup {
    /// The words for readers: `Models`.
    pub label: String,
    /// The pages.
    pub pages: Vec<ComparePage>,
}

/// A page that can be compared.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ComparePage {
    /// Its ID, or its address without the ending: the word in the address.
    pub key: String,
    /// The address that chooses it first.
    pub href: String,
    /// Its title, with the date where it is a model.
    pub label: String,
    /// Its address from the root of the site; the data of it is at `browse/entries/`,
    /// that address, `.js`.
    pub url: String,
    /// How many entries it names.
    pub entries: usize,
}
