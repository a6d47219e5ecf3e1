//! What is shown of a document that matches: the section to open, an extract, and
//! the words to mark. `search-extract.js` does the same.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use super::plan::Group;
use super::words::{fold, humps, words};
use super::{Document, Hit, Place, Snippet};

/// How many characters of matches an extract is chosen by.
const WINDOW: usize = 150;
/// How many characters stand before the first match.
const BEFORE: usize = 40;
/// How many characters an extract has at most.
const LONGEST: usize = 200;

/// From this score on the query named the document by its ID: it opens at its top.
const NAMED: f64 = 500.0;
/// How many further places of a page are shown.
const MOST_PLACES: usize = 3;

/// Finds the words of a query in text.
pub(super) struct Matcher<'q> {
    /// Each form with the groups that it belongs to, a bit each.
    forms: HashMap<&'q str, u32>,
    /// Phrases, each as the forms of its words, with the group's bit.
    phrases: Vec<(&'q [Vec<String>], u32)>,
}

/// A place in text and the groups that match there.
type Match = (Range<usize>, u32);

impl<'q> Matcher<'q> {
    pub fn new(groups: &'q [Group]) -> Matcher<'q> {
        let mut forms = HashMap::new();
        let mut phrases = Vec::new();
        for (at, group) in groups.iter().enumerate() {
            let bit = 1u32 << at.min(31);
            for form in &group.forms {
                *forms.entry(form.as_str()).or_default() |= bit;
            }
            phrases.extend(group.phrases.iter().map(|phrase| (phrase.as_slice(), bit)));
        }
        Matcher { forms, phrases }
    }

    fn matches(&self, text: &str) -> Vec<Match> {
        let mut found = Vec::new();
        let mut all: Vec<(Range<usize>, String)> = Vec::new();
        for word in words(text) {
            let whole = word.whole(text).and_then(|whole| self.forms.get(whole.as_str()));
            if let Some(groups) = whole {
                found.push((word.range.clone(), *groups));
            }
            for (range, part) in word.parts(text) {
                let part = part.unwrap_or_default();
                match self.forms.get(part.as_str()) {
                    Some(groups) if whole.is_none() => found.push((range.clone(), *groups)),
                    Some(_) => {}
                    None => self.add_humps(text, &range, &mut found),
                }
                if !self.phrases.is_empty() {
                    all.push((range, part));
                }
            }
        }
        for at in 0..all.len() {
            for (phrase, bit) in &self.phrases {
                let here = all[at..].iter().zip(*phrase);
                if all.len() - at >= phrase.len()
                    && here.clone().all(|((_, word), forms)| forms.contains(word))
                {
                    let end = all[at + phrase.len() - 1].0.end;
                    found.push((all[at].0.start..end, *bit));
                }
            }
        }
        merge(found)
    }

    /// The matches within a name in camel case.
    fn add_humps(&self, text: &str, range: &Range<usize>, found: &mut Vec<Match>) {
        for piece in humps(&text[range.clone()]) {
            let piece = range.start + piece.start..range.start + piece.end;
            if let Some(groups) = self.forms.get(fold(&text[piece.clone()]).as_str()) {
                found.push((piece, *groups));
            }
        }
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
        let ranks: Vec<(u32, usize, u32)> = document
            .sections
            .iter()
            .map(|section| {
                let mut found = self.matches(&section.heading);
                found.extend(self.matches(&section.text));
                let groups = groups(&found);
                (groups.count_ones(), found.len(), groups)
            })
            .collect();
        let best = (0..ranks.len()).rev().max_by_key(|at| (ranks[*at].0, ranks[*at].1));
        let best = best.filter(|at| ranks[*at].0 > 0 && score < NAMED);
        let most = best.map_or(0, |at| ranks[at].0);
        // What only a field says is shown from there.
        let mut field = None;
        let mut in_field = (most, 0);
        let names = document.names();
        for (name, values) in names.into_iter().filter(|_| score < NAMED) {
            let text = values.join(", ");
            let groups = groups(&self.matches(&text));
            if groups.count_ones() > in_field.0 && groups & !in_title != 0 {
                in_field = (groups.count_ones(), groups);
                field = Some((name, text));
            }
        }
        // A page whose title says as much as the section is opened at its top.
        let anchored =
            |at: &usize| !document.sections[*at].anchor.is_empty() && ranks[*at].2 & !in_title != 0;
        let place = |at: usize| {
            let section = &document.sections[at];
            Place {
                url: format!("{}#{}", document.url, section.anchor),
                section: section.heading.clone(),
                snippet: self.extract(&section.text),
            }
        };
        let top = |snippet| Place { url: document.url.clone(), section: String::new(), snippet };
        let main = match (&field, best) {
            (Some((_, text)), _) => top(self.extract(text)),
            (None, Some(at)) if anchored(&at) => place(at),
            (None, Some(at)) => top(self.extract(&document.sections[at].text)),
            (None, None) => {
                let opening = document.sections.first().map_or("", |section| &section.text);
                let described = &document.description;
                top(self.extract(if described.is_empty() { opening } else { described }))
            }
        };
        let mut others: Vec<usize> = (0..ranks.len())
            .filter(|at| (field.is_some() || Some(*at) != best) && most > 0)
            .filter(|at| ranks[*at].0 == most && anchored(at))
            .collect();
        others.sort_by_key(|at| (usize::MAX - ranks[*at].1, *at));
        others.truncate(MOST_PLACES);
        others.sort_unstable();
        Hit {
            title,
            id: document.id.clone(),
            kind: document.kind.clone(),
            kind_title: document.kind_title.clone(),
            past: document.past.clone(),
            score,
            lacks: Vec::new(),
            why: BTreeMap::new(),
            field: field.map(|(name, _)| name),
            place: main,
            places: others.into_iter().map(place).collect(),
            like: Vec::new(),
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

/// In order, those that overlap as one.
fn merge(mut found: Vec<Match>) -> Vec<Match> {
    found.sort_by_key(|(range, _)| (range.start, range.end));
    let mut merged: Vec<Match> = Vec::with_capacity(found.len());
    for (range, groups) in found {
        match merged.last_mut() {
            Some((last, all)) if range.start < last.end => {
                last.end = last.end.max(range.end);
                *all |= groups;
            }
            _ => merged.push((range, groups)),
        }
    }
    merged
}
