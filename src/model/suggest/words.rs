//! The words of a model, and of the entries to compare them with.

use super::Source;
use crate::book::graph::Graph;
use crate::model::Model;
use std::collections::{BTreeMap, BTreeSet};

/// A name such as `object-storage` has at most so many words.
const LONGEST: usize = 3;

/// The form in which words are compared: lower case, without plural, a blank between
/// words. `E-Mails` and `e-mail` are the same.
pub(super) fn key(text: &str) -> String {
    tokens(text).join(" ")
}

/// The keys of every run of words in a text.
pub(super) fn keys_of(text: &str) -> BTreeSet<String> {
    let tokens = tokens(text);
    let mut keys = BTreeSet::new();
    for start in 0..tokens.len() {
        for end in start + 1..=tokens.len().min(start + LONGEST) {
            keys.insert(tokens[start..end].join(" "));
        }
    }
    keys
}

/// The words of a text in the form in which they are compared.
pub(super) fn tokens(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(|word| singular(&word.to_lowercase())).collect()
}

/// A rough singular, the same for both sides of a comparison.
fn singular(word: &str) -> String {
    if let Some(stem) = word.strip_suffix("ies").filter(|stem| stem.len() > 1) {
        return format!("{stem}y");
    }
    // Addresses, boxes, searches.
    if let Some(stem) = word.strip_suffix("es")
        && ["ss", "x", "ch", "sh"].iter().any(|end| stem.ends_with(end))
    {
        return stem.to_string();
    }
    let plural = word.len() > 3 && !word.ends_with("ss") && !word.ends_with("us");
    word.strip_suffix('s').filter(|_| plural).unwrap_or(word).to_string()
}

/// Everything that a model names, with the place that says most.
pub(super) struct Vocabulary {
    words: BTreeMap<String, Source>,
}

impl Vocabulary {
    pub(super) fn new(graph: &Graph, model: &Model) -> Vocabulary {
        let article = graph.article(model.node);
        let mut vocabulary = Vocabulary { words: BTreeMap::new() };
        if let Some(chart) = article.body.charts.first() {
            let diagram = &chart.diagram;
            let elements = diagram.elements.iter().map(|element| &element.label);
            let flows = diagram.flows.iter().map(|flow| &flow.label);
            let boundaries = diagram.boundaries.iter().map(|boundary| &boundary.label);
            for label in elements.chain(flows).chain(boundaries) {
                vocabulary.add(label, Source::Diagram);
            }
        }
        for tag in &article.meta.tags {
            vocabulary.add(tag, Source::Tags);
        }
        vocabulary.add(&graph.nodes[model.node].title, Source::Title);
        vocabulary.add(article.meta.description.as_deref().unwrap_or(""), Source::Title);
        vocabulary
    }

    fn add(&mut self, text: &str, source: Source) {
        for key in keys_of(text) {
            self.words.entry(key).or_insert(source);
        }
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = (&str, Source)> {
        self.words.iter().map(|(key, source)| (key.as_str(), *source))
    }

    /// Where the model says a word, if it does.
    pub(super) fn source(&self, word: &str) -> Option<Source> {
        self.words.get(word).copied()
    }

    /// Whether a label names something that the model's tags or title name too.
    pub(super) fn is_telling(&self, label: &str) -> bool {
        keys_of(label)
            .iter()
            .any(|key| self.words.get(key).is_some_and(|source| *source != Source::Diagram))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_meet_in_one_form() {
        for (one, other) in [
            ("e-mail", "E-Mails"),
            ("object-storage", "Object storage"),
            ("libraries", "library"),
            ("addresses", "address"),
        ] {
            assert_eq!(key(one), key(other));
        }
        assert_ne!(key("us"), key("u"));
        let keys = keys_of("Metadata database of the shop");
        assert!(keys.contains("database") && keys.contains("metadata database"), "{keys:?}");
        assert!(!keys.contains("metadata shop"));
    }
}
