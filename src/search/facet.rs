//! What results can be filtered by: one column of values per facet.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Document;
use super::query::Filter;

/// A property of documents with few values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Facet {
    /// Threat, requirement, guide...
    Kind,
    /// The STRIDE categories.
    Stride,
    /// High, medium, low...
    Severity,
    /// The kinds of diagram elements that a threat can hit.
    Element,
    /// Technologies and situations.
    AppliesTo,
    /// Whether a model uses the entry.
    Used,
    /// Active, deprecated...
    Status,
    /// What wants attention: no test, a failing one, nobody in charge.
    Concern,
    /// The author's own tags.
    Tag,
}

impl Facet {
    /// Every facet, in the order shown.
    pub const ALL: [Facet; 9] = [
        Facet::Kind,
        Facet::Stride,
        Facet::Severity,
        Facet::Element,
        Facet::AppliesTo,
        Facet::Used,
        Facet::Status,
        Facet::Concern,
        Facet::Tag,
    ];

    /// The word before the colon in a query.
    pub fn name(self) -> &'static str {
        match self {
            Facet::Kind => "kind",
            Facet::Stride => "stride",
            Facet::Severity => "severity",
            Facet::Element => "element",
            Facet::AppliesTo => "applies-to",
            Facet::Used => "used",
            Facet::Status => "status",
            Facet::Concern => "concern",
            Facet::Tag => "tag",
        }
    }

    /// The facet of a word.
    pub fn of_name(name: &str) -> Option<Facet> {
        Facet::ALL.into_iter().find(|facet| facet.name() == name)
    }

    /// The values of a document, each with its title. `word` says how a word of the
    /// vocabulary is shown.
    fn values<'d>(
        self,
        document: &'d Document,
        word: &dyn Fn(&str) -> String,
    ) -> Vec<(&'d str, String)> {
        let values = match self {
            Facet::Kind => return vec![(&document.kind, document.kind_title.clone())],
            Facet::Used => {
                let value = |used| if used { ("yes", "in-a-model") } else { ("no", "in-no-model") };
                let values = document.used.into_iter().map(value);
                return values.map(|(value, title)| (value, word(title))).collect();
            }
            Facet::Stride => document.stride.as_slice(),
            Facet::Severity => document.severity.as_slice(),
            Facet::Element => document.elements.as_slice(),
            Facet::AppliesTo => document.applies_to.as_slice(),
            Facet::Status => document.status.as_slice(),
            Facet::Concern => document.concerns.as_slice(),
            Facet::Tag => document.tags.as_slice(),
        };
        let free = matches!(self, Facet::AppliesTo | Facet::Tag);
        let title = |value: &String| if free { value.clone() } else { word(value) };
        values.iter().map(|value| (value.as_str(), title(value))).collect()
    }
}

/// How many documents have a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Count {
    /// The value in its compared form.
    pub value: String,
    /// The value for readers.
    pub title: String,
    /// How many documents have it.
    pub count: usize,
}

/// The form under which values are compared: lower case, hyphens between words.
pub fn value_form(value: &str) -> String {
    let lower = value.to_lowercase();
    lower
        .split(|c: char| c.is_whitespace() || c == '_' || c == '-')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}

/// The values of one facet.
#[derive(Debug)]
pub struct Column {
    /// Every value in its compared form, with its title, in order.
    pub values: Vec<(String, String)>,
    /// For each document the places of its values in `values`.
    pub rows: Vec<Vec<u32>>,
}

impl Column {
    /// The column of a facet.
    pub fn of(facet: Facet, documents: &[Document], word: &dyn Fn(&str) -> String) -> Column {
        let mut places: BTreeMap<String, (String, u32)> = BTreeMap::new();
        for document in documents {
            for (value, title) in facet.values(document, word) {
                places.entry(value_form(value)).or_insert((title, 0));
            }
        }
        places.remove("");
        for (at, (_, place)) in (0..).zip(places.values_mut()) {
            *place = at;
        }
        let rows = documents
            .iter()
            .map(|document| {
                let mut row: Vec<u32> = facet
                    .values(document, word)
                    .into_iter()
                    .filter_map(|(value, _)| Some(places.get(&value_form(value))?.1))
                    .collect();
                row.sort_unstable();
                row.dedup();
                row
            })
            .collect();
        let values = places.into_iter().map(|(value, (title, _))| (value, title)).collect();
        Column { values, rows }
    }

    /// How many of some documents have each value; values that none has are left out.
    pub fn counts(&self, documents: impl Iterator<Item = usize>) -> Vec<Count> {
        let mut counts = vec![0; self.values.len()];
        for document in documents {
            for value in &self.rows[document] {
                counts[*value as usize] += 1;
            }
        }
        let all = self.values.iter().zip(counts).filter(|(_, count)| *count > 0);
        all.map(|((value, title), count)| Count {
            value: value.clone(),
            title: title.clone(),
            count,
        })
        .collect()
    }

    /// For each value, whether one of the filters means it: by its full name, or by
    /// its beginning if no value has that full name.
    fn meant(&self, filters: &[&Filter]) -> Vec<bool> {
        let mut meant = vec![false; self.values.len()];
        for filter in filters {
            let exact = self.values.iter().position(|(value, _)| *value == filter.value);
            for (at, (value, _)) in self.values.iter().enumerate() {
                meant[at] |= match exact {
                    Some(exact) => at == exact,
                    None => value.starts_with(&filter.value),
                };
            }
        }
        meant
    }
}

/// All columns, in the order of [`Facet::ALL`].
#[derive(Debug)]
pub struct Columns(Vec<Column>);

impl Columns {
    /// The columns of all facets.
    pub fn of(documents: &[Document], word: &dyn Fn(&str) -> String) -> Columns {
        Columns(Facet::ALL.iter().map(|facet| Column::of(*facet, documents, word)).collect())
    }

    /// Every facet with its column.
    pub fn iter(&self) -> impl Iterator<Item = (Facet, &Column)> {
        Facet::ALL.into_iter().zip(&self.0)
    }

    /// For each document, whether the filters let it through: of each facet that is
    /// asked for it has one of the values asked for, and none that is ruled out.
    pub fn pass(&self, filters: &[Filter], documents: usize) -> Vec<bool> {
        let mut pass = vec![true; documents];
        for (facet, column) in self.iter() {
            for negative in [false, true] {
                let of_facet: Vec<&Filter> =
                    filters.iter().filter(|f| f.facet == facet && f.negative == negative).collect();
                if of_facet.is_empty() {
                    continue;
                }
                let meant = column.meant(&of_facet);
                for (pass, row) in pass.iter_mut().zip(&column.rows) {
                    *pass &= row.iter().any(|value| meant[*value as usize]) != negative;
                }
            }
        }
        pass
    }
}
