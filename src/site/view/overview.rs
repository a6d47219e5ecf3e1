//! Tables over models: STRIDE per element, status, coverage.

use super::{Chip, Count, EntryLink, Facet, Link};
use serde::Serialize;
use std::collections::BTreeMap;

/// STRIDE per element: which threats of a model answer which category where.
#[derive(Debug, Clone, Default, Serialize)]
pub struct StrideView {
    /// How many questions have no answer.
    pub gaps: usize,
    /// How many questions there are.
    pub asked: usize,
    /// The categories: letter and title, in the order of the acronym.
    pub letters: Vec<(String, String)>,
    /// The elements, then the flows that cross a boundary.
    pub rows: Vec<StrideRow>,
    /// Where the table of questions comes from.
    pub source: Link,
}

/// An element or a flow in [`StrideView`].
#[derive(Debug, Clone, Default, Serialize)]
pub struct StrideRow {
    /// Its name.
    pub name: String,
    /// What flows; empty for an element.
    pub label: String,
    /// `external entity`, `process`, `data store` or `data flow`.
    pub kind: String,
    /// Its place in the picture, where there is one.
    pub href: Option<String>,
    /// A cell for each category, in the order of the acronym.
    pub cells: Vec<StrideCell>,
    /// Threats there that have no category.
    pub others: Vec<Link>,
    /// The cells that are gaps, with what would fill them.
    pub gaps: Vec<StrideGap>,
}

/// A category at an element or flow.
#[derive(Debug, Clone, Default, Serialize)]
pub struct StrideCell {
    /// The title of the category.
    pub category: String,
    /// `covered`, `gap`, `not-asked`, or `of-logs` where it is asked of logs only.
    pub state: String,
    /// The threats that answer.
    pub threats: Vec<Link>,
}

/// A question without an answer.
#[derive(Debug, Clone, Default, Serialize)]
pub struct StrideGap {
    /// The title of the category.
    pub category: String,
    /// Threats of the catalogue that would answer; `note` tells why each came up.
    pub suggestions: Vec<EntryLink>,
}

/// A table over all models: their status, or what they cover.
#[derive(Debug, Clone, Default, Serialize)]
pub struct OverviewView {
    /// Which one: `status`, `threats`, `requirements` or `gaps`.
    pub name: String,
    /// All of them; the one shown is `current`.
    pub overviews: Vec<Link>,
    /// The same rows as comma-separated values.
    pub csv: Option<String>,
    /// What a row is, as one and as many: `threat`, `threats`.
    pub row_name: [String; 2],
    /// What is worth knowing at a glance.
    pub counts: Vec<Count>,
    /// What the letters in the cells mean; `value` is the letter.
    pub legend: Vec<Chip>,
    /// What the rows can be filtered by, with counts.
    pub facets: Vec<Facet>,
    /// The columns.
    pub columns: Vec<OverviewColumn>,
    /// The rows. The first cell names the row.
    pub rows: Vec<OverviewRow>,
    /// Whether they stand in the order of their first cells.
    pub sorted: bool,
}

/// A column of such a table.
#[derive(Debug, Clone, Default, Serialize)]
pub struct OverviewColumn {
    /// The key to sort by; `none` for the column of a model.
    pub name: Option<String>,
    /// The words over it.
    pub label: String,
    /// The title of the model, where it is the column of one.
    pub title: Option<String>,
    /// The page of that model.
    pub href: Option<String>,
    /// Whether it holds numbers.
    pub numeric: bool,
}

/// A row of such a table.
#[derive(Debug, Clone, Default, Serialize)]
pub struct OverviewRow {
    /// The values by facet, for filtering.
    pub facets: BTreeMap<String, Vec<String>>,
    /// One per column.
    pub cells: Vec<OverviewCell>,
}

/// A cell of such a table; all empty where there is nothing to say.
#[derive(Debug, Clone, Default, Serialize)]
pub struct OverviewCell {
    /// The words: of a model's column a letter.
    pub text: String,
    /// The words that the letter stands for.
    pub state: Option<Chip>,
    /// Its target.
    pub href: Option<String>,
    /// Whether the row has the same target before.
    pub again: bool,
    /// What to sort by, where the words do not tell it.
    pub value: Option<usize>,
    /// Words in frames.
    pub chips: Vec<Chip>,
    /// The day after which it is marked as overdue.
    pub due: Option<String>,
}
