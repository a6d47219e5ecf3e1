//! Search: one index, two readers.
//!
//! [`Index::build`] gives the pages to tantivy, in memory and as one segment.
//! [`Index::search`] reads that segment; [`Export`] cuts it into small files that a
//! script in the browser reads. Both compute the same BM25 in the same order, so the
//! command line and a static site return the same ranking.
//!
//! A page matches a word if the word is anywhere in it; title, headings and ID only
//! add to the score. Therefore the postings of the whole text are the postings of
//! the word, and the browser needs one list per word. A term is a word as it is written;
//! its other forms are terms too and count a little less.

mod dictionary;
mod elsewhere;
mod export;
mod facet;
mod index;
mod lexicon;
mod plan;
mod query;
mod rank;
mod snippet;
mod synonym;
#[cfg(test)]
mod tests;
pub mod thesaurus;
mod words;

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use serde::Serialize;

pub use export::{Export, FOLDER};
pub use facet::{Count, Facet};
pub use index::Index;
pub use query::{Filter, Query, Term};
pub use synonym::Meaning;

/// The words of a text in the form in which they are searched.
pub fn tokens(text: &str) -> impl Iterator<Item = String> {
    let found = words::words(text);
    found.flat_map(|word| word.parts(text).filter_map(|(_, part)| part).collect::<Vec<_>>())
}

/// A page or an entry as search sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    /// Its address relative to the root of the site.
    pub url: String,
    /// Its title.
    pub title: String,
    /// Its ID. A query for exactly this ID finds this document first.
    pub id: Option<String>,
    /// The name of its kind, such as `threat`.
    pub kind: String,
    /// Its kind for readers, such as `Threat`.
    pub kind_title: String,
    /// Why others come before it, such as `Earlier revision`; mostly nothing.
    pub past: Option<String>,
    /// What it weighs beside others that match as well, in percent; 100 where nothing
    /// else is said.
    pub weight: Option<u8>,
    /// The STRIDE categories it belongs to.
    pub stride: Vec<String>,
    /// Its severity.
    pub severity: Option<String>,
    /// The kinds of diagram elements that it can hit.
    pub elements: Vec<String>,
    /// Technologies and situations in which it applies.
    pub applies_to: Vec<String>,
    /// Whether a model uses it; nothing for what models do not use.
    pub used: Option<bool>,
    /// Its status.
    pub status: Option<String>,
    /// What wants attention.
    pub concerns: Vec<String>,
    /// The author's tags.
    pub tags: Vec<String>,
    /// What it is about, in a sentence or two; may be empty.
    pub description: String,
    /// Other words for it.
    pub also: Vec<String>,
    /// Former IDs. A query for one of them finds this document first.
    pub aliases: Vec<String>,
    /// What it refers to in public catalogues.
    pub references: Vec<String>,
    /// Its text, in order.
    pub sections: Vec<Section>,
}

impl Document {
    /// What it is found by besides its text, with the name of each field.
    pub(crate) fn names(&self) -> [(&'static str, &[String]); 6] {
        [
            ("also", &self.also),
            ("aliases", &self.aliases),
            ("references", &self.references),
            ("applies-to", &self.applies_to),
            ("tags", &self.tags),
            ("stride", &self.stride),
        ]
    }
}

/// A part of a page that can be linked to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Section {
    /// The `id` of its heading; empty for what stands before the first heading.
    pub anchor: String,
    /// The text of its heading.
    pub heading: String,
    /// Its text without markup.
    pub text: String,
}

/// What a query found.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Results {
    /// How many documents have any of the words that count, shown or not.
    pub total: usize,
    /// How many of them have all words of the query.
    pub complete: usize,
    /// What words that occur nowhere were replaced by: for each the most frequent of
    /// the similar words that were searched instead.
    pub corrected: Vec<String>,
    /// Words that occur nowhere, nor anything like them.
    pub unknown: Vec<String>,
    /// The best documents, best first.
    pub hits: Vec<Hit>,
    /// For each facet, how many documents would match with each of its values.
    pub facets: BTreeMap<&'static str, Vec<Count>>,
}

/// A document that matches.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Hit {
    /// Its title, with the words that match.
    pub title: Snippet,
    /// Its ID.
    pub id: Option<String>,
    /// The name of its kind.
    pub kind: String,
    /// Its kind for readers.
    pub kind_title: String,
    /// Why others come before it, such as `Earlier revision`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub past: Option<String>,
    /// How well it matches.
    pub score: f64,
    /// The words of the query that it does not have.
    pub lacks: Vec<String>,
    /// The words of the query that it has, and where: `id`, `title`, `also`, `statement`,
    /// `heading` or `text`.
    pub why: BTreeMap<String, Vec<&'static str>>,
    /// The field that matches best where no part of the text does as well: `also`,
    /// `aliases`, `references`, `applies-to`, `tags` or `stride`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<&'static str>,
    /// The place that matches best.
    #[serde(flatten)]
    pub place: Place,
    /// Further places that match as well, in the order of the page.
    pub places: Vec<Place>,
    /// Results behind it that say nearly the same.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub like: Vec<Like>,
}

/// A result that says nearly what another one says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Like {
    /// Its ID.
    pub id: Option<String>,
    /// Its title.
    pub title: String,
    /// Its address relative to the root of the site.
    pub url: String,
}

/// A place in a page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The page's address relative to the root of the site, with the anchor of the
    /// section.
    pub url: String,
    /// The heading of the section; empty at the top of the page.
    pub section: String,
    /// An extract, with the words that match.
    pub snippet: Snippet,
}

/// A piece of text and the ranges in it that match.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Snippet {
    /// The text.
    pub text: String,
    /// Ranges of bytes, in order, not overlapping.
    pub marks: Vec<Range<usize>>,
}

/// Why an index could not be made or read.
#[derive(Debug)]
pub struct SearchError(tantivy::TantivyError);

impl fmt::Display for SearchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the search index failed: {}", self.0)
    }
}

impl std::error::Error for SearchError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

impl From<tantivy::TantivyError> for SearchError {
    fn from(error: tantivy::TantivyError) -> SearchError {
        SearchError(error)
    }
}

impl From<std::io::Error> for SearchError {
    fn from(error: std::io::Error) -> SearchError {
        SearchError(error.into())
    }
}
