//! The language of queries: words, `"phrases"`, `-word`, and filters such as
//! `kind:threat`. Flat and bounded, so that no query costs more than another.

use super::facet::{Facet, value_form};
use super::words::words;

/// Longer queries are cut.
const MOST_CHARACTERS: usize = 400;
/// Further words are ignored.
const MOST_TERMS: usize = 24;
/// The same of a description.
const LONGEST_DESCRIPTION: usize = 4_000;
const MOST_DESCRIBED: usize = 500;
/// Further filters are ignored.
const MOST_FILTERS: usize = 12;

/// What to search for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// Words and phrases, in order.
    pub terms: Vec<Term>,
    /// Filters, in order.
    pub filters: Vec<Filter>,
    /// The words are sentences about something, of which the most telling are searched.
    pub described: bool,
}

/// A word or a phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// The folded compound, for an ID or a version.
    pub whole: Option<String>,
    /// The form of the compound that every way of writing it shares, where that differs.
    pub key: Option<String>,
    /// Its folded words, each with its distance from the first.
    pub parts: Vec<(String, u32)>,
    /// In quotes: the words must follow each other.
    pub phrase: bool,
    /// Pages with it are left out.
    pub negative: bool,
    /// The word may go on: it is still being typed.
    pub prefix: bool,
}

/// A condition on a facet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// The facet.
    pub facet: Facet,
    /// The value in its compared form; the beginning of a value also counts.
    pub value: String,
    /// Pages with the value are left out.
    pub negative: bool,
}

impl Query {
    /// Reads a query. Every text is a query: what has no meaning is ignored.
    pub fn parse(text: &str) -> Query {
        let end = text.char_indices().nth(MOST_CHARACTERS).map_or(text.len(), |(at, _)| at);
        let text = &text[..end];
        let mut query = Query::default();
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            rest = query.clause(rest).trim_start();
        }
        query
    }

    /// Sentences that describe something. No sign in them has a meaning.
    pub fn describe(text: &str) -> Query {
        let end = text.char_indices().nth(LONGEST_DESCRIPTION).map_or(text.len(), |(at, _)| at);
        let mut query = Query { described: true, ..Query::default() };
        query.add_words(&text[..end], false);
        query
    }

    /// Asks for a value of a facet besides. A facet of another name is ignored.
    pub fn with_filter(mut self, facet: &str, value: &str) -> Query {
        let value = value_form(value);
        if let Some(facet) = Facet::of_name(facet).filter(|_| !value.is_empty()) {
            self.filters.push(Filter { facet, value, negative: false });
        }
        self
    }

    /// Whether it asks for nothing.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty() && self.filters.is_empty()
    }

    /// Reads one clause and returns what follows it.
    fn clause<'t>(&mut self, text: &'t str) -> &'t str {
        let (negative, text) = match text.strip_prefix('-').filter(|_| self.excludes(text)) {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        if let Some(inside) = text.strip_prefix('"') {
            let (phrase, rest) = inside.split_once('"').unwrap_or((inside, ""));
            self.add_phrase(phrase, negative);
            return rest;
        }
        let end = text.find(|c: char| c.is_whitespace() || c == '"').unwrap_or(text.len());
        let (word, mut rest) = text.split_at(end);
        if let Some((name, value)) = word.split_once(':')
            && let Some(facet) = Facet::of_name(&name.to_ascii_lowercase())
        {
            let mut value = value;
            if value.is_empty()
                && let Some(inside) = rest.strip_prefix('"')
            {
                (value, rest) = inside.split_once('"').unwrap_or((inside, ""));
            }
            let value = value_form(value);
            if !value.is_empty() && self.filters.len() < MOST_FILTERS {
                self.filters.push(Filter { facet, value, negative });
            }
            return rest;
        }
        if negative {
            self.add_phrase(word, true);
        } else {
            self.add_words(word, rest.is_empty());
        }
        rest
    }

    /// Whether a minus leaves something out. `--flag` is a name, and so is the first word.
    fn excludes(&self, text: &str) -> bool {
        let filter = text[1..]
            .split_once(':')
            .is_some_and(|(name, _)| Facet::of_name(&name.to_ascii_lowercase()).is_some());
        let asked = self.terms.iter().any(|term| !term.negative) || !self.filters.is_empty();
        !text[1..].starts_with('-') && (asked || filter)
    }

    fn add_words(&mut self, text: &str, last: bool) {
        let mut found: Vec<Term> = words(text)
            .filter_map(|word| {
                let parts: Vec<(String, u32)> = word
                    .parts(text)
                    .enumerate()
                    .filter_map(|(at, (_, part))| Some((part?, at as u32)))
                    .collect();
                let whole = word.whole(text);
                (!parts.is_empty() || whole.is_some()).then_some(Term {
                    key: word.key(text),
                    whole,
                    parts,
                    phrase: false,
                    negative: false,
                    prefix: false,
                })
            })
            .collect();
        if let Some(term) = found.last_mut().filter(|_| last) {
            term.prefix = true;
        }
        self.push(found);
    }

    fn add_phrase(&mut self, text: &str, negative: bool) {
        let mut parts = Vec::new();
        let mut at = 0;
        for word in words(text) {
            for (_, part) in word.parts(text) {
                parts.extend(part.map(|part| (part, at)));
                at += 1;
            }
        }
        parts.truncate(MOST_TERMS);
        if !parts.is_empty() {
            self.push(vec![Term {
                whole: None,
                key: None,
                parts,
                phrase: true,
                negative,
                prefix: false,
            }]);
        }
    }

    fn push(&mut self, terms: Vec<Term>) {
        let most = if self.described { MOST_DESCRIBED } else { MOST_TERMS };
        let room = most.saturating_sub(self.terms.len());
        self.terms.extend(terms.into_iter().take(room));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let query = Query::parse(text);
        let terms = query.terms.iter().map(|term| {
            let parts: Vec<String> =
                term.parts.iter().map(|(part, at)| format!("{part}@{at}")).collect();
            format!(
                "{}{}{}{}{}",
                if term.negative { "-" } else { "" },
                if term.phrase { "'" } else { "" },
                term.whole.as_ref().map(|whole| format!("{whole}=")).unwrap_or_default(),
                parts.join("+"),
                if term.prefix { "*" } else { "" },
            )
        });
        let filters = query.filters.iter().map(|filter| {
            let minus = if filter.negative { "-" } else { "" };
            format!("{minus}{}:{}", filter.facet.name(), filter.value)
        });
        terms.chain(filters).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_last_word_may_go_on() {
        assert_eq!(shown("leaked Pass"), "leaked@0 pass@0*");
        assert_eq!(shown("leaked Pass "), "leaked@0 pass@0");
    }

    #[test]
    fn ids_are_whole_and_in_parts() {
        assert_eq!(shown("t-auth-004"), "t-auth-004=t@0+auth@1+4@2*");
        assert_eq!(shown("t auth 4 "), "t@0 auth@0 4@0");
        assert_eq!(shown("sign-in "), "sign@0+in@1");
    }

    #[test]
    fn phrases_negation_filters() {
        assert_eq!(shown("\"man in the middle\" x"), "'man@0+in@1+the@2+middle@3 x@0*");
        assert_eq!(shown("a -b -\"c d\""), "a@0 -'b@0 -'c@0+d@1");
        assert_eq!(shown("kind:Threat -tag:\"a b\" STRIDE:s"), "kind:threat -tag:a-b stride:s");
        assert_eq!(shown("http://x"), "http@0 x@0*");
    }

    #[test]
    fn a_minus_excludes_after_a_word_only() {
        assert_eq!(shown("--dry-run"), "dry@0+run@1*");
        assert_eq!(shown("-v"), "v@0*");
        assert_eq!(shown("casebook --help"), "casebook@0 help@0*");
        assert_eq!(shown("-kind:model token"), "token@0* -kind:model");
        assert_eq!(shown("kind:threat -x"), "-'x@0 kind:threat");
        assert_eq!(shown("a-b - c"), "a@0+b@1 c@0*");
    }

    #[test]
    fn queries_are_bounded() {
        let query = Query::parse(&"x:\"(".repeat(10_000));
        assert!(query.terms.len() <= MOST_TERMS);
        assert_eq!(Query::parse(&"a ".repeat(100)).terms.len(), MOST_TERMS);
        assert!(Query::parse(" - kind: : \"").is_empty());
    }
}
