//! The properties by which a reader says what is built: the words of `applies-to:`, with
//! what they mean. Those of the field come with the program; a book adds and replaces.

use crate::book::config::{Config, Property as Own};
use crate::book::language::Text;
use crate::search::tokens;
use std::collections::{BTreeMap, BTreeSet};

/// The properties of the field in groups. What readers see of them is in the language files.
const FIELD: &str = include_str!("properties.txt");

/// A property of what is built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property {
    /// The word of `applies-to:`.
    pub word: String,
    /// What readers see.
    pub title: String,
    /// What it means; may be empty.
    pub about: String,
    /// The group it stands in; empty for what no group names.
    pub group: String,
    /// How many threats have it.
    pub threats: usize,
    /// What it tells: the fewer threats have it, the more.
    pub weight: u32,
    /// The phrases that name it in a text, word by word in the form of [`words`].
    pub phrases: Vec<Vec<String>>,
}

/// The words of a text in the form in which they are compared: folded, a rough singular.
pub fn words(text: &str) -> Vec<String> {
    tokens(text).map(|word| singular(&word)).collect()
}

fn singular(word: &str) -> String {
    let plural = word.len() > 3 && !word.ends_with("ss") && !word.ends_with("us");
    word.strip_suffix('s').filter(|_| plural).unwrap_or(word).to_string()
}

/// The properties that threats have, in the order of their groups. `counts` says how
/// many have each, `all` how many threats there are.
pub(super) fn properties(
    config: &Config,
    text: &Text,
    counts: &BTreeMap<&str, usize>,
    all: usize,
) -> Vec<Property> {
    let known = known(config, text);
    let mut taken = BTreeSet::new();
    let mut out: Vec<Property> = Vec::new();
    let described = known.iter().map(|(word, own)| (word.as_str(), Some(own)));
    let others = counts.keys().map(|word| (*word, None));
    for (word, own) in described.chain(others) {
        let Some(threats) = counts.get(word).copied().filter(|_| taken.insert(word)) else {
            continue;
        };
        out.push(property(word, own, text, threats, all));
    }
    // Groups in the order of their first member, what has none last.
    let groups: Vec<String> = out.iter().map(|property| property.group.clone()).collect();
    let place = |group: &String| {
        let first = groups.iter().position(|other| other == group);
        first.filter(|_| !group.is_empty()).unwrap_or(usize::MAX)
    };
    out.sort_by_cached_key(|property| place(&property.group));
    out
}

fn property(word: &str, own: Option<&Own>, text: &Text, threats: usize, all: usize) -> Property {
    let title = own.map(|own| own.title.clone()).filter(|title| !title.is_empty());
    let title = title.unwrap_or_else(|| text.word(word));
    let names = own.map_or(&[][..], |own| &own.words);
    let said = [word, &title].into_iter().chain(names.iter().map(String::as_str));
    let mut phrases: Vec<Vec<String>> = said.map(words).filter(|words| !words.is_empty()).collect();
    phrases.sort();
    phrases.dedup();
    Property {
        word: word.to_string(),
        about: own.map(|own| own.about.clone()).unwrap_or_default(),
        group: own.map(|own| own.group.clone()).unwrap_or_default(),
        weight: (100.0 * (1.0 + all as f64 / threats.max(1) as f64).ln()).round() as u32,
        title,
        threats,
        phrases,
    }
}

/// Those of the field in the words of the language, with what the book says in their place,
/// and the book's own.
fn known(config: &Config, text: &Text) -> Vec<(String, Own)> {
    let mut known = embedded(text);
    for (word, own) in &config.properties {
        match known.iter_mut().find(|(other, _)| other == word) {
            Some((_, there)) => there.replace(own),
            None => known.push((word.clone(), own.clone())),
        }
    }
    known
}

/// What else is said for each word of `applies-to:`.
pub fn vocabulary(config: &Config, text: &Text) -> Vec<(String, Vec<String>)> {
    let named = |(word, own): (String, Own)| {
        let names = own.words.into_iter().chain([own.title, word.replace('-', " ")]);
        (word, names.filter(|name| !name.is_empty()).collect())
    };
    known(config, text).into_iter().map(named).collect()
}

fn embedded(text: &Text) -> Vec<(String, Own)> {
    let mut group = "";
    let mut out = Vec::new();
    for line in FIELD.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')) {
        match line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            Some(name) => group = name,
            None => out.push((line.to_string(), in_words(line, group, text))),
        }
    }
    out
}

/// `Title | what it means | other, words`, as the language has it.
fn in_words(word: &str, group: &str, text: &Text) -> Own {
    let key = format!("property_{}", word.replace('-', "_"));
    let group = format!("property_group_{group}");
    let mut cells = text.get(&key).split('|').map(|cell| cell.trim().to_string());
    let mut next = || cells.next().unwrap_or_default();
    let (title, about) = (next(), next());
    let words = next().split(',').map(|word| word.trim().to_string()).collect();
    Own { title, about, group: text.get(&group).to_string(), words }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::language::Texts;

    #[test]
    fn every_line_of_the_list_is_whole_and_stands_once() {
        for language in ["en", "de", "fr"] {
            let known = embedded(&Texts::embedded(language));
            let names: BTreeSet<&String> = known.iter().map(|(word, _)| word).collect();
            assert!(known.len() > 60 && names.len() == known.len(), "{}", known.len());
            for (word, own) in &known {
                let full = [&own.title, &own.about, &own.group].iter().all(|text| !text.is_empty());
                assert!(full && own.words.iter().all(|word| !word.is_empty()), "{word}: {own:?}");
                assert!(!own.title.starts_with("property_") && !own.group.starts_with("property_"));
            }
        }
    }

    #[test]
    fn a_book_replaces_and_adds() {
        let (config, found) = Config::parse(
            "[properties.sign-in]\ntitle = \"Badge\"\n[properties.tram]\ntitle = \"Tram\"\nwords = [\"depot\"]\n",
            "content",
        );
        assert_eq!(found, []);
        let counts = BTreeMap::from([("sign-in", 2), ("tram", 1), ("odd-one", 4)]);
        let text = Texts::embedded("en");
        let found = properties(&config, &text, &counts, 4);
        let said: Vec<(&str, &str)> =
            found.iter().map(|p| (p.title.as_str(), p.group.as_str())).collect();
        assert_eq!(said, [("Badge", "Who uses it"), ("Tram", ""), ("Odd one", "")]);
        assert!(found[0].about.contains("sign in") && found[1].weight > found[2].weight);
        let german = properties(&config, &Texts::embedded("de"), &counts, 4);
        assert_eq!((&*german[0].title, &*german[0].group), ("Badge", "Wer es nutzt"));
        assert!(found[1].phrases.contains(&vec!["depot".to_string()]));
    }
}
