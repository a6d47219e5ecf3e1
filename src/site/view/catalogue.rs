//! Catalogues and tags: lists that readers filter and sort.

use super::{Chip, KindView, Link, LinkGroup};
use serde::Serialize;
use std::collections::BTreeMap;

/// All entries of a kind. What stands before the table is `page.body`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct CatalogueView {
    /// The kind; on the page of all entries its name is `entry`.
    pub kind: KindView,
    /// The other catalogues and the page of all entries.
    pub others: Vec<Link>,
    /// What the rows can be filtered by, with counts.
    pub facets: Vec<Facet>,
    /// The names of the facets by which the rows can be grouped.
    pub groups: Vec<String>,
    /// The columns beside ID and title that at least one row fills: some of `kind`,
    /// `stride`, `severity`, `applies-to`, `used`.
    pub columns: Vec<String>,
    /// The entries: by kind, and by ID within each.
    pub rows: Vec<Row>,
    /// Whether they stand in the order of their IDs alone.
    pub sorted: bool,
}

/// Something that rows can be filtered by.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Facet {
    /// The key: `kind`, `area`, `stride`, `severity`, `applies-to`, `elements`, `tags`,
    /// `status` or `use`.
    pub name: String,
    /// The words for readers.
    pub label: String,
    /// The values that occur.
    pub values: Vec<FacetValue>,
}

/// A value of a facet.
#[derive(Debug, Clone, Default, Serialize)]
pub struct FacetValue {
    /// The word in the rows and in the address.
    pub value: String,
    /// The words for readers.
    pub label: String,
    /// How many rows have it.
    pub count: usize,
}

/// A row of a catalogue.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Row {
    /// Its kind, as readers call it.
    pub kind: String,
    /// The entry's ID.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its page.
    pub href: String,
    /// One sentence; may be empty.
    pub description: String,
    /// STRIDE categories, in the order of the acronym.
    pub stride: Vec<Chip>,
    /// The severity.
    pub severity: Option<Chip>,
    /// 0 for none, 1 for low to 4 for critical; for sorting.
    pub severity_rank: usize,
    /// Technologies and situations.
    pub applies_to: Vec<Chip>,
    /// The state of its life; `none` when it is simply active.
    pub status: Option<Chip>,
    /// How many models use it.
    pub used: usize,
    /// The values by facet, for filtering; a facet without value is left out. The values
    /// of `use` are `used` and `unused`.
    pub facets: BTreeMap<String, Vec<String>>,
}

/// Everything that bears one tag.
#[derive(Debug, Clone, Default, Serialize)]
pub struct TagView {
    /// The tag.
    pub name: String,
    /// The pages and entries, by kind.
    pub groups: Vec<LinkGroup>,
}

/// All tags.
#[derive(Debug, Clone, Default, Serialize)]
pub struct TagsView {
    /// The tags in alphabetical order.
    pub tags: Vec<TagCount>,
}

/// A tag and how often it occurs.
#[derive(Debug, Clone, Default, Serialize)]
pub struct TagCount {
    /// The tag.
    pub name: String,
    /// Its page.
    pub href: String,
    /// How many pages and entries bear it.
    pub count: usize,
}
