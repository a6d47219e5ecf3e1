//! Tables over models: status, coverage.

use super::{Chip, Count, Facet, Link};
use serde::Serialize;
use std::collections::BTreeMap;

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
    /// The day after which it is overdue.
    pub due: Option<String>,
}

/// A cell of such a table; all empty where there is nothing to say.
#[derive(Debug, Clone, Default, Serialize)]
pub struct OverviewCell {
    /// The words: of a model's column a letter.
    pub text: String,
    /// What follows the words of the first cell: the title of what its ID names.
    pub title: Option<String>,
    /// A day, in place of words.
    pub date: Option<String>,
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
