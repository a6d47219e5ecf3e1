//! `[search]` of `book.toml`: what means the same.

use super::Config;
use super::decode::Decoder;
use crate::text::data::{Fields, Value};
use crate::text::diagnostic::Code;
use std::collections::BTreeSet;

const EXAMPLE: &str =
    "for example: synonyms = [[\"log in\", \"sign in\"], [\"MFA\", \"two-factor\"]]";

pub(super) fn decode(decoder: &mut Decoder, fields: &mut Fields<'_>, config: &mut Config) {
    let Some(node) = fields.node("search") else { return };
    let Some(mut search) = decoder.table(node, "search") else { return };
    config.thesaurus = search.bool("thesaurus").unwrap_or(true);
    let mut taken = BTreeSet::new();
    for set in search.items("synonyms") {
        let Value::List(phrases) = &set.value else {
            let message = format!("a set of synonyms is a list of texts, not {}", set.type_name());
            decoder.bad(Code::WrongType, set.span.clone(), message, Some(EXAMPLE.into()));
            continue;
        };
        let mut kept = Vec::new();
        for phrase in phrases {
            let span = phrase.span.clone();
            let Some(text) = phrase.text() else {
                let message = format!("a synonym is a text, not {}", phrase.type_name());
                decoder.bad(Code::WrongType, span, message, Some(EXAMPLE.into()));
                continue;
            };
            let form = form(text);
            let words = form.split(' ').filter(|word| !word.is_empty()).count();
            if words == 0 || words > MOST_WORDS {
                let count = if words == 0 { "no".into() } else { words.to_string() };
                let message = format!("the synonym `{text}` has {count} words");
                let help = format!("a synonym has from one to {MOST_WORDS} words");
                decoder.bad(Code::BadConfig, span, message, Some(help));
            } else if !taken.insert(form) {
                let message = format!("the synonym `{text}` is given twice");
                let help = "put everything that means the same into one set".to_string();
                decoder.bad(Code::BadConfig, span, message, Some(help));
            } else {
                kept.push(text.to_string());
            }
        }
        if phrases.len() < 2 {
            let message = "a set of synonyms has at least two members".to_string();
            decoder.bad(Code::BadConfig, set.span.clone(), message, Some(EXAMPLE.into()));
        } else if kept.len() > 1 {
            config.synonyms.push(kept);
        }
    }
    decoder.finish(search, "search");
}

/// Longer phrases are sentences.
const MOST_WORDS: usize = 6;

/// The form under which two synonyms are one: words in lower case.
fn form(text: &str) -> String {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_sets_are_reported_where_they_stand() {
        let text = "[search]\nsynonyms = [[\"log in\", \"Sign-in\"], [\"alone\"], \"no\", [1, [\"x\"], \"y\"], \
                    [\"LOG  IN\", \"?!\", \"z\"]]\n";
        let (config, found) = Config::parse(text, "content");
        assert_eq!(config.synonyms, [["log in", "Sign-in"], ["1", "y"]]);
        let at: Vec<&str> = found.iter().map(|d| &text[d.place.as_ref().unwrap().span()]).collect();
        assert_eq!(at, ["[\"alone\"]", "\"no\"", "[\"x\"]", "\"LOG  IN\"", "\"?!\""]);
    }
}
