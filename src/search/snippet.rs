//! What is shown of a document that matches: the section to open, an extract, and
//! the words to mark. `search.js` does the same.

use std::collections::HashMap;
use std::ops::Range;

use super::rank::Group;
use super::words::words;
use super::{Document, Hit, Section, Snippet};

/// How many characters of matches an extract is chosen by.
const WINDOW: usize = 150;
/// How many characters stand before the first match.
const BEFORE: usize = 40;
/// How many characters an extract has at most.
const LONGEST: usize = 200;

/// Finds the words of a query in text.
pub(super) struct Matcher<'q> {
    /// Each form with the groups that it belongs to, a bit each.
    forms: HashMap<&'q str, u32>,
}

/// A place in text and the groups that match there.
type Match = (Range<usize>, u32);

impl<'q> Matcher<'q> {
    pub fn new(groups: &'q [Group]) -> Matcher<'q> {
        let mut forms = HashMap::new();
        for (at, group) in groups.iter().enumerate() {
            for form in &group.forms {
                *forms.entry(form.as_str()).or_default() |= 1u32 << at.min(31);
            }
        }
        Matcher { forms }
    }

    fn matches(&self, text: &str) -> Vec<Match> {
        let mut found = Vec::new();
        for word in words(text) {
            let whole = word.whole(text).and_then(|whole| self.forms.get(whole.as_str()));
            if let Some(groups) = whole {
                found.push((word.range.clone(), *groups));
                continue;
            }
            for (range, part) in word.parts(text) {
                if let Some(groups) = part.and_then(|part| self.forms.get(part.as_str())) {
                    found.push((range, *groups));
                }
            }
        }
        found
    }

    /// A text as a whole with its matches.
    fn marked(&self, text: &str) -> Snippet {
        let marks = self.matches(text).into_iter().map(|(range, _)| range).collect();
        Snippet { text: text.to_string(), marks }
    }

    /// How a document is shown.
    pub fn hit(&self, document: &Document, score: f64) -> Hit {
        let title = self.marked(&document.title);
        let in_title = groups(&self.matches(&document.title));
        let nothing = Section::default();
        let (mut best, mut best_rank, mut best_groups) = (&nothing, (0, 0), 0);
        for section in &document.sections {
            let mut found = self.matches(&section.heading);
            found.extend(self.matches(&section.text));
            let groups = groups(&found);
            let rank = (groups.count_ones(), found.len());
            if rank > best_rank {
                (best, best_rank, best_groups) = (section, rank, groups);
            }
        }
        let snippet = if best_groups == 0 {
            let opening = document.sections.first().map_or("", |section| &section.text);
            let text =
                if document.description.is_empty() { opening } else { &document.description };
            self.extract(text)
        } else {
            self.extract(&best.text)
        };
        // A page whose title says as much as the section is opened at its top.
        let anchored = !best.anchor.is_empty() && best_groups & !in_title != 0;
        let anchor = if anchored { format!("#{}", best.anchor) } else { String::new() };
        Hit {
            url: format!("{}{anchor}", document.url),
            title,
            id: document.id.clone(),
            kind: document.kind.clone(),
            kind_title: document.kind_title.clone(),
            score,
            section: if anchored { best.heading.clone() } else { String::new() },
            snippet,
        }
    }

    /// The stretch of a text with the most words of the query.
    fn extract(&self, text: &str) -> Snippet {
        let places: Vec<(usize, char)> = text.char_indices().collect();
        let place = |byte: usize| places.partition_point(|(at, _)| *at < byte);
        let found: Vec<Match> = self
            .matches(text)
            .into_iter()
            .map(|(range, groups)| (place(range.start)..place(range.end), groups))
            .collect();
        let (mut from, mut best) = (0, (0, 0));
        let mut first = 0;
        for (at, (range, _)) in found.iter().enumerate() {
            let near =
                found[at..].iter().take_while(|(other, _)| other.end <= range.start + WINDOW);
            let near: Vec<&Match> = near.collect();
            let rank = (near.iter().fold(0, |all, m| all | m.1).count_ones(), near.len());
            if rank > best {
                (best, first) = (rank, range.start);
            }
        }
        let space = |at: &usize| places[*at].1.is_whitespace();
        if first > BEFORE {
            from = (first - BEFORE..first).find(space).map_or(first, |at| at + 1);
        }
        let mut to = places.len();
        if to > from + LONGEST {
            to = from + LONGEST;
            to = (from + LONGEST / 2..to).rev().find(space).unwrap_or(to);
        }
        let mut snippet = Snippet::default();
        if from > 0 {
            snippet.text.push_str("… ");
        }
        let mut starts = Vec::with_capacity(to - from + 1);
        for (_, c) in &places[from..to] {
            starts.push(snippet.text.len());
            snippet.text.push(if c.is_whitespace() { ' ' } else { *c });
        }
        starts.push(snippet.text.len());
        if to < places.len() {
            snippet.text.push_str(" …");
        }
        snippet.marks = found
            .into_iter()
            .filter(|(range, _)| range.start >= from && range.end <= to)
            .map(|(range, _)| starts[range.start - from]..starts[range.end - from])
            .collect();
        snippet
    }
}

fn groups(found: &[Match]) -> u32 {
    found.iter().fold(0, |all, (_, groups)| all | groups)
}
